import type { EventPlace } from '../domain/events.ts'
import type { Hex } from '../domain/job.ts'
import type { Report } from './finding.ts'

/** The credits that `Jobs` holds, by whom they belong to, as the events tell it. Amounts have 18 decimals. */
export class CreditLedger {
  readonly free = new Map<Hex, bigint>()
  readonly earnings = new Map<number, bigint>()
  readonly #report: Report
  protocolCut = 0n
  locked = 0n

  constructor(report: Report) {
    this.#report = report
  }

  /** Adds to the free balance of an account, or takes from it. */
  addFree(account: Hex, amount: bigint, place: EventPlace): void {
    const balance = (this.free.get(account) ?? 0n) + amount
    this.free.set(account, balance)
    if (balance < 0n) this.#report('balance-negative', account, `Its free balance would be ${balance}.`, place)
  }

  /** Adds to what a provider has earned, or takes from it. */
  addEarnings(provider: number, amount: bigint, place: EventPlace): void {
    const balance = (this.earnings.get(provider) ?? 0n) + amount
    this.earnings.set(provider, balance)
    if (balance < 0n)
      this.#report('balance-negative', `provider ${provider}`, `Its earnings would be ${balance}.`, place)
  }

  /** Adds to the protocol’s cut, or takes from it. */
  addCut(amount: bigint, place: EventPlace): void {
    this.protocolCut += amount
    if (this.protocolCut < 0n)
      this.#report('balance-negative', 'protocol', `Its cut would be ${this.protocolCut}.`, place)
  }

  /** Everything that belongs to somebody. */
  get total(): bigint {
    const sum = (amounts: Iterable<bigint>): bigint => [...amounts].reduce((total, amount) => total + amount, 0n)
    return sum(this.free.values()) + sum(this.earnings.values()) + this.protocolCut + this.locked
  }
}
