import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { keccak256 } from 'viem'
import { executionName } from '../sdk/domain/job.ts'
import { NO_CONTENT } from '../sdk/index.ts'
import { bytesOf } from './bytesOf.ts'
import { checkAccess } from './checkAccess.ts'
import type { GatewayParts } from './gatewayParts.ts'
import { isSame, jobParties } from './jobParties.ts'
import { attemptOf, hashOf } from './names.ts'
import { Refusal } from './refusal.ts'

const LARGEST_LOG = 1024 * 1024

interface OneLog {
  readonly Params: { readonly id: string; readonly attempt: string }
}

/** Logs: put whole by the provider that had the attempt, read by the job's customer. */
export function logRoutes(server: FastifyInstance, { grid, logs, now }: GatewayParts): void {
  const path = '/v1/jobs/:id/attempts/:attempt/log'

  server.put<OneLog>(path, { bodyLimit: LARGEST_LOG }, async (request, reply) => {
    const id = hashOf(request.params.id, 'JOB_ID_MALFORMED')
    const attempt = attemptOf(request.params.attempt)
    const bytes = bytesOf(request)
    if (!isUtf8(bytes)) throw new Refusal('LOG_NOT_TEXT')
    const access = { action: 'put-log', subject: id, attempt, content: keccak256(bytes) } as const
    const account = await checkAccess(grid, request.headers, access, now())
    const signer = await (await jobParties(grid, id)).signerOfAttempt(attempt)
    if (!isSame(account, signer)) throw new Refusal('NOT_JOB_PROVIDER')
    await logs.write(executionName(id, attempt), bytes)
    return reply.code(204).send()
  })

  server.get<OneLog>(path, async (request, reply) => {
    const id = hashOf(request.params.id, 'JOB_ID_MALFORMED')
    const attempt = attemptOf(request.params.attempt)
    const access = { action: 'get-log', subject: id, attempt, content: NO_CONTENT } as const
    const account = await checkAccess(grid, request.headers, access, now())
    const { customer } = (await jobParties(grid, id)).request
    if (!isSame(account, customer)) throw new Refusal('NOT_CUSTOMER')
    const bytes = await logs.read(executionName(id, attempt))
    if (bytes === undefined) throw new Refusal('LOG_NOT_FOUND')
    return reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('x-content-type-options', 'nosniff')
      .send(bytes)
  })
}
