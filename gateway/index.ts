import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { createPublicClient, http } from 'viem'
import { createGridClient, parseDeployment } from '../sdk/index.ts'
import { databasePlace } from '../store/openDatabase.ts'
import { composeGateway } from './composeGateway.ts'
import { indexRoutes } from './index/http/indexRoutes.ts'
import { startIndex } from './index/startIndex.ts'
import { readSettings, SettingInvalid } from './settings.ts'

const RPC_TIMEOUT_MS = 10_000

const log = pino({ base: null })

async function main(): Promise<void> {
  const settings = readSettings(process.env)
  const deployment = parseDeployment(readText('GRID_DEPLOYMENT', settings.GRID_DEPLOYMENT))
  const transport = http(settings.RPC_URL, { timeout: RPC_TIMEOUT_MS })
  const grid = await createGridClient({ publicClient: createPublicClient({ transport }), deployment })
  const now = () => Math.floor(Date.now() / 1000)
  const server = await composeGateway(settings, { grid, now, log })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.close())
  const place = databasePlace(join(settings.STORE_DIR, 'index.sqlite'), settings.DATABASE_URL)
  const index = await startIndex({ grid, place, pollMs: settings.INDEX_POLL_MS, log })
  indexRoutes(server, index.parts)
  server.addHook('onClose', () => index.stop())
  server.addHook('onClose', async () => log.info('stopped'))
  const url = await server.listen({ host: settings.LISTEN_HOST, port: settings.LISTEN_PORT })
  log.info({ url }, 'listening')
}

function readText(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SettingInvalid(setting, `names a file that cannot be read (${String(cause)})`)
  }
}

main().catch((cause: unknown) => {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  log.fatal({ code: 'code' in error ? error.code : 'START_FAILED', cause: error.message }, 'the gateway stopped')
  process.exitCode = 1
})
