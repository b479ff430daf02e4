import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { GridGround } from '../grid/localGrid.ts'
import { LOCAL_PROVIDERS, type LocalProvider } from '../grid/localProviders.ts'
import { SlurmCluster, whyNoSlurm } from './slurmCluster.ts'
import { GPU_TYPE } from './slurmConf.ts'

/** Accounts that every Debian has and that own nothing: jobs run under them. */
const JOB_USERS = ['games', 'news', 'uucp', 'irc', 'list', 'backup', 'lp', 'mail'] as const

/** This machine cannot have a Slurm cluster. */
export class SlurmMissing extends Error {
  readonly code = 'SLURM_MISSING'
  override readonly name = 'SlurmMissing'
  constructor(why: string) {
    super(`No Slurm cluster can be started here: ${why}.`)
  }
}

/** Providers on real Slurm clusters of this machine, each with one of its own. */
export interface SlurmProviders extends GridGround {
  readonly clusters: readonly SlurmCluster[]
}

const SHAPE = { nodes: 2, cpus: 8, mem: 16_384, gpus: 2 }

/** Starts a cluster for each of the local providers in the folder of a grid. Throws SlurmMissing. */
export async function startSlurmProviders(
  folder: string,
  agent: Readonly<Record<string, string>> = {},
): Promise<SlurmProviders> {
  const why = whyNoSlurm()
  if (why !== undefined) throw new SlurmMissing(why)
  // Users of jobs pass through it to what is theirs; the agents' own folders stay closed.
  chmodSync(folder, 0o711)
  const env = { GRID_FOLDER: folder }
  const started = await Promise.allSettled(
    LOCAL_PROVIDERS.map(({ profile }) => SlurmCluster.start({ name: profile.name, folder, ...SHAPE, env })),
  )
  const clusters = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const stop = async (): Promise<void> => void (await Promise.all(clusters.map((cluster) => cluster.stop())))
  const failed = started.find((one) => one.status === 'rejected')
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  const providers = LOCAL_PROVIDERS.map((provider, index) => onCluster(provider, clusters[index], agent))
  return { clusters, providers, stop }
}

function onCluster(
  provider: LocalProvider,
  cluster: SlurmCluster | undefined,
  agent: Readonly<Record<string, string>>,
): LocalProvider {
  if (cluster === undefined) return provider
  const shared = join(cluster.shape.folder, 'shared')
  mkdirSync(shared)
  chmodSync(shared, 0o1733)
  const { nodes: count, cpus, mem, gpus } = SHAPE
  return {
    profile: { ...provider.profile, software: 'slurm' },
    offer: { ...provider.offer, nodes: [{ count, cpus, mem, gpus, gpuModel: GPU_TYPE }] },
    agent: {
      RUNNER: 'slurm',
      SLURM_CONF: cluster.confPath,
      SLURM_SHARED_DIR: shared,
      SLURM_USERS: JOB_USERS.join(','),
      SLURM_COMPLETIONS: cluster.completions,
      SLURM_SETTLE_SECONDS: '3',
      ...agent,
    },
  }
}
