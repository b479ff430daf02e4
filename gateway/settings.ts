import { z } from 'zod'

/** What the gateway is told by its environment. The table in README.md says the same in words. */
const settingsSchema = z.object({
  RPC_URL: z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' }),
  GRID_DEPLOYMENT: z.string().min(1, 'is empty'),
  STORE_DIR: z.string().min(1, 'is empty'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'is not a postgres URL' }).optional(),
  SEALING_KEY_FILE: z.string().min(1, 'is empty').optional(),
  LOGIN_DOMAINS: z
    .string()
    .transform((text) => text.split(',').map((domain) => domain.trim()))
    .refine((domains) => domains.every((domain) => /^[a-zA-Z0-9.-]+(:\d{1,5})?$/.test(domain)), {
      error: 'is not a list of hosts, with their ports, parted by commas',
    })
    .optional(),
  QUOTA_BYTES: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(1, 'is not above 0')
    .default(67_108_864),
  LOG_LIMIT_BYTES: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(1, 'is not above 0')
    .default(67_108_864),
  DEFINITION_KEEP_DAYS: z.coerce.number('is not a number').positive('is not above 0').default(14),
  BUCKET_URL: z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' }).optional(),
  BUCKET_REGION: z.string().min(1, 'is empty').default('us-east-1'),
  BUCKET_ACCESS_KEY_ID: z.string().min(1, 'is empty').optional(),
  BUCKET_SECRET_ACCESS_KEY: z.string().min(1, 'is empty').optional(),
  INDEX_POLL_MS: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(10, 'is below 10')
    .max(3_600_000, 'is above 3600000')
    .default(1000),
  LISTEN_HOST: z.string().min(1, 'is empty').default('127.0.0.1'),
  LISTEN_PORT: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(0)
    .max(65_535, 'is above 65535')
    .default(0),
})

/** The settings of a gateway, with every default filled in. */
export type Settings = z.infer<typeof settingsSchema>

/** A setting that the gateway cannot start with. */
export class SettingInvalid extends Error {
  readonly code = 'SETTING_INVALID'
  override readonly name = 'SettingInvalid'
  readonly setting: string
  constructor(setting: string, problem: string) {
    super(`${setting} ${problem}. See the settings table in gateway/README.md.`)
    this.setting = setting
  }
}

/** Reads the settings. Throws SettingInvalid for the first that is wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const result = settingsSchema.safeParse(environment)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const setting = String(issue?.path[0])
  throw new SettingInvalid(setting, environment[setting] === undefined ? 'is missing' : (issue?.message ?? 'is wrong'))
}
