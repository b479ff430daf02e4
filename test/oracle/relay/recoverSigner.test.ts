import { expect } from 'chai'
import { hexlify, randomBytes, Signature, Wallet } from 'ethers'
import { describe, it } from 'mocha'
import { recoverSigner } from '../../../oracle/relay/recoverSigner.ts'
import type { Hex } from '../../../sdk/domain/job.ts'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

describe('recoverSigner', () => {
  it('names who signed', () => {
    for (let times = 0; times < 20; times += 1) {
      const wallet = Wallet.createRandom()
      const digest = hexlify(randomBytes(32)) as Hex
      const signature = wallet.signingKey.sign(digest).serialized as Hex
      expect(recoverSigner(digest, signature)).to.equal(wallet.address)
      expect(recoverSigner(hexlify(randomBytes(32)) as Hex, signature)).to.not.equal(wallet.address)
    }
  })

  it('knows nobody for the other form of the same signature', () => {
    const digest = hexlify(randomBytes(32)) as Hex
    const { r, s, v } = Wallet.createRandom().signingKey.sign(digest)
    const high = (ORDER - BigInt(s)).toString(16).padStart(64, '0')
    expect(recoverSigner(digest, `${r}${high}${v === 27 ? '1c' : '1b'}` as Hex)).to.equal(undefined)
  })

  for (const [what, signature] of [
    ['no bytes', '0x'],
    ['the short form', `0x${'11'.repeat(64)}`],
    ['a v that is none', `0x${'11'.repeat(64)}01`],
    ['zeros', `0x${'00'.repeat(64)}1b`],
    ['an r that is no point', `0x${'ff'.repeat(32)}${'11'.repeat(32)}1b`],
  ] as const) {
    it(`knows nobody for ${what}`, () => {
      expect(recoverSigner(`0x${'22'.repeat(32)}`, signature)).to.equal(undefined)
    })
  }

  it('takes what ethers writes', () => {
    const wallet = Wallet.createRandom()
    const digest = hexlify(randomBytes(32)) as Hex
    expect(recoverSigner(digest, Signature.from(wallet.signingKey.sign(digest)).serialized as Hex)).to.equal(
      wallet.address,
    )
  })
})
