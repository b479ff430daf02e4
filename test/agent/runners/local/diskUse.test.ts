import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { diskUse } from '../../../../agent/runners/local/diskUse.ts'
import { temporaryDirectory } from '../../support/localExecution.ts'

const MEGABYTE = 1_048_576

describe('diskUse', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(() => directory[Symbol.dispose]())

  const write = (...path: string[]): void => writeFileSync(join(directory.path, ...path), Buffer.alloc(MEGABYTE, 1))

  it('counts the files of all directories below', async () => {
    mkdirSync(join(directory.path, 'a', 'b'), { recursive: true })
    write('one')
    write('a', 'b', 'two')
    expect(await diskUse([directory.path], [], 100 * MEGABYTE)).to.be.within(2 * MEGABYTE, 2.1 * MEGABYTE)
  })

  it('counts a file that was removed while a process holds it open, once', async () => {
    write('hidden')
    const [first, second] = [
      openSync(join(directory.path, 'hidden'), 'r'),
      openSync(join(directory.path, 'hidden'), 'r'),
    ]
    rmSync(join(directory.path, 'hidden'))
    const bytes = await diskUse([directory.path], [process.pid], 100 * MEGABYTE)
    closeSync(first)
    closeSync(second)
    expect(bytes).to.be.within(MEGABYTE, 1.1 * MEGABYTE)
  })

  it('counts empty files too', async () => {
    for (let index = 0; index < 100; index++) writeFileSync(join(directory.path, String(index)), '')
    expect(await diskUse([directory.path], [], 100 * MEGABYTE)).to.equal(100 * 4096)
  })

  it('stops beyond the limit', async () => {
    for (let index = 0; index < 10; index++) write(String(index))
    expect(await diskUse([directory.path], [], MEGABYTE)).to.be.below(3 * MEGABYTE)
  })

  it('takes what is not there for nothing', async () => {
    expect(await diskUse([join(directory.path, 'none')], [1 << 22], MEGABYTE)).to.equal(0)
  })
})
