import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pino } from 'pino'
import { composeGateway } from '../../gateway/composeGateway.ts'
import { readSettings } from '../../gateway/settings.ts'
import { gatewaySession } from '../../sdk/gatewayFetch.ts'
import type { GridClient } from '../../sdk/gridClient.ts'

/** A gateway that listens, and what it has stored. */
export interface LocalGateway {
  readonly url: string
  readonly directory: string
  /** What it logged. */
  readonly logged: readonly string[]
  /** The keys of every blob. */
  stored(): readonly string[]
  /** Every byte that it has on its disk. */
  everything(): Buffer
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>
  /** Stops it and starts it again on the same directory; its URL changes. */
  restart(now?: () => number): Promise<LocalGateway>
  close(): Promise<void>
}

/** How something is asked: under whose name, with what. */
export interface AskOptions {
  readonly as?: GridClient
  readonly token?: string
  readonly body?: Uint8Array | string
  readonly headers?: Readonly<Record<string, string>>
}

/** What it answered. `code` is that of an error. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly code: string | undefined
  readonly headers: Headers
}

/** Settings and a clock other than the usual ones. */
export interface LocalGatewayOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Unix seconds. */
  readonly now?: () => number
}

/** A real gateway on a free port, in this process. */
export async function localGateway(grid: GridClient, options: LocalGatewayOptions = {}): Promise<LocalGateway> {
  return startIn(mkdtempSync(join(tmpdir(), 'gateway-')), grid, options)
}

async function startIn(directory: string, grid: GridClient, options: LocalGatewayOptions): Promise<LocalGateway> {
  const { settings = {}, now = nowSeconds } = options
  const environment = { RPC_URL: 'http://127.0.0.1:1', GRID_DEPLOYMENT: '-', STORE_DIR: directory, ...settings }
  const logged: string[] = []
  const log = pino({}, { write: (line: string) => void logged.push(line) })
  const server = await composeGateway(readSettings(environment), { grid, now, log })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    directory,
    logged,
    stored: () => filesIn(join(directory, 'blobs')).map((path) => relative(join(directory, 'blobs'), path)),
    everything: () => Buffer.concat(filesIn(directory).map((path) => readFileSync(path))),
    async ask(method, path, { as, token, body, headers = {} } = {}) {
      const bearer = as === undefined ? token : await gatewaySession({ ...as, gatewayUrl: url }).token()
      const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
      const content = body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }
      const response = await fetch(`${url}${path}`, { method, headers: { ...authorization, ...headers }, ...content })
      const text = await response.text()
      return { status: response.status, text, code: codeOf(text), headers: response.headers }
    },
    async restart(later = now) {
      await server.close()
      return startIn(directory, grid, { settings, now: later })
    },
    async close() {
      await server.close()
      rmSync(directory, { recursive: true })
    },
  }
}

function filesIn(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name))
  return entries.filter((path) => statSync(path).isFile()).sort()
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

function codeOf(text: string): string | undefined {
  try {
    return JSON.parse(text).error?.code
  } catch {
    return undefined
  }
}
