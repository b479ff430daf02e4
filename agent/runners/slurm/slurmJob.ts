/** One job as Slurm tells it. */
export interface SlurmJob {
  readonly slurmId: string
  readonly name: string
  readonly user: string
  /** Slurm's word, such as `RUNNING`; without what follows it. */
  readonly state: string
  readonly reason: string
  /** Of the batch script; 0 where a signal ended it. */
  readonly exitCode: number
  /** Number of the signal that ended the batch script, else 0. */
  readonly signal: number
  /** Unix seconds; 0 where it did not come to it. */
  readonly submittedAt: number
  readonly startedAt: number
  readonly elapsedSeconds: number
  /** Minutes; undefined where Slurm does not say it. */
  readonly limitMinutes: number | undefined
}

const NAME = /^0x[0-9a-f]{64}-\d{1,2}$/

/** The `-O` argument of squeue that `fromSqueue` reads. Names come last, and each field is wide enough for what counts. */
export const SQUEUE_FIELDS =
  'JobID:20|,State:20|,exit_code:20|,SubmitTime:24|,StartTime:24|,TimeUsed:24|,TimeLimit:24|,UserName:40|,Reason:60|,Name:90|'

/** The `-o` argument of sacct that `fromSacct` reads. */
export const SACCT_FIELDS = 'JobIDRaw,State,ExitCode,Submit,Start,ElapsedRaw,User,JobName'

/** Jobs of squeue's answer whose names are those of executions; other lines are none of ours. */
export function fromSqueue(text: string): readonly SlurmJob[] {
  return rows(text, 11).flatMap(
    ([slurmId = '', state = '', raw, submit, start, used, limit, user = '', reason = '', name = '']) => {
      if (!NAME.test(name)) return []
      // The exit status as wait(2) gives it.
      const status = Number(raw)
      const times = { submittedAt: seconds(submit), startedAt: seconds(start), elapsedSeconds: duration(used) ?? 0 }
      const limitSeconds = duration(limit)
      const limitMinutes = limitSeconds === undefined ? undefined : limitSeconds / 60
      const exit = { exitCode: (status >> 8) & 255, signal: status & 127 }
      return [{ slurmId, name, user, state: word(state), reason, ...exit, ...times, limitMinutes }]
    },
  )
}

/** Jobs of sacct's answer (`-nPX`). */
export function fromSacct(text: string): readonly SlurmJob[] {
  return rows(text, 8).flatMap(
    ([slurmId = '', state = '', exit = '', submit, start, elapsed, user = '', name = '']) => {
      if (!NAME.test(name)) return []
      const [exitCode = 0, signal = 0] = exit.split(':').map(Number)
      const times = { submittedAt: seconds(submit), startedAt: seconds(start), elapsedSeconds: seconds(elapsed) }
      return [
        { slurmId, name, user, state: word(state), reason: '', exitCode, signal, ...times, limitMinutes: undefined },
      ]
    },
  )
}

const COMPLETION =
  /^JobId=(\d+) UserId=(\S+)\(\d+\) GroupId=\S+ Name=(\S+) JobState=(\S+) .*StartTime=(\S+) EndTime=(\S+) .*SubmitTime=(\S+) .* ExitCode=(\d+):(\d+) *$/

/** Jobs of the lines that `jobcomp/filetxt` writes; `timeOf` reads its local times. */
export function fromCompletions(text: string, timeOf: (local: string) => number): readonly SlurmJob[] {
  return text.split('\n').flatMap((line) => {
    const [, slurmId = '', user = '', name = '', state = '', start = '', end = '', submit = '', code, signal] =
      COMPLETION.exec(line) ?? []
    if (!NAME.test(name)) return []
    const [startedAt, endedAt] = [timeOf(start), timeOf(end)]
    const elapsedSeconds = startedAt === 0 ? 0 : Math.max(0, endedAt - startedAt)
    const exit = { exitCode: Number(code), signal: Number(signal) }
    const times = { submittedAt: timeOf(submit), startedAt, elapsedSeconds }
    return [{ slurmId, name, user, state: word(state), reason: '', ...exit, ...times, limitMinutes: undefined }]
  })
}

/** Lines of another number of fields hold a text that was made to mislead. */
function rows(text: string, fields: number): readonly (readonly string[])[] {
  const lines = text.split('\n').map((line) => line.split('|').map((field) => field.trim()))
  return lines.filter(({ length }) => length === fields)
}

/** `CANCELLED by 1000` and `COMPLETING+` say more than the state. */
function word(state: string): string {
  return /^[A-Z_]+/.exec(state)?.[0] ?? ''
}

/** A time that is not known yet is a word. */
function seconds(text: string | undefined): number {
  return /^\d+$/.test(text ?? '') ? Number(text) : 0
}

/** `[days-]hours:minutes:seconds` or less of it. */
function duration(text: string | undefined): number | undefined {
  const [, days = '0', rest = ''] = /^(?:(\d+)-)?([\d:]+)$/.exec(text ?? '') ?? []
  if (rest === '') return undefined
  const inDay = rest.split(':').reduce((total, part) => total * 60 + Number(part), 0)
  return Number(days) * 86_400 + inDay
}
