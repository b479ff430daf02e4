import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HDNodeWallet, id, JsonRpcProvider, NonceManager, toQuantity, Wallet, ZeroAddress } from 'ethers'
import { type Contracts, contractsAt } from '../../../scripts/contractsAt.ts'
import { deployGrid } from '../../../scripts/deployGrid.ts'
import { LOCAL_CONFIG } from '../../../scripts/deploymentConfig.ts'
import { type ChainNode, startNode } from '../../../scripts/grid/startNode.ts'
import { addStake, registerProvider, setOffer } from '../../../scripts/joinGrid.ts'
import type { Deployment } from '../../../sdk/deployments/deployment.ts'
import type { Hex, JobRequest } from '../../../sdk/domain/job.ts'
import { type GridDomain, gridDomain } from '../../../sdk/domain/typedData.ts'

export const CREDIT = 10n ** 18n

/** A provider that tests speak for. */
export interface TestProvider {
  readonly index: number
  readonly signer: HDNodeWallet
}

/** A real chain node with the contracts of a grid on it. Tests mine its blocks. */
export class TestGrid {
  readonly folder: string
  readonly node: ChainNode
  readonly chain: JsonRpcProvider
  readonly operator: NonceManager
  readonly oracle: HDNodeWallet
  readonly deployment: Deployment
  readonly contracts: Contracts
  #salt = 0n

  private constructor(fields: Pick<TestGrid, 'folder' | 'node' | 'chain' | 'operator' | 'oracle' | 'deployment'>) {
    this.folder = fields.folder
    this.node = fields.node
    this.chain = fields.chain
    this.operator = fields.operator
    this.oracle = fields.oracle
    this.deployment = fields.deployment
    this.contracts = contractsAt(fields.deployment, fields.operator)
  }

  static async start(): Promise<TestGrid> {
    const folder = mkdtempSync(join(tmpdir(), 'oracle-test-'))
    const node = await startNode(folder)
    const chain = new JsonRpcProvider(node.url, undefined, { cacheTimeout: -1, pollingInterval: 20 })
    const [admin, oracle] = [Wallet.createRandom(), Wallet.createRandom()]
    for (const { address } of [admin, oracle]) await chain.send('anvil_setBalance', [address, toQuantity(10n ** 21n)])
    const operator = new NonceManager(admin.connect(chain))
    const everything = { approver: [admin.address], minter: [admin.address], guardian: [admin.address] }
    const holders = { ...everything, oracle: [oracle.address] }
    const deployment = await deployGrid(operator, 'test', LOCAL_CONFIG, holders)
    const grid = new TestGrid({ folder, node, chain, operator, oracle, deployment })
    writeFileSync(grid.deploymentPath, JSON.stringify(deployment))
    return grid
  }

  get deploymentPath(): string {
    return join(this.folder, 'deployment.json')
  }

  get domain(): GridDomain {
    return gridDomain(this.deployment.chainId, this.deployment.jobs)
  }

  /** Turns off mining on arrival: blocks come from `mine` alone. */
  async mineByHand(): Promise<void> {
    await this.chain.send('evm_setAutomine', [false])
  }

  async mineOnArrival(): Promise<void> {
    await this.chain.send('evm_setAutomine', [true])
    await this.mine()
  }

  async mine(blocks = 1): Promise<void> {
    await this.chain.send('anvil_mine', [toQuantity(blocks)])
  }

  /** Lets time pass on the chain. */
  async passSeconds(seconds: number): Promise<void> {
    await this.chain.send('evm_increaseTime', [seconds])
    await this.mine()
  }

  async now(): Promise<number> {
    return (await this.chain.getBlock('latest'))?.timestamp ?? 0
  }

