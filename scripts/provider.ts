import { Command } from 'commander'
import { formatUnits } from 'ethers'
import type { Hex } from '../sdk/domain/job.ts'
import { PROVIDER_STATUSES } from '../sdk/domain/provider.ts'
import { addressArgument, creditsArgument, providerArgument, recipientArgument } from './amounts.ts'
import { type Connection, connect, openGrid } from './connect.ts'
import { contractsAt } from './contractsAt.ts'
import { addStake, registerProvider, setOffer } from './joinGrid.ts'
import { readOffer } from './offerFile.ts'
import { OperatorError } from './operatorError.ts'
import { runScript } from './runScript.ts'

interface GridOptions {
  readonly rpc: string
  readonly deployment: string
}

interface RegisterOptions {
  readonly signer: Hex
  readonly encryptionKey: Hex
  readonly name: string
  readonly url: string
  readonly region: string
  readonly software: string
  readonly endpoint: string
}

const program = new Command('provider')
  .description('Joins a cluster to a grid and looks after its stake and offer.')
  .requiredOption('--rpc <url>', 'chain node', process.env['RPC_URL'])
  .option('--deployment <file>', 'deployment file', process.env['GRID_DEPLOYMENT'] ?? 'sdk/deployments/local.json')
  .addHelpText(
    'after',
    '\nThe owner’s key is read from OWNER_PRIVATE_KEY, the approver’s from APPROVER_PRIVATE_KEY (or from the keystores named by OWNER_KEYSTORE and APPROVER_KEYSTORE).',
  )

program
  .command('register')
  .description('Registers the owner’s cluster. Approval, stake and an offer must follow before it gets jobs.')
  .requiredOption('--signer <address>', 'address of the agent’s hot key, another than the owner’s', addressArgument)
  .requiredOption(
    '--encryption-key <recipient>',
    'what definitions are sealed to: the age1… in the agent’s encryption.key',
    recipientArgument,
  )
  .requiredOption('--name <text>', 'what people call the cluster')
  .option('--url <url>', 'where people read about it', '')
  .option('--region <text>', 'where it stands', '')
  .option('--software <text>', 'its scheduler and version', '')
  .option('--endpoint <url>', 'URL of the agent', '')
  .action((options: RegisterOptions) =>
    asOwner(async ({ signer, deployment }) => {
      const { signer: hotKey, encryptionKey, endpoint } = options
      const contact = { signer: hotKey, encryptionKey, endpoint }
      const { name, url, region, software } = options
      const index = await registerProvider(signer, deployment, contact, { name, url, region, software })
      console.log(`registered as provider ${index}. Next: stake, offer, and ask the grid’s operator for approval.`)
    }),
  )

program
  .command('stake')
  .description('Adds the owner’s credits to the stake.')
  .argument('<provider>', 'index', providerArgument)
  .argument('<credits>', 'how many', creditsArgument)
  .action((provider: number, amount: bigint) =>
    asOwner(async ({ signer, deployment, contracts }) => {
      const balance = await contracts.credits.balanceOf(await signer.getAddress())
      if (balance < amount) {
        throw new OperatorError(
          'BALANCE_TOO_LOW',
          `the owner has ${formatUnits(balance)} credits, not ${formatUnits(amount)}.`,
        )
      }
      await addStake(signer, deployment, provider, amount)
      await show(contracts, provider)
    }),
  )

program
  .command('offer')
  .description('Publishes prices, nodes and labels from a JSON file.')
  .argument('<provider>', 'index', providerArgument)
  .argument('<file>', 'offer as JSON')
  .addHelpText(
    'after',
    `
The file, with prices in credits per minute:
{
  "prices": { "cpuPerMinute": "0.01", "memPerMinute": "0.000001", "gpuPerMinute": "0.5" },
  "maxOpenJobs": 16,
  "acceptsDirect": true,
  "nodes": [{ "count": 4, "cpus": 64, "mem": 262144, "gpus": 4, "gpuModel": "a100" }],
  "labels": [{ "key": "arch", "value": "amd64" }]
}`,
  )
  .action((provider: number, file: string) => {
    const offer = readOffer(file)
    return asOwner(async ({ signer, deployment }) => {
      await setOffer(signer, deployment, provider, offer)
      console.log(`provider ${provider} sells by this offer from now on.`)
    })
  })

