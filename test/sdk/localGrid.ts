import { tmpdir } from 'node:os'
import { JsonRpcProvider, NonceManager, Wallet } from 'ethers'
import { after } from 'mocha'
import { type Account, createPublicClient, createWalletClient, http, parseEther, zeroHash } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { deployGrid } from '../../scripts/deployGrid.ts'
import { LOCAL_CONFIG } from '../../scripts/deploymentConfig.ts'
import { type ChainNode, startNode } from '../../scripts/grid/startNode.ts'
import { creditsAbi } from '../../sdk/abi/credits.ts'
import { jobsAbi } from '../../sdk/abi/jobs.ts'
import { providersAbi } from '../../sdk/abi/providers.ts'
import type { LedgerParties } from '../../sdk/actions/getLedger.ts'
import type { Deployment } from '../../sdk/deployments/deployment.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import { type JobStatus, statusNumber } from '../../sdk/domain/status.ts'
import { newSealingKey, publicKeyOf, type SealingKey } from '../../sdk/gateway/sealing.ts'
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
  /** What definitions are sealed to for it. */
  readonly sealingKey: SealingKey
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
  /** Registers another key, or none, that definitions are sealed to. */
  setEncryptionKey(provider: LocalProvider, recipient: string | undefined): Promise<void>
  assign(request: JobRequest, provider: LocalProvider): Promise<void>
  report(request: JobRequest, provider: LocalProvider, report: LocalReport): Promise<void>
  mint(to: Hex, credits: bigint): Promise<Hex>
  /** Lets time pass on the chain. */
  pass(seconds: number): Promise<void>
  /** Everybody and every job that the grid ever knew. */
  everything(): Promise<LedgerParties>
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
  readonly result?: Hex
}

let shared: Promise<LocalGrid> | undefined
let node: ChainNode | undefined

after(() => node?.stop())

/** The one grid of a test run. Tests keep apart by using accounts and providers of their own. */
export function localGrid(): Promise<LocalGrid> {
  shared ??= startGrid()
  return shared
}

async function startGrid(): Promise<LocalGrid> {
  node = await startNode(tmpdir())
  const rpcUrl = node.url
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
    const target = { abi, address: deployment[contract], functionName, args }
    await publicClient.simulateContract({ ...target, account: wallet.account } as never)
    // More than an estimate: what a call needs depends on the second of its block.
    const hash = await wallet.writeContract({ ...target, chain: null, gas: 3_000_000n } as never)
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
      const sealingKey = await newSealingKey()
      const contact = { signer: signer.address, encryptionKey: publicKeyOf(sealingKey.recipient), endpoint: '' }
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
      return { index, owner, signer, sealingKey }
    },
    async setEncryptionKey({ index, owner, signer }, recipient) {
      const encryptionKey = recipient === undefined ? zeroHash : publicKeyOf(recipient)
      await call(walletFor(owner), 'providers', 'setContact', [
        index,
        { signer: signer.address, encryptionKey, endpoint: '' },
      ])
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
    async report(
      request,
      provider,
      { status, attempt = 1, startedAt = 0, secondsUsed = 0, exitCode = 0, result = zeroHash },
    ) {
      const report = {
        id: jobId(deployment, request),
        attempt,
        status: statusNumber(status),
        startedAt,
        secondsUsed,
        exitCode,
        result,
      }
      const terms = status === 'SCHEDULED' || status === 'RUNNING' ? [] : [jobTerms(request)]
      const batch = { provider: provider.index, reports: [report], signature: '0x' }
      await call(walletFor(provider.signer), 'jobs', 'report', [[batch], terms])
    },
    mint: (to, credits) => call(admin, 'credits', 'mint', [to, credits]),
    async pass(seconds) {
      await publicClient.request({ method: 'evm_increaseTime', params: [seconds] } as never)
      await publicClient.request({ method: 'evm_mine', params: [] } as never)
    },
    async everything() {
      const { jobs } = deployment
      const contract = { abi: jobsAbi, address: jobs, fromBlock: 0n, strict: true } as const
      const deposits = await publicClient.getContractEvents({ ...contract, eventName: 'Deposited' })
      const submissions = await publicClient.getContractEvents({ ...contract, eventName: 'JobSubmitted' })
      const count = await publicClient.readContract({
        abi: providersAbi,
        address: deployment.providers,
        functionName: 'count',
      })
      return {
        accounts: [...new Set([...deposits.map(({ args }) => args.account), admin.account.address])],
        providers: Array.from({ length: count }, (_, at) => at + 1),
        jobs: submissions.map(({ args }) => args.id),
      }
    },
    asAdmin: (functionName, args) => call(admin, 'jobs', functionName, args),
  }
}

/** An account that nobody has seen before. */
export function newAccount(): Account & ReturnType<typeof privateKeyToAccount> {
  return privateKeyToAccount(generatePrivateKey())
}
