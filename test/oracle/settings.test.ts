import { expect } from 'chai'
import { describe, it } from 'mocha'
import { readSettings, SettingInvalid } from '../../oracle/settings.ts'

const GOOD = {
  RPC_URL: 'http://127.0.0.1:8545',
  GRID_DEPLOYMENT: 'local.json',
  ORACLE_PRIVATE_KEY: `0x${'11'.repeat(32)}`,
  STORE_PATH: 'oracle.sqlite',
  GATEWAY_URL: 'http://127.0.0.1:8080',
}

describe('readSettings', () => {
  it('fills in what is not set', () => {
    expect(readSettings(GOOD)).to.include({
      LISTEN_HOST: '127.0.0.1',
      LISTEN_PORT: 0,
      POLICY: 'aged',
      CONFIRMATIONS: 3,
      POLL_MS: 1000,
    })
  })

  for (const [setting, value, words] of [
    ['RPC_URL', undefined, 'is missing'],
    ['RPC_URL', 'ftp://host', 'is not an http(s) URL'],
    ['GRID_DEPLOYMENT', undefined, 'is missing'],
    ['STORE_PATH', '', 'is empty'],
    ['GATEWAY_URL', 'gateway', 'is not an http(s) URL'],
    ['ORACLE_PRIVATE_KEY', '0x12', 'is not a private key'],
    ['ORACLE_PRIVATE_KEY', undefined, 'or ORACLE_KEYSTORE must be set'],
    ['LISTEN_PORT', '70000', 'is above 65535'],
    ['POLICY', 'luck', 'is none of fcfs'],
    ['CONFIRMATIONS', '-1', 'is below 0'],
    ['POLL_MS', 'often', 'is not a number'],
  ] as const) {
    it(`refuses ${setting} ${value === undefined ? 'that is not set' : `“${value}”`}`, () => {
      expect(() => readSettings({ ...GOOD, [setting]: value }))
        .to.throw(SettingInvalid, `${setting} ${words}`)
        .with.property('setting', setting)
    })
  }

  it('refuses a keystore without the file of its password, and two keys', () => {
    const keystore = { ...GOOD, ORACLE_PRIVATE_KEY: undefined, ORACLE_KEYSTORE: 'key.json' }
    expect(() => readSettings(keystore)).to.throw(SettingInvalid, 'ORACLE_KEYSTORE_PASSWORD_FILE is missing')
    expect(() => readSettings({ ...GOOD, ORACLE_KEYSTORE: 'key.json' })).to.throw(SettingInvalid, 'not both')
  })

  it('says nothing of the key that it refuses', () => {
    expect(() => readSettings({ ...GOOD, ORACLE_PRIVATE_KEY: '0xdeadbeef' }))
      .to.throw()
      .with.property('message')
      .not.contain('deadbeef')
  })
})
