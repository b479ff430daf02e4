import type { Hex } from '../domain/job.ts'
import type { Offer } from '../domain/provider.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToProviders } from '../sendTransaction.ts'

/**
 * Publishes what a provider sells from now on: prices in credits (18 decimals) per cpu, MB and gpu minute, nodes, labels and limits.
 * Jobs that are assigned keep their rate. The wallet is the owner's.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`NotProviderOwner`, `OfferWithoutPrice`, `OfferWithoutNodes`), WalletMissing, WrongChain
 * @example const transaction = await setOffer(grid, provider, { prices: { cpuPerMinute: parseEther('0.01'), memPerMinute: 0n, gpuPerMinute: 0n }, maxOpenJobs: 16, acceptsDirect: true, nodes: [{ count: 1, cpus: 4, mem: 8192, gpus: 0, gpuModel: '' }], labels: [{ key: 'arch', value: 'amd64' }] })
 */
export async function setOffer(grid: GridClient, provider: number, offer: Offer): Promise<Hex> {
  return (await sendToProviders(grid, 'setOffer', [provider, offer])).transactionHash
}
