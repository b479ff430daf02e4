import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { type HDNodeWallet, JsonRpcProvider, Wallet } from 'ethers'
import { jobId, termsOf } from '../../../agent/chain/signing.ts'
import { deployGrid } from '../../../scripts/deployGrid.ts'
import { LOCAL_CONFIG } from '../../../scripts/deploymentConfig.ts'
import type { Deployment } from '../../../sdk/deployments/deployment.ts'
import type { Hex, JobRequest } from '../../../sdk/domain/job.ts'
import { gridDomain } from '../../../sdk/domain/typedData.ts'
import { publicKeyOf } from '../../../sdk/gateway/sealing.ts'
import * as typechain from '../../../typechain-types/index.ts'
import { eventually } from './eventually.ts'
import { SEALING_KEY } from './sealingKey.ts'

const require = createRequire(import.meta.url)
const CREDIT = 10n ** 18n
/** Credits per cpu minute: one job of the tests costs it whole. */
export const RATE = 60n

/** A chain of its own with a grid on it, one approved provider, and a customer with credits. */
export interface AnvilGrid extends AsyncDisposable {
  readonly url: string
  readonly rpc: JsonRpcProvider
  readonly deployment: Deployment
  readonly jobs: typechain.IJobs
  readonly providers: typechain.IProviders
  /** The provider’s hot key; it has native coin. */
  readonly signer: HDNodeWallet
  /** Submits a job of the customer and assigns it to the provider. */
  place(definition: Hex, overrides?: Partial<JobRequest>): Promise<{ readonly id: Hex; readonly request: JobRequest }>
  assign(request: JobRequest): Promise<void>
  cancel(request: JobRequest): Promise<void>
  topUp(request: JobRequest, total: bigint): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Starts anvil and deploys a grid on it. */
export async function anvilGrid(): Promise<AnvilGrid> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const binary = require.resolve(`@foundry-rs/anvil-${process.platform}-${archOf()}/bin/anvil`)
  const node = spawn(binary, ['--port', String(port), '--silent', '--hardfork', 'osaka'], { stdio: 'ignore' })
  const rpc = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 50, staticNetwork: true })
  await eventually(
    () =>
      fetch(url, { method: 'POST', body: '{}' }).then(
        () => true,
        () => false,
      ),
    (isUp) => isUp,
  )
  return withGrid(node, url, rpc)
}

function archOf(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch
}

async function withGrid(node: ChildProcess, url: string, rpc: JsonRpcProvider): Promise<AnvilGrid> {
  const admin = await rpc.getSigner(0)
  const owner = await rpc.getSigner(1)
  const customer = await rpc.getSigner(2)
  const signer = Wallet.createRandom()
  const account = await admin.getAddress()
  const roles = { oracle: [account], approver: [account], minter: [account] }
  const deployment = await deployGrid(admin, 'test', LOCAL_CONFIG, roles)
  const jobs = typechain.IJobs__factory.connect(deployment.jobs, admin)
  const providers = typechain.IProviders__factory.connect(deployment.providers, owner)
  const credits = typechain.ICredits__factory.connect(deployment.credits, admin)

  const send = async (transaction: Promise<{ wait(): Promise<unknown> }>): Promise<void> =>
    void (await (await transaction).wait())
  for (const account of [owner, customer]) await send(credits.mint(await account.getAddress(), 10_000n * CREDIT))
  await send(admin.sendTransaction({ to: signer.address, value: CREDIT }))
  await send(
    providers.register(
      { signer: signer.address, encryptionKey: publicKeyOf(SEALING_KEY.recipient), endpoint: '' },
      { name: 'one', url: '', region: '', software: '' },
    ),
  )
  await send(
    providers.setOffer(1, {
      prices: { cpuPerMinute: RATE, memPerMinute: 0, gpuPerMinute: 0 },
      maxOpenJobs: 100,
      acceptsDirect: false,
      nodes: [{ count: 1, cpus: 4, mem: 4096, gpus: 0, gpuModel: '' }],
      labels: [],
    }),
  )
  await send(credits.connect(owner).approve(deployment.providers, 2_000n * CREDIT))
  await send(providers.addStake(1, 2_000n * CREDIT))
  await send(typechain.IProviders__factory.connect(deployment.providers, admin).approve(1))
  await send(credits.connect(customer).approve(deployment.jobs, 2_000n * CREDIT))
  await send(jobs.connect(customer).deposit(2_000n * CREDIT))

  const assign = (request: JobRequest): Promise<void> => {
    const source = { snapshotBlock: 0, policy: `0x${'00'.repeat(32)}`, inputs: `0x${'00'.repeat(32)}` }
    return send(
      jobs.assign(source, [{ terms: termsOf(request), provider: 1, expectedRate: RATE * BigInt(request.tasks) }]),
    )
  }
  return {
    url,
    rpc,
    deployment,
    jobs,
    providers,
    signer,
    assign,
    async place(definition, overrides = {}) {
      const request = requestOf((await customer.getAddress()) as Hex, definition, overrides)
      await send(jobs.connect(customer).submit([{ request, proof: [], signature: '0x' }], []))
      await assign(request)
      return { id: jobId(gridDomain(deployment.chainId, deployment.jobs), request), request }
    },
    cancel: (request) => send(jobs.connect(customer).cancel([{ terms: termsOf(request), signature: '0x' }])),
    topUp: (request, total) =>
      send(jobs.connect(customer).topUp([{ terms: termsOf(request), total, signature: '0x' }])),
    async [Symbol.asyncDispose]() {
      rpc.destroy()
      node.kill('SIGKILL')
      await once(node, 'exit')
    },
  }
}

let salt = 0n

function requestOf(customer: Hex, definition: Hex, overrides: Partial<JobRequest>): JobRequest {
  salt += 1n
  return {
    customer,
    payer: customer,
    provider: 0,
    tasks: 1,
    cpusPerTask: 1,
    memPerCpu: 64,
    gpus: 0,
    timeLimit: 600,
    budget: 600n,
    topUpLimit: 0n,
    startBy: Math.floor(Date.now() / 1000) + 600,
    maxAttempts: 2,
    work: { definition, affinity: '', name: 'job', salt },
    ...overrides,
  }
}
