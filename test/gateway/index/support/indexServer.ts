import Fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { Follower } from '../../../../gateway/index/follower.ts'
import { indexRoutes } from '../../../../gateway/index/http/indexRoutes.ts'
import type { GridFact } from '../../../../sdk/domain/events.ts'
import { IDENTITY, type Index, opened, type Places } from './indexes.ts'
import { MemoryChain } from './memoryChain.ts'

/** What the server answered. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>> & {
    readonly items: readonly Readonly<Record<string, unknown>>[]
    readonly next: string | null
    readonly error: { readonly code: string; readonly message: string }
  }
}

/** The routes of an index on a chain that the test makes. */
export class IndexServer {
  readonly chain = new MemoryChain()
  readonly index: Index
  readonly #server: FastifyInstance
  readonly #follower: Follower

  private constructor(index: Index) {
    this.index = index
    this.#follower = new Follower(index, this.chain, 1)
    this.#server = Fastify()
    const address = '0x00000000000000000000000000000000000000AB' as const
    const addresses = { accessManager: address, credits: address, providers: address, jobs: address }
    indexRoutes(this.#server, {
      index,
      deployment: { network: 'test', chainId: IDENTITY.chainId, startBlock: 1, ...addresses },
      terms: async () => ({ minimumStake: 10n ** 18n, penalty: 10n ** 18n }),
      head: () => this.#follower.head,
      log: pino({ level: 'silent' }),
    })
  }

  static async start(places: Places): Promise<IndexServer> {
    return new IndexServer(await opened(await places.fresh()))
  }

  /** Mines a block with these facts and follows it. */
  async tell(...facts: readonly GridFact[]): Promise<void> {
    this.chain.mine(facts)
    await this.follow()
  }

  async follow(): Promise<void> {
    await this.#follower.advance()
  }

  async get(url: string): Promise<Answer> {
    const answer = await this.#server.inject({ method: 'GET', url })
    return { status: answer.statusCode, body: answer.json() }
  }

  async post(url: string, body: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json' }
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await this.#server.inject({ method: 'POST', url, headers, payload })
    return { status: answer.statusCode, body: answer.json() }
  }

  async stop(): Promise<void> {
    await this.#server.close()
    await this.index.destroy()
  }
}
