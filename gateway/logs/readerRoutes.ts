import type { FastifyInstance } from 'fastify'
import type { Hex } from '../../sdk/domain/job.ts'
import type { GatewayParts } from '../gatewayParts.ts'
import { accountOf } from '../login/accountOf.ts'
import { addressOf, hashOf } from '../names.ts'

interface OneReader {
  readonly Params: { readonly id: string; readonly account: string }
}

/** Whom a customer lets read what its job printed and made. */
export function readerRoutes(server: FastifyInstance, parts: GatewayParts): void {
  const { records, logParties } = parts

  server.put<OneReader>('/v1/jobs/:id/readers/:account', async (request, reply) => {
    const job = hashOf(request.params.id, 'JOB_ID_MALFORMED')
    const account = addressOf(request.params.account)
    await logParties.checkCustomer(await accountOf(parts, request), job)
    const row = { job, account }
    await records
      .insertInto('readers')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return reply.code(204).send()
  })

  server.delete<OneReader>('/v1/jobs/:id/readers/:account', async (request, reply) => {
    const job = hashOf(request.params.id, 'JOB_ID_MALFORMED')
    const account = addressOf(request.params.account)
    await logParties.checkCustomer(await accountOf(parts, request), job)
    await records.deleteFrom('readers').where('job', '=', job).where('account', '=', account).execute()
    return reply.code(204).send()
  })

  server.get<OneReader>('/v1/jobs/:id/readers', async (request) => {
    const job = hashOf(request.params.id, 'JOB_ID_MALFORMED')
    await logParties.checkCustomer(await accountOf(parts, request), job)
    const rows = await records
      .selectFrom('readers')
      .select('account')
      .where('job', '=', job)
      .orderBy('account')
      .execute()
    return { readers: rows.map(({ account }) => account as Hex) }
  })
}
