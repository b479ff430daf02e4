import type { Contact, Label, NodeGroup, Offer, Profile } from '../../sdk/domain/provider.ts'
import { Providers__factory } from '../../typechain-types/index.ts'
import { type Args, type Decoder, factReader } from './decoder.ts'

const providers = Providers__factory.createInterface()

const stakeChanged: Decoder = (args) => ({
  kind: 'stake-changed',
  provider: Number(args['provider']),
  stake: args['stake'],
})

const PROVIDER_FACTS: Readonly<Record<string, Decoder>> = {
  ProviderRegistered: (args) => ({
    kind: 'provider-registered',
    provider: Number(args['provider']),
    owner: args['owner'],
    contact: contactFrom(args['contact']),
    profile: profileFrom(args['profile']),
  }),
  ContactSet: (args) => ({
    kind: 'contact-set',
    provider: Number(args['provider']),
    contact: contactFrom(args['contact']),
  }),
  ProfileSet: (args) => ({
    kind: 'profile-set',
    provider: Number(args['provider']),
    profile: profileFrom(args['profile']),
  }),
  OfferSet: (args) => ({ kind: 'offer-set', provider: Number(args['provider']), offer: offerFrom(args['offer']) }),
  StakeAdded: stakeChanged,
  StakeWithdrawn: stakeChanged,
  ProviderPenalised: stakeChanged,
  UnbondingStarted: (args) => ({
    kind: 'unbonding-started',
    provider: Number(args['provider']),
    amount: args['amount'],
    unbondsAt: Number(args['unbondsAt']),
  }),
  ProviderApproved: (args) => ({ kind: 'provider-approved', provider: Number(args['provider']) }),
  ProviderBanned: (args) => ({
    kind: 'provider-banned',
    provider: Number(args['provider']),
    reason: args['reason'],
  }),
  DrainingSet: (args) => ({ kind: 'draining-set', provider: Number(args['provider']), draining: args['draining'] }),
}

/** What a log of `Providers` says; undefined where it says nothing that the grid's state follows from. */
export const factOfProviders = factReader(providers, PROVIDER_FACTS)

function contactFrom(args: Args): Contact {
  return { signer: args['signer'], encryptionKey: args['encryptionKey'], endpoint: args['endpoint'] }
}

function profileFrom(args: Args): Profile {
  return { name: args['name'], url: args['url'], region: args['region'], software: args['software'] }
}

function offerFrom(args: Args): Offer {
  const { cpuPerMinute, memPerMinute, gpuPerMinute } = args['prices']
  const nodes: Args[] = [...args['nodes']]
  const labels: Args[] = [...args['labels']]
  return {
    prices: { cpuPerMinute, memPerMinute, gpuPerMinute },
    maxOpenJobs: Number(args['maxOpenJobs']),
    acceptsDirect: args['acceptsDirect'],
    nodes: nodes.map(nodeGroupFrom),
    labels: labels.map((label): Label => ({ key: label['key'], value: label['value'] })),
  }
}

function nodeGroupFrom(args: Args): NodeGroup {
  return {
    count: Number(args['count']),
    cpus: Number(args['cpus']),
    mem: Number(args['mem']),
    gpus: Number(args['gpus']),
    gpuModel: args['gpuModel'],
  }
}
