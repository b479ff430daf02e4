import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { after, before, describe, it } from 'mocha'
import { parseWorkflow } from '../../workflow/parseWorkflow.ts'
import { renderScript } from '../../workflow/renderScript.ts'
import type { Workflow } from '../../workflow/schema.ts'
import { hostileText } from './hostileText.ts'

const golden = join(import.meta.dirname, 'golden')
const names = readdirSync(golden)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length))
const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0

function workflowOf(text: string): Workflow {
  const parsed = parseWorkflow(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.workflow
}

function stepsWorkflow(commands: readonly string[]): Workflow {
  const resources = { tasks: 2, cpusPerTask: 3, memPerCpu: 100, gpus: 1 }
  return workflowOf(JSON.stringify({ resources, steps: commands.map((command) => ({ run: { command } })) }))
}

describe('renderScript', () => {
  let directory: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'render-script-'))
  })
  after(() => rmSync(directory, { recursive: true }))

  function run(script: string, env: Record<string, string> = {}) {
    const file = join(directory, 'script')
    writeFileSync(file, script)
    const { status, stdout, stderr } = spawnSync('/bin/bash', [file], {
      cwd: directory,
      env: { PATH: '/usr/bin:/bin', ...env },
    })
    return { status, stdout: stdout.toString(), stderr: stderr.toString() }
  }

  for (const name of names) {
    const script = renderScript(workflowOf(readFileSync(join(golden, `${name}.yaml`), 'utf8')))

    it(`renders ${name}.yaml as ${name}.sh says`, () => {
      const file = join(golden, `${name}.sh`)
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, script)
      expect(script).to.equal(readFileSync(file, 'utf8'))
    })

    it(`leaves shellcheck nothing to say about ${name}.yaml`, function () {
      if (!hasShellcheck) return this.skip()
      const { status, stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: script })
      expect(stdout.toString()).to.equal('')
      expect(status).to.equal(0)
    })
  }

  describe('when the script runs', () => {
    it('runs the steps in order and ends with 0 where all succeed', () => {
      expect(run(renderScript(stepsWorkflow(['echo one', 'echo two'])))).to.include({ status: 0, stdout: 'one\ntwo\n' })
    })

    it('ends with the exit code of the step that fails and runs no later one', () => {
      expect(run(renderScript(stepsWorkflow(['echo one', 'exit 3', 'echo three'])))).to.include({
        status: 3,
        stdout: 'one\n',
      })
    })

    it('ends with 128 and the number of the signal that ended a step', () => {
      expect(run(renderScript(stepsWorkflow(['kill -KILL $$'])))).to.include({ status: 137 })
    })

    it('tells the steps the resources of the job', () => {
      const command = 'echo $NTASKS $CPUS_PER_TASK $MEM_PER_CPU $GPUS $CPUS $MEM'
      expect(run(renderScript(stepsWorkflow([command]))).stdout).to.equal('2 3 100 1 6 600\n')
    })

    it('starts every step in $STORAGE_PATH, wherever the one before went', () => {
      const storage = join(directory, 'storage')
      mkdirSync(storage)
      const script = renderScript(stepsWorkflow(['pwd; cd /', 'pwd; echo "$STORAGE_PATH"']))
      expect(run(script, { STORAGE_PATH: storage }).stdout).to.equal(`${storage}\n${storage}\n${storage}\n`)
      expect(run(script).stdout).to.equal(`${directory}\n${directory}\n${directory}\n`)
    })

    it('gives a step an empty input, so that it cannot eat the script', () => {
      const script = renderScript(stepsWorkflow(['cat; echo one', 'echo two']))
      expect(execFileSync('/bin/bash', { input: script, cwd: directory }).toString()).to.equal('one\ntwo\n')
    })

    it('lets the variables of a step win over those of the job', () => {
      const text = readFileSync(join(golden, 'everything.yaml'), 'utf8')
      const { status, stdout } = run(renderScript(workflowOf(text)))
      expect({ status, stdout }).to.deep.equal({ status: 3, stdout: 'hello step 1 of 2\nhello step 2 of 2\n' })
    })

    it('fails where the working directory is not there', () => {
      const text =
        'resources: {tasks: 1, cpusPerTask: 1, memPerCpu: 1}\nsteps: [{run: {command: echo x, workDir: ./no where}}]'
      const { status, stdout, stderr } = run(renderScript(workflowOf(text)))
      expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
      expect(stderr).to.include('no where')
    })

    it('takes a working directory by its name, even one called -', () => {
      mkdirSync(join(directory, '-'))
      const text = 'resources: {tasks: 1, cpusPerTask: 1, memPerCpu: 1}\nsteps: [{run: {command: pwd, workDir: "-"}}]'
      expect(run(renderScript(workflowOf(text))).stdout).to.equal(`${join(directory, '-')}\n`)
    })

    it('is not touched by variables that bash itself obeys', () => {
      const keys = ['BASH_ENV', 'SHELLOPTS', 'UID', 'POSIXLY_CORRECT', 'PS4', 'CDPATH']
      const env = keys.map((key) => ({ key, value: 'x' }))
      const resources = { tasks: 1, cpusPerTask: 1, memPerCpu: 1 }
      const steps = [{ run: { command: '/usr/bin/env | /usr/bin/grep -c =x' } }]
      expect(run(renderScript(workflowOf(JSON.stringify({ resources, env, steps }))))).to.include({
        status: 0,
        stdout: '6\n',
      })
    })
  })

  describe('given hostile texts', () => {
    // The script itself runs in bash; only where it would start a step it prints the words of that command.
    const printWords = { 'BASH_FUNC_exec%%': `() { printf '%s\\0' "$PWD" "$@"; }` }
    const directoryName = hostileText
      .map((text) => text.replaceAll(/[/\p{Cc}]/gu, '').slice(0, 60))
      .filter((text) => text !== '' && text !== '.' && text !== '..' && text.isWellFormed())

    it('hands every name, value and command on as one word, unchanged, and runs none of them', function () {
      this.timeout(60_000)
      fc.assert(
        fc.property(hostileText, hostileText, hostileText, directoryName, (jobValue, stepValue, command, name) => {
          const workDir = join(directory, name)
          mkdirSync(workDir, { recursive: true })
          const workflow = workflowOf(
            JSON.stringify({
              resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 },
              env: [{ key: 'JOB', value: jobValue }],
              steps: [{ run: { command, workDir, env: [{ key: 'STEP', value: stepValue }] } }],
            }),
          )
          const { status, stdout } = run(renderScript(workflow), printWords)
          const words = stdout.split('\0')
          expect(status).to.equal(0)
          expect(words.slice(0, 3)).to.deep.equal([workDir, '/usr/bin/env', `STORAGE_PATH=${directory}`])
          expect(words.slice(9)).to.deep.equal([`JOB=${jobValue}`, `STEP=${stepValue}`, '/bin/sh', '-c', command, ''])
          expect(existsSync(join(directory, 'escaped'))).to.equal(false)
        }),
        { numRuns: 150 },
      )
    })
  })
})
