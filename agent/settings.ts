import { z } from 'zod'
import { SettingInvalid, SharedUserNotConfirmed, SingleTenantNotConfirmed } from './errors.ts'
import { slurmSettings } from './runners/slurm/slurmSettings.ts'

const url = z.url({ protocol: /^https?$/, error: 'is not an http or https URL' })
const positive = (what: string) => z.coerce.number({ error: `is not ${what}` }).positive(`is not ${what}`)
const whole = (what: string) => positive(what).int(`is not ${what}`)

const schema = z.object({
  RPC_URL: url,
  GRID_DEPLOYMENT: z.string('is missing: the path of a deployment file').min(1, 'is empty'),
  PROVIDER: whole('the index of a provider'),
  SIGNER_PRIVATE_KEY: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, 'is not a private key: 0x and 64 hex digits')
    .optional(),
  SIGNER_KEYSTORE: z.string().min(1, 'is empty').optional(),
  SIGNER_KEYSTORE_PASSWORD_FILE: z.string().min(1, 'is empty').optional(),
  ENCRYPTION_KEY_FILE: z.string().min(1, 'is empty').optional(),
  RELAY_URL: url,
  GATEWAY_URL: url,
  STATE_DIR: z.string('is missing: a directory of this agent alone').min(1, 'is empty'),
  RUNNER: z.enum(['local', 'slurm'], 'is not the name of a runner: local or slurm').default('local'),
  ...slurmSettings,
  SINGLE_TENANT: z.string().optional(),
  SANDBOX: z.enum(['auto', 'bubblewrap', 'none'], 'is none of auto, bubblewrap and none').default('auto'),
  JOB_USER: z.string().min(1, 'is empty').default('nobody'),
  JOB_NETWORK: z.enum(['none', 'host'], 'is neither none nor host').default('none'),
  JOB_READABLE: z
    .string()
    .default('')
    .transform((text) => text.split(':').filter((path) => path !== ''))
    .refine((paths) => paths.every((path) => path.startsWith('/')), 'is not absolute paths with colons between them'),
  JOB_PROCESSES: whole('a number of processes').default(1024),
  JOB_FILES: whole('a number of files').default(4096),
  JOB_DISK: whole('a number of megabytes').default(10_240),
  MAX_TIME: whole('a number of seconds').optional(),
  CUSTOMERS: z
    .string()
    .transform((text) =>
      text
        .toLowerCase()
        .split(/[\s,]+/)
        .filter((address) => address !== ''),
    )
    .refine((all) => all.every((one) => /^0x[0-9a-f]{40}$/.test(one)), 'is not addresses with commas between them')
    .refine((all) => all.length > 0, 'names nobody')
    .optional(),
  CONFIRMATIONS: whole('a number of blocks').default(1),
  POLL_MS: whole('a number of milliseconds').default(1000),
  HEARTBEAT_SECONDS: positive('a number of seconds').default(60),
  RELAY_GRACE: positive('a number of seconds').optional(),
  CPUS: whole('a number of cpus').optional(),
  MEM: whole('a number of megabytes').optional(),
  GPUS: z.coerce.number('is not a number of gpus').int('is not a number of gpus').min(0, 'is negative').default(0),
  OUTPUT_LIMIT: whole('a number of bytes')
    .min(1024, 'is below 1024')
    .max(1_048_576, 'is above 1048576')
    .default(1_048_576),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error'], 'is not a level of pino').default('info'),
})

/** The settings of an agent, as its environment gives them. */
export type Settings = z.infer<typeof schema>

/** What a runner alone needs: no key, no chain. */
const runnerSchema = schema.pick({
  STATE_DIR: true,
  RUNNER: true,
  SINGLE_TENANT: true,
  SANDBOX: true,
  JOB_USER: true,
  JOB_NETWORK: true,
  JOB_READABLE: true,
  JOB_PROCESSES: true,
  JOB_FILES: true,
  JOB_DISK: true,
  CPUS: true,
  MEM: true,
  GPUS: true,
  OUTPUT_LIMIT: true,
  LOG_LEVEL: true,
})
export type RunnerSettings = z.infer<typeof runnerSchema>

/** Reads what a runner alone needs of the settings. Throws SettingInvalid for the first that is wrong. */
export function parseRunnerSettings(environment: Environment): RunnerSettings {
  return parsedBy(runnerSchema, environment)
}

type Environment = Readonly<Record<string, string | undefined>>

function parsedBy<Output>(shape: z.ZodType<Output>, environment: Environment): Output {
  const result = shape.safeParse(environment)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const setting = String(issue?.path[0] ?? 'A setting')
  const isMissing = environment[setting] === undefined
  throw new SettingInvalid(setting, isMissing ? 'is missing' : (issue?.message ?? 'is wrong'))
}

/** Reads the settings. Throws SettingInvalid for the first that is wrong, or SingleTenantNotConfirmed where it is sure that there is no sandbox. */
export function parseSettings(environment: Environment): Settings {
  const settings = parsedBy(schema, environment)
  checkKey(settings)
  if (settings.RUNNER === 'local' && settings.SANDBOX === 'none' && settings.SINGLE_TENANT !== 'yes') {
    throw new SingleTenantNotConfirmed('SANDBOX is none')
  }
  if (settings.RUNNER === 'slurm') checkSlurmSettings(settings)
  return settings
}

function checkKey({ SIGNER_PRIVATE_KEY, SIGNER_KEYSTORE, SIGNER_KEYSTORE_PASSWORD_FILE }: Settings): void {
  if (SIGNER_PRIVATE_KEY === undefined && SIGNER_KEYSTORE === undefined) {
    throw new SettingInvalid('SIGNER_PRIVATE_KEY', 'is missing, and so is SIGNER_KEYSTORE')
  }
  if (SIGNER_KEYSTORE !== undefined && SIGNER_KEYSTORE_PASSWORD_FILE === undefined) {
    throw new SettingInvalid('SIGNER_KEYSTORE_PASSWORD_FILE', 'is missing')
  }
}

function checkSlurmSettings({ SLURM_SHARED_DIR, SLURM_USERS, SINGLE_TENANT }: Settings): void {
  if (SLURM_SHARED_DIR === undefined) throw new SettingInvalid('SLURM_SHARED_DIR', 'is missing')
  if (SLURM_USERS.length === 0 && SINGLE_TENANT !== 'yes') throw new SharedUserNotConfirmed()
}
