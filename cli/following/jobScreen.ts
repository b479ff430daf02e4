import { explainJob } from '../../sdk/actions/explainJob.ts'
import { type GridView, readGrid } from '../../sdk/actions/readGrid.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import type { JobStatus } from '../../sdk/domain/status.ts'
import type { GridClient } from '../../sdk/gridClient.ts'
import type { JobTransition } from '../../sdk/jobEvents.ts'
import type { Context } from '../context.ts'
import { creditsText } from '../output/amounts.ts'
import type { Output } from '../output/output.ts'
import { plainText } from '../output/plainText.ts'
import { clockText, durationText } from '../output/times.ts'
import { detailOf, transitionValue } from './transitionText.ts'

const TICK_MS = 250
const LOOK_MS = 2_000
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** What a person sees of a job: each state as it comes, and one line that lives. */
export class JobScreen {
  readonly #out: Output
  readonly #grid: GridClient
  readonly #id: Hex
  readonly #explorer: string | undefined
  readonly #names = new Map<number, string>()
  #view: GridView | undefined
  #state: JobStatus = 'NONE'
  #since = 0
  #rate = 0n
  #waiting = ''
  #isLost = false
  #frame = 0
  #timers: NodeJS.Timeout[] = []
  #isLooking = false

  private constructor(context: Context, grid: GridClient, id: Hex) {
    this.#out = context.out
    this.#grid = grid
    this.#id = id
    this.#explorer = context.settings.explorer?.value.replace(/\/+$/, '')
  }

  static async open(context: Context, grid: GridClient, id: Hex, isShown: boolean): Promise<JobScreen> {
    const screen = new JobScreen(context, grid, id)
    if (!isShown || context.out.isJson) return screen
    await screen.#look()
    if (!context.out.canProgress) return screen
    screen.#timers = [setInterval(() => screen.#draw(), TICK_MS), setInterval(() => void screen.#look(), LOOK_MS)]
    return screen
  }

  /** Shows a transition. */
  moved(transition: JobTransition): void {
    const { to, place } = transition
    if (to === this.#state && place.time === this.#since) return
    const took = this.#since === 0 ? '' : `+${durationText(place.time - this.#since)}`
    this.#isLost = false
    this.#state = to
    this.#since = place.time
    if (transition.kind === 'job-assigned') this.#rate = transition.rate
    this.#out.event({ event: 'state', ...transitionValue(transition) }, () => {
      const state = this.#out.style(colourOf(to), to.padEnd(14), 'stderr')
      const detail = detailOf(transition, (provider) => this.#nameOf(provider))
      this.#out.note(`${clockText(place.time)}  ${state}  ${took.padEnd(8)}  ${detail}`)
    })
    this.#draw()
  }

  /** Shows what the job came to. */
  ended(ended: Extract<JobTransition, { kind: 'job-ended' }>): void {
    this.close()
    if (this.#out.isJson) return
    const { status, exitCode, secondsUsed, cost, refund, provider, place } = ended
    const budget = cost + refund
    const facts: readonly (readonly [string, string])[] = [
      ['state', `${this.#out.style(colourOf(status), status, 'stderr')}, exit code ${exitCode}`],
      ['cost', `${creditsText(cost)} credits: ${creditsText(this.#rate)} credits/min × ${durationText(secondsUsed)}`],
      ['refund', `${creditsText(refund)} of ${creditsText(budget)} credits`],
      ['provider', provider === 0 ? 'none' : this.#nameOf(provider)],
      ['job', this.#id],
      ['settled in', this.#explorer === undefined ? place.transaction : `${this.#explorer}/tx/${place.transaction}`],
    ]
    this.#out.note('')
    for (const [name, value] of facts) this.#out.note(`${this.#out.style('dim', name.padEnd(10), 'stderr')}  ${value}`)
  }

  /** A line about what goes on. */
  note(text: string): void {
    this.#out.note(text)
  }

  /** The chain did not answer: it is asked again. */
  lost(): void {
    this.#isLost = true
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
    this.#out.progress('')
  }

  #draw(): void {
    if (this.#timers.length === 0 || this.#state === 'NONE') return
    this.#frame += 1
    const frame = FRAMES[this.#frame % FRAMES.length] ?? ''
    const beyond = this.#isLost ? ' · the chain node does not answer, asking again' : this.#beyondState()
    this.#out.progress(`${frame} ${this.#state} for ${durationText(Date.now() / 1000 - this.#since)}${beyond}`)
  }

  #beyondState(): string {
    if (this.#state === 'PENDING') return this.#waiting
    if (this.#state !== 'RUNNING') return ''
    const used = BigInt(Math.max(0, Math.round(Date.now() / 1000 - this.#since)))
    return ` · ${creditsText((this.#rate * used) / 60n)} credits so far`
  }

  /** Looks at the grid for the place in the queue. What is not answered is asked again. */
  async #look(): Promise<void> {
    if (this.#isLooking || (this.#state !== 'NONE' && this.#state !== 'PENDING')) return
    this.#isLooking = true
    try {
      this.#view = await readGrid(this.#grid, this.#view)
      for (const { index, profile } of this.#view.state.providers.values())
        this.#names.set(index, plainText(profile.name))
      const explained = await explainJob(this.#grid, this.#id, { view: this.#view })
      const { decision, sentence, expectedStart } = explained ?? {}
      const place =
        decision?.kind === 'waiting' && decision.place !== undefined ? ` · number ${decision.place} in the queue` : ''
      const start =
        expectedStart === undefined ? '' : ` · expected to start in ${durationText(expectedStart - Date.now() / 1000)}`
      this.#waiting = explained === undefined ? '' : `${place}${start} · ${sentence}`
    } catch {
      // The next look may be answered.
    } finally {
      this.#isLooking = false
    }
  }

  #nameOf(provider: number): string {
    const name = this.#names.get(provider)
    return name === undefined ? String(provider) : `${provider} ${name}`
  }
}

function colourOf(status: JobStatus): 'green' | 'red' | 'yellow' | 'cyan' {
  if (status === 'FINISHED') return 'green'
  if (status === 'FAILED' || status === 'PANICKED') return 'red'
  return status === 'OUT_OF_CREDITS' || status === 'CANCELLED' ? 'yellow' : 'cyan'
}
