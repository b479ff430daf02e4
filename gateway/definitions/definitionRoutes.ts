import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { keccak256 } from 'viem'
import type { Hex } from '../../sdk/domain/job.ts'
import { publicKeyOf, recipientOf } from '../../sdk/gateway/sealing.ts'
import { bytesOf } from '../bytesOf.ts'
import type { GatewayParts } from '../gatewayParts.ts'
import { encryptionKeyOf, isSame, type JobParties, jobParties } from '../jobParties.ts'
import { accountOf } from '../login/accountOf.ts'
import { hashOf } from '../names.ts'
import { Refusal } from '../refusal.ts'
import type { SealedKind } from './definitions.ts'

const LARGEST_DEFINITION = 1024 * 1024
const LARGEST_SECRETS = 64 * 1024

interface OneDefinition {
  readonly Params: { readonly hash: string }
  readonly Querystring: Readonly<Record<'job' | 'recipient' | 'upload' | 'offset', string | undefined>>
}

type Asked = FastifyRequest<OneDefinition>

/** Definitions: put by anyone who is logged in, released to the job's customer and to the provider that has the job. */
export function definitionRoutes(server: FastifyInstance, parts: GatewayParts): void {
  const { definitions, uploads, now } = parts
  const path = '/v1/definitions/:hash'
  const idOf = (request: Asked): Hex => hashOf(request.params.hash, 'HASH_MALFORMED')

  server.get('/v1/sealing', async () => ({ recipient: definitions.recipient }))

  server.put<OneDefinition>(path, { bodyLimit: LARGEST_DEFINITION }, async (request, reply) => {
    const hash = idOf(request)
    const account = await accountOf(parts, request)
    const isUploaded = request.query.upload === 'yes'
    const sealed = isUploaded ? await uploads.read(account, hash) : bytesOf(request)
    if (sealed === undefined || keccak256(sealed) !== hash) throw new Refusal('HASH_MISMATCH')
    await definitions.put('definition', hash, sealed, account, now())
    await uploads.forget(account, hash)
    return reply.code(201).send({ hash })
  })

  server.patch<OneDefinition>('/v1/uploads/:hash', { bodyLimit: LARGEST_DEFINITION }, async (request) => {
    const account = await accountOf(parts, request)
    const offset = offsetOf(request.query.offset)
    await definitions.checkRoom(account, offset + bytesOf(request).length)
    return { offset: await uploads.append(account, idOf(request), offset, bytesOf(request), LARGEST_DEFINITION) }
  })

  server.head<OneDefinition>('/v1/uploads/:hash', async (request, reply) => {
    const account = await accountOf(parts, request)
    return reply.header('upload-offset', await uploads.offset(account, idOf(request))).send()
  })

  server.head<OneDefinition>(path, async (request, reply) => {
    const isStored = await definitions.has('definition', idOf(request))
    return reply.code(isStored ? 200 : 404).send()
  })

  server.get<OneDefinition>(path, { exposeHeadRoute: false }, (request, reply) =>
    release(parts, 'definition', request, reply),
  )

  server.put<OneDefinition>(`${path}/secrets`, { bodyLimit: LARGEST_SECRETS }, async (request, reply) => {
    const account = await accountOf(parts, request)
    await definitions.put('secrets', idOf(request), bytesOf(request), account, now())
    return reply.code(204).send()
  })

  server.get<OneDefinition>(`${path}/secrets`, { exposeHeadRoute: false }, (request, reply) =>
    release(parts, 'secrets', request, reply),
  )
}

/** Sends sealed bytes as they were put, and what lets the one who asks open them. */
async function release(
  parts: GatewayParts,
  kind: SealedKind,
  request: Asked,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { grid, definitions, now } = parts
  const hash = hashOf(request.params.hash, 'HASH_MALFORMED')
  const id = hashOf(request.query.job, 'JOB_ID_MALFORMED')
  const account = await accountOf(parts, request)
  const job = await jobParties(grid, id)
  const isProvider = isSame(account, job.assignedSigner)
  const isCustomer = kind === 'definition' && isSame(account, job.request.customer)
  if (!isProvider && !isCustomer) throw new Refusal(kind === 'definition' ? 'NOT_JOB_PARTY' : 'NOT_JOB_PROVIDER')
  if (job.request.work.definition !== hash) throw new Refusal('DEFINITION_OF_OTHER_JOB')
  const recipient = isProvider ? await recipientOfProvider(parts, job) : recipientAsked(request.query.recipient)
  const sealed = await definitions.read(kind, hash, id, now())
  if (recipient !== undefined) {
    reply.header('x-sealed-key', Buffer.from(await definitions.passOn(sealed, recipient)).toString('base64'))
  }
  return reply
    .header('content-type', 'application/octet-stream')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(sealed))
}

async function recipientOfProvider({ grid }: GatewayParts, { assignedTo }: JobParties): Promise<string> {
  return recipientOf(await encryptionKeyOf(grid, assignedTo ?? 0))
}

function recipientAsked(text: unknown): string | undefined {
  if (text === undefined) return undefined
  try {
    return recipientOf(publicKeyOf(String(text)))
  } catch (error) {
    throw new Refusal('RECIPIENT_MALFORMED', error)
  }
}

function offsetOf(text: unknown): number {
  if (typeof text !== 'string' || !/^\d{1,9}$/.test(text)) throw new Refusal('UPLOAD_OFFSET_WRONG')
  return Number(text)
}
