import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { gatewayServer } from '../../gateway/server.ts'
import { openFiles } from '../../gateway/store/files.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import { accessTypedData, type GatewayAccess } from '../../sdk/gatewayAccess.ts'
import type { GridClient, Wallet } from '../../sdk/gridClient.ts'

/** A gateway that listens, and what it has stored. */
export interface LocalGateway {
  readonly url: string
  readonly directory: string
  /** The names of every stored file. */
  stored(): readonly string[]
  ask(method: string, path: string, headers?: Readonly<Record<string, string>>, body?: Uint8Array): Promise<Answer>
  close(): Promise<void>
}

/** What it answered. `code` is that of an error. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly code: string | undefined
}

/** A real gateway on a free port, in this process. */
export async function localGateway(grid: GridClient): Promise<LocalGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-'))
  const [definitions, logs] = [join(directory, 'definitions'), join(directory, 'logs')]
  const server = gatewayServer({
    grid,
    definitions: await openFiles(definitions),
    logs: await openFiles(logs),
    now: nowSeconds,
    log: pino({ level: 'silent' }),
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    directory,
    stored: () => [...readdirSync(definitions), ...readdirSync(logs)].sort(),
    async ask(method, path, headers = {}, body) {
      const init = { method, headers: { ...headers }, ...(body === undefined ? {} : { body: new Uint8Array(body) }) }
      const response = await fetch(`${url}${path}`, init)
      const text = await response.text()
      return { status: response.status, text, code: codeOf(text) }
    },
    async close() {
      await server.close()
      rmSync(directory, { recursive: true })
    },
  }
}

/** The headers of an access as this wallet signs it; valid for a minute unless it says otherwise. */
export async function signedHeaders(
  grid: GridClient & { readonly wallet: Wallet },
  access: Omit<GatewayAccess, 'expiresAt'>,
  expiresAt = nowSeconds() + 60,
): Promise<Record<string, string>> {
  const signature = await grid.wallet.signTypedData(accessTypedData(grid.deployment, { ...access, expiresAt }))
  return headersOf(grid.wallet.account.address, expiresAt, signature)
}

export function headersOf(account: Hex, expiresAt: number, signature: Hex): Record<string, string> {
  return { 'x-grid-account': account, 'x-grid-expires': String(expiresAt), 'x-grid-signature': signature }
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
