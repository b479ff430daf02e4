import { once } from 'node:events'
import { Command } from 'commander'
import { Wallet } from 'ethers'
import type { Hex } from '../sdk/domain/job.ts'
import { type LocalGrid, startLocalGrid } from './grid/localGrid.ts'
import { stopSignal } from './grid/stopSignal.ts'
import { runScript } from './runScript.ts'

const FAUCET_CREDITS = 1_000n * 10n ** 18n

await runScript(
  new Command('grid')
    .description(
      'Boots a grid on this machine and keeps it until Ctrl-C: chain node, contracts, gateway, oracle, two providers.',
    )
    .action(serve),
)

async function serve(): Promise<void> {
  const stop = stopSignal()
  const grid = await startLocalGrid({ progress: (step) => console.error(`… ${step}`) })
  try {
    const customer = Wallet.createRandom()
    await grid.mint(customer.address as Hex, FAUCET_CREDITS)
    print(grid, customer)
    if (!stop.aborted) await once(stop, 'abort')
  } finally {
    console.error('… stopping')
    await grid.stop()
  }
}

function print(grid: LocalGrid, customer: { address: string; privateKey: string }): void {
  const { deployment } = grid
  console.log(`
A grid runs on this machine. Ctrl-C ends it and leaves nothing behind.

  chain node     ${grid.rpcUrl}   (chain ${deployment.chainId}, a block a second)
  relay          ${grid.relayUrl}
  gateway        ${grid.gatewayUrl}
  deployment     ${grid.deploymentPath}
  logs           ${grid.folder}

  Credits        ${deployment.credits}
  Providers      ${deployment.providers}
  Jobs           ${deployment.jobs}
  AccessManager  ${deployment.accessManager}

Keys of this throw-away grid (never use them elsewhere):
  operator       ${grid.operator.address}   ${grid.operator.privateKey}
  oracle         ${grid.oracle.address}   ${grid.oracle.privateKey}
${grid.providers.map(providerLines).join('\n')}
  customer       ${customer.address}   ${customer.privateKey}
                 has 1,000 credits and no native coin
`)
}

function providerLines({ index, name, owner, signer }: LocalGrid['providers'][number]): string {
  return `  provider ${index}     ${name}
    owner        ${owner.address}   ${owner.privateKey}
    signer       ${signer.address}   ${signer.privateKey}`
}
