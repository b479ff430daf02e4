import { assignAll, newJobs, reportAll, submitAll } from '../test/contracts/support/batches.ts'
import { type Account, ethers, networkHelpers, nextBlockIn, now } from '../test/contracts/support/chain.ts'
import { CREDIT } from '../test/contracts/support/credit.ts'
import { CONFIG, fund, type Grid, grow } from '../test/contracts/support/grid.ts'

/** Jobs in flight at once, as the figures are defined. */
export const JOBS = 100

/** A grid on which the customer and both providers have done this before, and a hundred more customers with credits. */
export interface BenchGrid {
  readonly grid: Grid
  readonly customers: readonly Account[]
}

export function loadBenchGrid(): Promise<BenchGrid> {
  return networkHelpers.loadFixture(benchFixture)
}

async function benchFixture(): Promise<BenchGrid> {
  const grid = await grow(CONFIG)
  const customers = await manyCustomers(grid)
  await fund(grid, grid.actors.customer)
  for (const provider of [grid.alpha, grid.beta]) {
    const [first, ...others] = await newJobs(grid, 2)
    if (first === undefined) throw new Error('no job was made')
    const jobs = [first, ...others]
    await submitAll(grid, jobs)
    await assignAll(grid, jobs, provider)
    const startedAt = (await now()) + 1
    await nextBlockIn(60)
    await reportAll(grid, jobs, 'FINISHED', { startedAt, secondsUsed: 60 }, provider)
  }
  return { grid, customers }
}

async function manyCustomers(grid: Grid): Promise<Account[]> {
  const customers: Account[] = []
  for (let index = 0; index < JOBS; index += 1) {
    const account = new ethers.Wallet(ethers.id(`customer ${index}`), ethers.provider)
    await networkHelpers.setBalance(account.address, CREDIT)
    await fund(grid, account)
    customers.push(account)
  }
  return customers
}
