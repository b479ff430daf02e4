import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { openFiles } from '../../../gateway/store/files.ts'

const NAME = `0x${'ab'.repeat(32)}`

describe('openFiles', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'files-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('keeps bytes under a name, the last that were written', async () => {
    const files = await openFiles(join(directory, 'a', 'b'))
    expect([await files.read(NAME), await files.has(NAME)]).to.deep.equal([undefined, false])
    await files.write(NAME, Buffer.from('one'))
    await files.write(NAME, Buffer.from('two'))
    expect([String(await files.read(NAME)), await files.has(NAME)]).to.deep.equal(['two', true])
    expect(readdirSync(join(directory, 'a', 'b'))).to.deep.equal([NAME])
  })

  it('keeps one of several that are written at once, whole', async () => {
    const files = await openFiles(directory)
    const texts = Array.from({ length: 20 }, (_, at) => String(at).repeat(10_000))
    await Promise.all(texts.map((text) => files.write(NAME, Buffer.from(text))))
    expect(texts).to.include(String(await files.read(NAME)))
    expect(readdirSync(directory)).to.deep.equal([NAME])
  })

  it('removes what a crash left half-written, and nothing else', async () => {
    writeFileSync(join(directory, 'half.tmp'), 'ha')
    writeFileSync(join(directory, NAME), 'whole')
    const files = await openFiles(directory)
    expect(readdirSync(directory)).to.deep.equal([NAME])
    expect(String(await files.read(NAME))).to.equal('whole')
  })

  for (const name of ['', '..', '../escaped', `${NAME}/x`, `${NAME}-100`, `${NAME}\0`, 'x.tmp', NAME.toUpperCase()]) {
    it(`makes no path of ${JSON.stringify(name)}`, async () => {
      const files = await openFiles(directory)
      const calls: readonly (() => Promise<unknown>)[] = [
        () => files.write(name, Buffer.from('x')),
        () => files.read(name),
        () => files.has(name),
      ]
      for (const call of calls) {
        const error = await Promise.resolve()
          .then(call)
          .catch((cause: unknown) => cause)
        expect(error).to.be.instanceOf(RangeError)
      }
      expect(readdirSync(directory)).to.deep.equal([])
    })
  }
})
