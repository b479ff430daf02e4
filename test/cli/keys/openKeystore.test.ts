import { expect } from 'chai'
import { encryptKeystoreJson, Wallet } from 'ethers'
import { describe, it } from 'mocha'
import { openKeystore } from '../../../cli/keys/openKeystore.ts'

const SALT = 'd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3'
const IV = '264daa3f303d7259501c93d997d84fe6'

// The test vectors of the standard.
const ERC_2335 = {
  secret: '0x000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
  password: '𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑',
  scrypt: {
    kdf: { function: 'scrypt', params: { dklen: 32, n: 262_144, p: 1, r: 8, salt: SALT }, message: '' },
    checksum: 'd2217fe5f3e9a1e34581ef8a78f7c9928e436d36dacc5e846690a5581e8ea484',
    message: '06ae90d55fe0a6e9c5c3bc5b170827b2e5cce3929ed3f116c2811e6366dfe20f',
  },
  pbkdf2: {
    kdf: { function: 'pbkdf2', params: { dklen: 32, c: 262_144, prf: 'hmac-sha256', salt: SALT }, message: '' },
    checksum: '8a9f5d9912ed7e75ea794bc5a89bca5f193721d30868ade6f73043c6ea6febf1',
    message: 'cee03fde2af33149775b7223e7845e4fb2c8ae1792e5f99fe9ecf474cc8c16ad',
  },
}

function keystore(name: 'scrypt' | 'pbkdf2', change: (crypto: Record<string, never>) => void = () => {}): string {
  const { kdf, checksum, message } = ERC_2335[name]
  const crypto = {
    kdf,
    checksum: { function: 'sha256', params: {}, message: checksum },
    cipher: { function: 'aes-128-ctr', params: { iv: IV }, message },
  }
  const copy = structuredClone(crypto)
  change(copy as never)
  return JSON.stringify({ crypto: copy, version: 4 })
}

async function refusal(text: string, password: string): Promise<string> {
  return openKeystore(text, password).then(
    () => 'opened',
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  )
}

describe('openKeystore', () => {
  it('opens a Web3 Secret Storage file', async () => {
    const { address, privateKey } = Wallet.createRandom()
    const text = await encryptKeystoreJson({ address, privateKey }, 'säsam', { scrypt: { N: 1024 } })
    expect(await openKeystore(text, 'säsam')).to.equal(privateKey)
  })

  for (const name of ['scrypt', 'pbkdf2'] as const) {
    it(`opens the ${name} vector of ERC-2335, whose password is normalised`, async () => {
      expect(await openKeystore(keystore(name), ERC_2335.password)).to.equal(ERC_2335.secret)
    })
  }

  it('leaves control characters out of a password of ERC-2335', async () => {
    expect(await openKeystore(keystore('pbkdf2'), 'test\u007fpassword🔑')).to.equal(ERC_2335.secret)
  })

  it('says that a password is wrong, and shows neither it nor the key', async () => {
    expect(await refusal(keystore('pbkdf2'), 'open sesame')).to.equal(
      'PASSWORD_WRONG: The password does not open the keystore. Try again.',
    )
  })

  const wrong: readonly (readonly [what: string, text: string])[] = [
    ['is not JSON', 'no'],
    ['is of no version that is known', '{"version":1,"crypto":{}}'],
    ['is of no version that is known', 'null'],
    ['lacks a field', '{"version":4,"crypto":{}}'],
    [
      'uses a cipher that is not known',
      keystore('pbkdf2', (crypto: Record<string, { function?: string }>) => {
        Object.assign(crypto['cipher'] ?? {}, { function: 'rot13' })
      }),
    ],
    [
      'derives its key in a way that is not known',
      keystore('scrypt', (crypto: Record<string, { params?: object }>) => {
        Object.assign(crypto['kdf']?.params ?? {}, { n: 2 ** 40 })
      }),
    ],
  ]
  for (const [what, text] of wrong) {
    it(`refuses a file that ${what}: ${text.slice(0, 24)}`, async () => {
      expect(await refusal(text, 'password')).to.match(new RegExp(`^KEYSTORE_INVALID: The keystore ${what}`))
    })
  }
})
