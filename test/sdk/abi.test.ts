import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'

const root = join(import.meta.dirname, '../..')

describe('generate-abi', () => {
  let directory: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'abi-'))
  })
  after(() => rmSync(directory, { recursive: true }))

  function generate(...options: string[]) {
    const args = ['--import', 'tsx', 'scripts/generate-abi.ts', ...options]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root })
    return { status, text: `${stdout}${stderr}` }
  }

  it('finds sdk/abi fresh', () => {
    expect(generate('--check')).to.deep.equal({ status: 0, text: '' })
  })

  it('tells stale files from fresh ones without touching them, and mends them', () => {
    cpSync(join(root, 'sdk/abi'), directory, { recursive: true })
    const file = join(directory, 'jobs.ts')
    appendFileSync(file, '// changed\n')
    const stale = generate('--check', '--out', directory)
    expect(stale.status).to.equal(1)
    expect(stale.text).to.include(`not fresh: ${file}.`)
    expect(readFileSync(file, 'utf8')).to.match(/changed\n$/)
    expect(generate('--out', directory)).to.deep.equal({ status: 0, text: `wrote ${file}\n` })
    expect(generate('--check', '--out', directory).status).to.equal(0)
  })

  it('says what to do where nothing is compiled, and for an unknown option', () => {
    const missing = generate('--artifacts', directory)
    expect(missing.status).to.equal(1)
    expect(missing.text).to.include('Run `npx hardhat build` first')
    expect(generate('--chek').text).to.include('Did you mean --check?')
    expect(generate('--help')).to.include({ status: 0 })
  })
})
