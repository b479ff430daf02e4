import { nextBlockAt } from './chain.ts'
import type { Grid } from './grid.ts'
import type { JobCase } from './requests.ts'
import { heartbeat } from './steps.ts'

/** Unix seconds from which the state of a job counts: its submit, return, assignment or start. */
export async function sinceOf(grid: Grid, job: JobCase): Promise<number> {
  return Number((await grid.jobs.jobOf(job.id)).since)
}

/** Gives the next block the first second after `seconds` have passed since the job's state began. */
export async function pass(grid: Grid, job: JobCase, seconds: number): Promise<void> {
  await nextBlockAt((await sinceOf(grid, job)) + seconds + 1)
}

/** Does the same, with a heartbeat of alpha a moment before, so that it is not silent. */
export async function passAlive(grid: Grid, job: JobCase, seconds: number): Promise<void> {
  const at = (await sinceOf(grid, job)) + seconds - 10
  await nextBlockAt(at)
  await heartbeat(grid, { sentAt: at, running: [] })
  await pass(grid, job, seconds)
}

/** Gives the next block the first second at which alpha has been silent about the job for too long. */
export async function passSilence(grid: Grid, job: JobCase): Promise<void> {
  const seen = Number(await grid.jobs.lastSeen(grid.alpha.index))
  const since = await sinceOf(grid, job)
  await nextBlockAt(Math.max(seen, since) + grid.config.parameters.silenceTimeout + 1)
}
