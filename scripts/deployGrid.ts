import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Contract, ContractFactory, type Interface, type InterfaceAbi, type Signer } from 'ethers'
import type { Deployment } from '../sdk/deployments/deployment.ts'
import type { Hex } from '../sdk/domain/job.ts'
import type { JobsLibraryAddresses } from '../typechain-types/factories/Jobs__factory.ts'
import {
  Amendments__factory,
  Cashier__factory,
  Credits__factory,
  Enforcement__factory,
  Governance__factory,
  Heartbeats__factory,
  Jobs__factory,
  Placement__factory,
  Providers__factory,
} from '../typechain-types/index.ts'
import type { DeploymentConfig } from './deploymentConfig.ts'
import { ROLE_FUNCTIONS, ROLES, type Role } from './roles.ts'

/** Who holds which role of a new grid. The deployer stays the AccessManager's admin until it hands that over. */
export type RoleHolders = Partial<Record<Role, readonly string[]>>

interface Deployable {
  deploymentTransaction(): { wait(): Promise<{ blockNumber: number } | null> } | null
  waitForDeployment(): Promise<unknown>
  getAddress(): Promise<string>
}

/**
 * Deploys the contracts of a grid, opens each restricted function to its role and grants the roles.
 *
 * @returns what services need to find the grid.
 */
export async function deployGrid(
  signer: Signer,
  network: string,
  config: DeploymentConfig,
  holders: RoleHolders,
): Promise<Deployment> {
  const admin = await signer.getAddress()
  const manager = await new ContractFactory<[string], Contract>(...accessManager(), signer).deploy(admin)
  const startBlock = (await manager.deploymentTransaction()?.wait())?.blockNumber ?? 0
  const authority = await addressOf(manager)
  const credits = await addressOf(await new Credits__factory(signer).deploy(authority))
  const providers = await addressOf(
    await new Providers__factory(signer).deploy(authority, credits, config.minimumStake, config.unbondingDelay),
  )
  const jobs = await addressOf(
    await new Jobs__factory(await deployLibraries(signer), signer).deploy(
      authority,
      credits,
      providers,
      config.treasury ?? admin,
      config.minimums,
      config.parameters,
      config.latePenalty,
      config.silencePenalty,
    ),
  )
  const access = new Contract(authority, accessManager()[0], signer)
  await openFunctions(access, { Credits: credits, Providers: providers, Jobs: jobs })
  await grantRoles(access, config, { ...holders, jobs: [jobs] })
  const { chainId } = (await signer.provider?.getNetwork()) ?? { chainId: 0n }
  return { network, chainId: Number(chainId), startBlock, accessManager: authority, credits, providers, jobs }
}

/** Deploys the libraries that `Jobs` links; the addresses are those that its factory asks for. */
export async function deployLibraries(signer: Signer): Promise<JobsLibraryAddresses> {
  const at = async (name: string, library: Promise<Deployable>): Promise<[string, string]> => [
    `project/contracts/libraries/${name}.sol:${name}`,
    await addressOf(await library),
  ]
  const linked = [
    await at('Amendments', new Amendments__factory(signer).deploy()),
    await at('Cashier', new Cashier__factory(signer).deploy()),
    await at('Enforcement', new Enforcement__factory(signer).deploy()),
    await at('Governance', new Governance__factory(signer).deploy()),
    await at('Heartbeats', new Heartbeats__factory(signer).deploy()),
    await at('Placement', new Placement__factory(signer).deploy()),
  ]
  return Object.fromEntries(linked) as unknown as JobsLibraryAddresses
}

async function openFunctions(access: Contract, addresses: Record<keyof typeof ROLE_FUNCTIONS, string>): Promise<void> {
  const interfaces = { Credits: Credits__factory, Providers: Providers__factory, Jobs: Jobs__factory }
  for (const contract of ['Credits', 'Providers', 'Jobs'] as const) {
    const fragments: Interface = interfaces[contract].createInterface()
    const functions: Record<string, readonly string[]> = ROLE_FUNCTIONS[contract]
    for (const [role, names] of Object.entries(functions)) {
      const selectors = names.map((name: string) => selectorOf(fragments, name))
      await confirmed(access, 'setTargetFunctionRole', addresses[contract], selectors, ROLES[role as Role])
    }
  }
}

async function grantRoles(access: Contract, config: DeploymentConfig, holders: RoleHolders): Promise<void> {
  for (const [role, accounts] of Object.entries(holders) as [Role, readonly string[]][]) {
    for (const account of accounts) {
      await confirmed(access, 'grantRole', ROLES[role], account, config.roleDelays[role] ?? 0)
    }
  }
}

function selectorOf(fragments: Interface, name: string): string {
  const fragment = fragments.getFunction(name)
  if (fragment === null) throw new Error(`no function ${name} to open to a role`)
  return fragment.selector
}

async function confirmed(contract: Contract, method: string, ...values: unknown[]): Promise<void> {
  await (await contract.getFunction(method)(...values)).wait()
}

async function addressOf(contract: unknown): Promise<Hex> {
  const deployable = contract as Deployable
  await deployable.waitForDeployment()
  return (await deployable.getAddress()) as Hex
}

/** The ABI and bytecode of OpenZeppelin's AccessManager as its package ships them. */
function accessManager(): [InterfaceAbi, string] {
  const path = createRequire(import.meta.url).resolve('@openzeppelin/contracts/build/contracts/AccessManager.json')
  const { abi, bytecode } = JSON.parse(readFileSync(path, 'utf8')) as { abi: InterfaceAbi; bytecode: string }
  return [abi, bytecode]
}
