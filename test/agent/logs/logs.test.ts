import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { keccak256, toUtf8Bytes } from 'ethers'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { pino } from 'pino'
import type { Gateway, LogAnswer } from '../../../agent/gateway/gateway.ts'
import { LogSender } from '../../../agent/logs/logSender.ts'
import { Logs, type ReadOutput } from '../../../agent/logs/logs.ts'
import { BackOff } from '../../../agent/outbox/backOff.ts'
import { decodeChunks, type LogChunk } from '../../../sdk/gateway/logChain.ts'
import { readManifest } from '../../../sdk/gateway/manifest.ts'
import { NAME } from '../support/facts.ts'
import { temporaryDirectory } from '../support/localExecution.ts'

const never = new AbortController().signal
const log = pino({ level: 'silent' })

/** What an execution has printed so far, as a runner tells it. */
const printed =
  (text: string): ReadOutput =>
  async (from, most) =>
    toUtf8Bytes(text).subarray(from, from + most)

describe('Logs', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  let logs: Logs
  beforeEach(() => {
    directory = temporaryDirectory()
    logs = new Logs(directory.path)
  })
  afterEach(async () => {
    await logs.release()
    directory[Symbol.dispose]()
  })

  const chunksOf = async (from = logs): Promise<readonly LogChunk[]> =>
    decodeChunks(await (await from.file(NAME)).read(0, 10_000_000)).chunks
  const textOf = async (from = logs): Promise<string> =>
    (await chunksOf(from)).map(({ body }) => Buffer.from(body).toString()).join('')

  it('takes whole lines while the execution runs, and the rest when it has ended', async () => {
    await logs.take(NAME, printed('one\ntw'))
    expect(await textOf()).to.equal('one\n')
    await logs.take(NAME, printed('one\ntwo\nthree'))
    await logs.close(NAME, printed('one\ntwo\nthree'))
    expect((await chunksOf()).map(({ body }) => Buffer.from(body).toString())).to.deep.equal([
      'one\n',
      'two\n',
      'three',
    ])
  })

  it('takes a line that is longer than a chunk in parts, and loses no byte of much', async () => {
    const text = `${'x'.repeat(200_000)}\n${'y\n'.repeat(100_000)}`
    await logs.take(NAME, printed(text))
    expect(await textOf()).to.equal(text)
    expect((await chunksOf()).every(({ body }) => body.length <= 65_536)).to.equal(true)
  })

  it('closes a log with a manifest whose hash is the result of the report', async () => {
    await logs.close(NAME, printed('one\ntwo\n'))
    const text = logs.manifest(NAME) ?? ''
    const last = (await chunksOf()).at(-1)
    expect(readManifest(text)?.log).to.deep.equal({ chunks: 1, lines: 2, bytes: 8, head: last?.hash })
    expect(logs.resultOf(NAME)).to.equal(keccak256(toUtf8Bytes(text)))
    expect(new Logs(directory.path).resultOf(NAME)).to.equal(logs.resultOf(NAME))
  })

  it('closes a log once, whatever is asked how often and at the same time', async () => {
    await Promise.all([
      logs.close(NAME, printed('one\n')),
      logs.take(NAME, printed('one\ntwo\n')),
      logs.close(NAME, printed('x')),
    ])
    const result = logs.resultOf(NAME)
    await logs.put(NAME, 'another')
    expect([logs.resultOf(NAME), await textOf()]).to.deep.equal([result, 'one\n'])
  })

  it('goes on where it was after a restart, and cuts off what a crash left of a chunk', async () => {
    await logs.take(NAME, printed('one\n'))
    const file = join(directory.path, `${NAME}.chunks`)
    const whole = readFileSync(file)
    await logs.take(NAME, printed('one\ntwo\n'))
    truncateSync(file, readFileSync(file).length - 2)
    const later = new Logs(directory.path)
    expect(await textOf(later)).to.equal('one\n')
    expect(readFileSync(file)).to.deep.equal(whole)
    await later.take(NAME, printed('one\ntwo\n'))
    expect((await chunksOf(later)).map(({ seq }) => seq)).to.deep.equal([0, 1])
  })

  it('begins again from the runner where the file is damaged', async () => {
    writeFileSync(join(directory.path, `${NAME}.chunks`), '\0'.repeat(2000))
    await logs.take(NAME, printed('one\n'))
    expect(await textOf()).to.equal('one\n')
  })

  it('keeps nothing but the hash of one that is done, also after a crash in between', async () => {
    await logs.close(NAME, printed('one\n'))
    const result = logs.resultOf(NAME)
    await logs.finish(NAME)
    expect(readdirSync(directory.path)).to.deep.equal([`${NAME}.done`])
    appendFileSync(join(directory.path, `${NAME}.chunks`), 'left behind')
    const later = new Logs(directory.path)
    expect([later.resultOf(NAME), later.waiting()]).to.deep.equal([result, []])
    expect(readdirSync(directory.path)).to.deep.equal([`${NAME}.done`])
  })
})

