import { createHmac } from 'node:crypto'
import { keccak256, toUtf8Bytes } from 'ethers'
import type { Logger } from 'pino'
import { executionName, type Hex } from '../../../sdk/domain/job.ts'
import type { Execution, ExecutionEnd, Room } from '../../core/facts.ts'
import { NO_RESULT } from '../../core/reports.ts'
import type { ExecutionOrder, ExecutionResources, Runner } from '../runner.ts'
import { batchScript } from './batchScript.ts'
import { type Choice, chooseJob } from './chooseJob.ts'
import { keptText, MARKER_BYTES } from './keptText.ts'
import { type Intent, Memory } from './memory.ts'
import { sbatchAnswer } from './sbatchAnswer.ts'
import { limitMinutes, type Placement, sbatchArguments } from './sbatchArguments.ts'
import { SharedFolder } from './sharedFolder.ts'
import type { Site } from './site.ts'
import type { SlurmJob } from './slurmJob.ts'
import { queueOf, type Records, recordsOf } from './slurmQueries.ts'
import { endOf, phaseOf } from './slurmStates.ts'

const NAME = /^0x[0-9a-f]{64}-\d{1,2}$/

export interface SlurmRunnerOptions {
  /** Of the agent alone: what it must not forget. */
  readonly directory: string
  /** On storage that the nodes share; every user of jobs may make folders in it. */
  readonly sharedDirectory: string
  readonly site: Site
  /** Users that jobs run under; none: the agent's own. */
  readonly users: readonly string[]
  /** Whether several executions may run under one user at a time. */
  readonly isSingleTenant: boolean
  readonly records: Records
  readonly placement: Placement
  /** What tokens of executions are derived from, so that they outlive the directory. */
  readonly secret: string
  readonly outputLimitBytes: number
  readonly graceSeconds: number
  /** How long the absence of a job must last, after an unclear answer too, before it is believed. */
  readonly settleSeconds: number
  /** Executions that Slurm has at one time. */
  readonly maxExecutions: number
  readonly log: Pick<Logger, 'info' | 'warn'>
}

type Moment = Pick<Extract<Execution, { state: 'running' }>, 'state' | 'startedAt' | 'secondsUsed'> | Bare
type Bare = { readonly state: 'submitting' | 'queued' | 'lost' }

/** Runs jobs as batch jobs of a Slurm cluster. Slurm's word counts; what it does not answer is asked again. */
export class SlurmRunner implements Runner {
  readonly #it: SlurmRunnerOptions
  readonly #memory: Memory
  readonly #shared: SharedFolder
  /** Since when the absence of a job has been seen, milliseconds of the process. */
  readonly #missing = new Map<string, number>()
  readonly #last = new Map<string, Moment>()

  constructor(options: SlurmRunnerOptions) {
    this.#it = options
    this.#memory = new Memory(options.directory)
    this.#shared = new SharedFolder(options.site, options.sharedDirectory)
  }

