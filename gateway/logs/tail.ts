import type { LogState, LogStore } from './logStore.ts'

/** Longest line that is held back until it ends; of a longer one parts are told. */
const LONGEST_LINE = 65_536
const QUIET_MS = 15_000
const NEWLINE = '\n'

/** What a reader of a live log is told. */
export type TailEvent =
  /** Text that begins at the beginning of line `from`, or goes on inside of it; `next` is the line to go on from after a break. */
  | { readonly kind: 'lines'; readonly from: number; readonly next: number; readonly text: string }
  /** Nothing happened for a while: whoever listens can see that the connection lives. */
  | { readonly kind: 'quiet' }
  /** The log is closed, and all of it was told. */
  | { readonly kind: 'end'; readonly next: number }

/**
 * A log from a line on, as it grows, until it is closed. It reads as fast as it is read from: nothing piles up for a slow reader. Only
 * whole lines are told, so that a break costs and doubles nothing, except of lines that are very long.
 */
export async function* tail(
  store: LogStore,
  execution: string,
  fromLine: number,
  signal: AbortSignal,
): AsyncGenerator<TailEvent> {
  const decoder = new TextDecoder()
  let seq = await store.seqOfLine(execution, fromLine)
  let [line, pending, isFirst] = [0, '', true]
  for (;;) {
    const before: LogState = await store.state(execution)
    const chunks = await store.chunks(execution, seq)
    if (signal.aborted) return
    for (const chunk of chunks) {
      if (isFirst) line = chunk.line
      isFirst = false
      seq = chunk.seq + 1
      pending += decoder.decode(chunk.body, { stream: true })
      const cut = pending.length > LONGEST_LINE ? pending.length : pending.lastIndexOf(NEWLINE) + 1
      const told = skipTo(fromLine, line, pending.slice(0, cut))
      line += countLines(pending.slice(0, cut))
      pending = pending.slice(cut)
      if (told !== undefined) yield { kind: 'lines', from: told.line, next: line, text: told.text }
    }
    if (chunks.length > 0) continue
    if (before.manifest !== undefined) break
    if (!(await isNew(store, execution, before, signal))) yield { kind: 'quiet' }
    if (signal.aborted) return
  }
  const rest = skipTo(fromLine, line, pending + decoder.decode())
  if (rest !== undefined) yield { kind: 'lines', from: rest.line, next: line, text: rest.text }
  yield { kind: 'end', next: line }
}

/** Whether something came before the quiet got too long. */
async function isNew(store: LogStore, execution: string, since: LogState, signal: AbortSignal): Promise<boolean> {
  const quiet = AbortSignal.timeout(QUIET_MS)
  await store.news(execution, since, AbortSignal.any([signal, quiet]))
  return !quiet.aborted
}

/** The part of a text that begins on `line` which lies on the wanted line or after it. */
function skipTo(
  wanted: number,
  line: number,
  text: string,
): { readonly line: number; readonly text: string } | undefined {
  let [at, here] = [0, line]
  while (here < wanted) {
    const end = text.indexOf(NEWLINE, at)
    if (end < 0) return undefined
    at = end + 1
    here += 1
  }
  return at === text.length ? undefined : { line: here, text: text.slice(at) }
}

function countLines(text: string): number {
  return text.split(NEWLINE).length - 1
}
