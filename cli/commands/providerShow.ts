import { getEarnings } from '../../sdk/actions/getEarnings.ts'
import { getProvider } from '../../sdk/actions/getProvider.ts'
import { providerFrom } from '../arguments.ts'
import type { Run } from '../command.ts'
import { creditsText } from '../output/amounts.ts'
import { plainText } from '../output/plainText.ts'
import { standingOf } from '../output/providerText.ts'
import { momentText } from '../output/times.ts'

/** Everything that the chain says of a provider. */
export const providerShow: Run = async (context, { args }) => {
  const { out } = context
  const index = providerFrom(args[0] ?? '')
  const grid = await context.grid()
  const [provider, earnings] = await Promise.all([getProvider(grid, index), getEarnings(grid, index)])
  const { profile, offer, contact, record } = provider
  const prices = offer?.prices
  const rounded = (count: number): string => String(Math.round(count * 10) / 10)
  out.result({ ...provider, earnings }, () =>
    out.facts([
      ['provider', `${index} ${plainText(profile.name)}`],
      ['state', standingOf(provider)],
      [
        'where',
        plainText([profile.region, profile.url, profile.software].filter((text) => text !== '').join(', ')) || '–',
      ],
      ['owner', provider.owner],
      ['signer', contact.signer],
      ['stake', `${creditsText(provider.stake)} credits, ${creditsText(provider.unbonding)} of it leaving`],
      ['earned', `${creditsText(earnings)} credits to withdraw`],
      ['open jobs', `${provider.openJobs} of ${offer?.maxOpenJobs ?? 0}`],
      [
        'prices',
        prices === undefined
          ? '–'
          : `${creditsText(prices.cpuPerMinute)} a cpu, ${creditsText(prices.memPerMinute)} an MB, ${creditsText(prices.gpuPerMinute)} a gpu, each minute`,
      ],
      [
        'nodes',
        (offer?.nodes ?? [])
          .map(({ count, cpus, mem, gpus, gpuModel }) =>
            plainText(`${count} × ${cpus} cpu, ${mem} MB, ${gpus} gpu ${gpuModel}`.trim()),
          )
          .join('; ') || '–',
      ],
      ['labels', plainText((offer?.labels ?? []).map(({ key, value }) => `${key}=${value}`).join(' ')) || '–'],
      ['direct jobs', offer?.acceptsDirect === true ? 'accepted' : 'refused'],
      [
        'record',
        `${rounded(record.ended)} ended, ${rounded(record.refused)} refused, ${rounded(record.lost)} lost, ${rounded(record.late)} late, lately`,
      ],
      ['last seen', `${momentText(provider.lastSeen)} UTC`],
    ]),
  )
  return undefined
}
