import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { LocalGrid } from '../../scripts/grid/localGrid.ts'
import { workflowOf } from '../e2e/support.ts'
import { liveGrid } from '../liveGrid.ts'
import { type Around, dps, type Outcome } from './dps.ts'

const CREDIT = 10n ** 18n
const folder = mkdtempSync(join(tmpdir(), 'dps-grid-'))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('dps on a grid', function () {
  this.timeout(180_000)
  let grid: LocalGrid
  let env: Record<string, string>
  let address: string
  /** Somebody who has native coin. */
  let owner: { DPS_PRIVATE_KEY: string }
  const run = (args: readonly string[], around: Around = {}): Promise<Outcome> =>
    dps(args, { ...around, env: { ...env, ...around.env } })
  const json = async (...args: string[]) => JSON.parse((await run([...args, '--json'])).out)

  before(async () => {
    grid = await liveGrid()
    const key = generatePrivateKey()
    const account = privateKeyToAccount(key)
    address = account.address
    await grid.mint(account.address, 100n * CREDIT)
    owner = { DPS_PRIVATE_KEY: grid.providers[0]?.owner.privateKey ?? '' }
    await grid.mint(grid.providers[0]?.owner.address ?? '0x', 2_000n * CREDIT)
    env = {
      DPS_RPC: grid.rpcUrl,
      DPS_RELAY: grid.relayUrl,
      DPS_GATEWAY: grid.gatewayUrl,
      DPS_DEPLOYMENT: grid.deploymentPath,
      DPS_PRIVATE_KEY: key,
    }
  })

  it('quotes at each provider, the cheapest first', async () => {
    const path = file('quote.yaml', workflowOf('true'))
    const quoted = await json('quote', path)
    expect(quoted.providers.map(({ name }: { name: string }) => name)).to.deep.equal(['alpine', 'lakeside'])
    expect(quoted.providers[0]).to.deep.include({ ratePerMinute: '0.010128', cost: '0.010128', isAble: true })
    const { out } = await run(['quote', path, '--affinity', 'storage=nvme'])
    expect(out).to.match(/1 alpine .*The labels of the provider do not satisfy the affinity/)
  })

  it('runs a workflow from its quote to its refund, with the log on stdout and the story on stderr', async () => {
    const path = file('hello.yaml', workflowOf('echo hello; sleep 1'))
    const { code, out, err } = await run(['submit', '-w', '--gasless', path])
    expect({ code, out }, err).to.deep.equal({ code: 0, out: 'hello\n' })
    const told = ['To be signed', 'Submitted in block', 'PENDING', 'META_SCHEDULED', 'RUNNING', 'FINISHED', 'refund']
    for (const words of told) expect(err).to.contain(words)
    expect(err).not.to.contain('\u001b')
  })

  it('ends with the exit code of the job in a script', async () => {
    const path = file('seven.yaml', workflowOf('exit 7'))
    const { code, out, err } = await run(['submit', '-e', '--gasless', path])
    expect(code, err).to.equal(7)
    const id = out.trim()
    expect(id).to.match(/^0x[0-9a-f]{64}$/)
    expect((await run(['job', 'wait', '-e', id])).code).to.equal(7)
    expect(await json('job', 'get', id)).to.include({ id, status: 'FAILED' })
    const [latest] = await json('job', 'list', '--state', 'failed')
    expect(latest).to.include({ id, name: 'test', status: 'FAILED' })
    expect(await json('job', 'explain', id)).to.include({ waits: false })
    expect((await run(['job', 'get', id.slice(0, 12)])).out).to.contain('exit code 7')
  })

  it('tells what comes over time as one JSON object a line', async () => {
    const path = file('json.yaml', workflowOf('echo line'))
    const { out } = await run(['submit', '-w', '--gasless', '--json', path])
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events[0].event).to.equal('submitted')
    expect(events.filter(({ event }) => event === 'state').map(({ state }) => state)).to.include.members([
      'PENDING',
      'FINISHED',
    ])
    expect(
      events
        .filter(({ event }) => event === 'log')
        .map(({ text }) => text)
        .join(''),
    ).to.equal('line\n')
  })

  it('cancels the job at Ctrl-C, and stays until it is settled', async () => {
    const path = file('long.yaml', workflowOf('echo started; sleep 50'))
    const stopping = new AbortController()
    const onErr = (text: string): void => {
      if (/RUNNING /.test(text)) stopping.abort()
    }
    const { code, err } = await run(['submit', '-w', '--gasless', path], { signal: stopping.signal, onErr })
    expect(code, err).to.equal(130)
    expect(err).to.contain('Cancelling the job').and.to.contain('CANCELLED')
    const [latest] = await json('job', 'list', '--limit', '1')
    expect(latest.status).to.equal('CANCELLED')
  })

  it('says why no provider can run a job, before anything is signed', async () => {
    const path = file('wide.yaml', workflowOf('true', { affinity: 'storage=nvme' }))
    const refused = await run(['submit', '--gasless', '--provider', '1', path])
    expect(refused.code).to.equal(1)
    expect(refused.err)
      .to.contain('No provider can run this job.')
      .and.to.contain('The request names another provider.')
  })

  it('refuses in one sentence what cannot be paid, and what nobody can do', async () => {
    const path = file('poor.yaml', workflowOf('true'))
    const poor = { DPS_PRIVATE_KEY: generatePrivateKey() }
    const funds = await run(['submit', '--gasless', path], { env: poor })
    expect(funds.code).to.equal(1)
    expect(funds.err).to.match(
      /^error: The budget is 0\.025256 credits, and the account has 0 deposited and 0 in its wallet\. Get credits/,
    )
    const gas = await run(['submit', path])
    expect(gas.code).to.equal(5)
    expect(gas.err).to.contain('too little native coin for gas').and.to.contain('--gasless')
    const low = await run(['submit', '--budget', '0.001', path])
    expect(low.err).to.match(
      /^error: 0\.001 credits do not pay for 60 s\. Give --budget 0\.010129, or a shorter --time-limit\.\n$/,
    )
    const unknown = await run(['job', 'get', `0x${'1'.repeat(64)}`])
    expect({ code: unknown.code, err: unknown.err }).to.deep.equal({
      code: 6,
      err: `error: No job has the id 0x${'1'.repeat(64)} on this grid. Check the id, or see \`dps job list\`.\n`,
    })
    expect((await run(['provider', 'show', '99'])).code).to.equal(6)
  })

  it('shows nobody the log of another’s job, and lets nobody cancel it', async () => {
    const [{ id }] = await json('job', 'list', '--limit', '1')
    const stranger = { DPS_PRIVATE_KEY: generatePrivateKey() }
    const log = await run(['job', 'logs', id], { env: stranger })
    expect(log.code).to.equal(1)
    expect(log.err).to.contain('Use the wallet of the job’s customer.')
    const cancel = await run(['job', 'cancel', '--gasless', id], { env: stranger })
    expect(cancel.code).to.equal(5)
    expect(cancel.err).to.contain(`Only ${address} can sign this`)
  })

  it('says when a key is missing, and which chain is the wrong one', async () => {
    const keyless = await run(['credit', 'deposit', '1'], { env: { DPS_PRIVATE_KEY: undefined } })
    expect(keyless.code).to.equal(5)
    expect(keyless.err).to.contain('no key is set')
    const other = file('other.json', JSON.stringify({ ...grid.deployment, chainId: 99 }))
    const wrong = await run(['grid', 'status'], { env: { DPS_DEPLOYMENT: other } })
    expect({ code: wrong.code, err: wrong.err }).to.deep.equal({
      code: 4,
      err: 'error: The node is on chain 31337, the grid on chain 99. Use a node of chain 99.\n',
    })
    const empty = file('empty.json', JSON.stringify({ ...grid.deployment, jobs: `0x${'12'.repeat(20)}` }))
    const missing = await run(['grid', 'status'], { env: { DPS_DEPLOYMENT: empty } })
    expect(missing.code).to.equal(4)
    expect(missing.err).to.contain('There is no jobs contract at 0x1212')
  })

  it('lets a provider join, up to its approval', async () => {
    const asOwner = (...args: string[]) => run([...args, '--json'], { env: owner })
    const hotKey = privateKeyToAccount(generatePrivateKey()).address
    const registered = await asOwner('provider', 'register', 'valley', '--hot-key', hotKey, '--region', 'ch-south')
    expect(registered.code, registered.err).to.equal(0)
    const { provider } = JSON.parse(registered.out)
    expect(JSON.parse((await asOwner('provider', 'stake', provider, '1500')).out)).to.include({ stake: '1500' })
    const offer = file(
      'offer.yaml',
      'prices: { cpuPerMinute: "5", memPerMinute: "0", gpuPerMinute: "0" }\nmaxOpenJobs: 3\nnodes: [{ count: 1, cpus: 2, mem: 2048 }]\n',
    )
    expect((await asOwner('provider', 'offer', provider, offer)).code).to.equal(0)
    expect((await asOwner('provider', 'approve', provider)).err).to.contain('AccessManagedUnauthorized')
    expect((await run(['provider', 'list'])).out).to.match(new RegExp(`${provider}  valley .* REGISTERED `))
    expect((await asOwner('provider', 'drain', provider)).code).to.equal(0)
    expect((await run(['provider', 'show', provider])).out).to.contain('REGISTERED')
    expect((await asOwner('provider', 'resume', provider)).code).to.equal(0)
    expect(JSON.parse((await asOwner('provider', 'unstake', provider, '500')).out)).to.have.property('unbondsAt')
    const early = await asOwner('provider', 'unstake', provider, '--withdraw')
    expect(JSON.parse(early.err).error.message).to.contain('StillUnbonding')
    expect((await run(['provider', 'drain', provider])).err).to.contain('NotProviderOwner')
    const wrongOffer = await run(['provider', 'offer', provider, '-'], { stdin: 'prices: { cpuPerMinute: 5 }' })
    expect(wrongOffer.err).to.contain('prices.cpuPerMinute: is no decimal number in quotes')
    expect(await json('provider', 'earnings', '1')).to.include({ provider: 1 })
  })

  it('moves credits in and out, and to others', async () => {
    const as = (...args: string[]) => run(['credit', ...args, '--json'], { env: owner })
    const { account } = JSON.parse((await as('balance')).out)
    expect(JSON.parse((await as('deposit', '3')).out)).to.include({ amount: '3', free: '3' })
    expect(JSON.parse((await as('deposit', '2', '--approve')).out)).to.include({ free: '5' })
    expect(JSON.parse((await as('withdraw', '4.5')).out)).to.include({ free: '0.5' })
    expect((await as('withdraw', '4.5')).err).to.contain('BalanceTooLow')
    expect((await as('transfer', address, '1')).code).to.equal(0)
    expect((await as('allow', address, '0.5', '--for', '1h')).code).to.equal(0)
    expect(JSON.parse((await as('permit', '1')).out)).to.include({
      owner: account,
      amount: String(CREDIT),
    })
    const lab = await run(['submit', '-e', '--gasless', '--payer', account, file('paid.yaml', workflowOf('true'))])
    expect(lab.code, lab.err).to.equal(0)
  })

  it('finds nothing in an audit of all that', async () => {
    const found = await json('audit')
    expect(found.findings).to.deep.equal([])
    expect(found.placements).to.be.greaterThan(4)
    expect(found.settled).to.be.greaterThan(4)
  })

  it('tells how the grid does, and ends with 3 where a service is away', async () => {
    expect(await json('grid', 'status')).to.deep.include({ takesRequests: true, chainId: 31_337 })
    const { code, out } = await run(['grid', 'status'], { env: { DPS_GATEWAY: 'http://127.0.0.1:1' } })
    expect(code).to.equal(3)
    expect(out).to.contain('unreachable, http://127.0.0.1:1')
  })
})
