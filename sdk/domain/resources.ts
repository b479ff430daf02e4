/** What the rate of a job follows from. */
export interface RatedResources {
  readonly tasks: number
  readonly cpusPerTask: number
  /** MB. */
  readonly memPerCpu: number
  /** Of the whole job. */
  readonly gpus: number
}

/** Limits of each field of a request, as the contract enforces them: [smallest, largest]. */
export const REQUEST_LIMITS = {
  tasks: [1, 1_000_000],
  cpusPerTask: [1, 65_536],
  memPerCpu: [1, 16_777_216],
  gpus: [0, 1_000_000],
  timeLimit: [1, 31_536_000],
  maxAttempts: [1, 31],
} as const

/** Longest texts of a request, in bytes of UTF-8. */
export const REQUEST_TEXT_LIMITS = { affinity: 1024, name: 128 } as const
