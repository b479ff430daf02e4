import type { Logger } from 'pino'
import { executionName, type Hex, type JobRequest } from '../../sdk/domain/job.ts'
import type { DefinitionState } from '../core/facts.ts'
import type { Gateway } from './gateway.ts'
import type { ReadDefinition } from './readDefinition.ts'

export interface DefinitionsOptions {
  readonly gateway: Gateway
  readonly read: ReadDefinition
  /** Ends the requests under way. */
  readonly signal: AbortSignal
  /** Called when the state of a definition has changed. */
  readonly wake: () => void
  readonly log: Logger
}

type Kept = DefinitionState | { readonly kind: 'ready'; readonly script: string } | Faulty

interface Faulty {
  readonly kind: 'faulty'
  readonly reason: string
  readonly explanation: string
}

/** Fetches definitions beside the loop, one request a job at a time, and keeps them until their execution is submitted. */
export class Definitions {
  readonly #options: DefinitionsOptions
  readonly #kept = new Map<string, Kept>()

  constructor(options: DefinitionsOptions) {
    this.#options = options
  }

  state(name: string): DefinitionState {
    return this.#kept.get(name) ?? { kind: 'unknown' }
  }

  /** The script of a definition that is ready. */
  script(name: string): string | undefined {
    const kept = this.#kept.get(name)
    return kept !== undefined && 'script' in kept ? kept.script : undefined
  }

  /** What is wrong with a definition that is faulty, for the customer to read. */
  explanation(name: string): string | undefined {
    const kept = this.#kept.get(name)
    return kept !== undefined && 'explanation' in kept ? kept.explanation : undefined
  }

  /** Starts to fetch; the state tells how it went. */
  fetch(id: Hex, attempt: number, request: JobRequest): void {
    const name = executionName(id, attempt)
    if (this.#kept.get(name)?.kind === 'fetching') return
    this.#kept.set(name, { kind: 'fetching' })
    void this.#fetch(id, request).then((kept) => {
      this.#kept.set(name, kept)
      this.#options.wake()
    })
  }

  forget(name: string): void {
    this.#kept.delete(name)
  }

  async #fetch(id: Hex, request: JobRequest): Promise<Kept> {
    const { gateway, read, signal, log } = this.#options
    const answer = await gateway.definition(id, request.work.definition, signal)
    if (answer.kind === 'found') return read(answer.bytes, request)
    log.warn({ job: id, ...answer }, 'definition is not available')
    return { kind: 'unavailable', reason: answer.reason }
  }
}
