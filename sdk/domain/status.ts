/** The states of a job, in the order of the contract's enum: the index is the number on chain. `NONE` is a job that does not exist. */
export const JOB_STATUSES = [
  'NONE',
  'PENDING',
  'META_SCHEDULED',
  'SCHEDULED',
  'RUNNING',
  'FINISHED',
  'FAILED',
  'OUT_OF_CREDITS',
  'CANCELLED',
  'PANICKED',
] as const

export type JobStatus = (typeof JOB_STATUSES)[number]

/** The number that the chain uses for a status. */
export function statusNumber(status: JobStatus): number {
  return JOB_STATUSES.indexOf(status)
}

/** The status behind a number from the chain. Throws a RangeError for a number that is none. */
export function statusFromNumber(number: number | bigint): JobStatus {
  const status = JOB_STATUSES[Number(number)]
  if (status === undefined) throw new RangeError(`no job status has the number ${number}`)
  return status
}

/** Whether a job in this state can still move. */
export function isLive(status: JobStatus): boolean {
  return status === 'PENDING' || status === 'META_SCHEDULED' || status === 'SCHEDULED' || status === 'RUNNING'
}

/** Whether a job in this state has been settled and never moves again. */
export function isFinal(status: JobStatus): boolean {
  return statusNumber(status) >= statusNumber('FINISHED')
}
