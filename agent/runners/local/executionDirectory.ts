import { join } from 'node:path'
import type { EndReason, ExecutionEnd } from '../../core/facts.ts'
import { readText } from '../../files/readText.ts'
import type { ExecutionOrder } from '../runner.ts'
import type { Confinement } from './confinement/confinement.ts'
import type { ProcessIdentity } from './processes.ts'

/** What was asked for: written before anything is started. */
export interface Spec extends Pick<ExecutionOrder, 'id' | 'attempt' | 'resources' | 'timeLimitSeconds'> {
  /** The whole environment of the script. */
  readonly env: Readonly<Record<string, string>>
  readonly outputLimitBytes: number
  /** Between SIGTERM and SIGKILL. */
  readonly graceSeconds: number
  /** How it is kept apart; absent in specs of before there were confinements. */
  readonly confinement?: Confinement
}

/** The moment a script started. */
export interface Start {
  readonly leader: ProcessIdentity
  /** Unix seconds. */
  readonly startedAt: number
  /** Of the machine's monotonic clock, nanoseconds since boot. */
  readonly monotonic: string
  /** Its control groups. */
  readonly cgroups?: readonly string[]
  /** Whether the leader and its first child are bubblewrap's, which end last. */
  readonly isSandboxed?: boolean
}

/** What is left of an execution when it is over. */
export interface EndRecord {
  readonly reason: EndReason
  readonly startedAt: number
  readonly secondsUsed: number
  readonly exitCode: number
  readonly signal: string | null
  /** Unix seconds. */
  readonly endedAt: number
  readonly outputBytes: number
  readonly keptBytes: number
}

/** All that is remembered of a forgotten execution. */
export interface Tombstone extends Pick<Spec, 'id' | 'attempt' | 'timeLimitSeconds'> {
  readonly end: ExecutionEnd
}

/** The files of one execution; each is written whole or not at all, and by one writer. */
export interface ExecutionDirectory {
  readonly directory: string
  readonly spec: string
  readonly script: string
  /** HOME and working directory of the script. */
  readonly home: string
  /** The variables of a sandboxed script, as bash reads them. */
  readonly environment: string
  /** What a sandboxed script sees as /tmp, /etc/passwd and /etc/group. */
  readonly temporary: string
  readonly passwd: string
  readonly group: string
  /** The options of its sandbox, and how far that came. */
  readonly sandbox: string
  readonly sandboxStatus: string
  /** Both output streams of the script. */
  readonly output: string
  /** Whoever creates it decides whether the script starts: a supervisor, or a cancel that came first. */
  readonly lock: string
  readonly start: string
  readonly limit: string
  /** Exists once the execution is to end. */
  readonly cancel: string
  readonly end: string
  /** What the supervisor itself complains about. */
  readonly complaints: string
}

export function executionDirectory(directory: string): ExecutionDirectory {
  return {
    directory,
    spec: join(directory, 'spec.json'),
    script: join(directory, 'script.sh'),
    home: join(directory, 'home'),
    environment: join(directory, 'environment.sh'),
    temporary: join(directory, 'tmp'),
    passwd: join(directory, 'passwd'),
    group: join(directory, 'group'),
    sandbox: join(directory, 'sandbox.args'),
    sandboxStatus: join(directory, 'sandbox.status'),
    output: join(directory, 'output.log'),
    lock: join(directory, 'supervisor.json'),
    start: join(directory, 'start.json'),
    limit: join(directory, 'limit.json'),
    cancel: join(directory, 'cancel'),
    end: join(directory, 'end.json'),
    complaints: join(directory, 'supervisor.log'),
  }
}

/** Reads a record that this agent wrote; undefined where it is not written yet. */
export function readRecord<Value>(file: string): Value | undefined {
  const text = readText(file)
  return text === undefined ? undefined : (JSON.parse(text) as Value)
}
