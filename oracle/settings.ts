import { z } from 'zod'
import { POLICY_NAMES } from '../scheduling/policies.ts'

const url = z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' })
const urls = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(url))
const wholeNumber = (least: number, most: number) =>
  z.coerce
    .number({ error: 'is not a number' })
    .int('is not a whole number')
    .min(least, `is below ${least}`)
    .max(most, `is above ${most}`)

/** What the oracle is told by its environment. The table in README.md is made of it. */
export const settingsSchema = z.object({
  RPC_URL: urls.describe(
    'HTTP(S) URLs of chain nodes, separated by commas; the first is asked first while all are well',
  ),
  RPC_WS_URL: z
    .url({ protocol: /^wss?$/, error: 'is not a ws(s) URL' })
    .optional()
    .describe('WebSocket of a chain node: blocks are noticed as they come instead of every `POLL_MS`'),
  GRID_DEPLOYMENT: z
    .string({ error: 'is missing' })
    .min(1, 'is empty')
    .describe('File that names the chain and the contracts'),
  ORACLE_PRIVATE_KEY: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, 'is not a private key of 32 bytes in hex')
    .optional()
    .describe('Key of the account that holds the oracle role; this or `ORACLE_KEYSTORE`'),
  ORACLE_KEYSTORE: z.string().min(1, 'is empty').optional().describe('Encrypted keystore file of that account'),
  ORACLE_KEYSTORE_PASSWORD_FILE: z
    .string()
    .min(1, 'is empty')
    .optional()
    .describe('File with the password of the keystore'),
  STORE_PATH: z
    .string()
    .min(1, 'is empty')
    .optional()
    .describe('File of the embedded database; this or `DATABASE_URL`'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, 'is not a postgresql:// URL')
    .optional()
    .describe('PostgreSQL that any number of replicas share'),
  GATEWAY_URL: url.describe('Gateway that says which definitions it holds'),
  LISTEN_HOST: z.string().min(1, 'is empty').default('127.0.0.1').describe('Address that the relay listens on'),
  LISTEN_PORT: wholeNumber(0, 65_535)
    .default(0)
    .describe('Port that the relay listens on; 0 takes a free one and logs it'),
  POLICY: z
    .enum(POLICY_NAMES, { error: `is none of ${POLICY_NAMES.join(', ')}` })
    .default('aged')
    .describe('How jobs are ordered and placed'),
  CONFIRMATIONS: wholeNumber(0, 10_000)
    .default(3)
    .describe('Blocks upon a transaction’s own before its messages are decided'),
  REORG_DEPTH: wholeNumber(1, 100_000)
    .default(256)
    .describe('Reorganisations up to this depth are undone; after a deeper one the history is read again'),
  CUSTOMER_MESSAGES_PER_MINUTE: wholeNumber(1, 1_000_000)
    .default(600)
    .describe('Messages that one customer may send in a minute'),
  PROVIDER_MESSAGES_PER_MINUTE: wholeNumber(1, 1_000_000)
    .default(6_000)
    .describe('Messages that one provider may send in a minute'),
  MOST_WAITING_MESSAGES: wholeNumber(1, 10_000_000)
    .default(20_000)
    .describe('Messages that may wait to be sent before others are answered with 429'),
  MAX_LAG_SECONDS: wholeNumber(0, 1_000_000)
    .default(0)
    .describe('Age of the last block above which health is red; 0 where blocks come only when somebody wants one'),
  POLL_MS: wholeNumber(10, 3_600_000).default(1000).describe('Milliseconds between two turns at most'),
})

export type Settings = z.infer<typeof settingsSchema>

/** A setting that the oracle cannot start with. */
export class SettingInvalid extends Error {
  readonly code = 'SETTING_INVALID'
  override readonly name = 'SettingInvalid'
  readonly setting: string
  constructor(setting: string, problem: string) {
    super(`${setting} ${problem}. See the settings table in oracle/README.md.`)
    this.setting = setting
  }
}

/** Reads the settings. Throws SettingInvalid for the first that is wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const result = settingsSchema.safeParse(environment)
  if (!result.success) throw invalid(result.error, environment)
  const settings = result.data
  if ((settings.ORACLE_PRIVATE_KEY === undefined) === (settings.ORACLE_KEYSTORE === undefined)) {
    throw new SettingInvalid('ORACLE_PRIVATE_KEY', 'or ORACLE_KEYSTORE must be set, and not both')
  }
  if (settings.ORACLE_KEYSTORE !== undefined && settings.ORACLE_KEYSTORE_PASSWORD_FILE === undefined) {
    throw new SettingInvalid(
      'ORACLE_KEYSTORE_PASSWORD_FILE',
      'is missing: it names the file with the keystore’s password',
    )
  }
  if ((settings.STORE_PATH === undefined) === (settings.DATABASE_URL === undefined)) {
    throw new SettingInvalid('STORE_PATH', 'or DATABASE_URL must be set, and not both')
  }
  return settings
}

function invalid(error: z.ZodError, environment: Readonly<Record<string, string | undefined>>): SettingInvalid {
  const issue = error.issues[0]
  const setting = String(issue?.path[0] ?? 'the environment')
  return new SettingInvalid(setting, environment[setting] === undefined ? 'is missing' : (issue?.message ?? 'is wrong'))
}
