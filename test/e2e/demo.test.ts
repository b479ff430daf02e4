import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { processesNaming } from './support.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

function start(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', `scripts/${script}.ts`, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += chunk
  return text
}

/** The folder that a grid of `npm run grid` names once it stands. */
async function gridFolder(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    const folder = /^\s+logs\s+(\S+)/.exec(line)?.[1]
    if (folder !== undefined) return folder
  }
  throw new Error('the grid ended before it stood')
}

/** Waits until no process names the folder; the test's own timeout bounds it. */
async function gone(folder: string): Promise<void> {
  while (processesNaming(folder).length > 0) await new Promise((resolve) => setTimeout(resolve, 50))
}

describe('npm run demo', () => {
  it('takes three jobs to their ends and prints the facts as JSON', async () => {
    const child = start('demo', ['--json'])
    const [text, errors, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'exit')])
    expect(code, errors).to.equal(0)
    const outcome = JSON.parse(text) as { checks: { what: string; ok: boolean }[]; jobs: { status: string }[] }
    expect(outcome.checks.filter(({ ok }) => !ok)).to.deep.equal([])
    expect(outcome.jobs.map(({ status }) => status)).to.deep.equal(['FINISHED', 'FAILED', 'OUT_OF_CREDITS'])
  })
})

describe('npm run demo, killed while a job runs', () => {
  it('leaves neither services nor jobs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-test-'))
    const child = start('demo', [], { TMPDIR: folder })
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      if (/too-long\s+RUNNING/.test(line)) break
    }
    expect(processesNaming(folder).length).to.be.greaterThan(5)
    child.kill('SIGKILL')
    await gone(folder)
    expect(readdirSync(folder).filter((name) => name.startsWith('deepsquare-grid-'))).to.deep.equal([])
    rmSync(folder, { recursive: true })
  })
})

describe('npm run grid', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`leaves nothing running when it gets ${signal}`, async () => {
      const child = start('grid')
      const folder = await gridFolder(child)
      expect(processesNaming(folder).length).to.be.greaterThan(4)
      child.kill(signal)
      await once(child, 'exit')
      await gone(folder)
      expect(processesNaming(folder)).to.deep.equal([])
    })
  }
})
