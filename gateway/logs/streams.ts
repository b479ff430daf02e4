import { once } from 'node:events'
import type { WebSocket } from '@fastify/websocket'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LogStore } from './logStore.ts'
import { type TailEvent, tail } from './tail.ts'

/** Bytes that may wait in a WebSocket before the log is read on. */
const WAITING_BYTES = 262_144
const DRAIN_MS = 20

/** A log as server-sent events: `lines` with the line to go on from as its id, `end`, and comments where nothing happens. */
export async function streamEvents(
  store: LogStore,
  execution: string,
  from: number,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const closed = new AbortController()
  request.raw.once('close', () => closed.abort())
  reply.raw.once('close', () => closed.abort())
  reply.hijack()
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  reply.raw.flushHeaders()
  try {
    for await (const event of tail(store, execution, from, closed.signal)) {
      if (!reply.raw.write(eventText(event))) await once(reply.raw, 'drain', { signal: closed.signal })
    }
  } catch (error) {
    // Whoever reads goes on from the last line; the connection ends without `end`.
    if (!closed.signal.aborted) request.log.warn({ cause: String(error) }, 'a live log broke off')
  }
  reply.raw.end()
}

/** The same as JSON messages. */
export async function streamMessages(
  store: LogStore,
  execution: string,
  from: number,
  socket: WebSocket,
): Promise<void> {
  const closed = new AbortController()
  socket.once('close', () => closed.abort())
  socket.once('error', () => closed.abort())
  try {
    for await (const event of tail(store, execution, from, closed.signal)) {
      if (event.kind === 'quiet') socket.ping()
      else socket.send(JSON.stringify(messageOf(event)))
      while (socket.bufferedAmount > WAITING_BYTES && !closed.signal.aborted) await pause()
    }
    socket.close(1000)
  } catch {
    socket.close(1011)
  }
}

function messageOf(event: Exclude<TailEvent, { kind: 'quiet' }>) {
  if (event.kind === 'end') return { event: 'end', id: event.next, data: { lines: event.next } }
  return { event: 'lines', id: event.next, data: { from: event.from, text: event.text } }
}

function eventText(event: TailEvent): string {
  if (event.kind === 'quiet') return ': quiet\n\n'
  const { event: name, id, data } = messageOf(event)
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, DRAIN_MS))
}
