import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { dps } from '../dps.ts'

/** What bash offers for words, the last of which is being typed. */
async function offered(...words: string[]): Promise<readonly string[]> {
  const { out } = await dps(['completion', 'bash'])
  const script = `${out}\nCOMP_WORDS=(dps ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _dps; printf '%s\\n' "\${COMPREPLY[@]}"`
  return spawnSync('bash', ['-c', script], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((word) => word !== '')
}

describe('dps completion', () => {
  it('completes commands, words of a group, and options in bash', async () => {
    expect(await offered('su')).to.deep.equal(['submit'])
    expect(await offered('job', 'ca')).to.deep.equal(['cancel'])
    expect(await offered('job', '')).to.include.members(['list', 'get', 'logs'])
    expect(await offered('submit', '--ga')).to.deep.equal(['--gasless', '--gateway'])
    expect(await offered('credit', 'deposit', '--app')).to.deep.equal(['--approve'])
  })

  it('completes files where a command takes one', async () => {
    expect(await offered('submit', 'package.js')).to.deep.equal(['package.json'])
  })

  it('is a script that zsh and fish are given too', async () => {
    expect((await dps(['completion', 'zsh'])).out).to.match(/^#compdef dps\n/)
    expect((await dps(['completion', 'fish'])).out).to.contain(`complete -c dps -n '__dps_at "job"' -f -a cancel`)
  })
})
