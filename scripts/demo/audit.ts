import { JsonRpcProvider } from 'ethers'
import type { Hex } from '../../sdk/domain/job.ts'
import { getLedger } from '../../sdk/index.ts'
import { contractsAt } from '../contractsAt.ts'
import type { LocalGrid } from '../grid/localGrid.ts'
import type { Customer } from './customer.ts'
import type { JobStory } from './story.ts'

/** What one party has at the end. Amounts are credits with 18 decimals. */
export interface LedgerLine {
  readonly party: string
  readonly what: string
  readonly credits: bigint
}

/** The final ledger of every party, and all the credits that exist. */
export interface FinalLedger {
  readonly lines: readonly LedgerLine[]
  readonly sum: bigint
  readonly supply: bigint
  /** What `Jobs` holds and nobody owns: 0 where credits are conserved. */
  readonly rest: bigint
}

/** One thing that must be true at the end. */
export interface Check {
  readonly what: string
  readonly ok: boolean
}

/** Reads who has which credits, at one block. */
export async function finalLedger(grid: LocalGrid, customer: Customer, jobs: readonly Hex[]): Promise<FinalLedger> {
  const provider = new JsonRpcProvider(grid.rpcUrl, undefined, { cacheTimeout: -1 })
  try {
    const block = await provider.getBlockNumber()
    const { credits, providers } = contractsAt(grid.deployment, provider)
    const at = { blockTag: block }
    const people = peopleOf(grid, customer)
    const accounts = people.map(({ address }) => address)
    const indexes = grid.providers.map(({ index }) => index)
    const ledger = await getLedger(customer.client, { accounts, providers: indexes, jobs }, block)
    const wallets = await Promise.all(accounts.map((address) => credits.balanceOf(address, at)))
    const stakes = await Promise.all(indexes.map(async (index) => (await providers.providerOf(index, at)).stake))
    const lines = [
      ...people.map(({ party }, i) => ({ party, what: 'wallet', credits: wallets[i] ?? 0n })),
      ...people.map(({ party }, i) => ({ party, what: 'free balance', credits: ledger.free[i] ?? 0n })),
      ...grid.providers.map(({ name }, i) => ({ party: name, what: 'earnings', credits: ledger.earnings[i] ?? 0n })),
      ...grid.providers.map(({ name }, i) => ({ party: name, what: 'stake', credits: stakes[i] ?? 0n })),
      ...jobs.map((id, i) => ({ party: `job ${id.slice(0, 10)}`, what: 'locked', credits: ledger.locked[i] ?? 0n })),
      { party: 'protocol', what: 'cut', credits: ledger.protocolCut },
    ].filter((line) => line.credits > 0n)
    const sum = lines.reduce((total, line) => total + line.credits, 0n)
    return { lines, sum, supply: await credits.totalSupply(at), rest: ledger.rest }
  } finally {
    provider.destroy()
  }
}

function peopleOf(grid: LocalGrid, customer: Customer): readonly { party: string; address: Hex }[] {
  return [
    { party: 'customer', address: customer.address },
    { party: 'operator', address: grid.operator.address },
    ...grid.providers.map(({ name, owner }) => ({ party: `${name} (owner)`, address: owner.address })),
  ]
}

/** Everything that the demo promises. */
export function checksOf(stories: readonly JobStory[], ledger: FinalLedger): readonly Check[] {
  const story = (name: string): JobStory | undefined => stories.find((candidate) => candidate.name === name)
  const tooLong = story('too-long')
  return [
    {
      what: 'hello ended FINISHED with exit code 0',
      ok: story('hello')?.status === 'FINISHED' && story('hello')?.exitCode === 0,
    },
    {
      what: 'exit-3 ended FAILED with exit code 3',
      ok: story('exit-3')?.status === 'FAILED' && story('exit-3')?.exitCode === 3,
    },
    { what: 'too-long ended OUT_OF_CREDITS', ok: tooLong?.status === 'OUT_OF_CREDITS' },
    { what: 'hello printed its greeting', ok: story('hello')?.output.includes('Hello from the grid') === true },
    ...stories.map(({ name, cost, expectedCost }) => ({
      what: `${name} cost rate × seconds`,
      ok: cost === expectedCost,
    })),
    ...stories.map(({ name, cost, refund, budget }) => ({
      what: `${name} got the rest back`,
      ok: cost + refund === budget,
    })),
    { what: 'something was paid for', ok: tooLong !== undefined && tooLong.cost > 0n },
    { what: 'credits are conserved to the wei', ok: ledger.sum === ledger.supply && ledger.rest === 0n },
  ]
}
