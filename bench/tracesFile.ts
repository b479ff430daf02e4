import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** One job of a trace. Times in seconds; `submit` counts from the first submit of its trace. */
export interface TraceJob {
  readonly submit: number
  readonly run: number
  readonly processors: number
  readonly limit: number
  readonly user: string
  /** Which cluster of the replay it was logged on. */
  readonly home: number
}

/** The traces that the benchmark knows, and the processors of their clusters. */
export const TRACES = {
  'KTH-SP2': 100,
  'SDSC-SP2': 128,
  'CTC-SP2': 338,
  'SDSC-BLUE': 1152,
  lublin_256: 256,
} as const
export type TraceName = keyof typeof TRACES

/** Reads a gzipped log in the Standard Workload Format, up to `untilSeconds` after its first submit. Jobs without run time are left out. */
export function readTrace(
  folder: string,
  name: TraceName,
  home: number,
  untilSeconds = Number.POSITIVE_INFINITY,
): TraceJob[] {
  const text = gunzipSync(readFileSync(join(folder, `${name}.swf.gz`))).toString('utf8')
  return parseTrace(text, home, untilSeconds)
}

/** Reads the text of a log in the Standard Workload Format. */
export function parseTrace(text: string, home: number, untilSeconds = Number.POSITIVE_INFINITY): TraceJob[] {
  const jobs: TraceJob[] = []
  let first: number | undefined
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith(';')) continue
    const field = line.trim().split(/\s+/).map(Number)
    const [, submit = 0, , run = 0, used = 0, , , requested = -1, limit = -1, , , user = 0] = field
    const processors = requested > 0 ? requested : used
    if (run <= 0 || processors <= 0) continue
    first ??= submit
    if (submit - first >= untilSeconds) continue
    jobs.push({ submit: submit - first, run, processors, limit: Math.max(limit, run), user: `${home}-${user}`, home })
  }
  return jobs
}
