import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { executionName } from '../sdk/domain/job.ts'
import { bytesOf } from './bytesOf.ts'
import type { GatewayParts } from './gatewayParts.ts'
import { isSame, jobParties } from './jobParties.ts'
import { accountOf } from './login/accountOf.ts'
import { attemptOf, hashOf } from './names.ts'
import { Refusal } from './refusal.ts'

const LARGEST_LOG = 1024 * 1024

interface OneLog {
  readonly Params: { readonly id: string; readonly attempt: string }
}

/** Logs: put whole by the provider that had the attempt, read by the job's customer. */
export function logRoutes(server: FastifyInstance, parts: GatewayParts): void {
  const { grid, blobs } = parts
  const path = '/v1/jobs/:id/attempts/:attempt/log'

  server.put<OneLog>(path, { bodyLimit: LARGEST_LOG }, async (request, reply) => {
    const id = hashOf(request.params.id, 'JOB_ID_MALFORMED')
    const attempt = attemptOf(request.params.attempt)
    const bytes = bytesOf(request)
    if (!isUtf8(bytes)) throw new Refusal('LOG_NOT_TEXT')
    const account = await accountOf(parts, request)
    const signer = await (await jobParties(grid, id)).signerOfAttempt(attempt)
    if (!isSame(account, signer)) throw new Refusal('NOT_JOB_PROVIDER')
    await blobs.write(`logs/${executionName(id, attempt)}/0`, bytes)
    return reply.code(204).send()
  })

  server.get<OneLog>(path, async (request, reply) => {
    const id = hashOf(request.params.id, 'JOB_ID_MALFORMED')
    const attempt = attemptOf(request.params.attempt)
    const account = await accountOf(parts, request)
    const { customer } = (await jobParties(grid, id)).request
    if (!isSame(account, customer)) throw new Refusal('NOT_CUSTOMER')
    const bytes = await blobs.read(`logs/${executionName(id, attempt)}/0`)
    if (bytes === undefined) throw new Refusal('LOG_NOT_FOUND')
    return reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('x-content-type-options', 'nosniff')
      .send(Buffer.from(bytes))
  })
}
