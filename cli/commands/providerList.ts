import { listProviders } from '../../sdk/actions/listProviders.ts'
import type { Run } from '../command.ts'
import { creditsText } from '../output/amounts.ts'
import { capacityOf, standingOf } from '../output/providerText.ts'
import { durationText } from '../output/times.ts'

/** The providers of the grid. */
export const providerList: Run = async (context) => {
  const { out } = context
  const grid = await context.grid()
  out.progress('Asking the grid …')
  const providers = await listProviders(grid)
  const now = Number((await grid.publicClient.getBlock()).timestamp)
  out.progress('')
  if (out.isJson) out.result(providers, () => undefined)
  else if (providers.length === 0) out.line('No provider has registered yet.')
  else {
    await out.table(providers, [
      { title: '#', text: ({ index }) => String(index), isNumber: true },
      { title: 'NAME', text: ({ profile }) => profile.name, canShrink: true },
      { title: 'REGION', text: ({ profile }) => profile.region, canShrink: true },
      { title: 'STATE', text: standingOf },
      { title: 'NODES', text: ({ offer }) => capacityOf(offer), canShrink: true },
      { title: 'JOBS', text: ({ openJobs, offer }) => `${openJobs}/${offer?.maxOpenJobs ?? 0}`, isNumber: true },
      { title: 'CPU/MIN', text: ({ offer }) => creditsText(offer?.prices.cpuPerMinute ?? 0n), isNumber: true },
      { title: 'GPU/MIN', text: ({ offer }) => creditsText(offer?.prices.gpuPerMinute ?? 0n), isNumber: true },
      { title: 'SEEN', text: ({ lastSeen }) => `${durationText(now - lastSeen)} ago` },
      {
        title: 'LABELS',
        text: ({ offer }) => (offer?.labels ?? []).map(({ key, value }) => `${key}=${value}`).join(' '),
        canShrink: true,
      },
    ])
  }
  return undefined
}
