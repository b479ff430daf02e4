import { creditsAbi } from '../abi/credits.ts'
import { jobsAbi } from '../abi/jobs.ts'
import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'

/** Whose credits a ledger is about. */
export interface LedgerParties {
  readonly accounts: readonly Hex[]
  /** Provider indexes. */
  readonly providers: readonly number[]
  readonly jobs: readonly Hex[]
}

/** Where the credits that `Jobs` holds belong, at one block. Amounts are credits with 18 decimals, in the order of the parties. */
export interface Ledger {
  readonly block: number
  readonly free: readonly bigint[]
  readonly earnings: readonly bigint[]
  /** Budgets of the jobs; the contract keeps 0 of a job that is settled. */
  readonly locked: readonly bigint[]
  readonly protocolCut: bigint
  /** What `Jobs` holds. */
  readonly held: bigint
  /** `held` less everything above: 0 where the parties are all there are and no stranger sent credits unasked. */
  readonly rest: bigint
}

/**
 * Reads the ledger of the given parties at the latest block, or at `block`.
 *
 * @example const conserved = (await getLedger(grid, { accounts, providers, jobs })).rest === 0n
 */
export async function getLedger(grid: GridClient, parties: LedgerParties, block?: number): Promise<Ledger> {
  const { publicClient, deployment } = grid
  const blockNumber = block === undefined ? await publicClient.getBlockNumber({ cacheTime: 0 }) : BigInt(block)
  const jobs = { abi: jobsAbi, address: deployment.jobs, blockNumber } as const
  const [free, earnings, slots, protocolCut, held] = await Promise.all([
    Promise.all(
      parties.accounts.map((account) =>
        publicClient.readContract({ ...jobs, functionName: 'balanceOf', args: [account] }),
      ),
    ),
    Promise.all(
      parties.providers.map((index) =>
        publicClient.readContract({ ...jobs, functionName: 'earningsOf', args: [index] }),
      ),
    ),
    Promise.all(parties.jobs.map((id) => publicClient.readContract({ ...jobs, functionName: 'jobOf', args: [id] }))),
    publicClient.readContract({ ...jobs, functionName: 'protocolCut' }),
    publicClient.readContract({
      abi: creditsAbi,
      address: deployment.credits,
      functionName: 'balanceOf',
      args: [deployment.jobs],
      blockNumber,
    }),
  ])
  const locked = slots.map((slot) => slot.budget)
  const rest = held - protocolCut - sum(free) - sum(earnings) - sum(locked)
  return { block: Number(blockNumber), free, earnings, locked, protocolCut, held, rest }
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
