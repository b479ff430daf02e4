import type { Consumption, Hex, JobRequest } from '../../sdk/domain/job.ts'
import { statusFromNumber } from '../../sdk/domain/status.ts'
import { Jobs__factory } from '../../typechain-types/index.ts'
import { type Args, type Decoder, factReader } from './decoder.ts'

const jobs = Jobs__factory.createInterface()

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

/** What a log of `Jobs` says; undefined where it says nothing that the grid's state follows from. */
export const factOfJobs = factReader(jobs, JOB_FACTS)

function attemptFrom(args: Args): { id: Hex; provider: number; attempt: number } {
  return { id: args['id'], provider: Number(args['provider']), attempt: Number(args['attempt']) }
}

function requestFrom(args: Args): JobRequest {
  const work: Args = args['work']
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

function consumptions(running: Args[]): readonly Consumption[] {
  return running.map((args) => ({
    id: args['id'],
    attempt: Number(args['attempt']),
    secondsUsed: Number(args['secondsUsed']),
  }))
}
