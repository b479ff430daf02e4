import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'
import { SEALING_KEY_FILE } from './sealingKey.ts'

const AGENT = fileURLToPath(new URL('../../../agent/index.ts', import.meta.url))

type Line = Readonly<Record<string, unknown>>

/** An agent as a process of its own, with what it logged. */
export interface AgentProcess {
  readonly pid: number
  readonly lines: readonly Line[]
  ready(): Promise<void>
  /** Resolves with the exit code, or null where a signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>
  exited(): Promise<number | null>
}

export function agentProcess(environment: Readonly<Record<string, string | undefined>>): AgentProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', AGENT], {
    env: { PATH: process.env['PATH'], ENCRYPTION_KEY_FILE: SEALING_KEY_FILE, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: Line[] = []
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts.map((part) => JSON.parse(part) as Line))
  })
  const closed = once(child, 'close').then(() => child.exitCode)
  return {
    pid: child.pid ?? 0,
    lines,
    ready: async () => {
      await eventually(
        () => lines,
        () => {
          if (child.exitCode !== null) throw new Error(`the agent ended: ${JSON.stringify(lines)}`)
          return lines.some(({ msg }) => msg === 'ready')
        },
      )
    },
    kill: (signal) => {
      child.kill(signal)
      return closed
    },
    exited: () => closed,
  }
}
