import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { runCli } from '../../cli/runCli.ts'

/** What a command line came to. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** What surrounds a command line; an empty environment, a pipe and no stdin where nothing is said. */
export interface Around {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string
  /** Columns of a terminal that shows stdout and stderr. */
  readonly columns?: number
  readonly signal?: AbortSignal
  /** Told of everything that is written to stdout so far. */
  readonly onOut?: (text: string) => void
  readonly onErr?: (text: string) => void
}

const NOWHERE = join(mkdtempSync(join(tmpdir(), 'dps-test-')), 'config.json')

/** Runs `dps` in this process, with streams of its own. */
export async function dps(args: readonly string[], around: Around = {}): Promise<Outcome> {
  const told = { out: '', err: '' }
  const sink = (name: 'out' | 'err', tell?: (text: string) => void) => ({
    write(text: string) {
      told[name] += text
      tell?.(told[name])
      return true
    },
    isTTY: around.columns !== undefined,
    ...(around.columns === undefined ? {} : { columns: around.columns }),
  })
  const code = await runCli(args, {
    env: { DPS_CONFIG: NOWHERE, ...around.env },
    stdin: Readable.from([around.stdin ?? '']),
    stdout: sink('out', around.onOut),
    stderr: sink('err', around.onErr),
    signal: around.signal ?? new AbortController().signal,
  })
  return { code, ...told }
}
