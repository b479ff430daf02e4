import { providersAbi } from '../abi/providers.ts'
import type { Contact } from '../domain/provider.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * How a provider is reached: its signer, the key that definitions are sealed to, its endpoint; undefined where there is no such provider.
 *
 * @example const key = (await getContact(grid, 1))?.encryptionKey
 */
export async function getContact(grid: GridClient, provider: number): Promise<Contact | undefined> {
  const contract = { abi: providersAbi, address: grid.deployment.providers, args: { provider }, strict: true } as const
  const range = { fromBlock: BigInt(grid.deployment.startBlock), toBlock: 'latest' } as const
  const [registered, changes] = await Promise.all([
    grid.publicClient.getContractEvents({ ...contract, ...range, eventName: 'ProviderRegistered' }),
    grid.publicClient.getContractEvents({ ...contract, ...range, eventName: 'ContactSet' }),
  ])
  return changes.at(-1)?.args.contact ?? registered[0]?.args.contact
}
