import { expect } from 'chai'
import { isLive, statusFromNumber } from '../../../sdk/domain/status.ts'
import { ethers } from './chain.ts'
import type { Grid } from './grid.ts'

/** Everybody's money at one moment, by name; amounts are credits with 18 decimals. */
export type Books = Readonly<Record<string, bigint>>

/** Reads the free balances of all actors, what the grid holds, and what the providers have at stake. */
export async function booksOf(grid: Grid): Promise<Books> {
  const books: Record<string, bigint> = {}
  for (const [name, account] of Object.entries(grid.actors)) books[name] = await grid.jobs.balanceOf(account)
  for (const name of ['alpha', 'beta'] as const) {
    const { index } = grid[name]
    const entry = await grid.providers.providerOf(index)
    books[`${name}.earnings`] = await grid.jobs.earningsOf(index)
    books[`${name}.stake`] = entry.stake
    books[`${name}.reserved`] = entry.reserved
    books[`${name}.open`] = entry.openJobs
  }
  books['cut'] = await grid.jobs.protocolCut()
  books['held'] = await grid.credits.balanceOf(grid.jobs)
  books['allowance'] = (await grid.jobs.allowanceOf(grid.actors.payer, grid.actors.customer)).amount
  return books
}

/** What changed between two readings: only the names whose amount moved. */
export function changesBetween(before: Books, after: Books): Books {
  const moved = Object.keys(after).filter((name) => after[name] !== before[name])
  return Object.fromEntries(moved.map((name) => [name, (after[name] ?? 0n) - (before[name] ?? 0n)]))
}

/** Runs an act and tells what it moved. */
export async function changesBy(grid: Grid, act: () => Promise<unknown>): Promise<Books> {
  const before = await booksOf(grid)
  await act()
  return changesBetween(before, await booksOf(grid))
}

/**
 * Credits are conserved to the wei: free balances, locked budgets, earnings and the cut are what `Jobs` holds,
 * the stakes are what `Providers` holds, and each provider has open exactly the jobs that are with it.
 */
export async function expectConserved(grid: Grid, unasked = 0n): Promise<void> {
  const { jobs, providers, credits } = grid
  const { locked, open } = await liveJobs(grid)
  let owed = locked + (await jobs.protocolCut())
  for (const account of await everybody(grid)) owed += await jobs.balanceOf(account)
  let staked = 0n
  for (let index = 1; index <= Number(await providers.count()); index += 1) {
    const entry = await providers.providerOf(index)
    owed += await jobs.earningsOf(index)
    staked += entry.stake
    expect(entry.openJobs, `open jobs of provider ${index}`).to.equal(BigInt(open.get(index) ?? 0))
    expect(entry.reserved, `stake at risk of provider ${index}`).to.equal(entry.openJobs * grid.config.silencePenalty)
    expect(entry.stake >= entry.reserved, `stake of provider ${index} covers what is at risk`).to.equal(true)
  }
  expect(owed, 'credits owed by Jobs').to.equal((await credits.balanceOf(jobs)) - unasked)
  expect(staked, 'credits owed by Providers').to.equal(await credits.balanceOf(providers))
}

async function liveJobs({ jobs }: Grid): Promise<{ locked: bigint; open: Map<number, number> }> {
  let locked = 0n
  const open = new Map<number, number>()
  for (const { args } of await jobs.queryFilter(jobs.filters.JobSubmitted())) {
    const job = await jobs.jobOf(args.id)
    const status = statusFromNumber(job.status)
    if (!isLive(status)) expect(job.budget, `budget of ${args.id}, which has ended`).to.equal(0n)
    locked += job.budget
    if (isLive(status) && status !== 'PENDING') {
      open.set(Number(job.provider), (open.get(Number(job.provider)) ?? 0) + 1)
    }
  }
  return { locked, open }
}

async function everybody({ jobs }: Grid): Promise<Set<string>> {
  const accounts = new Set((await ethers.getSigners()).map((signer) => signer.address))
  for (const { args } of await jobs.queryFilter(jobs.filters.Deposited())) accounts.add(args.account)
  for (const { args } of await jobs.queryFilter(jobs.filters.JobSubmitted())) accounts.add(args.customer)
  return accounts
}
