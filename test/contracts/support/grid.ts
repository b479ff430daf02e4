import { deployGrid } from '../../../scripts/deployGrid.ts'
import { type DeploymentConfig, LOCAL_CONFIG } from '../../../scripts/deploymentConfig.ts'
import type { Deployment } from '../../../sdk/deployments/deployment.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import type { Offer, Prices } from '../../../sdk/domain/provider.ts'
import { type GridDomain, gridDomain } from '../../../sdk/domain/typedData.ts'
import {
  type Credits,
  Credits__factory,
  type Jobs,
  Jobs__factory,
  type Providers,
  Providers__factory,
} from '../../../typechain-types/index.ts'
import { type Account, ethers, networkHelpers, now } from './chain.ts'
import { CREDIT } from './credit.ts'

const ACTORS = [
  'admin',
  'treasury',
  'customer',
  'payer',
  'relayer',
  'oracle',
  'guardian',
  'approver',
  'minter',
  'governor',
  'alphaOwner',
  'alphaSigner',
  'betaOwner',
  'betaSigner',
  'stranger',
] as const

export type Actor = (typeof ACTORS)[number]

/** A registered, staked and approved provider with its two keys. */
export interface ProviderActor {
  readonly index: number
  readonly owner: Account
  readonly signer: Account
  readonly prices: Prices
}

/** A deployed grid with everybody who takes part in it. */
export interface Grid {
  readonly deployment: Deployment
  readonly domain: GridDomain
  readonly config: DeploymentConfig
  readonly jobs: Jobs
  readonly providers: Providers
  readonly credits: Credits
  readonly actors: Readonly<Record<Actor, Account>>
  readonly alpha: ProviderActor
  readonly beta: ProviderActor
}

const ALPHA_PRICES: Prices = {
  cpuPerMinute: (6n * CREDIT) / 10n,
  memPerMinute: CREDIT / 1000n,
  gpuPerMinute: 3n * CREDIT,
}
const BETA_PRICES: Prices = { cpuPerMinute: CREDIT / 2n, memPerMinute: CREDIT / 2000n, gpuPerMinute: 2n * CREDIT }

/** A cancel request is enforced before anything else falls due, so that each deadline can be met alone. */
export const CONFIG: DeploymentConfig = {
  ...LOCAL_CONFIG,
  unbondingDelay: 7 * 24 * 3600,
  parameters: { ...LOCAL_CONFIG.parameters, acceptTimeout: 900, silenceTimeout: 600, cancelTimeout: 300 },
}

/** A grid with two providers, a customer and a payer who allows it 5,000 credits; each has 10,000 credits deposited. Only alpha accepts direct jobs. */
export async function loadGrid(): Promise<Grid> {
  const grid = await networkHelpers.loadFixture(gridFixture)
  // The chain's clock ran on since the snapshot was taken: a block now lets `now()` tell its time.
  await networkHelpers.mine()
  return grid
}

/** What a provider of the fixture publishes. */
export function offerOf(prices: Prices, facts: Partial<Offer> = {}): Offer {
  return {
    prices,
    maxOpenJobs: 300,
    acceptsDirect: false,
    nodes: [{ count: 4, cpus: 64, mem: 256_000, gpus: 4, gpuModel: 'a100' }],
    labels: [{ key: 'arch', value: 'amd64' }],
    ...facts,
  }
}

async function gridFixture(): Promise<Grid> {
  return grow(CONFIG)
}

/** Deploys a grid and brings everybody to it. */
export async function grow(config: DeploymentConfig): Promise<Grid> {
  const actors = await cast()
  const deployment = await deployGrid(
    actors.admin,
    'test',
    { ...config, treasury: actors.treasury.address },
    {
      oracle: [actors.oracle.address],
      guardian: [actors.guardian.address],
      approver: [actors.approver.address],
      minter: [actors.minter.address],
      parameters: [actors.governor.address],
    },
  )
  const contracts = {
    jobs: Jobs__factory.connect(deployment.jobs, actors.admin),
    providers: Providers__factory.connect(deployment.providers, actors.admin),
    credits: Credits__factory.connect(deployment.credits, actors.admin),
  }
  const domain = gridDomain(deployment.chainId, deployment.jobs)
  const bare = { deployment, domain, config, actors, ...contracts }
  const alpha = await join(bare, actors.alphaOwner, actors.alphaSigner, ALPHA_PRICES, true)
  const beta = await join(bare, actors.betaOwner, actors.betaSigner, BETA_PRICES, false)
  await fund(bare, actors.customer)
  await fund(bare, actors.payer)
  await contracts.jobs
    .connect(actors.payer)
    .allow(actors.customer.address, 5_000n * CREDIT, (await now()) + 365 * 24 * 3600)
  return { ...bare, alpha, beta }
}

async function cast(): Promise<Record<Actor, Account>> {
  const signers = await ethers.getSigners()
  return Object.fromEntries(ACTORS.map((actor, index) => [actor, signers[index]])) as Record<Actor, Account>
}

type BareGrid = Omit<Grid, 'alpha' | 'beta'>

async function join(
  grid: BareGrid,
  owner: Account,
  signer: Account,
  prices: Prices,
  acceptsDirect: boolean,
): Promise<ProviderActor> {
  const { providers, credits, actors } = grid
  const contact = { signer: signer.address, encryptionKey: ethers.id(signer.address), endpoint: '' }
  const profile = { name: 'a cluster', url: '', region: 'ch', software: 'slurm' }
  await providers.connect(owner).register(contact, profile)
  const index = Number(await providers.count())
  await credits.connect(actors.minter).mint(owner.address, 10_000n * CREDIT)
  await credits.connect(owner).approve(providers, ethers.MaxUint256)
  await providers.connect(owner).addStake(index, 3_000n * CREDIT)
  await providers.connect(owner).setOffer(index, mutable(offerOf(prices, { acceptsDirect })))
  await providers.connect(actors.approver).approve(index)
  return { index, owner, signer, prices }
}

/** Mints 20,000 credits for an account, half of which it deposits. */
export async function fund(grid: BareGrid, account: Account): Promise<void> {
  await grid.credits.connect(grid.actors.minter).mint(account.address, 20_000n * CREDIT)
  await grid.credits.connect(account).approve(grid.jobs, ethers.MaxUint256)
  await grid.jobs.connect(account).deposit(10_000n * CREDIT)
}

/** An offer as the generated contract types take it. */
export function mutable(offer: Offer) {
  return { ...offer, nodes: [...offer.nodes], labels: [...offer.labels] }
}

export function addressOf(account: Account): Hex {
  return account.address as Hex
}
