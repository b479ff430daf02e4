import { parseEventLogs } from 'viem'
import { providersAbi } from '../abi/providers.ts'
import type { Contact, Profile } from '../domain/provider.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToProviders } from '../sendTransaction.ts'

/**
 * Registers the wallet's account as the owner of a new provider. It is given jobs once it has stake and an offer and is approved.
 *
 * @returns the index of the provider, counted from 1
 * @throws ContractRefused (`SignerInvalid` where the hot key is the owner's), WalletMissing, WrongChain
 * @example const provider = await registerProvider(grid, { signer, encryptionKey, endpoint: '' }, { name: 'alpine', url: '', region: 'ch', software: 'slurm' })
 */
export async function registerProvider(grid: GridClient, contact: Contact, profile: Profile): Promise<number> {
  const { logs } = await sendToProviders(grid, 'register', [contact, profile])
  const [event] = parseEventLogs({ abi: providersAbi, logs, eventName: 'ProviderRegistered' })
  if (event === undefined) throw new Error('the registry did not say which index the provider got')
  return event.args.provider
}
