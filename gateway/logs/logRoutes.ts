import websocket from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { executionName, type Hex } from '../../sdk/domain/job.ts'
import { decodeChunks, encodeChunk, type LogChunk, LogMalformed } from '../../sdk/gateway/logChain.ts'
import { readManifest } from '../../sdk/gateway/manifest.ts'
import { bytesOf } from '../bytesOf.ts'
import type { GatewayParts } from '../gatewayParts.ts'
import { accountOf } from '../login/accountOf.ts'
import { attemptOf, hashOf, lineOf } from '../names.ts'
import { Refusal } from '../refusal.ts'
import { sendText } from './sendText.ts'
import { streamEvents, streamMessages } from './streams.ts'

const LARGEST_APPEND = 4 * 1024 * 1024
const LARGEST_MANIFEST = 1024 * 1024
const SUBPROTOCOL = 'deepsquare.logs'

/** One attempt of a job, and from where on its log is wanted. */
export interface OneLog {
  readonly Params: { readonly id: string; readonly attempt: string }
  readonly Querystring: Readonly<Record<'from' | 'lines', string | undefined>>
}

type Asked = FastifyRequest<OneLog>

/** Logs: chunks and a manifest from the provider that had the attempt, read by the customer and whom it names. */
export function logRoutes(server: FastifyInstance, parts: GatewayParts): void {
  const { logs, logParties } = parts
  const path = '/v1/jobs/:id/attempts/:attempt'
  const written = async (request: Asked): Promise<string> => {
    const { id, attempt } = namesOf(request)
    await logParties.checkWriter(await accountOf(parts, request), id, attempt)
    return executionName(id, attempt)
  }
  const read = async (request: Asked): Promise<string> => {
    const { id, attempt } = namesOf(request)
    await logParties.checkReader(await accountOf(parts, request), id)
    return executionName(id, attempt)
  }

  server.post<OneLog>(`${path}/log`, { bodyLimit: LARGEST_APPEND }, async (request) => {
    const execution = await written(request)
    const { head } = await logs.append(execution, chunksIn(bytesOf(request)))
    return { next: head.seq }
  })

  server.put<OneLog>(`${path}/manifest`, { bodyLimit: LARGEST_MANIFEST }, async (request, reply) => {
    const execution = await written(request)
    const text = bytesOf(request).toString('utf8')
    const manifest = readManifest(text)
    const isOfThis = manifest !== undefined && executionName(manifest.job, manifest.attempt) === execution
    if (!isOfThis) throw new Refusal('MANIFEST_MALFORMED')
    await logs.close(execution, manifest.log.chunks, manifest.log.head, text)
    return reply.code(204).send()
  })

  server.get<OneLog>(`${path}/manifest`, async (request, reply) => {
    const { manifest } = await logs.state(await read(request))
    if (manifest === undefined) throw new Refusal('MANIFEST_NOT_FOUND')
    return reply.header('content-type', 'application/json').send(manifest)
  })

  server.get<OneLog>(`${path}/log`, async (request, reply) => {
    const execution = await read(request)
    const [from, lines] = [lineOf(request.query.from, 0), lineOf(request.query.lines, Number.MAX_SAFE_INTEGER)]
    const { head, manifest } = await logs.state(execution)
    if (head.seq === 0 && manifest === undefined) throw new Refusal('LOG_NOT_FOUND')
    return sendText(logs, execution, from, lines, reply)
  })

  server.get<OneLog>(`${path}/log/chunks`, async (request, reply) => {
    const chunks = await logs.chunks(await read(request), lineOf(request.query.from, 0))
    return reply.header('content-type', 'application/octet-stream').send(Buffer.concat(chunks.map(encodeChunk)))
  })

  server.register(async (scope) => {
    await scope.register(websocket, { options: { maxPayload: 1024, handleProtocols: () => SUBPROTOCOL } })
    scope.route<OneLog>({
      method: 'GET',
      url: `${path}/log/stream`,
      preValidation: async (request) => void (await read(request)),
      handler: (request, reply) => streamEvents(logs, executionOf(request), startOf(request), request, reply),
      wsHandler: (socket, request) => {
        const asked = request as Asked
        void streamMessages(logs, executionOf(asked), startOf(asked), socket)
      },
    })
  })
}

function namesOf({ params }: Asked): { readonly id: Hex; readonly attempt: number } {
  return { id: hashOf(params.id, 'JOB_ID_MALFORMED'), attempt: attemptOf(params.attempt) }
}

function executionOf(request: Asked): string {
  const { id, attempt } = namesOf(request)
  return executionName(id, attempt)
}

/** A browser that connects again says by itself what it saw last. */
function startOf({ headers, query }: Asked): number {
  return lineOf(headers['last-event-id'] ?? query.from, 0)
}

function chunksIn(bytes: Uint8Array): readonly LogChunk[] {
  try {
    const { chunks, length } = decodeChunks(bytes)
    if (length !== bytes.length) throw new LogMalformed('the last chunk is cut short')
    return chunks
  } catch (error) {
    throw error instanceof LogMalformed ? new Refusal('LOG_MALFORMED', error) : error
  }
}
