import { getAddress, toHex } from 'viem'
import { emptyGrid, type GridJob, type GridState } from '../../../../scheduling/grid.ts'
import { reduceAll } from '../../../../scheduling/reduce.ts'
import type { GridEvent, GridFact } from '../../../../sdk/domain/events.ts'
import type { Hex } from '../../../../sdk/domain/job.ts'
import { offerOf, requestOf } from '../../../scheduling/fixture.ts'

const CREDIT = 10n ** 18n
const RESULT = toHex(7, { size: 32 })

/** A customer of the tests. */
export function customer(number: number): Hex {
  return getAddress(toHex(0xc0 + number, { size: 20 }))
}

/** What may happen next on a grid with these events, chosen by numbers: always legal, so that every history makes sense. */
export function factsAfter(
  events: readonly GridEvent[],
  choices: readonly number[],
  salt: number,
): readonly GridFact[] {
  const state = reduceAll(emptyGrid(), events)
  const facts: GridFact[] = []
  for (const [at, choice] of choices.entries()) {
    const made = factOf(state, choice, salt * 100 + at)
    // One act a job and block keeps the state that is chosen from good.
    const isTaken = facts.some((fact) => 'id' in fact && 'id' in made && fact.id === made.id)
    if (!isTaken) facts.push(made)
  }
  return facts
}

function factOf(state: GridState, choice: number, salt: number): GridFact {
  if (state.providers.size < 2 || choice % 23 === 0) return registration(state.providers.size + 1)
  if (choice % 5 === 0) return providerAct([...state.providers.keys()][choice % state.providers.size] ?? 1, choice)
  const jobs = [...state.jobs.values()]
  const job = jobs[choice % (jobs.length + 2)]
  if (job === undefined) return submission(choice, salt)
  return jobAct(job, choice, 1 + (choice % state.providers.size))
}

function registration(provider: number): GridFact {
  const contact = { signer: getAddress(toHex(0x500 + provider, { size: 20 })), encryptionKey: RESULT, endpoint: '' }
  const profile = { name: `cluster ${provider}`, url: '', region: 'eu', software: 'slurm' }
  return { kind: 'provider-registered', provider, owner: customer(0x20 + provider), contact, profile }
}

function providerAct(provider: number, choice: number): GridFact {
  const acts: readonly GridFact[] = [
    { kind: 'offer-set', provider, offer: offerOf({ maxOpenJobs: 1 + (choice % 9) }) },
    { kind: 'stake-changed', provider, stake: BigInt(choice) * CREDIT },
    { kind: 'unbonding-started', provider, amount: CREDIT, unbondsAt: 1_000_000 + choice },
    { kind: 'provider-approved', provider },
    { kind: 'provider-banned', provider, reason: 'no power' },
    { kind: 'draining-set', provider, draining: choice % 2 === 0 },
    { kind: 'heartbeat-seen', provider, heartbeat: { provider, sentAt: choice, running: [] } },
    { kind: 'contact-set', provider, contact: { signer: customer(choice % 7), encryptionKey: RESULT, endpoint: 'x' } },
    { kind: 'profile-set', provider, profile: { name: `n${choice}`, url: '', region: '', software: '' } },
  ]
  return acts[choice % acts.length] as GridFact
}

function submission(choice: number, salt: number): GridFact {
  const id = toHex(salt + 1, { size: 32 })
  if (choice % 17 === 0) return ended(id, customer(choice % 3), 0, 'CANCELLED')
  const request = requestOf({
    customer: customer(choice % 3),
    gpus: choice % 2,
    tasks: 1 + (choice % 4),
    salt: BigInt(salt),
  })
  return { kind: 'job-submitted', id, request }
}

function ended(id: Hex, by: Hex, provider: number, status: GridJob['status'], secondsUsed = 0): GridFact {
  const amounts = { cost: BigInt(secondsUsed) * CREDIT, cut: BigInt(secondsUsed), refund: 5n * CREDIT }
  return { kind: 'job-ended', id, customer: by, provider, status, ...amounts, secondsUsed, exitCode: 0, result: RESULT }
}

function jobAct(job: GridJob, choice: number, to: number): GridFact {
  const { id, attempt, provider, status } = job
  const by = job.request.customer
  if (choice % 7 === 0) return { kind: 'job-topped-up', id, provider, budget: job.budget + CREDIT }
  if (status === 'PENDING') {
    if (choice % 11 === 0) return ended(id, by, 0, 'CANCELLED')
    return { kind: 'job-assigned', id, provider: to, attempt: attempt + 1, rate: CREDIT, cutPermille: 50 }
  }
  if (choice % 13 === 0) return { kind: 'cancel-requested', id, customer: by, provider }
  if (choice % 6 === 0) return { kind: 'job-returned', id, provider, attempt, from: status, reason: RESULT }
  if (choice % 19 === 0) {
    return { kind: 'penalty-split', id, provider, amount: 9n, toCustomer: 3n, enforcer: by, toEnforcer: 1n }
  }
  if (status === 'META_SCHEDULED') return { kind: 'job-scheduled', id, provider, attempt }
  if (status === 'SCHEDULED') return { kind: 'job-started', id, provider, attempt, startedAt: 1_000_000 + choice }
  return ended(id, by, provider, choice % 2 === 0 ? 'FINISHED' : 'FAILED', choice % 600)
}
