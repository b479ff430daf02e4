import { join } from 'node:path'
import type { HDNodeWallet, TypedDataField } from 'ethers'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { canonicalJson } from '../../../oracle/canonicalJson.ts'
import { compose, type Oracle } from '../../../oracle/compose.ts'
import { readSettings } from '../../../oracle/settings.ts'
import { tick } from '../../../oracle/tick.ts'
import type { Hex, JobRequest, JobTerms, Report } from '../../../sdk/domain/job.ts'
import { statusNumber } from '../../../sdk/domain/status.ts'
import {
  CANCEL_TYPES,
  HEARTBEAT_TYPES,
  JOB_REQUEST_TYPES,
  REPORTS_TYPES,
  TOP_UP_TYPES,
} from '../../../sdk/domain/typedData.ts'
import type { TestGrid, TestProvider } from './testGrid.ts'

/** What the relay answered. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>> & {
    readonly key: Hex
    readonly state: string
    readonly error: { readonly code: string; readonly message: string; readonly [fact: string]: unknown }
    readonly reason?: { readonly code: string }
    readonly transaction?: string
  }
}

/** The settings of an oracle of a test grid. */
export function settingsOf(grid: TestGrid, gatewayUrl: string, store = 'oracle.sqlite'): Record<string, string> {
  return {
    RPC_URL: grid.node.url,
    GRID_DEPLOYMENT: grid.deploymentPath,
    ORACLE_PRIVATE_KEY: grid.oracle.privateKey,
    STORE_PATH: join(grid.folder, store),
    GATEWAY_URL: gatewayUrl,
    CONFIRMATIONS: '1',
  }
}

/** An oracle in this process whose loop is turned by hand. */
export class TestOracle {
  readonly #oracle: Oracle
  readonly #server: FastifyInstance
  readonly grid: TestGrid

  private constructor(oracle: Oracle, grid: TestGrid) {
    this.#oracle = oracle
    this.#server = oracle.serve(() => ({ healthy: true }))
    this.grid = grid
  }

  static async start(grid: TestGrid, gatewayUrl: string, changes: Record<string, string> = {}): Promise<TestOracle> {
    const settings = readSettings({ ...settingsOf(grid, gatewayUrl), ...changes })
    const oracle = new TestOracle(await compose(settings, pino({ level: 'silent' })), grid)
    await oracle.tick()
    return oracle
  }

  get options(): Oracle['options'] {
    return this.#oracle.options
  }

  async tick(): Promise<void> {
    await tick(this.#oracle.options)
  }

  /** Ticks and mines until `times` blocks were mined upon. */
  async turn(times = 1): Promise<void> {
    for (let turns = 0; turns < times; turns += 1) {
      await this.tick()
      await this.grid.mine()
    }
    await this.tick()
  }

  async post(path: string, body: unknown): Promise<Answer> {
    const payload = typeof body === 'string' ? body : canonicalJson(body)
    const headers = { 'content-type': 'application/json' }
    const answer = await this.#server.inject({ method: 'POST', url: `/v1/${path}`, headers, payload })
    return { status: answer.statusCode, body: answer.json() }
  }

  async get(path: string): Promise<Answer> {
    const answer = await this.#server.inject({ method: 'GET', url: path })
    return { status: answer.statusCode, body: answer.json() }
  }

  async text(path: string): Promise<string> {
    return (await this.#server.inject({ method: 'GET', url: path })).body
  }

  async stop(): Promise<void> {
    await this.#server.close()
    await this.#oracle.close()
  }
}

type Types = Readonly<Record<string, readonly TypedDataField[]>>

/** Signs a message in the grid's domain, or in another where `chainId` is given. */
export async function sign(
  grid: TestGrid,
  wallet: HDNodeWallet,
  types: Types,
  message: Record<string, unknown>,
  chainId = grid.deployment.chainId,
): Promise<Hex> {
  const mutable = Object.fromEntries(Object.entries(types).map(([name, fields]) => [name, [...fields]]))
  return (await wallet.signTypedData({ ...grid.domain, chainId }, mutable, message)) as Hex
}

export async function signedRequest(grid: TestGrid, customer: HDNodeWallet, request: JobRequest, chainId?: number) {
  return { request, proof: [], signature: await sign(grid, customer, JOB_REQUEST_TYPES, { ...request }, chainId) }
}

export async function signedCancel(grid: TestGrid, customer: HDNodeWallet, id: Hex, terms: JobTerms) {
  return { terms, signature: await sign(grid, customer, CANCEL_TYPES, { id }) }
}

export async function signedTopUp(grid: TestGrid, customer: HDNodeWallet, id: Hex, terms: JobTerms, total: bigint) {
  return { terms, total, signature: await sign(grid, customer, TOP_UP_TYPES, { id, total }) }
}

export async function signedReports(grid: TestGrid, { index, signer }: TestProvider, reports: readonly Report[]) {
  const numbered = reports.map((report) => ({ ...report, status: statusNumber(report.status) }))
  const signature = await sign(grid, signer, REPORTS_TYPES, { provider: index, reports: numbered })
  return { provider: index, reports, signature }
}

export async function signedHeartbeat(grid: TestGrid, { index, signer }: TestProvider, sentAt: number) {
  const heartbeat = { provider: index, sentAt, running: [] }
  return { heartbeat, signature: await sign(grid, signer, HEARTBEAT_TYPES, heartbeat) }
}

/** A report of a job's first attempt. */
export function reportOf(id: Hex, status: Report['status'], changes: Partial<Report> = {}): Report {
  const result = `0x${'00'.repeat(32)}` as Hex
  return { id, attempt: 1, status, startedAt: 0, secondsUsed: 0, exitCode: 0, result, ...changes }
}
