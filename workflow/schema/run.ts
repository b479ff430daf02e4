import type { z } from 'zod'
import { REQUEST_LIMITS } from '../../sdk/domain/resources.ts'
import {
  choice,
  credential,
  fields,
  flag,
  isOneLine,
  isPlainLine,
  isTame,
  list,
  pattern,
  text,
  WORKFLOW_LIMITS,
  whole,
} from './fields.ts'
import { networkInterface } from './network.ts'

/** What reads a command. `ENTRYPOINT` leaves it to the image. */
export const SHELLS = ['/bin/sh', '/bin/bash', '/bin/ash', 'ENTRYPOINT'] as const
export const NETWORKS = ['host', 'slirp4netns', 'pasta'] as const
const MPIS = ['none', 'pmix_v4', 'pmi2'] as const

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

const envVariable = fields({
  key: pattern(WORKFLOW_LIMITS.envKey, 'a name of letters, digits and _ that starts with no digit,', VARIABLE),
  value: text(WORKFLOW_LIMITS.envValue),
})

export const env = list(envVariable, 0, WORKFLOW_LIMITS.env, 'maps with key and value').superRefine(
  refuseDuplicateKeys,
  // Also where a neighbour is wrong: every fault is told at once.
  { when: ({ value }) => Array.isArray(value) },
)

function refuseDuplicateKeys(variables: readonly unknown[], context: z.RefinementCtx): void {
  const seen = new Map<unknown, number>()
  variables.forEach((variable, index) => {
    const key = (variable as { key?: unknown } | null)?.key
    const first = seen.get(key)
    if (first === undefined) seen.set(key, index)
    else if (typeof key === 'string') {
      const message = `a name that env[${first}] does not have yet`
      context.addIssue({ code: 'custom', path: [index, 'key'], input: key, message, params: { code: 'duplicate' } })
    }
  })
}

export const resources = fields({
  tasks: whole(REQUEST_LIMITS.tasks).describe('Tasks that run in parallel; $NTASKS.'),
  cpusPerTask: whole(REQUEST_LIMITS.cpusPerTask).describe('CPUs of each task; $CPUS_PER_TASK.'),
  memPerCpu: whole(REQUEST_LIMITS.memPerCpu, ' MB').describe('Memory of each CPU in MB; $MEM_PER_CPU.'),
  gpus: whole(REQUEST_LIMITS.gpus).default(0).describe('GPUs of the whole job; $GPUS.'),
})

const stepResources = fields({
  tasks: whole(REQUEST_LIMITS.tasks)
    .default(1)
    .describe('How often the command runs in parallel; 1 where nothing is said.'),
  cpusPerTask: whole(REQUEST_LIMITS.cpusPerTask)
    .optional()
    .describe("CPUs of each task; the job's where nothing is said."),
  memPerCpu: whole(REQUEST_LIMITS.memPerCpu, ' MB')
    .optional()
    .describe("MB of each CPU; the job's where nothing is said."),
  gpusPerTask: whole(REQUEST_LIMITS.gpus).default(0).describe('GPUs of each task; none where nothing is said.'),
})

/** A path in a mount: the runtimes part them by colons and commas. */
const mountPath = text(
  WORKFLOW_LIMITS.path,
  'an absolute path without "..", ":", "," and quotes',
  (path) => path.startsWith('/') && isTame(path) && !/[:,"'\\]/.test(path),
)

const mount = fields({
  hostDir: mountPath.describe("Directory of the provider's machine. Providers may refuse it."),
  containerDir: mountPath.describe('Where the container sees it.'),
  options: choice(['ro', 'rw']).describe('Read only, or writable.'),
})

const IMAGE = /^(?:\/[\w./@+-]+|[a-z0-9][\w./-]*(?::\w[\w.-]*)?(?:@sha256:[0-9a-f]{64})?)$/
const REGISTRY = /^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._/-]*)?$/

const container = fields({
  image: text(
    WORKFLOW_LIMITS.image,
    'an image such as library/ubuntu:latest, or an absolute path below $STORAGE_PATH,',
    (image) => IMAGE.test(image) && isTame(image),
  ).describe(
    'image:tag without registry and user, or an absolute path below $STORAGE_PATH (/input and /output as the job has them).',
  ),
  registry: pattern(253, 'a host, with its port where it needs one,', REGISTRY)
    .default('registry-1.docker.io')
    .describe('Where the image comes from.'),
  username: text(
    WORKFLOW_LIMITS.stepName,
    'a name in one line without spaces',
    (name) => /^[^\s:#@]+$/.test(name) && isPlainLine(name),
  )
    .optional()
    .describe('Name at the registry.'),
  password: credential((value) => /^\S+$/.test(value) && isOneLine(value))
    .optional()
    .describe('Password at the registry; best as { fromSecret: NAME }.'),
  apptainer: flag().default(false).describe('Prefer Apptainer where the provider has several runtimes.'),
  deepsquareHosted: flag()
    .default(false)
    .describe('Prefer the image that the provider keeps unpacked in its store, where it has one.'),
  mounts: list(mount, 0, WORKFLOW_LIMITS.list, 'mounts').default([]).describe('Deprecated. Providers may refuse them.'),
  mountHome: flag().default(false).describe('The home directory is there in the container.'),
  x11: flag().default(false).describe('/tmp/.X11-unix is there in the container.'),
  readOnlyRootFS: flag().default(false).describe('Nothing of the image can be written; mounts can.'),
})

const ADDRESS = /^[0-9a-fA-F:.]+$/

export const run = fields({
  command: text(WORKFLOW_LIMITS.command).describe(
    'What the shell reads. Empty in a container: what the image starts by itself.',
  ),
  shell: choice(SHELLS)
    .default('/bin/sh')
    .describe('What reads the command; with ENTRYPOINT the words of the command are arguments of the image.'),
  resources: stepResources.optional().describe('What of the job this command takes.'),
  container: container.optional().describe('Where nothing is said, the command runs without a container.'),
  env: env.default([]).describe('Variables of this command; they win over those of the job.'),
  workDir: text(WORKFLOW_LIMITS.path, 'a path in one line', (path) => path !== '' && isOneLine(path))
    .optional()
    .describe('Where the command starts; $STORAGE_PATH where nothing is said.'),
  network: choice(NETWORKS)
    .optional()
    .describe('host where nothing is said; slirp4netns and pasta are networks of their own.'),
  dns: list(pattern(45, 'an IP address', ADDRESS), 0, 8, 'IP addresses')
    .default([])
    .describe('Name servers, with slirp4netns and pasta.'),
  customNetworkInterfaces: list(networkInterface, 0, 16, 'interfaces')
    .default([])
    .describe('With slirp4netns and pasta.'),
  mapUid: whole([0, 2_147_483_647])
    .optional()
    .describe('The user that the command believes to be; it gains no right by it.'),
  mapGid: whole([0, 2_147_483_647]).optional().describe('The group that the command believes to have.'),
  disableCpuBinding: flag().default(false).describe('Tasks are bound to no CPU.'),
  mpi: choice(MPIS).optional().describe("The provider's own choice where nothing is said."),
})
