import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex, Report } from '../../sdk/domain/job.ts'
import { syncDirectory, writeDurably } from '../files/writeDurably.ts'

/** A report as it was signed, ready to be sent any number of times. */
export interface SignedReport {
  /** EIP-712 digest of the signed message. */
  readonly key: Hex
  readonly provider: number
  readonly report: Report
  readonly signature: Hex
  readonly signer: Hex
  /** Unix seconds. */
  readonly signedAt: number
}

/** Signed reports on disk, one file each, until the chain shows their effect. */
export class Outbox {
  readonly #directory: string
  readonly #entries = new Map<string, SignedReport>()

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(directory)) this.#load(name)
  }

  entries(): readonly SignedReport[] {
    return [...this.#entries.values()]
  }

  /** Reports about one job. */
  about(id: Hex): readonly Report[] {
    return this.entries()
      .map(({ report }) => report)
      .filter((report) => report.id === id)
  }

  /** Returns once the report is on the disk. One about the same attempt and state is replaced. */
  put(entry: SignedReport): void {
    const name = fileName(entry.report)
    writeDurably(join(this.#directory, name), JSON.stringify(entry))
    this.#entries.set(name, entry)
  }

  remove(report: Report): void {
    const name = fileName(report)
    rmSync(join(this.#directory, name), { force: true })
    syncDirectory(this.#directory)
    this.#entries.delete(name)
  }

  #load(name: string): void {
    const file = join(this.#directory, name)
    // A write that a crash cut short: nobody was told of it.
    if (name.endsWith('.tmp')) rmSync(file, { force: true })
    else this.#entries.set(name, JSON.parse(readFileSync(file, 'utf8')) as SignedReport)
  }
}

function fileName({ id, attempt, status }: Report): string {
  return `${id}-${attempt}-${status}.json`
}
