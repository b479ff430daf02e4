import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import { configPath, readSettings } from '../../cli/settings.ts'
import { dps } from './dps.ts'

describe('the settings of dps', () => {
  let env: Record<string, string>
  beforeEach(() => {
    env = { DPS_CONFIG: join(mkdtempSync(join(tmpdir(), 'dps-config-')), 'in', 'config.json') }
  })
  const config = (...args: string[]) => dps(['config', ...args], { env })

  it('come from a flag before the environment, and from the environment before the config file', async () => {
    await config('set', 'rpc', 'http://file.example')
    expect(readSettings({}, env).rpc).to.deep.equal({ value: 'http://file.example', from: env['DPS_CONFIG'] })
    const withVariable = { ...env, DPS_RPC: 'http://variable.example' }
    expect(readSettings({}, withVariable).rpc).to.deep.equal({ value: 'http://variable.example', from: 'DPS_RPC' })
    const flagged = readSettings({ rpc: 'http://flag.example' }, withVariable)
    expect(flagged.rpc).to.deep.equal({ value: 'http://flag.example', from: '--rpc' })
  })

  it('are kept in a file that only its owner reads, files with their whole path', async () => {
    await config('set', 'keystore', 'key.json')
    await config('set', 'gateway', 'https://gateway.example')
    await config('unset', 'gateway')
    expect(JSON.parse(readFileSync(env['DPS_CONFIG'] ?? '', 'utf8'))).to.deep.equal({ keystore: resolve('key.json') })
    expect(statSync(env['DPS_CONFIG'] ?? '').mode & 0o077).to.equal(0)
  })

  it('are shown with where each comes from', async () => {
    env['DPS_RPC'] = 'http://127.0.0.1:8545'
    const { out } = await config()
    expect(out).to.contain('http://127.0.0.1:8545  (DPS_RPC)')
    expect(out).to.contain('set it here, by DPS_GATEWAY or --gateway')
    expect(out).to.contain('this wallet can look, and sign nothing')
  })

  it('name the nearest setting for one that does not exist', async () => {
    const { code, err } = await config('set', 'gatway', 'https://gateway.example')
    expect({ code, err }).to.deep.equal({ code: 2, err: 'error: There is no setting gatway. Did you mean gateway?\n' })
  })

  for (const word of ['private-key', 'privateKey', 'mnemonic']) {
    it(`take no key: ${word}`, async () => {
      const { code, err } = await config('set', word, '0x01')
      expect(code).to.equal(2)
      expect(err).to.contain('A key does not belong into the config file.')
    })
  }

  it('refuse what is no URL and no address, naming where it came from', async () => {
    env['DPS_RPC'] = 'localhost:8545'
    expect((await config()).err).to.equal('error: rpc (from DPS_RPC) is no http(s) URL: localhost:8545. Correct it.\n')
    const { code, err } = await dps(['config', '--account', '0x12'], {})
    expect({ code, err }).to.deep.equal({
      code: 2,
      err: 'error: account (from --account) is no address: 0x12. Correct it.\n',
    })
  })

  it('refuse a config file that is not JSON, or no object, or holds what is no text', async () => {
    await config('set', 'rpc', 'http://file.example')
    for (const [text, what] of [
      ['{', 'is not JSON'],
      ['[]', 'is not a JSON object'],
      ['{"rpc":1}', 'gives rpc something that is no text'],
    ] as const) {
      writeFileSync(env['DPS_CONFIG'] ?? '', text)
      const { code, err } = await config()
      expect(code).to.equal(2)
      expect(err).to.contain(what)
    }
  })

  it('stand in the folder that the system has for them', () => {
    expect(configPath({ XDG_CONFIG_HOME: '/x' })).to.equal('/x/dps/config.json')
    expect(configPath({ HOME: '/h' })).to.equal('/h/.config/dps/config.json')
  })
})
