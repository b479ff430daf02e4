import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { keccak256, toUtf8Bytes } from 'ethers'
import { termsOf } from '../../../agent/chain/signing.ts'
import type { Heartbeat, Hex, JobRequest, Report } from '../../../sdk/domain/job.ts'
import { type JobStatus, statusNumber } from '../../../sdk/domain/status.ts'
import { decodeChunks } from '../../../sdk/gateway/logChain.ts'
import { newSealingKey, passOn, seal } from '../../../sdk/gateway/sealing.ts'
import type { AnvilGrid } from './anvilGrid.ts'
import { SEALING_KEY } from './sealingKey.ts'

interface ReportsMessage {
  readonly provider: number
  readonly reports: readonly Report[]
  readonly signature: Hex
}

/** The two services that an agent talks to, reduced to what it needs of them: one HTTP server that keeps what it is sent. */
export interface Services extends AsyncDisposable {
  readonly url: string
  readonly reports: readonly ReportsMessage[]
  readonly heartbeats: readonly { readonly heartbeat: Heartbeat; readonly signature: Hex }[]
  /** Logs by `<job>/<attempt>`. */
  readonly logs: ReadonlyMap<string, string>
  /** Texts of the manifests that closed them. */
  readonly manifests: ReadonlyMap<string, string>
  /** Seals a definition, keeps it and returns its hash. */
  define(text: string): Promise<Hex>
  /** The relay answers with 503 until it is opened again. */
  setRelayOpen(isOpen: boolean): void
}

/** Starts them. Reports that come are sent to the contract, as the relay does it. */
export async function services(grid: AnvilGrid, requests: ReadonlyMap<Hex, JobRequest>): Promise<Services> {
  const key = await newSealingKey()
  const definitions = new Map<string, Uint8Array>()
  const logs = new Map<string, string>()
  const printed = new Map<string, string>()
  const manifests = new Map<string, string>()
  const reports: ReportsMessage[] = []
  const heartbeats: { heartbeat: Heartbeat; signature: Hex }[] = []
  let isRelayOpen = true

  const relay = async (path: string, body: string): Promise<number> => {
    if (!isRelayOpen) return 503
    const message = JSON.parse(body)
    if (path === '/v1/heartbeats') heartbeats.push(message)
    else {
      reports.push(message)
      await send(grid, message, requests)
    }
    return 202
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const body = await textOf(request)
    if (pathname.startsWith('/v1/login')) {
      const granted = { nonce: 'n'.repeat(32), token: 'token', expiresAt: Math.floor(Date.now() / 1000) + 3600 }
      response.end(JSON.stringify(granted))
      return
    }
    if (pathname.endsWith('/log')) {
      const [, , , job, , attempt] = pathname.split('/')
      const { chunks } = decodeChunks(Buffer.from(body))
      const text = printed.get(`${job}/${attempt}`) ?? ''
      printed.set(`${job}/${attempt}`, text + chunks.map((chunk) => Buffer.from(chunk.body).toString()).join(''))
      response.end(JSON.stringify({ next: (chunks.at(-1)?.seq ?? -1) + 1 }))
      return
    }
    if (request.method === 'POST') {
      response.writeHead(await relay(pathname, body)).end('{"state":"stored"}')
      return
    }
    const [, , kind, first, , second] = pathname.split('/')
    if (kind === 'definitions') {
      const definition = definitions.get(first ?? '')
      if (definition === undefined) response.writeHead(404).end()
      else {
        const passed = await passOn(definition, key.identity, SEALING_KEY.recipient)
        response.writeHead(200, { 'x-sealed-key': Buffer.from(passed).toString('base64') }).end(definition)
      }
      return
    }
    const name = `${first}/${second}`
    // A log is there once it is complete.
    if (pathname.endsWith('/manifest')) {
      manifests.set(name, body)
      logs.set(name, printed.get(name) ?? '')
    }
    response.writeHead(204).end()
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: urlOf(server),
    reports,
    heartbeats,
    logs,
    manifests,
    async define(text) {
      const sealed = await seal(toUtf8Bytes(text), key.recipient)
      const hash = keccak256(sealed) as Hex
      definitions.set(hash, sealed)
      return hash
    },
    setRelayOpen(isOpen) {
      isRelayOpen = isOpen
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function send(grid: AnvilGrid, message: ReportsMessage, requests: ReadonlyMap<Hex, JobRequest>): Promise<void> {
  const needsTerms = (status: JobStatus): boolean => status !== 'SCHEDULED' && status !== 'RUNNING'
  const terms = message.reports.filter(({ status }) => needsTerms(status)).map(({ id }) => requests.get(id))
  const batch = { ...message, reports: message.reports.map((one) => ({ ...one, status: statusNumber(one.status) })) }
  // A report that was mined before is refused, before it is sent or in its block; the agent learns that from the chain.
  await grid.jobs
    .report(
      [batch],
      terms.flatMap((request) => (request === undefined ? [] : [termsOf(request)])),
    )
    .then((transaction) => transaction.wait())
    .catch(() => undefined)
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

function urlOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return `http://127.0.0.1:${address.port}`
}
