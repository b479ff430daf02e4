import { spawn } from 'node:child_process'
import { quoteForBash } from '../../../workflow/quoteForBash.ts'

/** Where Slurm's commands run. */
export interface SiteOptions {
  /** `[user@]host` of a login node; undefined: this machine. */
  readonly ssh: string | undefined
  /** Arguments of ssh before the destination. */
  readonly sshArguments: readonly string[]
  /** Whether the agent is root, and may become another user without sudo. */
  readonly isRoot: boolean
  /** What Slurm's commands are told beside their arguments, such as SLURM_CONF. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
}

/** What came of a command. `code` is null where it was killed, as at its timeout: then nobody knows what it did. */
export interface Answer {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** A command gave no answer that something could be concluded from. */
export class SlurmUnanswered extends Error {
  readonly code = 'SLURM_UNANSWERED'
  override readonly name = 'SlurmUnanswered'
  constructor(command: string, answer: Answer) {
    const outcome = answer.code === null ? 'was killed at its timeout' : `ended with ${answer.code}`
    super(
      `${command} ${outcome}: ${answer.stderr.trim().slice(-500)}. Nothing is concluded from it; it is asked again.`,
    )
  }
}

/** Runs programs where Slurm is: as the agent's own user, or as a user that jobs run under. */
export interface Site {
  /** Never throws for what the program does: its exit code and words are the answer. */
  attempt(user: string | undefined, command: readonly string[], input?: string): Promise<Answer>
  /** The output of a program that must end with 0. Throws SlurmUnanswered. */
  run(user: string | undefined, command: readonly string[], input?: string): Promise<Buffer>
}

export function site(options: SiteOptions): Site {
  const attempt: Site['attempt'] = (user, command, input = '') => {
    const [program = '', ...args] = commandLine(options, user, command)
    return answerOf(program, args, input, options.timeoutSeconds)
  }
  return {
    attempt,
    async run(user, command, input) {
      const answer = await attempt(user, command, input)
      if (answer.code !== 0) throw new SlurmUnanswered(command[0] ?? '', answer)
      return answer.stdout
    },
  }
}

/** The words that start a program there as a user. */
export function commandLine(
  options: SiteOptions,
  user: string | undefined,
  command: readonly string[],
): readonly string[] {
  const settings = Object.entries({ SLURM_TIME_FORMAT: '%s', ...options.env }).map(([key, value]) => `${key}=${value}`)
  const whole = ['/usr/bin/env', ...settings, ...command]
  if (options.ssh !== undefined) {
    const host = options.ssh.slice(options.ssh.indexOf('@') + 1)
    const destination = user === undefined ? options.ssh : `${user}@${host}`
    return ['ssh', ...options.sshArguments, '--', destination, whole.map(quoteForBash).join(' ')]
  }
  if (user === undefined) return whole
  return options.isRoot ? ['runuser', '-u', user, '--', ...whole] : ['sudo', '-n', '-u', user, '--', ...whole]
}

function answerOf(program: string, args: readonly string[], input: string, timeoutSeconds: number): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: process.env['HOME'] ?? '/' },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutSeconds * 1000,
      killSignal: 'SIGKILL',
    })
    const stdout: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk).slice(-4096)
    })
    // Whoever closes its input early says in its exit code what it thinks of it.
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => resolve({ code: 127, stdout: Buffer.alloc(0), stderr: error.message }))
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr }))
    child.stdin.end(input)
  })
}
