import type { SlurmJob } from './slurmJob.ts'
import { ALREADY_STARTED, type Phase, phaseOf } from './slurmStates.ts'

/** The job of an execution, and others of its name that wait and must never start. */
export interface Choice {
  readonly job: SlurmJob | undefined
  readonly surplus: readonly SlurmJob[]
}

const ORDER: Readonly<Record<Phase, number>> = { running: 0, queued: 1, ended: 2 }

/**
 * Of all jobs with one execution's name and user the one that is it: normally there is one. More are there where an answer of sbatch
 * came too late; only the first that starts runs the script, so that a running one goes before the known one, and that before others.
 */
export function chooseJob(jobs: readonly SlurmJob[], user: string | undefined, slurmId: string | undefined): Choice {
  const mine = jobs.filter((job) => user === undefined || job.user === user)
  const rank = (job: SlurmJob): number =>
    ORDER[phaseOf(job)] * 4 + (hasGivenUp(job) ? 2 : 0) + (job.slurmId === slurmId ? 0 : 1)
  const [job, ...rest] = mine.toSorted((a, b) => rank(a) - rank(b) || Number(a.slurmId) - Number(b.slurmId))
  return { job, surplus: rest.filter((other) => phaseOf(other) === 'queued' && other.slurmId !== job?.slurmId) }
}

function hasGivenUp(job: SlurmJob): boolean {
  return phaseOf(job) === 'ended' && job.exitCode === ALREADY_STARTED
}