  /** Registers, approves and equips a provider. */
  async joinProvider(): Promise<TestProvider> {
    const owner = Wallet.createRandom().connect(this.chain)
    const signer = Wallet.createRandom()
    await this.chain.send('anvil_setBalance', [owner.address, toQuantity(10n ** 20n)])
    const contact = { signer: signer.address as Hex, encryptionKey: `0x${'00'.repeat(32)}` as Hex, endpoint: '' }
    const profile = { name: 'cluster', url: '', region: '', software: '' }
    const managed = new NonceManager(owner)
    const index = await registerProvider(managed, this.deployment, contact, profile)
    await (await this.contracts.credits.mint(owner.address, 2_000n * CREDIT)).wait()
    await addStake(managed, this.deployment, index, 2_000n * CREDIT)
    await setOffer(managed, this.deployment, index, {
      prices: { cpuPerMinute: CREDIT, memPerMinute: 0n, gpuPerMinute: 0n },
      maxOpenJobs: 300,
      acceptsDirect: false,
      nodes: [{ count: 4, cpus: 64, mem: 65_536, gpus: 0, gpuModel: '' }],
      labels: [],
    })
    await (await this.contracts.providers.approve(index)).wait()
    return { index, signer }
  }

  /** A wallet without a native coin that holds `credits` outside of `Jobs`. */
  async wallet(credits = 0n): Promise<HDNodeWallet> {
    const wallet = Wallet.createRandom()
    if (credits > 0n) await (await this.contracts.credits.mint(wallet.address, credits)).wait()
    return wallet
  }

  /** A customer with `credits` in its free balance. */
  async customer(credits: bigint): Promise<HDNodeWallet> {
    const wallet = await this.wallet(credits)
    const permit = await this.permit(wallet, credits)
    await (await this.contracts.jobs.depositWithPermit([permit])).wait()
    return wallet
  }

  async permit(owner: HDNodeWallet, amount: bigint) {
    const { credits, jobs } = this.deployment
    const domain = {
      name: 'DeepSquare Credits',
      version: '1',
      chainId: this.deployment.chainId,
      verifyingContract: credits,
    }
    const fields = ['owner', 'spender', 'value', 'nonce', 'deadline']
    const types = { Permit: fields.map((name, index) => ({ name, type: index < 2 ? 'address' : 'uint256' })) }
    const deadline = BigInt((await this.now()) + 100_000)
    const nonce = await this.contracts.credits.nonces(owner.address)
    const message = { owner: owner.address, spender: jobs, value: amount, nonce, deadline }
    const { v, r, s } = splitSignature(await owner.signTypedData(domain, types, message))
    return { owner: owner.address as Hex, amount, deadline, v, r, s }
  }

  /** A small job of the customer that nobody submitted before. */
  async request(customer: HDNodeWallet, changes: Partial<JobRequest> = {}): Promise<JobRequest> {
    this.#salt += 1n
    return {
      customer: customer.address as Hex,
      payer: ZeroAddress as Hex,
      provider: 0,
      tasks: 1,
      cpusPerTask: 1,
      memPerCpu: 1024,
      gpus: 0,
      timeLimit: 60,
      budget: CREDIT,
      topUpLimit: 0n,
      startBy: (await this.now()) + 3000,
      maxAttempts: 3,
      work: { definition: id('definition') as Hex, affinity: '', name: 'test', salt: this.#salt },
      ...changes,
    }
  }

  async stop(): Promise<void> {
    this.chain.destroy()
    await this.node.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A gateway that holds the definitions whose hashes are in `held`; with `silent` it answers nothing but errors. */
export async function startGateway(): Promise<{ url: string; held: Set<string>; silence: boolean; stop: () => void }> {
  const gateway = { url: '', held: new Set<string>([id('definition')]), silence: false, stop: () => {} }
  const server = createServer((request, response) => {
    const hash = request.url?.split('/').at(-1) ?? ''
    response.writeHead(gateway.silence ? 500 : gateway.held.has(hash) ? 200 : 404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  gateway.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  gateway.stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return gateway
}

function splitSignature(signature: string): { v: number; r: Hex; s: Hex } {
  return {
    r: signature.slice(0, 66) as Hex,
    s: `0x${signature.slice(66, 130)}`,
    v: Number.parseInt(signature.slice(130), 16),
  }
}
