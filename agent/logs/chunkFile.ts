import { type FileHandle, open } from 'node:fs/promises'
import {
  chunkAfter,
  continues,
  decodeChunks,
  encodeChunk,
  headAfter,
  type LogChunk,
  type LogHead,
  logStart,
} from '../../sdk/gateway/logChain.ts'

/** The chunks of one execution's log on disk, one behind the other, exactly as they are sent. */
export class ChunkFile {
  readonly #file: FileHandle
  /** Where each chunk begins. */
  readonly #offsets: number[]
  #head: LogHead
  #end: number

  private constructor(file: FileHandle, head: LogHead, offsets: number[], end: number) {
    this.#file = file
    this.#head = head
    this.#offsets = offsets
    this.#end = end
  }

  /** Opens the file of an execution, or makes it. What a crash left of a chunk is cut off: nobody was sent it. */
  static async open(path: string, execution: string): Promise<ChunkFile> {
    const file = await open(path, 'a+', 0o600)
    const bytes = await file.readFile()
    const offsets: number[] = []
    let [head, end] = [await logStart(execution), 0]
    for (const chunk of chunksIn(bytes)) {
      if (!(await continues(head, chunk))) break
      offsets.push(end)
      head = headAfter(head, chunk)
      end += encodeChunk(chunk).length
    }
    if (end < bytes.length) await file.truncate(end)
    return new ChunkFile(file, head, offsets, end)
  }

  get head(): LogHead {
    return this.#head
  }

  /** Adds what comes next; returns once it is on the disk. */
  async append(body: Uint8Array): Promise<void> {
    const chunk = await chunkAfter(this.#head, body)
    const encoded = encodeChunk(chunk)
    try {
      await this.#file.appendFile(encoded)
      await this.#file.datasync()
    } catch (error) {
      // A part of it may be there, as on a full disk: the next must not come behind that.
      await this.#file.truncate(this.#end)
      throw error
    }
    this.#offsets.push(this.#end)
    this.#end += encoded.length
    this.#head = headAfter(this.#head, chunk)
  }

  /** Whole chunks from one on, at least one and otherwise at most `mostBytes`; nothing where there are no more. */
  async read(fromSeq: number, mostBytes: number): Promise<Uint8Array> {
    const start = this.#offsets[fromSeq]
    if (start === undefined) return new Uint8Array()
    const ends = [...this.#offsets.slice(fromSeq + 1), this.#end]
    const end = ends.findLast((candidate) => candidate - start <= mostBytes) ?? ends[0] ?? this.#end
    const bytes = Buffer.alloc(end - start)
    await this.#file.read(bytes, 0, bytes.length, start)
    return bytes
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** A damaged file counts as empty: what was printed is read from the runner again. */
function chunksIn(bytes: Uint8Array): readonly LogChunk[] {
  try {
    return decodeChunks(bytes).chunks
  } catch {
    return []
  }
}
