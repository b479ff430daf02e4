import { z } from 'zod'
import type { IndexParts } from '../indexParts.ts'
import { reading } from '../queries/reading.ts'
import type { TypedServer } from './indexRoutes.ts'
import { address, count, hash, time } from './schemas.ts'

const indexState = z
  .object({
    chainId: count,
    jobs: address,
    startBlock: count,
    followed: z.object({ block: count, hash, time }).nullable(),
    head: count.nullable().describe('the last block that the chain was seen to have'),
    isSynced: z.boolean(),
  })
  .meta({ id: 'IndexState' })

/** How far the chain was followed. */
export function stateRoutes(server: TypedServer, { index, deployment, head }: IndexParts): void {
  const schema = {
    operationId: 'getIndexState',
    summary: 'How far the chain was followed',
    response: { 200: indexState },
  }
  server.get('/v1/index', { schema }, async () => {
    const { block, hash, time } = await reading(index, async (_read, asOf) => asOf)
    const seen = head()?.number ?? null
    const { chainId, jobs, startBlock } = deployment
    const followed = hash === '' ? null : { block, hash, time }
    return { chainId, jobs, startBlock, followed, head: seen, isSynced: hash !== '' && seen !== null && block >= seen }
  })
}
