import { expect } from 'chai'
import { describe, it } from 'mocha'
import { chooseJob } from '../../../../agent/runners/slurm/chooseJob.ts'
import type { SlurmJob } from '../../../../agent/runners/slurm/slurmJob.ts'

const job = (slurmId: string, state: string, overrides: Partial<SlurmJob> = {}): SlurmJob => ({
  slurmId,
  name: `0x${'ab'.repeat(32)}-1`,
  user: 'games',
  state,
  reason: '',
  exitCode: 0,
  signal: 0,
  submittedAt: 90,
  startedAt: state === 'PENDING' ? 0 : 100,
  elapsedSeconds: 42,
  limitMinutes: 10,
  ...overrides,
})

const chosen = (jobs: readonly SlurmJob[], slurmId?: string, user?: string): readonly (string | undefined)[] => {
  const { job: first, surplus } = chooseJob(jobs, user, slurmId)
  return [first?.slurmId, ...surplus.map((one) => one.slurmId)]
}

describe('chooseJob', () => {
  it('finds none among none', () => {
    expect(chosen([])).to.deep.equal([undefined])
  })

  it('takes the known one of two that wait, and gives up the other', () => {
    expect(chosen([job('5', 'PENDING'), job('6', 'PENDING')], '6')).to.deep.equal(['6', '5'])
  })

  it('takes the first of two that wait where none is known', () => {
    expect(chosen([job('10', 'PENDING'), job('9', 'PENDING')])).to.deep.equal(['9', '10'])
  })

  it('takes one that runs before the known one that waits', () => {
    expect(chosen([job('5', 'PENDING'), job('6', 'RUNNING')], '5')).to.deep.equal(['6', '5'])
  })

  it('passes over one that found the script started by another', () => {
    expect(chosen([job('5', 'FAILED', { exitCode: 222 }), job('6', 'COMPLETED')], '5')).to.deep.equal(['6'])
  })

  it('passes over jobs of other users, who may call theirs what they like', () => {
    expect(chosen([job('4', 'RUNNING', { user: 'enemy' }), job('5', 'PENDING')], undefined, 'games')).to.deep.equal([
      '5',
    ])
  })
})
