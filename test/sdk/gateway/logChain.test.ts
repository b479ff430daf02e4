import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  chunkAfter,
  continues,
  decodeChunks,
  encodeChunk,
  headAfter,
  type LogChunk,
  logStart,
} from '../../../sdk/gateway/logChain.ts'

const NAME = `0x${'ab'.repeat(32)}-1`

async function chainOf(bodies: readonly Uint8Array[], name = NAME): Promise<readonly LogChunk[]> {
  let head = await logStart(name)
  const chunks: LogChunk[] = []
  for (const body of bodies) {
    const chunk = await chunkAfter(head, body)
    chunks.push(chunk)
    head = headAfter(head, chunk)
  }
  return chunks
}

async function holds(chunks: readonly LogChunk[], name = NAME): Promise<boolean> {
  let head = await logStart(name)
  for (const chunk of chunks) {
    if (!(await continues(head, chunk))) return false
    head = headAfter(head, chunk)
  }
  return true
}

describe('a chain of log chunks', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 })

  it('comes back from its bytes as it was, whatever was printed', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (texts) => {
        const chunks = await chainOf(texts)
        const bytes = Buffer.concat(chunks.map(encodeChunk))
        const decoded = decodeChunks(bytes)
        expect(decoded.length).to.equal(bytes.length)
        expect(decoded.chunks.map((chunk) => ({ ...chunk, body: Buffer.from(chunk.body) }))).to.deep.equal(
          chunks.map((chunk) => ({ ...chunk, body: Buffer.from(chunk.body) })),
        )
        expect(await holds(decoded.chunks)).to.equal(true)
      }),
      { numRuns: 50 },
    )
  })

  it('tells what is whole of bytes that were cut short anywhere', async () => {
    const bytes = Buffer.concat((await chainOf([Buffer.from('one\n'), Buffer.from('two\n')])).map(encodeChunk))
    for (let length = 0; length < bytes.length; length += 1) {
      const decoded = decodeChunks(bytes.subarray(0, length))
      expect(decoded.length).to.be.at.most(length)
      expect(await holds(decoded.chunks)).to.equal(true)
    }
  })

  it('breaks where a byte is changed, a chunk is left out, moved, or belongs to another execution', async () => {
    const chunks = await chainOf(['a\n', 'b\n', 'c\n'].map((text) => Buffer.from(text)))
    const [first, second, third] = chunks
    if (first === undefined || second === undefined || third === undefined) throw new Error('no chunks')
    const changes: readonly (readonly LogChunk[])[] = [
      [{ ...first, body: Buffer.from('x\n') }, second, third],
      [first, third],
      [second, third],
      [first, third, second],
      [{ ...first, lines: 2 }, second],
      [{ ...first, left: 1 }, second],
    ]
    for (const changed of changes) expect(await holds(changed)).to.equal(false)
    expect(await holds(chunks, `0x${'ab'.repeat(32)}-2`)).to.equal(false)
  })

  it('counts lines and bytes', async () => {
    const [, second] = await chainOf([Buffer.from('a\nb'), Buffer.from('\n\nc')])
    expect(second).to.include({ seq: 1, line: 1, lines: 2 })
  })

  it('refuses bytes that are no chunks', () => {
    for (const text of ['\n', 'x\n', `${'1'.repeat(600)}`, '0 0 0 1e3 0 0x 0x\n']) {
      expect(() => decodeChunks(Buffer.from(text)), text.slice(0, 20))
        .to.throw()
        .with.property('code', 'LOG_MALFORMED')
    }
  })
})