  async room(_resources: ExecutionResources): Promise<Room> {
    const live = this.#live()
    if (live.length >= this.#it.maxExecutions) return 'full'
    return this.#freeUser(live) === undefined ? 'full' : 'free'
  }

  async submit(order: ExecutionOrder): Promise<void> {
    const name = executionName(order.id, order.attempt)
    if (this.#memory.end(name) !== undefined) return
    if (this.#memory.intent(name) === undefined) {
      const user = this.#freeUser(this.#live())
      if (user === undefined) return
      this.#memory.put({ ...order, name, user: user.name, token: this.#token(name) })
    }
    await this.resume(name)
  }

  async resume(name: string): Promise<void> {
    const intent = this.#memory.intent(name)
    if (intent === undefined || this.#memory.end(name) !== undefined) return
    if (intent.isCancelled === true || intent.slurmId !== undefined) return
    if (intent.attemptedAt !== undefined && now() < intent.attemptedAt + this.#it.settleSeconds) return
    const { job } = await this.#lookUp(name, intent)
    if (job !== undefined) return this.#memory.put({ ...intent, user: job.user, slurmId: job.slurmId })
    if (intent.attemptedAt !== undefined && (await this.#shared.hasStarted(intent))) return
    await this.#sbatch(intent)
  }

  async inspect(name: string): Promise<Execution | undefined> {
    checkName(name)
    const tombstone = this.#memory.end(name)
    if (tombstone !== undefined) return { ...tombstone, state: 'ended' }
    if (this.#memory.intent(name) === undefined) await this.#adopt(name)
    const intent = this.#memory.intent(name)
    return intent === undefined ? undefined : (await this.#examine([intent]))[0]
  }

  async list(): Promise<readonly Execution[]> {
    return this.#examine(this.#memory.intents())
  }

  async cancel(name: string): Promise<void> {
    const intent = this.#memory.intent(name)
    if (intent === undefined || this.#memory.end(name) !== undefined) return
    if (intent.isCancelled !== true) this.#memory.put({ ...intent, isCancelled: true })
    if (intent.attemptedAt === undefined && intent.slurmId === undefined) {
      this.#finish(intent, { reason: 'cancelled', startedAt: 0, secondsUsed: 0, exitCode: 0 }, Buffer.alloc(0), 0)
      return
    }
    // By its name, which is never used again, and not by an id, which another job may have got.
    const whose = intent.user === undefined ? [] : [`--user=${intent.user}`]
    await this.#it.site.run(intent.user, ['scancel', '--quiet', ...whose, `--name=${name}`])
  }

  async extend(name: string, timeLimitSeconds: number): Promise<void> {
    const intent = this.#memory.intent(name)
    if (intent === undefined || intent.timeLimitSeconds >= timeLimitSeconds || this.#memory.end(name) !== undefined)
      return
    const { job } = await this.#lookUp(name, intent)
    if (job !== undefined && phaseOf(job) !== 'ended') {
      const update = [`JobId=${job.slurmId}`, `TimeLimit=${limitMinutes(timeLimitSeconds)}`]
      await this.#it.site.run(undefined, ['scontrol', 'update', ...update])
    }
    await this.#shared.setLimit(intent, timeLimitSeconds)
    this.#memory.put({ ...intent, timeLimitSeconds })
  }

  async logs(name: string): Promise<string> {
    const intent = this.#memory.intent(name)
    if (intent === undefined) return ''
    if (this.#memory.end(name) !== undefined) return this.#memory.log(name)
    const { output, omittedBytes } = await this.#shared.remains(intent, this.#keptBytes)
    return keptText(output, omittedBytes)
  }

  async output(name: string, fromByte: number, maxBytes: number): Promise<Uint8Array> {
    const intent = this.#memory.intent(name)
    if (intent === undefined) return new Uint8Array()
    if (this.#memory.end(name) === undefined) return this.#shared.output(intent, fromByte, maxBytes)
    return this.#memory.output(name).subarray(fromByte, fromByte + maxBytes)
  }

  async forget(name: string): Promise<void> {
    const intent = this.#memory.intent(name)
    if (intent === undefined || this.#memory.end(name) === undefined) return
    await this.#shared.remove(intent)
    this.#memory.bury(name)
  }

  get #keptBytes(): number {
    return this.#it.outputLimitBytes - MARKER_BYTES
  }

  #live(): readonly Intent[] {
    return this.#memory.intents().filter(({ name }) => this.#memory.end(name) === undefined)
  }

  /** Jobs under one user can reach each other, so that each has a user of its own unless all are of one tenant. */
  #freeUser(live: readonly Intent[]): { readonly name: string | undefined } | undefined {
    const { users, isSingleTenant } = this.#it
    if (users.length === 0) return { name: undefined }
    const load = (user: string): number => live.filter((intent) => intent.user === user).length
    const [name] = users.toSorted((a, b) => load(a) - load(b))
    return name !== undefined && (isSingleTenant || load(name) === 0) ? { name } : undefined
  }

  #token(name: string): string {
    return createHmac('sha256', this.#it.secret).update(name).digest('hex').slice(0, 32)
  }

  async #sbatch(before: Intent): Promise<void> {
    const { name, user, script, timeLimitSeconds, resources } = before
    const intent: Intent = { ...before, attemptedAt: now() }
    // Written first: after a crash nobody takes it for one that Slurm was never told of.
    this.#memory.put(intent)
    const { graceSeconds, placement } = this.#it
    const folder = this.#shared.of(intent)
    const batch = { name, token: intent.token, folder, script, env: intent.env, timeLimitSeconds, graceSeconds }
    const text = batchScript({ ...batch, outputLimitBytes: this.#keptBytes })
    const answer = await this.#it.site.attempt(
      user,
      sbatchArguments(name, resources, timeLimitSeconds, placement),
      text,
    )
    const submission = sbatchAnswer(answer)
    const { kind } = submission
    if (kind === 'accepted') return this.#memory.put({ ...intent, slurmId: submission.slurmId })
    this.#it.log.warn({ execution: name, kind, reason: submission.reason }, 'sbatch did not take a job')
    // An earlier sbatch whose answer was not heard may still have its effect.
    const isOver = kind === 'refused' && (before.attemptedAt === undefined || (await this.#shared.prevent(intent)))
    if (!isOver) return
    this.#finish(intent, { reason: 'not-started', startedAt: 0, secondsUsed: 0, exitCode: 0 }, Buffer.alloc(0), 0)
  }

  /** An execution that Slurm knows and the directory does not, as after the loss of a disk. */
  async #adopt(name: string): Promise<void> {
    const { job } = await this.#lookUp(name, undefined)
    if (job === undefined) return
    const [id = '', attempt] = name.split('-')
    const resources = { tasks: 1, cpusPerTask: 1, memPerCpu: 0, gpus: 0 }
    const user = this.#it.users.length === 0 ? undefined : job.user
    const known = {
      name,
      id: id as Hex,
      attempt: Number(attempt),
      token: this.#token(name),
      user,
      slurmId: job.slurmId,
    }
    const timeLimitSeconds = 60 * (job.limitMinutes ?? 0)
    this.#it.log.warn({ execution: name, slurmId: job.slurmId }, 'an execution was found in Slurm alone')
    this.#memory.put({ ...known, script: '', env: {}, resources, timeLimitSeconds, attemptedAt: job.submittedAt })
  }

  /** One execution in the queue and in the records: both must answer. */
  async #lookUp(name: string, intent: Intent | undefined): Promise<Choice> {
    const { site, users, records } = this.#it
    const queue = (await queueOf(site, users)).filter((job) => job.name === name)
    const jobs = queue.length > 0 ? queue : await recordsOf(site, records, [name])
    return chooseJob(jobs.filter(this.#isOurs), intent?.user, intent?.slurmId)
  }

  readonly #isOurs = ({ user }: SlurmJob): boolean => this.#it.users.length === 0 || this.#it.users.includes(user)

  async #examine(intents: readonly Intent[]): Promise<readonly Execution[]> {
    const open = intents.filter(({ name }) => this.#memory.end(name) === undefined)
    const jobs = await this.#jobsOf(open.filter(({ attemptedAt }) => attemptedAt !== undefined))
    return Promise.all(intents.map((intent) => this.#executionOf(intent, jobs.get(intent.name) ?? [])))
  }

  /** One call for the queue; the records only where it does not tell of all. */
  async #jobsOf(intents: readonly Intent[]): Promise<ReadonlyMap<string, readonly SlurmJob[]>> {
    if (intents.length === 0) return new Map()
    const { site, users, records } = this.#it
    const queue = Map.groupBy((await queueOf(site, users)).filter(this.#isOurs), ({ name }) => name)
    const absent = intents.map(({ name }) => name).filter((name) => !queue.has(name))
    const recorded = Map.groupBy((await recordsOf(site, records, absent)).filter(this.#isOurs), ({ name }) => name)
    return new Map([...recorded, ...queue])
  }

  async #executionOf(intent: Intent, jobs: readonly SlurmJob[]): Promise<Execution> {
    const { name, id, attempt, timeLimitSeconds } = intent
    const about = { name, id, attempt, timeLimitSeconds }
    const ended = (): Execution | undefined => {
      const tombstone = this.#memory.end(name)
      return tombstone === undefined ? undefined : { ...tombstone, state: 'ended' }
    }
    const before = ended()
    if (before !== undefined) return before
    const { job, surplus } = chooseJob(jobs, intent.user, intent.slurmId)
    await this.#endSurplus(intent, surplus)
    const moment = job === undefined ? await this.#momentOfMissing(intent) : await this.#momentOf(intent, job)
    if (moment !== undefined) this.#last.set(name, moment)
    return ended() ?? { ...about, ...(moment ?? { state: 'queued' }) }
  }

  /** A job that waits beside the one that counts could do nothing but take room. */
  async #endSurplus({ user, name }: Intent, surplus: readonly SlurmJob[]): Promise<void> {
    for (const { slurmId } of surplus) {
      this.#it.log.warn({ execution: name, slurmId }, 'a second job of one execution is cancelled')
      await this.#it.site.run(user, ['scancel', '--quiet', slurmId])
    }
  }

  async #momentOf(intent: Intent, job: SlurmJob): Promise<Moment | undefined> {
    this.#missing.delete(intent.name)
    if (intent.slurmId !== job.slurmId) this.#memory.put({ ...intent, slurmId: job.slurmId })
    const phase = phaseOf(job)
    if (phase === 'queued') return { state: 'queued' }
    if (phase === 'running') return { state: 'running', startedAt: job.startedAt, secondsUsed: job.elapsedSeconds }
    try {
      const { record, output, omittedBytes } = await this.#shared.remains(intent, this.#keptBytes)
      this.#finish(intent, endOf(job, record), output, omittedBytes)
      return undefined
    } catch (error) {
      // Its output and its own meter may still come: until the storage answers, it has not ended.
      this.#it.log.warn({ execution: intent.name, err: error }, 'what an execution left behind cannot be read yet')
      return this.#last.get(intent.name) ?? { state: 'queued' }
    }
  }

  /** What it means that neither the queue nor the records have the job, though both answered. */
  async #momentOfMissing(intent: Intent): Promise<Moment | undefined> {
    const { name, isCancelled, slurmId, attemptedAt } = intent
    if (attemptedAt === undefined) return { state: 'submitting' }
    if (isCancelled === true && (await this.#shared.prevent(intent))) {
      this.#finish(intent, { reason: 'cancelled', startedAt: 0, secondsUsed: 0, exitCode: 0 }, Buffer.alloc(0), 0)
      return undefined
    }
    const since = this.#missing.get(name) ?? performance.now()
    this.#missing.set(name, since)
    const before = this.#last.get(name) ?? { state: slurmId === undefined ? 'submitting' : 'queued' }
    if (performance.now() - since < this.#it.settleSeconds * 1000) return before
    if (await this.#shared.hasStarted(intent)) return this.#lost(intent)
    if (slurmId !== undefined) {
      this.#it.log.warn({ execution: name, slurmId }, 'Slurm has lost a job that it had accepted')
      this.#memory.put({ ...intent, slurmId: undefined })
      this.#missing.delete(name)
    }
    return { state: 'submitting' }
  }

  /** It has started, and Slurm knows nothing of it any more; once that is said, nothing that it may still write counts. */
  #lost(intent: Intent): Moment | undefined {
    if (intent.isCancelled !== true) return { state: 'lost' }
    this.#finish(intent, { reason: 'lost', startedAt: 0, secondsUsed: 0, exitCode: 0 }, Buffer.alloc(0), 0)
    return undefined
  }

  #finish(intent: Intent, end: Omit<ExecutionEnd, 'output'>, output: Buffer, omittedBytes: number): void {
    const { name, id, attempt, timeLimitSeconds } = intent
    const text = keptText(output, omittedBytes)
    const hash = end.startedAt === 0 ? NO_RESULT : (keccak256(toUtf8Bytes(text)) as Hex)
    this.#memory.finish({ name, id, attempt, timeLimitSeconds, end: { ...end, output: hash } }, output, text)
    this.#missing.delete(name)
    this.#last.delete(name)
  }
}

function checkName(name: string): void {
  if (!NAME.test(name)) throw new RangeError(`${name} is not the name of an execution: <job id>-<attempt>`)
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
