import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { GridClient } from '../sdk/index.ts'
import { databasePlace, openDatabase } from '../store/openDatabase.ts'
import type { Blobs } from './blobs/blobs.ts'
import { openBucket } from './blobs/bucket.ts'
import { openFolder } from './blobs/folder.ts'
import { Definitions } from './definitions/definitions.ts'
import { expireDefinitions } from './definitions/expireDefinitions.ts'
import { Uploads } from './definitions/uploads.ts'
import type { GatewayParts } from './gatewayParts.ts'
import { loadSealingKey } from './loadSealingKey.ts'
import { Sessions } from './login/sessions.ts'
import { LogParties } from './logs/logParties.ts'
import { LogStore } from './logs/logStore.ts'
import { openRecords, ownKey } from './records/openRecords.ts'
import type { Tables } from './records/tables.ts'
import { gatewayServer } from './server.ts'
import { SettingInvalid, type Settings } from './settings.ts'

const EXPIRE_EVERY_MS = 3_600_000
const DAY_SECONDS = 86_400

/** What a gateway is made from beside its settings. */
export interface Ground {
  readonly grid: GridClient
  /** Unix seconds. */
  readonly now: () => number
  readonly log: Logger
}

/** A gateway, wired and not yet listening; closing the server closes everything. Throws SettingInvalid. */
export async function composeGateway(settings: Settings, { grid, now, log }: Ground): Promise<FastifyInstance> {
  const { STORE_DIR: directory } = settings
  await usable(mkdir(directory, { recursive: true, mode: 0o700 }))
  const key = await loadSealingKey(settings.SEALING_KEY_FILE, directory)
  const database = openDatabase<Tables>(databasePlace(join(directory, 'gateway.sqlite'), settings.DATABASE_URL))
  const records = await openRecords(database)
  const blobs = await blobsOf(settings)
  const definitions = new Definitions({ records, blobs, key, quotaBytes: settings.QUOTA_BYTES })
  const uploads = await usable(Uploads.open(join(directory, 'uploads'), now()))
  const nonceKey = await ownKey(records, 'nonces', randomBytes(32))
  const loginDomains = (): ReadonlySet<string> => new Set(settings.LOGIN_DOMAINS ?? domainsOf(server))
  const sessions = new Sessions(records)
  const logs = new LogStore(records, blobs, settings.LOG_LIMIT_BYTES, (error) =>
    log.warn({ cause: String(error) }, 'a log could not be packed; it stays in the records'),
  )
  const logParties = new LogParties(grid, records, now)
  const own = { sessions, definitions, uploads, logs, logParties, nonceKey, loginDomains }
  const parts: GatewayParts = { grid, records, blobs, ...own, now, log }
  const server = gatewayServer(parts)
  const keepSeconds = settings.DEFINITION_KEEP_DAYS * DAY_SECONDS
  const expiring = setInterval(() => {
    expireDefinitions({ grid, records, definitions, keepSeconds, log }, now()).catch((error: unknown) =>
      log.warn({ cause: String(error) }, 'nothing expires this time'),
    )
  }, EXPIRE_EVERY_MS)
  server.addHook('onClose', async () => {
    clearInterval(expiring)
    await logs.settled()
    await records.destroy()
  })
  return server
}

async function blobsOf(settings: Settings): Promise<Blobs> {
  const { BUCKET_URL: url, BUCKET_ACCESS_KEY_ID, BUCKET_SECRET_ACCESS_KEY, BUCKET_REGION: region } = settings
  if (url === undefined) return usable(openFolder(join(settings.STORE_DIR, 'blobs')))
  const accessKeyId = required('BUCKET_ACCESS_KEY_ID', BUCKET_ACCESS_KEY_ID)
  const secretAccessKey = required('BUCKET_SECRET_ACCESS_KEY', BUCKET_SECRET_ACCESS_KEY)
  return openBucket({ url, region, accessKeyId, secretAccessKey }).catch((cause: unknown) => {
    throw new SettingInvalid('BUCKET_URL', `names a bucket that cannot be used (${String(cause)})`)
  })
}

function required(setting: string, value: string | undefined): string {
  if (value === undefined) throw new SettingInvalid(setting, 'is missing')
  return value
}

/** Where the server listens, as one who logs in may call it. */
function domainsOf(server: FastifyInstance): readonly string[] {
  return server.addresses().flatMap((listening) => {
    if (typeof listening === 'string') return []
    const { address, port } = listening
    const names = address === '127.0.0.1' ? [address, 'localhost'] : [address]
    return names.map((name) => `${name}:${port}`)
  })
}

function usable<Opened>(opening: Promise<Opened>): Promise<Opened> {
  return opening.catch((cause: unknown) => {
    if (cause instanceof SettingInvalid) throw cause
    throw new SettingInvalid('STORE_DIR', `names a directory that cannot be used (${String(cause)})`)
  })
}
