import { Command } from 'commander'
import { formatUnits } from 'ethers'
import type { Hex } from '../sdk/domain/job.ts'
import { addressArgument, creditsArgument } from './amounts.ts'
import { connect } from './connect.ts'
import { runScript } from './runScript.ts'

const program = new Command('faucet')
  .description('Mints credits for an account of a test grid.')
  .argument('<address>', 'who gets them', addressArgument)
  .argument('<credits>', 'how many, such as 100 or 12.5', creditsArgument)
  .requiredOption('--rpc <url>', 'chain node', process.env['RPC_URL'])
  .option('--deployment <file>', 'deployment file', process.env['GRID_DEPLOYMENT'] ?? 'sdk/deployments/local.json')
  .addHelpText(
    'after',
    '\nThe minter’s key is read from MINTER_PRIVATE_KEY, or from the keystore named by MINTER_KEYSTORE.',
  )
  .action(mint)

async function mint(to: Hex, amount: bigint, options: { rpc: string; deployment: string }): Promise<void> {
  const { contracts, provider } = await connect({ ...options, key: 'MINTER' })
  try {
    const receipt = await (await contracts.credits.mint(to, amount)).wait()
    const balance = await contracts.credits.balanceOf(to)
    console.log(
      `${to} got ${formatUnits(amount)} credits (transaction ${receipt?.hash}) and now has ${formatUnits(balance)}.`,
    )
  } finally {
    provider.destroy()
  }
}

await runScript(program)
