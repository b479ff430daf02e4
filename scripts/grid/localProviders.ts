import type { Offer, Profile } from '../../sdk/domain/provider.ts'

const CREDIT = 10n ** 18n

/** A provider of the local grid. */
export interface LocalProvider {
  readonly profile: Profile
  readonly offer: Offer
  /** Settings of its agent beside those that every agent of the grid gets. */
  readonly agent?: Readonly<Record<string, string>>
}

const label = (key: string, value: string) => ({ key, value })

/** Two providers that differ in price and size; only the second has a label for fast storage. */
export const LOCAL_PROVIDERS: readonly LocalProvider[] = [
  {
    profile: { name: 'alpine', url: 'http://localhost', region: 'ch-west', software: 'local' },
    offer: {
      prices: { cpuPerMinute: CREDIT / 100n, memPerMinute: CREDIT / 1_000_000n, gpuPerMinute: CREDIT / 2n },
      maxOpenJobs: 16,
      acceptsDirect: false,
      nodes: [{ count: 1, cpus: 4, mem: 8_192, gpus: 0, gpuModel: '' }],
      labels: [label('os', 'linux'), label('arch', 'amd64')],
    },
  },
  {
    profile: { name: 'lakeside', url: 'http://localhost', region: 'ch-east', software: 'local' },
    offer: {
      prices: { cpuPerMinute: CREDIT / 40n, memPerMinute: CREDIT / 500_000n, gpuPerMinute: CREDIT },
      maxOpenJobs: 64,
      acceptsDirect: true,
      nodes: [{ count: 4, cpus: 8, mem: 16_384, gpus: 0, gpuModel: '' }],
      labels: [label('os', 'linux'), label('arch', 'amd64'), label('storage', 'nvme')],
    },
  },
]
