import { Contract, type JsonRpcProvider } from 'ethers'
import type { Deployment } from '../../sdk/deployments/deployment.ts'
import { Jobs__factory } from '../../typechain-types/index.ts'
import { SettingInvalid } from '../settings.ts'

const ACCESS = [
  'function getTargetFunctionRole(address target, bytes4 selector) view returns (uint64)',
  'function hasRole(uint64 role, address account) view returns (bool isMember, uint32 executionDelay)',
]

/** Checks that the node is on the deployment's chain, that the contracts are there, and that `account` may assign jobs. Throws SettingInvalid. */
export async function checkGrid(node: JsonRpcProvider, deployment: Deployment, account: string): Promise<void> {
  await checkChain(node, deployment)
  for (const name of ['accessManager', 'credits', 'providers', 'jobs'] as const) {
    if ((await node.getCode(deployment[name])) !== '0x') continue
    throw new SettingInvalid('GRID_DEPLOYMENT', `names ${deployment[name]} as ${name}, where the chain has no code`)
  }
  await checkRole(node, deployment, account)
}

async function checkChain(node: JsonRpcProvider, { chainId }: Deployment): Promise<void> {
  const actual = await node.send('eth_chainId', []).then(Number, (cause: unknown) => {
    throw new SettingInvalid('RPC_URL', `does not answer (${String(cause)})`)
  })
  if (actual === chainId) return
  throw new SettingInvalid('RPC_URL', `leads to chain ${actual}, but GRID_DEPLOYMENT is for chain ${chainId}`)
}

async function checkRole(node: JsonRpcProvider, { accessManager, jobs }: Deployment, account: string): Promise<void> {
  const access = new Contract(accessManager, ACCESS, node)
  const { selector } = Jobs__factory.createInterface().getFunction('assign')
  const role: bigint = await access.getFunction('getTargetFunctionRole')(jobs, selector)
  const [isMember, delay]: [boolean, bigint] = await access.getFunction('hasRole')(role, account)
  if (isMember && delay === 0n) return
  const problem = isMember ? `but with a delay of ${delay} seconds` : 'which it was not granted'
  throw new SettingInvalid(
    'ORACLE_PRIVATE_KEY',
    `is the key of ${account}, which needs the oracle role (${role}), ${problem}`,
  )
}
