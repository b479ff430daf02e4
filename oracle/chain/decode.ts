import type { LogDescription, Result } from 'ethers'
import type { GridFact } from '../../sdk/domain/events.ts'
import type { Consumption, Hex, JobRequest } from '../../sdk/domain/job.ts'
import type { Contact, Label, NodeGroup, Offer, Profile } from '../../sdk/domain/provider.ts'
import { statusFromNumber } from '../../sdk/domain/status.ts'
import { Jobs__factory, Providers__factory } from '../../typechain-types/index.ts'

const jobs = Jobs__factory.createInterface()
const providers = Providers__factory.createInterface()

type Decoder = (args: Result) => GridFact

const JOB_FACTS: Readonly<Record<string, Decoder>> = {
  JobSubmitted: (args) => ({ kind: 'job-submitted', id: args['id'], request: requestFrom(args['request']) }),
  JobAssigned: (args) => ({
    kind: 'job-assigned',
    ...attemptFrom(args),
    rate: args['rate'],
    cutPermille: Number(args['cutPermille']),
  }),
  JobScheduled: (args) => ({ kind: 'job-scheduled', ...attemptFrom(args) }),
  JobStarted: (args) => ({ kind: 'job-started', ...attemptFrom(args), startedAt: Number(args['startedAt']) }),
  JobReturned: (args) => ({
    kind: 'job-returned',
    ...attemptFrom(args),
    from: statusFromNumber(args['from']),
    reason: args['reason'],
  }),
  JobEnded: (args) => ({
    kind: 'job-ended',
    id: args['id'],
    customer: args['customer'],
    provider: Number(args['provider']),
    status: statusFromNumber(args['status']),
    cost: args['cost'],
    cut: args['cut'],
    refund: args['refund'],
    secondsUsed: Number(args['secondsUsed']),
    exitCode: Number(args['exitCode']),
    result: args['result'],
  }),
  CancelRequested: (args) => ({
    kind: 'cancel-requested',
    id: args['id'],
    customer: args['customer'],
    provider: Number(args['provider']),
  }),
  JobToppedUp: (args) => ({
    kind: 'job-topped-up',
    id: args['id'],
    provider: Number(args['provider']),
    budget: args['budget'],
  }),
  JobSkipped: (args) => ({ kind: 'job-skipped', id: args['id'], sender: args['sender'], reason: args['reason'] }),
  PenaltySplit: (args) => ({
    kind: 'penalty-split',
    id: args['id'],
    provider: Number(args['provider']),
    amount: args['amount'],
    toCustomer: args['toCustomer'],
    enforcer: args['enforcer'],
    toEnforcer: args['toEnforcer'],
  }),
  HeartbeatSeen: (args) => {
    const { sentAt, running } = args['heartbeat']
    const provider = Number(args['provider'])
    return {
      kind: 'heartbeat-seen',
      provider,
      heartbeat: { provider, sentAt: Number(sentAt), running: consumptions(running) },
    }
  },
}

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

/** A log as the chain keeps it. */
export interface RawLog {
  readonly topics: readonly string[]
  readonly data: string
}

/** What a log of `Jobs` says; undefined where it says nothing that the grid's state follows from. */
export function factOfJobs(log: RawLog): GridFact | undefined {
  return factFrom(jobs.parseLog(log), JOB_FACTS)
}

/** What a log of `Providers` says; undefined where it says nothing that the grid's state follows from. */
export function factOfProviders(log: RawLog): GridFact | undefined {
  return factFrom(providers.parseLog(log), PROVIDER_FACTS)
}

function factFrom(log: LogDescription | null, decoders: Readonly<Record<string, Decoder>>): GridFact | undefined {
  return log === null ? undefined : decoders[log.name]?.(log.args)
}

function attemptFrom(args: Result): { id: Hex; provider: number; attempt: number } {
  return { id: args['id'], provider: Number(args['provider']), attempt: Number(args['attempt']) }
}

function requestFrom(args: Result): JobRequest {
  const work: Result = args['work']
  return {
    customer: args['customer'],
    payer: args['payer'],
    provider: Number(args['provider']),
    tasks: Number(args['tasks']),
    cpusPerTask: Number(args['cpusPerTask']),
    memPerCpu: Number(args['memPerCpu']),
    gpus: Number(args['gpus']),
    timeLimit: Number(args['timeLimit']),
    budget: args['budget'],
    topUpLimit: args['topUpLimit'],
    startBy: Number(args['startBy']),
    maxAttempts: Number(args['maxAttempts']),
    work: { definition: work['definition'], affinity: work['affinity'], name: work['name'], salt: work['salt'] },
  }
}

function consumptions(running: Result[]): readonly Consumption[] {
  return running.map((args) => ({
    id: args['id'],
    attempt: Number(args['attempt']),
    secondsUsed: Number(args['secondsUsed']),
  }))
}

function contactFrom(args: Result): Contact {
  return { signer: args['signer'], encryptionKey: args['encryptionKey'], endpoint: args['endpoint'] }
}

function profileFrom(args: Result): Profile {
  return { name: args['name'], url: args['url'], region: args['region'], software: args['software'] }
}

function offerFrom(args: Result): Offer {
  const { cpuPerMinute, memPerMinute, gpuPerMinute } = args['prices']
  const nodes: Result[] = [...args['nodes']]
  const labels: Result[] = [...args['labels']]
  return {
    prices: { cpuPerMinute, memPerMinute, gpuPerMinute },
    maxOpenJobs: Number(args['maxOpenJobs']),
    acceptsDirect: args['acceptsDirect'],
    nodes: nodes.map(nodeGroupFrom),
    labels: labels.map((label): Label => ({ key: label['key'], value: label['value'] })),
  }
}

function nodeGroupFrom(args: Result): NodeGroup {
  return {
    count: Number(args['count']),
    cpus: Number(args['cpus']),
    mem: Number(args['mem']),
    gpus: Number(args['gpus']),
    gpuModel: args['gpuModel'],
  }
}