const drain = (name: string, draining: boolean, description: string): void => {
  program
    .command(name)
    .description(description)
    .argument('<provider>', 'index', providerArgument)
    .action((provider: number) =>
      asOwner(async ({ contracts }) => {
        await (await contracts.providers.setDraining(provider, draining)).wait()
        await show(contracts, provider)
      }),
    )
}
drain('drain', true, 'Asks for no more jobs; open jobs go on.')
drain('resume', false, 'Asks for jobs again.')

program
  .command('leave')
  .description(
    'Drains the provider and starts to unbond its whole stake; once the delay is over and no job is open, pays it out.',
  )
  .argument('<provider>', 'index', providerArgument)
  .action((provider: number) => asOwner((connection) => leave(connection, provider)))

program
  .command('approve')
  .description('Lets a provider be given jobs. For the grid’s operator.')
  .argument('<provider>', 'index', providerArgument)
  .action((provider: number) =>
    withGrid('APPROVER', async ({ contracts }) => {
      await (await contracts.providers.approve(provider)).wait()
      await show(contracts, provider)
    }),
  )

program
  .command('show')
  .description('Prints what the registry knows of a provider.')
  .argument('<provider>', 'index', providerArgument)
  .action(async (provider: number) => {
    const grid = await openGrid(program.opts<GridOptions>())
    try {
      await show(contractsAt(grid.deployment, grid.provider), provider)
    } finally {
      grid.provider.destroy()
    }
  })

async function leave({ contracts, provider: node }: Connection, provider: number): Promise<void> {
  const entry = await contracts.providers.providerOf(provider)
  if (!entry.draining) await (await contracts.providers.setDraining(provider, true)).wait()
  const bonded = entry.stake - entry.unbonding
  if (bonded > 0n) await (await contracts.providers.startUnbonding(provider, bonded)).wait()
  const { unbondsAt, stake } = await contracts.providers.providerOf(provider)
  const now = (await node.getBlock('latest'))?.timestamp ?? 0
  if (now < Number(unbondsAt)) {
    console.log(
      `draining. The stake can leave from ${new Date(Number(unbondsAt) * 1000).toISOString()} on: run this again then.`,
    )
    return
  }
  await (await contracts.providers.withdrawStake(provider)).wait()
  console.log(`provider ${provider} left with its stake of ${formatUnits(stake)} credits.`)
}

async function show(contracts: Connection['contracts'], provider: number): Promise<void> {
  const entry = await contracts.providers.providerOf(provider)
  if (entry.status === 0n) throw new OperatorError('PROVIDER_UNKNOWN', `no provider has the index ${provider}.`)
  const facts = {
    provider,
    owner: entry.owner,
    signer: entry.signer,
    status: PROVIDER_STATUSES[Number(entry.status)],
    draining: entry.draining,
    stake: formatUnits(entry.stake),
    unbonding: formatUnits(entry.unbonding),
    reserved: formatUnits(entry.reserved),
    openJobs: Number(entry.openJobs),
    maxOpenJobs: Number(entry.maxOpenJobs),
    earnings: formatUnits(await contracts.jobs.earningsOf(provider)),
  }
  console.log(JSON.stringify(facts, null, 2))
}

function asOwner(act: (connection: Connection) => Promise<void>): Promise<void> {
  return withGrid('OWNER', act)
}

async function withGrid(key: string, act: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await connect({ ...program.opts<GridOptions>(), key })
  try {
    await act(connection)
  } finally {
    connection.provider.destroy()
  }
}

await runScript(program)
