import { expect } from 'chai'
import { describe, it } from 'mocha'
import { sbatchAnswer } from '../../../../agent/runners/slurm/sbatchAnswer.ts'
import { limitMinutes, sbatchArguments } from '../../../../agent/runners/slurm/sbatchArguments.ts'

const answer = (code: number | null, stdout = '', stderr = '') =>
  sbatchAnswer({ code, stdout: Buffer.from(stdout), stderr })

describe('sbatchAnswer', () => {
  it('is accepted with an id, with or without the name of a cluster', () => {
    expect(answer(0, '123\n')).to.deep.equal({ kind: 'accepted', slurmId: '123' })
    expect(answer(0, '123;alpha\n')).to.deep.equal({ kind: 'accepted', slurmId: '123' })
  })

  for (const words of [
    'Requested node configuration is not available',
    'Invalid partition name specified',
    'Invalid account or account/partition combination specified',
    'Invalid qos specification',
    'Invalid feature specification',
    "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
    "User's group not permitted to use this partition",
    'Requested time limit is invalid (missing or exceeds some limit)',
    'Memory specification can not be satisfied',
  ]) {
    it(`is refused where Slurm says: ${words}`, () => {
      expect(answer(1, '', `sbatch: error: Batch job submission failed: ${words}`).kind).to.equal('refused')
    })
  }

  for (const words of [
    'Unable to contact slurm controller (connect failure)',
    'Socket timed out on send/recv operation',
    'Slurm temporarily unable to accept job, sleeping and retrying',
    'Zero Bytes were transmitted or received',
    'Unexpected message received',
    'Protocol authentication error',
    'ssh: connect to host login port 22: Connection refused',
    '',
  ]) {
    it(`is unclear where the words are: ${words}`, () => {
      expect(answer(1, '', words).kind).to.equal('unclear')
    })
  }

  it('is unclear where it was killed, whatever it had said before', () => {
    expect(answer(null, '123\n').kind).to.equal('unclear')
    expect(answer(null, '', 'Invalid partition name specified').kind).to.equal('unclear')
  })

  it('is unclear where it ended well without an id', () => {
    expect(answer(0, 'done').kind).to.equal('unclear')
  })
})

describe('sbatchArguments', () => {
  const nothing = { partition: undefined, account: undefined, qos: undefined, constraint: undefined, extra: [] }
  const resources = { tasks: 4, cpusPerTask: 2, memPerCpu: 512, gpus: 0 }

  it('asks for what the job asks for, once and without a second run', () => {
    const words = sbatchArguments('name-1', resources, 600, nothing)
    expect(words).to.include.members([
      '--no-requeue',
      '--job-name=name-1',
      '--comment=name-1',
      '--ntasks=4',
      '--cpus-per-task=2',
      '--mem-per-cpu=512M',
      '--time=12',
    ])
    expect(words.join(' ')).not.to.contain('gpus')
  })

  it('asks for gpus of the whole job, and where the operator wants it', () => {
    const placement = {
      partition: 'gpu',
      account: 'grid',
      qos: 'low',
      constraint: 'a&b',
      extra: ['--nice=10', '--mail=x y'],
    }
    expect(sbatchArguments('n', { ...resources, gpus: 3 }, 60, placement)).to.include.members([
      '--gpus=3',
      '--partition=gpu',
      '--account=grid',
      '--qos=low',
      '--constraint=a&b',
      '--nice=10',
      '--mail=x y',
    ])
  })

  it('leaves the batch script the time to end the job itself', () => {
    for (const seconds of [1, 59, 60, 3600]) expect(limitMinutes(seconds) * 60).to.be.at.least(seconds + 90)
  })
})
