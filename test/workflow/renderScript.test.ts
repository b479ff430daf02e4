import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { after, before, describe, it } from 'mocha'
import { parseWorkflow } from '../../workflow/parseWorkflow.ts'
import type { RenderTarget } from '../../workflow/render/target.ts'
import { renderScript } from '../../workflow/renderScript.ts'
import type { Workflow } from '../../workflow/schema.ts'
import { skipFor } from '../skipFor.ts'
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

/** The first line of a golden workflow names the targets that it is rendered for. */
function targetsOf(text: string): readonly RenderTarget[] {
  const [, names = ''] = /^# targets: (.*)$/m.exec(text) ?? []
  return names.split(' ').map((name) => {
    const [scheduler, containers] = name.split('-')
    return { scheduler, containers } as RenderTarget
  })
}

function goldenWorkflow(name: string): Workflow {
  return workflowOf(readFileSync(join(golden, `${name}.yaml`), 'utf8'))
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
    const text = readFileSync(join(golden, `${name}.yaml`), 'utf8')
    for (const target of targetsOf(text)) {
      const script = renderScript(workflowOf(text), target)
      const file = join(golden, `${name}.${target.scheduler}-${target.containers}.sh`)

      it(`renders ${name}.yaml for ${target.scheduler} with containers by ${target.containers}`, () => {
        if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, script)
        expect(script).to.equal(readFileSync(file, 'utf8'))
      })
    }
  }

  it('leaves shellcheck nothing to say about any golden file', function () {
    if (!hasShellcheck) return skipFor(this, 'shellcheck')
    this.timeout(300_000)
    const files = readdirSync(golden).filter((file) => file.endsWith('.sh'))
    const { status, stdout } = spawnSync('shellcheck', ['--shell=bash', ...files], { cwd: golden })
    expect(stdout.toString()).to.equal('')
    expect(status).to.equal(0)
  })

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
      const { status, stdout } = run(renderScript(goldenWorkflow('everything')))
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

  describe('when constructs run', () => {
    const runs: readonly (readonly [name: string, status: number, stdout: string])[] = [
      ['steps', 0, 'A is 1\n'],
      ['loops', 0, "down 3\ndown 2\ndown 1\n[0:one]\n[1:it's two]\n[2:]\n123\n"],
      ['launch', 0, 'done: yes\nleft\n'],
      ['catch', 5, 'caught 7\nafter 7\nafter 0\ncleaned 5\n'],
      ['module', 0, 'inside: hello me & "you" 1\noutside: hello me & "you" []\n'],
    ]
    for (const [name, status, stdout] of runs) {
      it(`does what ${name}.yaml says`, () => {
        const ended = run(renderScript(goldenWorkflow(name)), {
          STORAGE_PATH: mkdtempSync(join(directory, 'storage-')),
        })
        const sorted = name === 'launch' ? `${ended.stdout.trim().split('\n').sort().join('\n')}\n` : ended.stdout
        expect({ status: ended.status, stdout: sorted, stderr: ended.stderr }).to.deep.equal({
          status,
          stdout,
          stderr: '',
        })
      })
    }

    it('runs every task of a step, and the highest status counts', () => {
      const { status, stdout } = run(renderScript(goldenWorkflow('tasks')), { DEEPSQUARE_ARRAY_INDEX: '7' })
      expect(status).to.equal(2)
      const lines = [0, 1, 2].map((rank) => `${rank} of 3 in job 7 of 10`)
      expect(stdout.trim().split('\n').sort()).to.deep.equal(lines)
    })

    it('fails with the first round of a parallel loop that failed, after all have ended', () => {
      const loop = { parallel: true, items: ['0', '3', '4'], steps: [{ run: { command: 'exit $item' } }] }
      const job = { resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 }, steps: [{ for: loop }] }
      expect(run(renderScript(workflowOf(JSON.stringify(job)))).status).to.equal(3)
    })

    it('fails whoever depends on steps that failed', () => {
      const launch = { handleName: 'a', steps: [{ run: { command: 'exit 9' } }] }
      const steps = [{ launch }, { dependsOn: ['A'], run: { command: 'echo never' } }]
      const job = { resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 }, steps }
      expect(run(renderScript(workflowOf(JSON.stringify(job))))).to.include({ status: 9, stdout: '' })
    })

    it('fails where launched steps failed that nobody waits for', () => {
      const launch = { signalOnParentStepExit: 0, steps: [{ run: { command: 'exit 9' } }] }
      const job = { resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 }, steps: [{ launch }] }
      expect(run(renderScript(workflowOf(JSON.stringify(job)))).status).to.equal(9)
    })

    it('fails where a condition is none', () => {
      const steps = [{ if: 'a b c', run: { command: 'echo never' } }]
      const job = { resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 }, steps }
      const { status, stdout } = run(renderScript(workflowOf(JSON.stringify(job))))
      expect(stdout).to.equal('')
      expect(status).to.be.greaterThan(1)
    })

    it('never runs outside what asks for a container where there is none', () => {
      const { status, stdout, stderr } = run(renderScript(goldenWorkflow('container')))
      expect({ status, stdout, stderr }).to.deep.equal({
        status: 125,
        stdout: '',
        stderr: 'grid: no containers here\n',
      })
    })

    it('maps the user of a command', function () {
      if (spawnSync('unshare', ['--user', '--map-user=1', 'true']).status !== 0) return skipFor(this, 'user namespaces')
      const job = {
        resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 },
        steps: [{ run: { mapUid: 1337, mapGid: 1338, command: 'id -u; id -g' } }],
      }
      expect(run(renderScript(workflowOf(JSON.stringify(job)))).stdout).to.equal('1337\n1338\n')
    })

    it('hands a signal on to what runs, cleans up and ends with it', async () => {
      const job = {
        resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 },
        steps: [
          { launch: { steps: [{ run: { command: 'sleep 600' } }] } },
          {
            run: { shell: '/bin/bash', command: 'trap "echo told; exit 0" TERM; echo started; sleep 600 & wait' },
            finally: [{ run: { command: 'echo cleaned' } }],
          },
          { run: { command: 'echo never' } },
        ],
      }
      const storage = mkdtempSync(join(directory, 'storage-'))
      const script = spawn('/bin/bash', ['-c', renderScript(workflowOf(JSON.stringify(job)))], { cwd: storage })
      let printed = ''
      script.stdout.on('data', (chunk) => {
        printed += String(chunk)
        if (String(chunk).includes('started')) script.kill('SIGTERM')
      })
      const [status] = await once(script, 'close')
      expect(status).to.equal(143)
      expect(printed).to.equal('started\ntold\ncleaned\n')
    })
  })

  describe('given hostile texts', () => {
    // The script itself runs in bash; only where it would start a command it prints the words of that command.
    const printWords = { 'BASH_FUNC_exec%%': `() { printf '%s\\0' "$PWD" "$@"; }` }
    const directoryName = hostileText
      .map((text) => text.replaceAll(/[/\p{Cc}]/gu, '').slice(0, 60))
      .filter((text) => text !== '' && text !== '.' && text !== '..' && text.isWellFormed())
    const stepName = hostileText.map((text) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').slice(0, 40))
    const well = (text: string) => text.isWellFormed()

    it('hands every name, value, item and command on as one word, unchanged, and runs none of them', function () {
      this.timeout(300_000)
      const texts = fc.tuple(hostileText, hostileText, hostileText, hostileText)
      fc.assert(
        fc.property(
          texts,
          directoryName,
          stepName.filter(well),
          ([jobValue, item, stepValue, command], name, title) => {
            const workDir = join(directory, name)
            mkdirSync(workDir, { recursive: true })
            const step = { name: title, run: { command, workDir, env: [{ key: 'STEP', value: stepValue }] } }
            const workflow = workflowOf(
              JSON.stringify({
                resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 },
                env: [{ key: 'JOB', value: jobValue }],
                steps: [{ name: title, for: { items: [item], steps: [step] } }],
              }),
            )
            const { status, stdout } = run(renderScript(workflow), printWords)
            const words = stdout.split('\0')
            expect(status).to.equal(0)
            expect(words.slice(0, 5)).to.deep.equal([
              workDir,
              'setsid',
              '--',
              '/usr/bin/env',
              `STORAGE_PATH=${directory}`,
            ])
            const own = [`JOB=${jobValue}`, 'index=0', `item=${item}`, 'GPUS_PER_TASK=0', `STEP=${stepValue}`]
            expect(words.slice(15)).to.deep.equal([...own, '/bin/sh', '-c', command, ''])
            expect(existsSync(join(directory, 'escaped'))).to.equal(false)
          },
        ),
        { numRuns: 60 },
      )
    })

    for (const containers of ['podman', 'apptainer', 'enroot'] as const) {
      it(`does so for srun and containers by ${containers}`, function () {
        this.timeout(300_000)
        fc.assert(
          fc.property(hostileText, hostileText, stepName.filter(well), (value, command, title) => {
            const container = { image: 'library/a:1', username: 'me', password: "it's;hidden" }
            const steps = [{ name: title, run: { command: `x${command}`, container, env: [{ key: 'STEP', value }] } }]
            const job = { resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 }, steps }
            const script = renderScript(workflowOf(JSON.stringify(job)), { scheduler: 'slurm', containers })
            const words = run(script, printWords).stdout.split('\0')
            expect(words.at(-2)).to.equal(`x${command}`)
            expect(words).to.include(`--job-name=${title}`)
            const prefix = { podman: '', apptainer: 'APPTAINERENV_', enroot: '' }[containers]
            expect(words).to.include(`${prefix}STEP=${value}`)
            expect(words.some((word) => word.includes('hidden'))).to.equal(false)
            expect(existsSync(join(directory, 'escaped'))).to.equal(false)
          }),
          { numRuns: 25 },
        )
      })
    }
  })
})
