import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { verifyTypedData, Wallet } from 'ethers'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { reportStruct, signing as signingWith } from '../../../agent/chain/signing.ts'
import { Outbox } from '../../../agent/outbox/outbox.ts'
import { renewSignatures, signInto } from '../../../agent/outbox/signInto.ts'
import { gridDomain, REPORTS_TYPES } from '../../../sdk/domain/typedData.ts'
import { ID, report } from '../support/facts.ts'
import { temporaryDirectory } from '../support/localExecution.ts'

const domain = gridDomain(31337, `0x${'22'.repeat(20)}`)
const wallet = new Wallet(`0x${'11'.repeat(32)}`)
const signing = signingWith(wallet, domain)

describe('outbox', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(() => directory[Symbol.dispose]())

  const signerOf = (outbox: Outbox): string => {
    const [entry] = outbox.entries()
    const value = { provider: entry?.provider, reports: entry === undefined ? [] : [reportStruct(entry.report)] }
    const types = { Reports: [...REPORTS_TYPES.Reports], Report: [...REPORTS_TYPES.Report] }
    return verifyTypedData(domain, types, value, entry?.signature ?? '')
  }

  it('holds a report under the signer’s signature', async () => {
    const outbox = new Outbox(directory.path)
    await signInto(outbox, signing, 7, report('FINISHED'), 1_000)
    expect(signerOf(outbox)).to.equal(wallet.address)
    expect(outbox.entries()[0]).to.include({ provider: 7, signer: wallet.address, signedAt: 1_000 })
  })

  it('has the same reports when it is opened again', async () => {
    const outbox = new Outbox(directory.path)
    await signInto(outbox, signing, 7, report('RUNNING'), 1_000)
    await signInto(outbox, signing, 7, report('FINISHED'), 1_001)
    expect(new Outbox(directory.path).entries()).to.have.deep.members(outbox.entries())
    expect(new Outbox(directory.path).about(ID)).to.have.length(2)
  })

  it('forgets a report that was taken out', async () => {
    const outbox = new Outbox(directory.path)
    await signInto(outbox, signing, 7, report('RUNNING'), 1_000)
    outbox.remove(report('RUNNING'))
    expect(outbox.entries()).to.deep.equal([])
    expect(new Outbox(directory.path).entries()).to.deep.equal([])
  })

  it('passes over a write that a crash cut short', () => {
    writeFileSync(join(directory.path, '.half.json.tmp'), '{"key":')
    expect(new Outbox(directory.path).entries()).to.deep.equal([])
    expect(readdirSync(directory.path)).to.deep.equal([])
  })

  it('signs again what a former signer signed', async () => {
    const outbox = new Outbox(directory.path)
    await signInto(outbox, signingWith(Wallet.createRandom(), domain), 7, report('FINISHED'), 1_000)
    expect(await renewSignatures(outbox, signing)).to.equal(1)
    expect(signerOf(outbox)).to.equal(wallet.address)
    expect(await renewSignatures(outbox, signing)).to.equal(0)
  })
})
