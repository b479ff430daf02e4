import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { commandLine, SlurmUnanswered, site } from '../../../../agent/runners/slurm/site.ts'

const here = { ssh: undefined, sshArguments: [], isRoot: false, env: {}, timeoutSeconds: 30 }
const settings = ['/usr/bin/env', 'SLURM_TIME_FORMAT=%s']

describe('commandLine', () => {
  it('runs a command of the agent as it is', () => {
    expect(commandLine(here, undefined, ['squeue'])).to.deep.equal([...settings, 'squeue'])
  })

  it('becomes a user of jobs through sudo, or without it as root', () => {
    expect(commandLine(here, 'grid1', ['sbatch']).slice(0, 5)).to.deep.equal(['sudo', '-n', '-u', 'grid1', '--'])
    expect(commandLine({ ...here, isRoot: true }, 'grid1', ['sbatch']).slice(0, 4)).to.deep.equal([
      'runuser',
      '-u',
      'grid1',
      '--',
    ])
  })

  it('logs in at the login node as that user, and its shell reads every word as it is', () => {
    const odd = ['printf', '%s|', `a'b c`, '$(id)', 'x\ny', '']
    const words = commandLine({ ...here, ssh: 'agent@login', sshArguments: ['-x'] }, 'grid1', odd)
    expect(words.slice(0, 4)).to.deep.equal(['ssh', '-x', '--', 'grid1@login'])
    expect(execFileSync('bash', ['-c', words[4] ?? ''], { encoding: 'utf8' })).to.equal(`a'b c|$(id)|x\ny||`)
  })
})

describe('site', () => {
  it('gives a command its input and tells how it ended', async () => {
    const answer = await site(here).attempt(undefined, ['bash', '-c', 'cat; echo oh >&2; exit 3'], 'in')
    expect({ ...answer, stdout: answer.stdout.toString() }).to.deep.equal({ code: 3, stdout: 'in', stderr: 'oh\n' })
  })

  it('kills a command at its timeout, and then knows nothing', async () => {
    const answer = await site({ ...here, timeoutSeconds: 0.2 }).attempt(undefined, ['sleep', '60'])
    expect(answer.code).to.equal(null)
  })

  it('throws where a command that must end well does not', async () => {
    const error = await site(here)
      .run(undefined, ['false'])
      .catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(SlurmUnanswered)
    expect((error as SlurmUnanswered).code).to.equal('SLURM_UNANSWERED')
  })

  it('says so where the program is missing', async () => {
    expect((await site(here).attempt(undefined, ['no-such-program'])).code).to.equal(127)
  })
})
