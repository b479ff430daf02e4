import type { Signer } from 'ethers'
import type { Deployment } from '../sdk/deployments/deployment.ts'
import type { Contact, Offer, Profile } from '../sdk/domain/provider.ts'
import { contractsAt } from './contractsAt.ts'

/** Registers the signer as the owner of a new provider. Returns its index. */
export async function registerProvider(
  owner: Signer,
  deployment: Deployment,
  contact: Contact,
  profile: Profile,
): Promise<number> {
  const { providers } = contractsAt(deployment, owner)
  const receipt = await (await providers.register(contact, profile)).wait()
  for (const log of receipt?.logs ?? []) {
    const event = providers.interface.parseLog(log)
    if (event?.name === 'ProviderRegistered') return Number(event.args['provider'])
  }
  throw new Error('the registry did not say which index the provider got')
}

/** Adds credits (18 decimals) of the owner to the stake of its provider. */
export async function addStake(owner: Signer, deployment: Deployment, provider: number, amount: bigint): Promise<void> {
  const { credits, providers } = contractsAt(deployment, owner)
  await (await credits.approve(deployment.providers, amount)).wait()
  await (await providers.addStake(provider, amount)).wait()
}

/** Publishes what a provider sells. */
export async function setOffer(owner: Signer, deployment: Deployment, provider: number, offer: Offer): Promise<void> {
  const { providers } = contractsAt(deployment, owner)
  const prices = { ...offer.prices }
  const nodes = offer.nodes.map((node) => ({ ...node }))
  const labels = offer.labels.map((label) => ({ ...label }))
  await (await providers.setOffer(provider, { ...offer, prices, nodes, labels })).wait()
}
