import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { JsonRpcProvider, Wallet } from 'ethers'
import { after, before, describe, it } from 'mocha'
import { type ChainNode, startNode } from '../../scripts/grid/startNode.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Result {
  readonly code: number
  readonly out: string
  readonly err: string
}

describe('the operators’ scripts', () => {
  let node: ChainNode
  let folder: string
  let deployment: string
  const [operator, owner, signer] = [Wallet.createRandom(), Wallet.createRandom(), Wallet.createRandom()]
  const key = ['--encryption-key', 'age1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0savhh7m']

  const run = (script: string, args: readonly string[], env: Record<string, string> = {}): Promise<Result> =>
    new Promise((resolve) => {
      const options = { cwd: root, env: { PATH: process.env['PATH'] ?? '', HOME: folder, RPC_URL: node.url, ...env } }
      const command = ['--import', 'tsx', `scripts/${script}.ts`, ...args]
      execFile(process.execPath, command, options, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      )
    })
  const provider = (...args: string[]): Promise<Result> =>
    run('provider', args, {
      GRID_DEPLOYMENT: deployment,
      OWNER_PRIVATE_KEY: owner.privateKey,
      APPROVER_PRIVATE_KEY: operator.privateKey,
    })
  const faucet = (...args: string[]): Promise<Result> =>
    run('faucet', args, { GRID_DEPLOYMENT: deployment, MINTER_PRIVATE_KEY: operator.privateKey })
  const offerFile = (content: unknown): string => {
    const path = join(folder, 'offer.json')
    writeFileSync(path, JSON.stringify(content))
    return path
  }
  const changed = (change: Record<string, unknown>): string => {
    const path = join(folder, 'changed.json')
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(deployment, 'utf8')), ...change }))
    return path
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'grid-scripts-'))
    deployment = join(folder, 'deployment.json')
    node = await startNode(folder)
    const chain = new JsonRpcProvider(node.url)
    for (const { address } of [operator, owner]) {
      await chain.send('anvil_setBalance', [address, '0x56bc75e2d63100000'])
    }
    chain.destroy()
    const deployer = { DEPLOYER_PRIVATE_KEY: operator.privateKey }
    const deployed = await run('deploy', ['--config', 'local', '--out', deployment], deployer)
    expect(deployed.code, deployed.err).to.equal(0)
  })
  after(async () => {
    await node?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('take a cluster from its registration to its leave', async () => {
    expect((await faucet(owner.address, '3000')).code).to.equal(0)
    const registered = await provider('register', '--signer', signer.address, ...key, '--name', 'alpine')
    expect(registered.out).to.include('registered as provider 1')
    expect((await provider('stake', '1', '2000')).code).to.equal(0)
    const prices = { cpuPerMinute: '0.01', memPerMinute: '0', gpuPerMinute: '0.5' }
    const offer = offerFile({ prices, maxOpenJobs: 4, nodes: [{ count: 2, cpus: 8, mem: 4096 }] })
    expect((await provider('offer', '1', offer)).code).to.equal(0)
    expect((await provider('approve', '1')).code).to.equal(0)
    const shown = JSON.parse((await provider('show', '1')).out)
    expect(shown).to.include({ owner: owner.address, signer: signer.address, status: 'APPROVED', stake: '2000.0' })
    expect(JSON.parse((await provider('drain', '1')).out)).to.include({ draining: true })
    expect((await provider('leave', '1')).out).to.include('draining. The stake can leave from')
    expect(JSON.parse((await provider('show', '1')).out)).to.include({ unbonding: '2000.0' })
  })

  it('deploy: refuses to forget a grid', async () => {
    const again = await run('deploy', ['--out', deployment], { DEPLOYER_PRIVATE_KEY: operator.privateKey })
    expect(again.code).to.equal(1)
    expect(again.err).to.include('DEPLOYMENT_EXISTS')
  })

  const refusals: readonly [string, () => Promise<Result>, string][] = [
    ['a missing key', () => run('faucet', [owner.address, '5'], { GRID_DEPLOYMENT: deployment }), 'KEY_MISSING'],
    [
      'a key that is none',
      () => run('deploy', ['--out', join(folder, 'x')], { DEPLOYER_PRIVATE_KEY: '0x12' }),
      'KEY_INVALID',
    ],
    [
      'a keystore that does not open',
      () =>
        run('deploy', ['--out', join(folder, 'x')], {
          DEPLOYER_KEYSTORE: deployment,
          DEPLOYER_KEYSTORE_PASSWORD_FILE: deployment,
        }),
      'KEYSTORE_INVALID',
    ],
    ['an address that is none', () => faucet('0x12', '5'), 'Give an address'],
    ['negative credits', () => faucet(owner.address, '-5'), 'Give credits as a positive decimal number'],
    ['no credits', () => faucet(owner.address, '0'), 'Give more than 0'],
    ['a node that does not answer', () => faucet(owner.address, '5', '--rpc', 'http://127.0.0.1:1'), 'RPC_UNREACHABLE'],
    ['a node that is no URL', () => faucet(owner.address, '5', '--rpc', 'node'), 'RPC_INVALID'],
    ['a wrong chain', () => faucet(owner.address, '5', '--deployment', changed({ chainId: 1 })), 'WRONG_CHAIN'],
    [
      'an address without code',
      () => faucet(owner.address, '5', '--deployment', changed({ jobs: owner.address })),
      'NO_CONTRACT',
    ],
    [
      'a deployment file that is not there',
      () => faucet(owner.address, '5', '--deployment', join(folder, 'nope')),
      'DEPLOYMENT_MISSING',
    ],
    [
      'a deployment file without an address',
      () => faucet(owner.address, '5', '--deployment', changed({ jobs: 7 })),
      'jobs is not an address',
    ],
    ['a network name that is none', () => run('deploy', ['--network', 'A b']), 'NETWORK_INVALID'],
    [
      'the owner as signer',
      () => provider('register', '--signer', owner.address, ...key, '--name', 'x'),
      'SignerInvalid',
    ],
    [
      'an encryption key that is none',
      () => provider('register', '--signer', owner.address, '--encryption-key', 'age1x', '--name', 'x'),
      'error:',
    ],
    ['a provider that is not there', () => provider('approve', '99'), 'ProviderUnknown'],
    ['a provider index that is none', () => provider('show', '-1'), 'error:'],
    ['to show a provider that is not there', () => provider('show', '99'), 'PROVIDER_UNKNOWN'],
    ['more stake than there is', () => provider('stake', '1', '999999'), 'BALANCE_TOO_LOW'],
    [
      'an offer with a negative price',
      () => provider('offer', '1', offerFile({ prices: { cpuPerMinute: '-1' } })),
      'OFFER_INVALID',
    ],
    [
      'somebody else’s provider',
      () => run('provider', ['drain', '1'], { GRID_DEPLOYMENT: deployment, OWNER_PRIVATE_KEY: operator.privateKey }),
      'NotProviderOwner',
    ],
    ['a command with a typo', () => provider('shwo', '1'), 'Did you mean show?'],
  ]
  for (const [what, attempt, sentence] of refusals) {
    it(`refuse ${what} with a sentence and no stack`, async () => {
      const { code, out, err } = await attempt()
      expect(code).to.equal(1)
      expect(err).to.include(sentence)
      expect(err).not.to.match(/\n\s+at /)
      expect(out).to.equal('')
    })
  }
})
