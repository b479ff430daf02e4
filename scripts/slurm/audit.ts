import { readFileSync } from 'node:fs'
import {
  fromCompletions,
  fromSacct,
  fromSqueue,
  SACCT_FIELDS,
  type SlurmJob,
  SQUEUE_FIELDS,
} from '../../agent/runners/slurm/slurmJob.ts'
import {
  ALREADY_STARTED,
  METER_TOLERANCE_SECONDS,
  NOT_PREPARED,
  phaseOf,
} from '../../agent/runners/slurm/slurmStates.ts'
import { executionName, type Hex } from '../../sdk/domain/job.ts'
import { costRoundedDown } from '../../sdk/domain/settlement.ts'
import type { JobStatus } from '../../sdk/domain/status.ts'
import type { SlurmCluster } from './slurmCluster.ts'

/** What the chain says of a job that has ended. Amounts are credits with 18 decimals. */
export interface SettledJob {
  readonly id: Hex
  readonly attempt: number
  readonly status: JobStatus
  readonly secondsUsed: number
  readonly cost: bigint
  readonly ratePerMinute: bigint
  readonly budget: bigint
}

/** What Slurm's own records tell of the executions of the grid, whatever the agent believes. */
export async function slurmRecords(cluster: SlurmCluster): Promise<readonly SlurmJob[]> {
  if (!cluster.shape.hasAccounting) {
    return fromCompletions(
      readFileSync(cluster.completions, 'utf8'),
      (local) => Math.floor(Date.parse(local) / 1000) || 0,
    )
  }
  const fields = ['-nPX', '--allusers', '--duplicates', '-S', 'now-1days', '-o', SACCT_FIELDS]
  return fromSacct(await cluster.run('sacct', ...fields))
}

/** Jobs of the grid that Slurm still has to start or to end. */
export async function stillQueued(cluster: SlurmCluster): Promise<readonly SlurmJob[]> {
  const queue = fromSqueue(await cluster.run('squeue', '-h', '-a', '-t', 'all', '-O', SQUEUE_FIELDS))
  return queue.filter((job) => phaseOf(job) !== 'ended')
}

/** Where a job's settlement and Slurm's records differ, in words; empty where they agree. */
export function disagreements(job: SettledJob, records: readonly SlurmJob[]): readonly string[] {
  const name = executionName(job.id, job.attempt)
  const runs = records.filter((record) => record.name === name && hasRun(record))
  const [run] = runs
  if (run === undefined || runs.length > 1) return [`${name} ran ${runs.length} times in Slurm`]
  const wrong: string[] = []
  // Nobody pays for the seconds that it took to end what its limit had ended.
  const isCapped = job.status === 'OUT_OF_CREDITS' && run.elapsedSeconds > job.secondsUsed
  const difference = Math.abs(run.elapsedSeconds - job.secondsUsed)
  if (!isCapped && difference > METER_TOLERANCE_SECONDS) {
    wrong.push(`${name} used ${job.secondsUsed} s on the chain and ${run.elapsedSeconds} s in Slurm`)
  }
  const cost = costRoundedDown(job.ratePerMinute, job.secondsUsed, job.budget)
  if (job.cost !== cost) wrong.push(`${name} cost ${job.cost}, and rate × seconds is ${cost}`)
  return wrong
}

/** One that was cancelled before its start has run nothing, nor has one that found another at work. */
function hasRun({ startedAt, exitCode, elapsedSeconds, state }: SlurmJob): boolean {
  const gaveUp =
    state === 'FAILED' && (exitCode === NOT_PREPARED || exitCode === ALREADY_STARTED) && elapsedSeconds <= 1
  return startedAt > 0 && !gaveUp
}
