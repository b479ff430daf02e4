import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { LogStore } from './logStore.ts'

const NEWLINE = 10

/** Sends lines of a log as they were printed: as many as are wanted from one on, of what is there now. */
export function sendText(
  store: LogStore,
  execution: string,
  from: number,
  lines: number,
  reply: FastifyReply,
): FastifyReply {
  return reply
    .header('content-type', 'text/plain; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .send(Readable.from(bodiesOf(store, execution, from, lines)))
}

async function* bodiesOf(store: LogStore, execution: string, from: number, lines: number): AsyncGenerator<Uint8Array> {
  const end = from + lines
  let seq = await store.seqOfLine(execution, from)
  for (;;) {
    const chunks = await store.chunks(execution, seq)
    if (chunks.length === 0) return
    for (const { seq: own, line, body } of chunks) {
      seq = own + 1
      if (line >= end) return
      const [start, stop] = [offsetOfLine(body, from - line), offsetOfLine(body, end - line)]
      if (start < stop) yield body.subarray(start, stop)
    }
  }
}

/** Where a line begins in a text whose first byte lies on line 0; its end where it has fewer. */
function offsetOfLine(body: Uint8Array, line: number): number {
  let at = 0
  for (let left = line; left > 0; left -= 1) {
    const end = body.indexOf(NEWLINE, at)
    if (end < 0) return body.length
    at = end + 1
  }
  return at
}
