import { clearLine, cursorTo } from 'node:readline'
import { styleText } from 'node:util'
import type { Sink, Surroundings } from '../terminal.ts'
import type { Column } from './table.ts'

type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** What commands show: text for people, or JSON for programs. The only place that writes. */
export class Output {
  readonly isJson: boolean
  /** Whether a person looks at stdout. */
  readonly isTerminal: boolean
  /** Whether a person looks at stderr, where progress is shown. */
  readonly canProgress: boolean
  readonly #around: Surroundings
  #progress = ''

  constructor(around: Surroundings, isJson: boolean) {
    this.#around = around
    this.isJson = isJson
    this.isTerminal = around.stdout.isTTY === true
    this.canProgress = around.stderr.isTTY === true && around.env['TERM'] !== 'dumb'
  }

  /** Columns of the terminal; without end in a pipe. */
  get width(): number {
    return this.isTerminal ? (this.#around.stdout.columns ?? 80) : Number.POSITIVE_INFINITY
  }

  /** The text in a colour, where the stream is a terminal that wants it. */
  style(format: Format, text: string, on: 'stdout' | 'stderr' = 'stdout'): string {
    return this.#wantsColour(this.#around[on]) ? styleText(format, text, { validateStream: false }) : text
  }

  /** One line for people. */
  line(text = ''): void {
    if (!this.isJson) this.raw(`${text}\n`)
  }

  /** Text as it is, for people and pipes; whole lines, or progress and text would mix. */
  raw(text: string): void {
    this.#clear()
    this.#around.stdout.write(text)
    this.#draw()
  }

  /** The one answer of a command: JSON in lines and indented, or what `show` prints. */
  result(value: unknown, show: () => void): void {
    if (this.isJson) this.raw(`${JSON.stringify(value, jsonValue, 2)}\n`)
    else show()
  }

  /** One of several answers that come over time: one JSON object a line, or what `show` prints. */
  event(value: unknown, show: () => void): void {
    if (this.isJson) this.raw(`${JSON.stringify(value, jsonValue)}\n`)
    else show()
  }

  /** A table that fits the terminal. */
  async table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Promise<void> {
    const { table } = await import('./table.ts')
    const [head = '', ...lines] = table(rows, columns, this.width)
    this.line(this.style('bold', head))
    for (const line of lines) this.line(line)
  }

  /** Names and values, one a line. */
  facts(facts: readonly (readonly [name: string, value: string])[]): void {
    const width = Math.max(...facts.map(([name]) => name.length))
    for (const [name, value] of facts) this.line(`${this.style('dim', name.padEnd(width))}  ${value}`)
  }

  /** What goes on right now, on the last line of the terminal; nothing elsewhere. An empty text takes it away. */
  progress(text: string): void {
    if (!this.canProgress || this.isJson) return
    this.#clear()
    this.#progress = text
    this.#draw()
  }

  /** A line about what goes on, for people, beside the answer. */
  note(text: string): void {
    if (this.isJson) return
    this.#clear()
    this.#around.stderr.write(`${text}\n`)
    this.#draw()
  }

  /** The sentence of an error; with `--json` as JSON. */
  error(told: { readonly code: string; readonly message: string; readonly exitCode: number }, details?: string): void {
    this.progress('')
    const { stderr } = this.#around
    const { code, message, exitCode } = told
    if (this.isJson) stderr.write(`${JSON.stringify({ error: { code, message, exitCode } })}\n`)
    else stderr.write(`${this.style('red', 'error:', 'stderr')} ${message}\n`)
    if (details !== undefined) stderr.write(`${details}\n`)
  }

  #wantsColour(sink: Sink): boolean {
    const { env } = this.#around
    return sink.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  }

  #clear(): void {
    if (this.#progress === '') return
    const stream = this.#around.stderr as unknown as NodeJS.WritableStream
    cursorTo(stream, 0)
    clearLine(stream, 1)
  }

  #draw(): void {
    // A line that wraps could not be cleared.
    if (this.#progress !== '')
      this.#around.stderr.write(this.#progress.slice(0, (this.#around.stderr.columns ?? 80) - 1))
  }
}

/** Amounts are the only bigints of an answer: decimal credits as text, exact. */
function jsonValue(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? decimal(value) : value
}

function decimal(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(19, '0')
  const fraction = digits.slice(-18).replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -18)}${fraction === '' ? '' : `.${fraction}`}`
}
