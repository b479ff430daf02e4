import type { Hex } from '../domain/job.ts'

// A log is a row of numbered chunks. The hash of each covers the hash of the one before, so that the last hash stands for all of them.

/** Where a log has come to: what the next chunk begins with. */
export interface LogHead {
  /** Number of the next chunk. */
  readonly seq: number
  /** Line ends so far: the next byte belongs to the line with this number. */
  readonly line: number
  /** Bytes so far. */
  readonly bytes: number
  /** SHA-256 hash of the last chunk; of the name of the execution where there is none yet. */
  readonly hash: Hex
}

/** Some of what an execution printed. */
export interface LogChunk {
  readonly seq: number
  /** Line ends before this chunk. */
  readonly line: number
  /** Line ends in it. */
  readonly lines: number
  /** Bytes that were printed before this chunk and are left out: more than is kept of one execution. */
  readonly left: number
  readonly previous: Hex
  readonly hash: Hex
  readonly body: Uint8Array
}

/** The text is no row of chunks. */
export class LogMalformed extends Error {
  readonly code = 'LOG_MALFORMED'
  override readonly name = 'LogMalformed'
  constructor(problem: string) {
    super(`These bytes are no chunks of a log: ${problem}.`)
  }
}

const NEWLINE = 10
const HEADER_BYTES = 512
const HEADER = /^(\d{1,9}) (\d{1,15}) (\d{1,9}) (\d{1,9}) (\d{1,15}) (0x[0-9a-f]{64}) (0x[0-9a-f]{64})$/

/** The beginning of the log of one execution, `<job id>-<attempt>`. */
export async function logStart(execution: string): Promise<LogHead> {
  return { seq: 0, line: 0, bytes: 0, hash: await sha256(new TextEncoder().encode(`log of ${execution}\n`)) }
}

/** The chunk that comes next. */
export async function chunkAfter(head: LogHead, body: Uint8Array, left = 0): Promise<LogChunk> {
  const { seq, line, hash: previous } = head
  const chunk = { seq, line, lines: countLines(body), left, previous, body }
  return { ...chunk, hash: await hashOf(chunk) }
}

/** Where the log has come to with this chunk. */
export function headAfter({ bytes }: LogHead, { seq, line, lines, hash, body }: LogChunk): LogHead {
  return { seq: seq + 1, line: line + lines, bytes: bytes + body.length, hash }
}

/** Whether a chunk is what its hash says, and comes next after the head. */
export async function continues(head: LogHead, chunk: LogChunk): Promise<boolean> {
  if (chunk.seq !== head.seq || chunk.line !== head.line || chunk.previous !== head.hash) return false
  return chunk.lines === countLines(chunk.body) && chunk.hash === (await hashOf(chunk))
}

/** The header of a chunk: seq, line, lines, bytes, left, previous, hash. */
export function chunkHeader({ seq, line, lines, left, previous, hash, body }: LogChunk): string {
  return `${seq} ${line} ${lines} ${body.length} ${left} ${previous} ${hash}`
}

/** A chunk from its header and body. Throws LogMalformed. */
export function chunkOf(header: string, body: Uint8Array): LogChunk {
  const match = HEADER.exec(header)
  if (match === null) throw new LogMalformed('a header is wrong')
  const [, seq, line, lines, bytes, left, previous, hash] = match
  if (Number(bytes) !== body.length) throw new LogMalformed('a chunk is cut short')
  const numbers = { seq: Number(seq), line: Number(line), lines: Number(lines), left: Number(left) }
  return { ...numbers, previous: previous as Hex, hash: hash as Hex, body }
}

/** A chunk as it is kept and sent: the header, a line end, the body. */
export function encodeChunk(chunk: LogChunk): Uint8Array {
  return concat([new TextEncoder().encode(`${chunkHeader(chunk)}\n`), chunk.body])
}

/** What was decoded, and how many bytes of it were whole chunks: the rest is the beginning of another. */
export interface DecodedChunks {
  readonly chunks: readonly LogChunk[]
  readonly length: number
}

/** The whole chunks at the beginning of these bytes. Throws LogMalformed. */
export function decodeChunks(bytes: Uint8Array): DecodedChunks {
  const chunks: LogChunk[] = []
  let length = 0
  while (length < bytes.length) {
    const end = bytes.indexOf(NEWLINE, length)
    if (end < 0 && bytes.length - length <= HEADER_BYTES) break
    if (end < 0 || end - length > HEADER_BYTES) throw new LogMalformed('a header is too long')
    const header = new TextDecoder().decode(bytes.subarray(length, end))
    const size = Number(HEADER.exec(header)?.[4] ?? 0)
    if (end + 1 + size > bytes.length) break
    chunks.push(chunkOf(header, bytes.subarray(end + 1, end + 1 + size)))
    length = end + 1 + size
  }
  return { chunks, length }
}

/** SHA-256, 32 bytes. */
export async function sha256(bytes: Uint8Array): Promise<Hex> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
  return `0x${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

function hashOf({ seq, line, lines, left, previous, body }: Omit<LogChunk, 'hash'>): Promise<Hex> {
  const facts = `${previous}\n${seq} ${line} ${lines} ${body.length} ${left}\n`
  return sha256(concat([new TextEncoder().encode(facts), body]))
}

function countLines(body: Uint8Array): number {
  let lines = 0
  for (let at = body.indexOf(NEWLINE); at >= 0; at = body.indexOf(NEWLINE, at + 1)) lines += 1
  return lines
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
