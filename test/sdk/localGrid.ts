import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { JsonRpcProvider, NonceManager, Wallet } from 'ethers'
import { after } from 'mocha'
import { type Account, createPublicClient, createWalletClient, http, parseEther, zeroHash } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { deployGrid } from '../../scripts/deployGrid.ts'
import { LOCAL_CONFIG } from '../../scripts/deploymentConfig.ts'
import { creditsAbi } from '../../sdk/abi/credits.ts'
import { jobsAbi } from '../../sdk/abi/jobs.ts'
import { providersAbi } from '../../sdk/abi/providers.ts'
import type { Deployment } from '../../sdk/deployments/deployment.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import { type JobStatus, statusNumber } from '../../sdk/domain/status.ts'
import type { GridClient, Wallet as GridWallet } from '../../sdk/gridClient.ts'
import { jobId, jobTerms } from '../../sdk/jobId.ts'

const POLLING_MILLISECONDS = 20
// The first account of every anvil.
const ADMIN_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

export const CREDIT = 10n ** 18n
export const PRICES = { cpuPerMinute: CREDIT, memPerMinute: CREDIT / 1_000n, gpuPerMinute: 10n * CREDIT }

/** A provider of the local grid. */
export interface LocalProvider {
  readonly index: number
  readonly owner: Account
  readonly signer: Account
}

/** A real chain with a real grid, whose administrator holds every role. */
export interface LocalGrid {
  readonly rpcUrl: string
  readonly deployment: Deployment
  readonly admin: GridWallet
  /** A client of the grid; with an account of its own that nobody has seen before, unless one is given. */
  client(account?: Account, parts?: Partial<GridClient>): GridClient & { readonly wallet: GridWallet }
  /** The same, whose account has credits in hand and native coin. */
  funded(credits: bigint, parts?: Partial<GridClient>): Promise<GridClient & { readonly wallet: GridWallet }>
  /** A new provider with stake and an offer, approved. */
  provider(): Promise<LocalProvider>
  assign(request: JobRequest, provider: LocalProvider): Promise<void>
  report(request: JobRequest, provider: LocalProvider, report: LocalReport): Promise<void>
  /** Calls a function of `Jobs` as the administrator. */
  asAdmin(functionName: string, args: readonly unknown[]): Promise<Hex>
}

/** What a provider says of a job; the rest is zero. */
export interface LocalReport {
  readonly status: JobStatus
  readonly attempt?: number
  readonly startedAt?: number
  readonly secondsUsed?: number
  readonly exitCode?: number
}

let shared: Promise<LocalGrid> | undefined
let anvil: ChildProcess | undefined

after(async () => {
  if (anvil === undefined || anvil.exitCode !== null) return
  anvil.kill()
  await once(anvil, 'exit')
})

/** The one grid of a test run. Tests keep apart by using accounts and providers of their own. */
export function localGrid(): Promise<LocalGrid> {
  shared ??= startGrid()
  return shared
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function startGrid(): Promise<LocalGrid> {
  const rpcUrl = await startAnvil()
  const provider = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1, staticNetwork: true })
  provider.pollingInterval = POLLING_MILLISECONDS
  const signer = new Wallet(ADMIN_KEY, provider)
  const everyRole = {
    oracle: [signer.address],
    minter: [signer.address],
    approver: [signer.address],
    guardian: [signer.address],
  }
  const deployment = await deployGrid(new NonceManager(signer), 'test', LOCAL_CONFIG, everyRole)
  provider.destroy()
  return gridAt(rpcUrl, deployment)
}

async function startAnvil(): Promise<string> {
  const port = await freePort()
  const wrapper = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')
  const binary = join(dirname(wrapper), '../anvil-linux-amd64/bin/anvil')
  anvil = spawn(binary, ['--port', String(port), '--hardfork', 'osaka'], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const chunk of anvil.stdout ?? []) if (String(chunk).includes('Listening on')) break
  anvil.stdout?.resume()
  return `http://127.0.0.1:${port}`
}

