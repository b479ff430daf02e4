import { readFileSync } from 'node:fs'
import { createPublicClient, http } from 'viem'
import { type Deployment, parseDeployment } from '../sdk/deployments/deployment.ts'
import { createGridClient, type GridClient } from '../sdk/gridClient.ts'
import { CliError, notFound } from './cliError.ts'
import { EXIT } from './exitCodes.ts'
import { needed, type Settings } from './settings.ts'

const ANSWER_MS = 10_000
const POLLING_MS = 500

/** The way to the grid that the settings name, checked. Throws a CliError, or what `createGridClient` throws. */
export async function connect(settings: Settings): Promise<GridClient> {
  const url = needed(settings, 'rpc')
  const deployment = readDeployment(needed(settings, 'deployment'))
  const transport = http(url, { timeout: ANSWER_MS, retryCount: 1 })
  const publicClient = createPublicClient({ transport, cacheTime: 0, pollingInterval: POLLING_MS })
  const { relay, gateway } = settings
  return createGridClient({
    publicClient,
    deployment,
    ...(relay === undefined ? {} : { relayUrl: relay.value }),
    ...(gateway === undefined ? {} : { gatewayUrl: gateway.value }),
  })
}

function readDeployment(path: string): Deployment {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw notFound(
      'DEPLOYMENT_MISSING',
      `The deployment file ${path} cannot be read. Check \`dps config\`, or ask the grid’s operator for it.`,
    )
  }
  try {
    return parseDeployment(text)
  } catch (cause) {
    const what = cause instanceof Error ? cause.message.replace(/^.*?: |\. .*$/gs, '') : ''
    throw new CliError(
      'DEPLOYMENT_INVALID',
      `${path} is no deployment file: ${what}. Ask the grid’s operator for it.`,
      EXIT.wrongGrid,
      cause,
    )
  }
}
