import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { encryptKeystoreJsonSync, Wallet } from 'ethers'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { SettingInvalid } from '../../agent/errors.ts'
import { loadSigner } from '../../agent/loadSigner.ts'
import { parseSettings, type Settings } from '../../agent/settings.ts'
import { temporaryDirectory } from './support/localExecution.ts'

describe('loadSigner', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  const wallet = new Wallet(`0x${'11'.repeat(32)}`)

  const settings = (keys: Partial<Record<keyof Settings, string>>): Settings =>
    parseSettings({
      RPC_URL: 'http://127.0.0.1:1',
      GRID_DEPLOYMENT: 'x',
      PROVIDER: '1',
      RELAY_URL: 'http://127.0.0.1:1',
      GATEWAY_URL: 'http://127.0.0.1:1',
      STATE_DIR: 'x',
      SINGLE_TENANT: 'yes',
      ...keys,
    })
  const keystore = (password: string): Settings => {
    const file = join(directory.path, 'keystore.json')
    const passwordFile = join(directory.path, 'password')
    writeFileSync(file, encryptKeystoreJsonSync(wallet, 'correct', { scrypt: { N: 2 } }))
    writeFileSync(passwordFile, `${password}\n`)
    return settings({ SIGNER_KEYSTORE: file, SIGNER_KEYSTORE_PASSWORD_FILE: passwordFile })
  }
  const refusalOf = (from: Settings): Promise<unknown> =>
    loadSigner(from).then(
      () => undefined,
      (error: unknown) => error,
    )

  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(() => directory[Symbol.dispose]())

  it('takes the key itself', async () => {
    const signer = await loadSigner(settings({ SIGNER_PRIVATE_KEY: wallet.privateKey }))
    expect(signer.address).to.equal(wallet.address)
  })

  it('opens a keystore with the password in a file', async () => {
    expect((await loadSigner(keystore('correct'))).address).to.equal(wallet.address)
  })

  it('refuses a keystore that the password does not open', async () => {
    const error = await refusalOf(keystore('wrong'))
    expect(error).to.be.instanceOf(SettingInvalid)
    expect(error).to.include({ setting: 'SIGNER_KEYSTORE' })
  })

  it('refuses a keystore that is not there', async () => {
    const missing = { SIGNER_KEYSTORE: join(directory.path, 'none'), SIGNER_KEYSTORE_PASSWORD_FILE: 'none' }
    expect(await refusalOf(settings(missing))).to.include({ setting: 'SIGNER_KEYSTORE' })
  })

  it('refuses a number that is no key', async () => {
    const zero = settings({ SIGNER_PRIVATE_KEY: `0x${'00'.repeat(32)}` })
    expect(await refusalOf(zero)).to.include({ setting: 'SIGNER_PRIVATE_KEY' })
  })
})
