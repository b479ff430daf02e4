import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { EndReason } from '../../../../agent/core/facts.ts'
import type { SlurmJob } from '../../../../agent/runners/slurm/slurmJob.ts'
import {
  ALREADY_STARTED,
  endOf,
  METER_TOLERANCE_SECONDS,
  metered,
  NOT_PREPARED,
  phaseOf,
  STATES,
} from '../../../../agent/runners/slurm/slurmStates.ts'

const job = (overrides: Partial<SlurmJob>): SlurmJob => ({
  slurmId: '1',
  name: `0x${'ab'.repeat(32)}-1`,
  user: 'games',
  state: 'COMPLETED',
  reason: '',
  exitCode: 0,
  signal: 0,
  submittedAt: 90,
  startedAt: 100,
  elapsedSeconds: 42,
  limitMinutes: 10,
  ...overrides,
})

/** Every state of the manuals from 22.05 to 26.05, and what it must mean. */
const PHASES = {
  PENDING: 'queued',
  CONFIGURING: 'queued',
  REQUEUED: 'queued',
  REQUEUE_FED: 'queued',
  REQUEUE_HOLD: 'queued',
  RESV_DEL_HOLD: 'queued',
  SPECIAL_EXIT: 'queued',
  POWER_UP_NODE: 'queued',
  RUNNING: 'running',
  COMPLETING: 'running',
  RESIZING: 'running',
  SIGNALING: 'running',
  STAGE_OUT: 'running',
  STOPPED: 'running',
  SUSPENDED: 'running',
  UPDATE_DB: 'running',
} as const

const ENDS: Readonly<Record<string, readonly [Partial<SlurmJob>, EndReason, number]>> = {
  COMPLETED: [{}, 'exited', 0],
  FAILED: [{ exitCode: 7 }, 'exited', 7],
  TIMEOUT: [{ signal: 15 }, 'time-limit', 143],
  OUT_OF_MEMORY: [{ signal: 125 }, 'exited', 137],
  CANCELLED: [{ signal: 15 }, 'cancelled', 0],
  BOOT_FAIL: [{}, 'not-started', 0],
  LAUNCH_FAILED: [{}, 'not-started', 0],
  RECONFIG_FAIL: [{}, 'not-started', 0],
  DEADLINE: [{}, 'lost', 0],
  NODE_FAIL: [{}, 'lost', 0],
  PREEMPTED: [{}, 'lost', 0],
  REVOKED: [{}, 'lost', 0],
}

describe('phaseOf', () => {
  for (const [state, phase] of Object.entries(PHASES)) {
    it(`takes ${state} for ${phase}`, () => {
      expect(phaseOf(job({ state }))).to.equal(phase)
    })
  }

  for (const state of Object.keys(ENDS)) {
    it(`takes ${state} for ended`, () => {
      expect(phaseOf(job({ state }))).to.equal('ended')
    })
  }

  it('has a meaning for these states and no other', () => {
    expect(Object.keys(STATES)).to.have.members([...Object.keys(PHASES), ...Object.keys(ENDS)])
  })

  it('does not take one that never started for running while it is cleared away', () => {
    expect(phaseOf(job({ state: 'COMPLETING', startedAt: 0 }))).to.equal('queued')
  })

  it('concludes nothing from a state that it does not know', () => {
    expect(phaseOf(job({ state: 'NEW_STATE' }))).to.equal('running')
  })
})

describe('endOf', () => {
  for (const [state, [overrides, reason, exitCode]] of Object.entries(ENDS)) {
    it(`says that ${state} is ${reason} with ${exitCode}`, () => {
      expect(endOf(job({ state, ...overrides }), undefined)).to.include({ reason, exitCode })
    })
  }

  it('adds 128 to the signal that ended the script', () => {
    expect(endOf(job({ state: 'FAILED', signal: 9 }), undefined)).to.include({ reason: 'exited', exitCode: 137 })
  })

  it('takes the time limit that the batch script kept for one', () => {
    const end = endOf(job({ state: 'FAILED', exitCode: 143 }), { reason: 'time-limit', secondsUsed: 41, exitCode: 143 })
    expect(end).to.include({ reason: 'time-limit', secondsUsed: 41, exitCode: 143 })
  })

  it('says that a job without a node that would start it did not start', () => {
    const end = endOf(job({ state: 'FAILED', reason: 'JobLaunchFailure', elapsedSeconds: 1 }), undefined)
    expect(end).to.include({ reason: 'not-started', startedAt: 0, secondsUsed: 0 })
  })

  it('bills a job that ran and then killed its batch script', () => {
    const end = endOf(job({ state: 'FAILED', reason: 'JobLaunchFailure', signal: 9 }), undefined)
    expect(end).to.include({ reason: 'exited', exitCode: 137, secondsUsed: 42 })
  })

  for (const [exitCode, reason] of [
    [NOT_PREPARED, 'not-started'],
    [ALREADY_STARTED, 'lost'],
  ] as const) {
    it(`takes an early exit with ${exitCode} for ${reason}`, () => {
      expect(endOf(job({ state: 'FAILED', exitCode, elapsedSeconds: 1 }), undefined).reason).to.equal(reason)
    })

    it(`bills a script that uses its time and exits with ${exitCode}`, () => {
      const end = endOf(job({ state: 'FAILED', exitCode, elapsedSeconds: 600 }), undefined)
      expect(end).to.include({ reason: 'exited', exitCode, secondsUsed: 600 })
    })

    it(`believes a script that itself exits with ${exitCode}`, () => {
      const record = { reason: 'exited', secondsUsed: 1, exitCode } as const
      expect(endOf(job({ state: 'FAILED', exitCode, elapsedSeconds: 1 }), record)).to.include({
        reason: 'exited',
        exitCode,
      })
    })
  }

  it('does not take the record of a run before it was queued again for its own', () => {
    const record = { reason: 'exited', secondsUsed: 60, exitCode: 143 } as const
    const end = endOf(job({ state: 'FAILED', exitCode: ALREADY_STARTED, elapsedSeconds: 1 }), record)
    expect(end).to.include({ reason: 'lost' })
  })

  it('has no start for one that was cancelled while it waited', () => {
    expect(endOf(job({ state: 'CANCELLED', elapsedSeconds: 0 }), undefined)).to.include({
      startedAt: 0,
      secondsUsed: 0,
    })
  })

  it('charges by Slurm’s time for a job that removed its record', () => {
    expect(endOf(job({}), undefined)).to.include({ reason: 'exited', startedAt: 100, secondsUsed: 42 })
  })
})

describe('metered', () => {
  const record = (secondsUsed: number) => ({ reason: 'exited', secondsUsed, exitCode: 0 }) as const

  it('is the batch script’s time within the tolerance', () => {
    expect(metered(42, record(42 - METER_TOLERANCE_SECONDS))).to.equal(42 - METER_TOLERANCE_SECONDS)
    expect(metered(42, record(42 + METER_TOLERANCE_SECONDS))).to.equal(42 + METER_TOLERANCE_SECONDS)
  })

  it('is Slurm’s beyond it, whichever is longer', () => {
    expect(metered(42, record(42 - METER_TOLERANCE_SECONDS - 1))).to.equal(42)
    expect(metered(42, record(42 + METER_TOLERANCE_SECONDS + 1))).to.equal(42)
  })
})
