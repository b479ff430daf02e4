import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import type { Hex } from '../sdk/domain/job.ts'
import { addressArgument } from './amounts.ts'
import { openNode, signerFrom } from './connect.ts'
import { deployGrid } from './deployGrid.ts'
import { LOCAL_CONFIG, PUBLIC_CONFIG } from './deploymentConfig.ts'
import { OperatorError } from './operatorError.ts'
import { runScript } from './runScript.ts'

interface DeployOptions {
  readonly rpc: string
  readonly network: string
  readonly config: 'local' | 'public'
  readonly out?: string
  readonly force?: true
  readonly oracle?: Hex
  readonly guardian?: Hex
  readonly approver?: Hex
  readonly minter?: Hex
  readonly treasury?: Hex
}

const program = new Command('deploy')
  .description(
    'Deploys the contracts of a grid, sets up its roles, and writes where it stands to sdk/deployments/<network>.json.',
  )
  .requiredOption('--rpc <url>', 'chain node', process.env['RPC_URL'])
  .option('--network <name>', 'name of the network, and of the file', 'local')
  .addOption(new Option('--config <name>', 'delays and stakes').choices(['local', 'public']).default('public'))
  .option('--out <file>', 'another place for the file')
  .option('--force', 'overwrite the file')
  .option('--oracle <address>', 'account that assigns jobs (default: the deployer)', addressArgument)
  .option('--guardian <address>', 'account that can pause requests and announce panics', addressArgument)
  .option('--approver <address>', 'account that approves and bans providers', addressArgument)
  .option('--minter <address>', 'account that mints credits', addressArgument)
  .option('--treasury <address>', 'account that receives the protocol’s cut', addressArgument)
  .addHelpText(
    'after',
    '\nThe deployer’s key is read from DEPLOYER_PRIVATE_KEY, or from the keystore named by DEPLOYER_KEYSTORE.',
  )
  .action(deploy)

async function deploy(options: DeployOptions): Promise<void> {
  if (!/^[a-z0-9-]+$/.test(options.network)) {
    throw new OperatorError(
      'NETWORK_INVALID',
      `“${options.network}” is not a name: use small letters, digits and dashes.`,
    )
  }
  const out =
    options.out ?? fileURLToPath(new URL(join('../sdk/deployments', `${options.network}.json`), import.meta.url))
  if (existsSync(out) && options.force !== true) {
    throw new OperatorError(
      'DEPLOYMENT_EXISTS',
      `${out} is there already. Give --force to forget the grid it names, or another --network.`,
    )
  }
  const { provider } = await openNode(options.rpc)
  try {
    const signer = await signerFrom('DEPLOYER', provider)
    const deployer = (await signer.getAddress()) as Hex
    const base = options.config === 'local' ? LOCAL_CONFIG : PUBLIC_CONFIG
    const config = options.treasury === undefined ? base : { ...base, treasury: options.treasury }
    const holder = (address: Hex | undefined): readonly Hex[] => [address ?? deployer]
    const deployment = await deployGrid(signer, options.network, config, {
      oracle: holder(options.oracle),
      guardian: holder(options.guardian),
      approver: holder(options.approver),
      minter: holder(options.minter),
      parameters: [deployer],
    })
    mkdirSync(dirname(out), { recursive: true })
    writeFileSync(out, `${JSON.stringify(deployment, null, 2)}\n`)
    console.log(JSON.stringify({ ...deployment, file: out }, null, 2))
  } finally {
    provider.destroy()
  }
}

await runScript(program)
