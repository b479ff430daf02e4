import Fastify from 'fastify'
import type { Hex } from '../../sdk/domain/job.ts'
import type { LocalGrid } from './localGrid.ts'

/** A relay in little: it sends each message that it is given to a real chain, and remembers what it was told. */
export interface LocalRelay {
  readonly url: string
  readonly received: readonly Received[]
  /** From now on messages are stored and not sent. */
  hold(): void
  close(): Promise<void>
}

export interface Received {
  readonly path: string
  readonly message: Record<string, unknown>
}

/** What it answers a signature of nothing with. */
const REFUSED = { error: { code: 'SIGNATURE_INVALID', message: 'the signature is not the customer’s.' } }

export async function localRelay(grid: LocalGrid): Promise<LocalRelay> {
  const server = Fastify({ forceCloseConnections: true })
  const received: Received[] = []
  let isHolding = false
  let state: Record<string, unknown> = { state: 'stored' }

  const send = async (functionName: string, args: readonly unknown[]): Promise<void> => {
    if (isHolding) return
    try {
      state = { state: 'sent', transaction: await grid.asAdmin(functionName, args) }
    } catch (error) {
      state = {
        state: 'refused',
        reason: { code: 'SIMULATION_FAILED', message: String((error as Error).message).slice(0, 500) },
      }
    }
  }
  const intake = (path: string, call: (message: Record<string, unknown>) => Promise<void>) =>
    server.post<{ Body: Record<string, unknown> }>(path, async ({ body }, reply) => {
      received.push({ path, message: body })
      if (body['signature'] === '0x') return reply.code(400).send(REFUSED)
      void call(body)
      return reply.code(202).send({ key: '0x', state: 'stored' })
    })
  intake('/v1/requests', ({ permit, ...request }) => send('submit', [[request], permit === undefined ? [] : [permit]]))
  intake('/v1/cancels', (cancel) => send('cancel', [[cancel]]))
  intake('/v1/top-ups', (topUp) => send('topUp', [[topUp]]))
  server.get('/v1/messages/:key', async ({ params }) => ({ key: (params as { key: Hex }).key, ...state }))

  return {
    url: await server.listen({ host: '127.0.0.1', port: 0 }),
    received,
    hold: () => {
      isHolding = true
    },
    close: () => server.close(),
  }
}
