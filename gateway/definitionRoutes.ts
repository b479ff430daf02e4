import type { FastifyInstance } from 'fastify'
import { keccak256 } from 'viem'
import { bytesOf } from './bytesOf.ts'
import { checkAccess } from './checkAccess.ts'
import type { GatewayParts } from './gatewayParts.ts'
import { isSame, jobParties } from './jobParties.ts'
import { hashOf } from './names.ts'
import { Refusal } from './refusal.ts'

const LARGEST_DEFINITION = 256 * 1024

interface OneDefinition {
  readonly Params: { readonly hash: string }
  readonly Querystring: { readonly job?: string }
}

/** Definitions: put by anyone who signs, read by the job's customer and the provider that has the job. */
export function definitionRoutes(server: FastifyInstance, { grid, definitions, now }: GatewayParts): void {
  server.put<OneDefinition>('/v1/definitions/:hash', { bodyLimit: LARGEST_DEFINITION }, async (request, reply) => {
    const hash = hashOf(request.params.hash, 'HASH_MALFORMED')
    const bytes = bytesOf(request)
    if (keccak256(bytes) !== hash) throw new Refusal('HASH_MISMATCH')
    await checkAccess(
      grid,
      request.headers,
      { action: 'put-definition', subject: hash, attempt: 0, content: hash },
      now(),
    )
    await definitions.write(hash, bytes)
    return reply.code(201).send({ hash })
  })

  server.head<OneDefinition>('/v1/definitions/:hash', async (request, reply) => {
    const isStored = await definitions.has(hashOf(request.params.hash, 'HASH_MALFORMED'))
    return reply.code(isStored ? 200 : 404).send()
  })

  server.get<OneDefinition>('/v1/definitions/:hash', { exposeHeadRoute: false }, async (request, reply) => {
    const hash = hashOf(request.params.hash, 'HASH_MALFORMED')
    const id = hashOf(request.query.job, 'JOB_ID_MALFORMED')
    const access = { action: 'get-definition', subject: id, attempt: 0, content: hash } as const
    const account = await checkAccess(grid, request.headers, access, now())
    const job = await jobParties(grid, id)
    const isParty = isSame(account, job.request.customer) || isSame(account, job.assignedSigner)
    if (!isParty) throw new Refusal('NOT_JOB_PARTY')
    if (job.request.work.definition !== hash) throw new Refusal('DEFINITION_OF_OTHER_JOB')
    const bytes = await definitions.read(hash)
    if (bytes === undefined) throw new Refusal('DEFINITION_NOT_FOUND')
    if (keccak256(bytes) !== hash) throw new Refusal('DEFINITION_DAMAGED')
    return reply
      .header('content-type', 'application/octet-stream')
      .header('x-content-type-options', 'nosniff')
      .send(bytes)
  })
}