describe('LogSender', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  let logs: Logs
  let stored: LogChunk[]
  let manifest: string | undefined
  let answer: LogAnswer | undefined
  beforeEach(() => {
    directory = temporaryDirectory()
    logs = new Logs(directory.path)
    ;[stored, manifest, answer] = [[], undefined, undefined]
  })
  afterEach(async () => {
    await logs.release()
    directory[Symbol.dispose]()
  })

  const gateway: Pick<Gateway, 'putChunks' | 'putManifest'> = {
    async putChunks(_job, _attempt, bytes) {
      if (answer !== undefined) return answer
      for (const chunk of decodeChunks(bytes).chunks) if (chunk.seq === stored.length) stored.push(chunk)
      return { kind: 'accepted', next: stored.length }
    },
    async putManifest(_job, _attempt, text) {
      if (answer !== undefined) return answer
      if ((readManifest(text)?.log.chunks ?? 0) > stored.length) return { kind: 'accepted', next: stored.length }
      manifest = text
      return { kind: 'accepted' }
    },
  }
  const sender = (of = logs) => new LogSender(of, gateway as Gateway, new BackOff(2, 60), log)
  const text = () => stored.map(({ body }) => Buffer.from(body).toString()).join('')

  it('sends what there is, then what comes, then the manifest', async () => {
    const one = sender()
    await logs.take(NAME, printed('one\n'))
    await one.round(0, never)
    expect([text(), manifest]).to.deep.equal(['one\n', undefined])
    await logs.close(NAME, printed('one\ntwo'))
    await one.round(1, never)
    expect(text()).to.equal('one\ntwo')
    expect(keccak256(toUtf8Bytes(manifest ?? ''))).to.equal(logs.resultOf(NAME))
    expect(logs.waiting()).to.deep.equal([])
  })

  it('sends after an outage what could not be sent in it, later and later', async () => {
    const one = sender()
    answer = { kind: 'silent', problem: 'away' }
    await logs.close(NAME, printed('one\n'))
    await one.round(0, never)
    answer = undefined
    await one.round(1, never)
    expect(text()).to.equal('')
    await one.round(2, never)
    expect([text(), manifest === undefined]).to.deep.equal(['one\n', false])
  })

  it('sends everything again to a gateway that lost it', async () => {
    const one = sender()
    await logs.take(NAME, printed('one\n'))
    await one.round(0, never)
    stored = []
    await logs.close(NAME, printed('one\ntwo\n'))
    await one.round(1, never)
    await one.round(10, never)
    await one.round(20, never)
    expect([text(), manifest === undefined]).to.deep.equal(['one\ntwo\n', false])
  })

  it('knows after a restart what is still to be sent', async () => {
    await logs.close(NAME, printed('one\n'))
    const later = new Logs(directory.path)
    await sender(later).round(0, never)
    expect([text(), later.waiting()]).to.deep.equal(['one\n', []])
  })

  it('gives up a log that is refused for good once it is closed, and keeps its result', async () => {
    const one = sender()
    answer = { kind: 'refused', problem: 'no' }
    await logs.take(NAME, printed('one\n'))
    await one.round(0, never)
    expect(logs.waiting()).to.deep.equal([NAME])
    await logs.close(NAME, printed('one\n'))
    await one.round(10, never)
    expect([logs.waiting(), logs.resultOf(NAME)?.length]).to.deep.equal([[], 66])
  })
})
