import type { ContractTransactionResponse } from 'ethers'
import { isFinal, type JobStatus } from '../../../sdk/domain/status.ts'
import { now } from './chain.ts'
import type { Grid } from './grid.ts'
import type { JobCase } from './requests.ts'
import { announcePanic, assign, assignSelf, cancel, expire, panic, report, submit } from './steps.ts'

/** One call that would move a job to a state where the table did not forbid it, and the errors that may come first. */
export interface Attempt {
  readonly call: string
  readonly act: (grid: Grid, job: JobCase) => Promise<ContractTransactionResponse>
  readonly error: (from: JobStatus) => string
  /** Of a report only: whether it says that the job started. Such a call may reach a state over several legal steps. */
  readonly started?: boolean
}

const illegal = () => 'JobIllegalTransition'
const isWithProvider = (from: JobStatus) => from === 'META_SCHEDULED' || from === 'SCHEDULED' || from === 'RUNNING'

/** A job that never was with a provider, or waits again, is not the reporting provider's. */
const notTheirs = (from: JobStatus): string =>
  from === 'NONE' || from === 'PENDING' || from === 'CANCELLED' ? 'NotJobProvider' : 'JobIllegalTransition'

const reported = (status: JobStatus, started: boolean): Attempt => ({
  call: `report ${status}${started ? ' of a job that started' : ''}`,
  act: async (grid, job) =>
    report(grid, job, status, {
      startedAt: started ? await now() : 0,
      secondsUsed: started ? 700 : 0,
      exitCode: status === 'FAILED' ? 1 : 0,
    }),
  error: notTheirs,
  started,
})

const expired: Attempt = {
  call: 'expire',
  act: (grid, job) => expire(grid, job),
  error: () => 'DeadlineNotPassed',
}

/** Every call that could try to bring a job to a state. */
export const ATTEMPTS: Readonly<Record<JobStatus, readonly Attempt[]>> = {
  NONE: [reported('NONE', false), reported('NONE', true)],
  PENDING: [{ call: 'submit', act: submit, error: illegal }, reported('PENDING', false), expired],
  META_SCHEDULED: [
    { call: 'assign', act: (grid, job) => assign(grid, job), error: illegal },
    {
      call: 'assignSelf',
      act: (grid, job) => assignSelf(grid, job),
      error: (from) => (from === 'NONE' ? 'JobIllegalTransition' : 'DeadlineNotPassed'),
    },
    reported('META_SCHEDULED', false),
  ],
  SCHEDULED: [reported('SCHEDULED', false)],
  RUNNING: [reported('RUNNING', true)],
  FINISHED: [reported('FINISHED', false), reported('FINISHED', true)],
  FAILED: [reported('FAILED', false), reported('FAILED', true)],
  OUT_OF_CREDITS: [reported('OUT_OF_CREDITS', false), reported('OUT_OF_CREDITS', true)],
  CANCELLED: [
    { call: 'cancel', act: cancel, error: illegal },
    reported('CANCELLED', false),
    reported('CANCELLED', true),
    expired,
  ],
  PANICKED: [
    reported('PANICKED', false),
    reported('PANICKED', true),
    { call: 'announcePanic', act: announcePanic, error: illegal },
    {
      call: 'panic',
      act: panic,
      error: (from) => (isWithProvider(from) && !isFinal(from) ? 'PanicNotAnnounced' : 'JobIllegalTransition'),
    },
    expired,
  ],
}
