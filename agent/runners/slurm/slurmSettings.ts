import { z } from 'zod'

const USER = /^[a-z_][a-z0-9_.-]{0,31}$/
const word = z.string().regex(/^\S+$/, 'is empty or has blanks')
const seconds = z.coerce.number('is not a number of seconds').positive('is not a number of seconds')

/** The settings of the Slurm runner, as the environment of an agent gives them. */
export const slurmSettings = {
  SLURM_SHARED_DIR: z.string().startsWith('/', 'is not an absolute path').optional(),
  SLURM_USERS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((user) => user !== ''))
    .refine((users) => users.every((user) => USER.test(user)), 'is not a list of users: a,b,c'),
  SLURM_SSH: z
    .string()
    .regex(/^[A-Za-z0-9._@:-]+$/, 'is not [user@]host')
    .regex(/^[^-]/, 'starts with a dash')
    .optional(),
  SLURM_SSH_KEY: z.string().startsWith('/', 'is not an absolute path').optional(),
  SLURM_CONF: z.string().startsWith('/', 'is not an absolute path').optional(),
  SLURM_COMPLETIONS: z.string().startsWith('/', 'is not an absolute path').optional(),
  SLURM_PARTITION: word.optional(),
  SLURM_ACCOUNT: word.optional(),
  SLURM_QOS: word.optional(),
  SLURM_CONSTRAINT: word.optional(),
  SLURM_EXTRA_ARGS: z
    .string()
    .default('')
    .transform((text) => text.split(/\s+/).filter((argument) => argument !== '')),
  SLURM_TIMEOUT_SECONDS: seconds.default(20),
  SLURM_SETTLE_SECONDS: seconds.default(30),
  SLURM_MAX_JOBS: z.coerce.number('is not a number of jobs').int('is not a number of jobs').positive().default(1000),
}