function gridAt(rpcUrl: string, deployment: Deployment): LocalGrid {
  const transport = http(rpcUrl, { retryCount: 0 })
  const publicClient = createPublicClient({ transport, pollingInterval: POLLING_MILLISECONDS })
  const walletFor = (account: Account): GridWallet => createWalletClient({ account, transport })
  const admin = walletFor(privateKeyToAccount(ADMIN_KEY))

  const call = async (
    wallet: GridWallet,
    contract: 'credits' | 'providers' | 'jobs',
    functionName: string,
    args: readonly unknown[],
  ) => {
    const abi = [...{ credits: creditsAbi, providers: providersAbi, jobs: jobsAbi }[contract]]
    const hash = await wallet.writeContract({
      abi,
      address: deployment[contract],
      functionName,
      args,
      chain: null,
    } as never)
    const receipt = await publicClient.waitForTransactionReceipt({ hash })
    if (receipt.status === 'reverted') throw new Error(`${functionName} was reverted`)
    return hash
  }
  const fund = async (to: Hex, credits: bigint): Promise<void> => {
    const hash = await admin.sendTransaction({ to, value: parseEther('1'), chain: null })
    await publicClient.waitForTransactionReceipt({ hash })
    if (credits > 0n) await call(admin, 'credits', 'mint', [to, credits])
  }
  const client: LocalGrid['client'] = (account = newAccount(), parts = {}) => ({
    publicClient,
    wallet: walletFor(account),
    deployment,
    ...parts,
  })

  return {
    rpcUrl,
    deployment,
    admin,
    client,
    async funded(credits, parts) {
      const grid = client(newAccount(), parts)
      await fund(grid.wallet.account.address, credits)
      return grid
    },
    async provider() {
      const [owner, signer] = [newAccount(), newAccount()]
      const stake = LOCAL_CONFIG.minimumStake * 2n
      await fund(owner.address, stake)
      await fund(signer.address, 0n)
      const wallet = walletFor(owner)
      const contact = { signer: signer.address, encryptionKey: zeroHash, endpoint: '' }
      await call(wallet, 'providers', 'register', [contact, { name: 'test', url: '', region: '', software: '' }])
      const index = Number(
        await publicClient.readContract({ abi: providersAbi, address: deployment.providers, functionName: 'count' }),
      )
      await call(wallet, 'credits', 'approve', [deployment.providers, stake])
      await call(wallet, 'providers', 'addStake', [index, stake])
      const nodes = [{ count: 2, cpus: 8, mem: 16_384, gpus: 2, gpuModel: 'test' }]
      const offer = { prices: PRICES, maxOpenJobs: 100, acceptsDirect: false, nodes, labels: [] }
      await call(wallet, 'providers', 'setOffer', [index, offer])
      await call(admin, 'providers', 'approve', [index])
      return { index, owner, signer }
    },
    async assign(request, provider) {
      const { tasks, cpusPerTask, memPerCpu, gpus } = request
      const cpus = BigInt(tasks * cpusPerTask)
      const expectedRate =
        cpus * PRICES.cpuPerMinute + cpus * BigInt(memPerCpu) * PRICES.memPerMinute + BigInt(gpus) * PRICES.gpuPerMinute
      const source = { snapshotBlock: 0n, policy: zeroHash, inputs: zeroHash }
      await call(admin, 'jobs', 'assign', [
        source,
        [{ terms: jobTerms(request), provider: provider.index, expectedRate }],
      ])
    },
    async report(request, provider, { status, attempt = 1, startedAt = 0, secondsUsed = 0, exitCode = 0 }) {
      const report = {
        id: jobId(deployment, request),
        attempt,
        status: statusNumber(status),
        startedAt,
        secondsUsed,
        exitCode,
        result: zeroHash,
      }
      const terms = status === 'SCHEDULED' || status === 'RUNNING' ? [] : [jobTerms(request)]
      const batch = { provider: provider.index, reports: [report], signature: '0x' }
      await call(walletFor(provider.signer), 'jobs', 'report', [[batch], terms])
    },
    asAdmin: (functionName, args) => call(admin, 'jobs', functionName, args),
  }
}

/** An account that nobody has seen before. */
export function newAccount(): Account & ReturnType<typeof privateKeyToAccount> {
  return privateKeyToAccount(generatePrivateKey())
}
