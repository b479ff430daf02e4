import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { freePort } from '../../scripts/grid/freePort.ts'
import { putDefinition } from '../../sdk/actions/putDefinition.ts'
import { type LocalGrid, localGrid, newAccount } from '../sdk/localGrid.ts'

const root = join(import.meta.dirname, '../..')

describe('the gateway as a process', () => {
  let grid: LocalGrid
  let directory: string
  let settings: Record<string, string>
  before(async () => {
    grid = await localGrid()
    directory = mkdtempSync(join(tmpdir(), 'gateway-process-'))
    const file = join(directory, 'grid.json')
    writeFileSync(file, JSON.stringify(grid.deployment))
    settings = { RPC_URL: grid.rpcUrl, GRID_DEPLOYMENT: file, STORE_DIR: join(directory, 'store') }
  })
  after(() => rmSync(directory, { recursive: true }))

  function start(changes: Record<string, string | undefined> = {}): ChildProcess {
    const env = Object.fromEntries(
      Object.entries({ ...settings, ...changes }).filter(([, value]) => value !== undefined),
    )
    return spawn(process.execPath, ['--import', 'tsx', 'gateway/index.ts'], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  /** The first line of its log with this message. */
  async function logged(gateway: ChildProcess, message: string): Promise<Record<string, string>> {
    for await (const line of createInterface({ input: gateway.stdout ?? process.stdin })) {
      const entry = JSON.parse(line)
      if (entry.msg === message) return entry
    }
    throw new Error(`it never logged ${message}`)
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`says where it listens, serves, and ends with 0 at ${signal}`, async () => {
      const gateway = start()
      const { url = '' } = await logged(gateway, 'listening')
      const hash = await putDefinition(grid.client(newAccount(), { gatewayUrl: url }), new Uint8Array([1]))
      expect((await fetch(`${url}/v1/definitions/${hash}`, { method: 'HEAD' })).status).to.equal(200)
      gateway.kill(signal)
      expect(await once(gateway, 'exit')).to.deep.equal([0, null])
      expect(existsSync(join(directory, 'store', 'blobs', 'definitions', hash))).to.equal(true)
    })
  }

  const wrong: readonly (readonly [string, () => Promise<Record<string, string | undefined>>, string, RegExp])[] = [
    ['no RPC_URL', async () => ({ RPC_URL: undefined }), 'SETTING_INVALID', /^RPC_URL is missing\./],
    ['an RPC_URL that is none', async () => ({ RPC_URL: 'ftp://x' }), 'SETTING_INVALID', /^RPC_URL is not an http/],
    ['a port that is none', async () => ({ LISTEN_PORT: '70000' }), 'SETTING_INVALID', /^LISTEN_PORT is above 65535/],
    [
      'no deployment file',
      async () => ({ GRID_DEPLOYMENT: '/nowhere' }),
      'SETTING_INVALID',
      /^GRID_DEPLOYMENT names a file/,
    ],
    [
      'a store that is a file',
      async () => ({ STORE_DIR: settings['GRID_DEPLOYMENT'] }),
      'SETTING_INVALID',
      /^STORE_DIR names/,
    ],
    ['another chain', () => deployed({ chainId: 1 }), 'WRONG_CHAIN', /chain 31337, the grid on chain 1\./],
    [
      'an address without code',
      () => deployed({ jobs: newAccount().address }),
      'CONTRACT_MISSING',
      /^There is no jobs contract/,
    ],
    ['a damaged deployment file', () => deployed({ jobs: 'x' }), 'DEPLOYMENT_INVALID', /jobs is not an address/],
    [
      'no node',
      async () => ({ RPC_URL: `http://127.0.0.1:${await freePort()}` }),
      'CHAIN_UNREACHABLE',
      /does not answer/,
    ],
  ]
  for (const [what, changes, code, cause] of wrong) {
    it(`does not start with ${what}, and says so`, async () => {
      const gateway = start(await changes())
      const [entry, [exitCode]] = await Promise.all([logged(gateway, 'the gateway stopped'), once(gateway, 'exit')])
      expect(exitCode).to.equal(1)
      expect(entry).to.include({ code })
      expect(entry['cause']).to.match(cause)
    })
  }

  async function deployed(changes: Record<string, unknown>): Promise<Record<string, string>> {
    const file = join(directory, `${newAccount().address}.json`)
    writeFileSync(file, JSON.stringify({ ...grid.deployment, ...changes }))
    return { GRID_DEPLOYMENT: file }
  }
})
