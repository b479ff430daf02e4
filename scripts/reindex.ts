import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { pino } from 'pino'
import { createPublicClient, http } from 'viem'
import { openFollower } from '../gateway/index/startIndex.ts'
import { readSettings } from '../gateway/settings.ts'
import { createGridClient, parseDeployment } from '../sdk/index.ts'
import { databasePlace } from '../store/openDatabase.ts'
import { runScript } from './runScript.ts'

/** Drops the index of the gateway whose settings the environment holds, and builds it anew from the chain. */
async function reindex(): Promise<void> {
  const log = pino({ base: null })
  const settings = readSettings(process.env)
  const transport = http(settings.RPC_URL)
  const deployment = parseDeployment(readFileSync(settings.GRID_DEPLOYMENT, 'utf8'))
  const grid = await createGridClient({ publicClient: createPublicClient({ transport }), deployment })
  const place = databasePlace(join(settings.STORE_DIR, 'index.sqlite'), settings.DATABASE_URL)
  const startedAt = Date.now()
  const { index, follower } = await openFollower(grid, place, true)
  const { head, events } = await follower.advance().finally(() => index.destroy())
  log.info({ block: head.number, events, seconds: (Date.now() - startedAt) / 1000 }, 'index rebuilt')
}

const program = new Command('reindex')
  .description('Drops the index of a gateway and builds it anew from the chain; it must not run on the same files.')
  .addHelpText('after', '\nSettings are those of the gateway: see the table in gateway/README.md.')
  .action(reindex)

await runScript(program)
