import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import S3rver from 's3rver'
import type { Blobs } from '../../../gateway/blobs/blobs.ts'
import { openBucket } from '../../../gateway/blobs/bucket.ts'
import { openFolder } from '../../../gateway/blobs/folder.ts'
import { refusalBy } from '../../sdk/refusalBy.ts'

const HASH = `0x${'ab'.repeat(32)}`
const KEY = `definitions/${HASH}`

/** What every place for blobs does. */
function blobsContract(open: () => Promise<Blobs>): void {
  let blobs: Blobs
  beforeEach(async () => {
    blobs = await open()
  })

  it('keeps bytes under a key, the last that were written', async () => {
    expect([await blobs.read(KEY), await blobs.has(KEY)]).to.deep.equal([undefined, false])
    await blobs.write(KEY, Buffer.from('one'))
    await blobs.write(KEY, Buffer.from('two'))
    expect([Buffer.from((await blobs.read(KEY)) ?? []).toString(), await blobs.has(KEY)]).to.deep.equal(['two', true])
  })

  it('keeps any bytes, and none', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 256))
    await blobs.write(KEY, bytes)
    await blobs.write(`logs/${HASH}-1/0`, new Uint8Array())
    expect(Buffer.from((await blobs.read(KEY)) ?? []).equals(bytes)).to.equal(true)
    expect((await blobs.read(`logs/${HASH}-1/0`))?.length).to.equal(0)
  })

  it('removes a blob, and one that is not there', async () => {
    await blobs.write(KEY, Buffer.from('one'))
    await blobs.remove(KEY)
    await blobs.remove(KEY)
    expect(await blobs.has(KEY)).to.equal(false)
  })

  it('keeps one of several that are written at once, whole', async () => {
    const texts = Array.from({ length: 20 }, (_, at) => String(at).repeat(10_000))
    await Promise.all(texts.map((text) => blobs.write(KEY, Buffer.from(text))))
    expect(texts).to.include(Buffer.from((await blobs.read(KEY)) ?? []).toString())
  })

  for (const key of [
    '',
    HASH,
    '../x',
    `definitions/../${HASH}`,
    `${KEY}/x`,
    `${KEY}\0`,
    `logs/${HASH}-100/0`,
    KEY.toUpperCase(),
  ]) {
    it(`makes nothing of ${JSON.stringify(key)}`, async () => {
      const calls: readonly (() => Promise<unknown>)[] = [
        () => blobs.write(key, Buffer.from('x')),
        () => blobs.read(key),
        () => blobs.has(key),
        () => blobs.remove(key),
      ]
      for (const call of calls) expect(await refusalBy((async () => call())())).to.be.instanceOf(RangeError)
    })
  }
}

describe('openFolder', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'blobs-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  blobsContract(() => openFolder(join(directory, 'a', 'b')))

  it('removes what a crash left half-written, and nothing else', async () => {
    mkdirSync(join(directory, '.drafts'))
    mkdirSync(join(directory, 'definitions'))
    writeFileSync(join(directory, '.drafts', 'half'), 'ha')
    writeFileSync(join(directory, KEY), 'whole')
    const blobs = await openFolder(directory)
    expect(readdirSync(join(directory, '.drafts'))).to.deep.equal([])
    expect(Buffer.from((await blobs.read(KEY)) ?? []).toString()).to.equal('whole')
  })

  it('does not take a failure for a blob that is absent', async () => {
    const blobs = await openFolder(directory)
    writeFileSync(join(directory, 'definitions'), 'no directory')
    expect(await refusalBy(blobs.read(KEY))).to.include({ code: 'ENOTDIR' })
  })
})

describe('openBucket', () => {
  let directory: string
  let server: S3rver
  let url: string
  let count = 0
  const keys = { region: 'us-east-1', accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'bucket-'))
    const configureBuckets = Array.from({ length: 20 }, (_, at) => ({ name: `bucket-${at}`, configs: [] }))
    server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets })
    url = `http://127.0.0.1:${(await server.run()).port}`
  })
  after(async () => {
    await server.close()
    rmSync(directory, { recursive: true })
  })

  blobsContract(async () => {
    count += 1
    return openBucket({ url: `${url}/bucket-${count}`, ...keys })
  })

  // The server of these tests checks the name of a key but not the signature made with its secret.
  it('does not open where its key is unknown, the bucket is missing or nobody answers', async () => {
    const wrong = openBucket({ url: `${url}/bucket-0`, ...keys, accessKeyId: 'nobody' })
    expect(await refusalBy(wrong)).to.include({ code: 'BUCKET_FAILED', status: 403 })
    const missing = openBucket({ url: `${url}/nowhere`, ...keys })
    expect(await refusalBy(missing)).to.include({ code: 'BUCKET_FAILED', status: 404 })
    expect(await refusalBy(openBucket({ url: 'http://127.0.0.1:1/bucket', ...keys }))).to.be.instanceOf(TypeError)
  })
})
