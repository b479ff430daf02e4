import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Hex } from '../sdk/domain/job.ts'
import { getBalances, signDepositPermit } from '../sdk/index.ts'
import { type Check, checksOf, type FinalLedger, finalLedger } from './demo/audit.ts'
import { freshCustomer } from './demo/customer.ts'
import { type Printer, printer } from './demo/printer.ts'
import { slurmChecks } from './demo/slurmChecks.ts'
import { followJob, type JobStory } from './demo/story.ts'
import { submitWorkflow } from './demo/submitWorkflow.ts'
import { type GridGround, type LocalGrid, startLocalGrid } from './grid/localGrid.ts'
import { stopSignal } from './grid/stopSignal.ts'
import { runScript } from './runScript.ts'
import type { SlurmCluster } from './slurm/slurmCluster.ts'
import { startSlurmProviders } from './slurm/slurmProviders.ts'

const CREDITS = 10n * 10n ** 18n
const WORKFLOWS = ['hello', 'exit-3', 'too-long']

/** What the demo saw. */
interface Outcome {
  readonly seconds: number
  readonly customer: { readonly address: Hex; readonly nativeCoin: bigint }
  readonly jobs: readonly JobStory[]
  readonly ledger: FinalLedger
  readonly checks: readonly Check[]
}

await runScript(
  new Command('demo')
    .description(
      'Boots a grid on this machine, runs three jobs through it as a customer would, and checks every credit.',
    )
    .option('--json', 'print the facts as one JSON object')
    .option('--slurm', 'run the providers on two real Slurm clusters of this machine (as root, with Debian’s packages)')
    .action(demo),
)
// An interrupted run leaves watchers behind that would wait for ever.
process.exit()

interface DemoOptions {
  readonly json?: boolean
  readonly slurm?: boolean
}

async function demo({ json = false, slurm = false }: DemoOptions): Promise<void> {
  const show = printer(!json)
  const stopped = stopSignal()
  const started = Date.now()
  let clusters: readonly SlurmCluster[] = []
  const onSlurm = async (folder: string): Promise<GridGround> => {
    const ground = await startSlurmProviders(folder)
    clusters = ground.clusters
    return ground
  }
  const grid = await startLocalGrid({ progress: show.progress, ...(slurm ? { ground: onSlurm } : {}) })
  try {
    const interrupted = once(stopped, 'abort').then(() => undefined)
    const outcome = stopped.aborted ? undefined : await Promise.race([run(grid, show, started, clusters), interrupted])
    if (outcome === undefined) show.progress('interrupted')
    else if (json)
      console.log(JSON.stringify(outcome, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2))
    else show.outcome(outcome)
    if (outcome?.checks.every(({ ok }) => ok) !== true) process.exitCode = 1
  } finally {
    show.progress('stopping the grid')
    await grid.stop()
  }
}

async function run(
  grid: LocalGrid,
  show: Printer,
  started: number,
  clusters: readonly SlurmCluster[],
): Promise<Outcome> {
  const customer = await freshCustomer(grid)
  show.customer(customer.address)
  await grid.mint(customer.address, CREDITS)
  const providers = grid.providers.map(({ index }) => index)
  const permit = await signDepositPermit(customer.client, CREDITS)
  const [first = '', ...others] = WORKFLOWS.map((name) =>
    readFileSync(new URL(`demo/${name}.yaml`, import.meta.url), 'utf8'),
  )
  const follow = async (job: { id: Hex; name: string }): Promise<JobStory> =>
    followJob(customer, job, (step) => show.step(job.name, step))
  const paid = await submitWorkflow(customer, first, { providers, permit })
  const following = [follow(paid)]
  const later = others.map(async (text) => follow(await submitWorkflow(customer, text, { providers })))
  const jobs = await Promise.all([...following, ...later])
  const ledger = await finalLedger(
    grid,
    customer,
    jobs.map(({ id }) => id),
  )
  const nativeCoin = await customer.client.publicClient.getBalance({ address: customer.address })
  const { free } = await getBalances(customer.client, customer.address)
  show.progress(`the customer has ${show.credits(free)} credits left`)
  return {
    seconds: (Date.now() - started) / 1000,
    customer: { address: customer.address, nativeCoin },
    jobs,
    ledger,
    checks: [...checksOf(jobs, ledger), ...(await slurmChecks(jobs, clusters))],
  }
}
