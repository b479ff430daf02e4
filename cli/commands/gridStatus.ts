import { jobsAbi } from '../../sdk/abi/jobs.ts'
import { listProviders } from '../../sdk/actions/listProviders.ts'
import { readGrid } from '../../sdk/actions/readGrid.ts'
import type { JobStatus } from '../../sdk/domain/status.ts'
import type { Run } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exitCodes.ts'
import { durationText, momentText } from '../output/times.ts'

const ANSWER_MS = 5_000
const LIVE: readonly JobStatus[] = ['PENDING', 'META_SCHEDULED', 'SCHEDULED', 'RUNNING']

interface Health {
  readonly service: string
  readonly url: string
  readonly state: 'healthy' | 'unhealthy' | 'unreachable'
}

/** How the grid does: its chain, its services, its jobs and providers. */
export const gridStatus: Run = async (context) => {
  const { out } = context
  const grid = await context.grid()
  out.progress('Asking the grid …')
  const { state, block, now } = await readGrid(grid)
  const paused = await grid.publicClient.readContract({
    abi: jobsAbi,
    address: grid.deployment.jobs,
    functionName: 'requestsPaused',
  })
  const services = await Promise.all([healthOf(context, 'relay'), healthOf(context, 'gateway')])
  const providers = await listProviders(grid)
  out.progress('')
  const known = services.filter((service) => service !== undefined)
  const jobs = Object.fromEntries(
    LIVE.map((status) => [status, [...state.jobs.values()].filter((job) => job.status === status).length]),
  )
  const active = providers.filter(({ status, draining }) => status === 'APPROVED' && !draining)
  const age = Date.now() / 1000 - now
  const value = {
    network: grid.deployment.network,
    chainId: grid.deployment.chainId,
    block,
    time: now,
    takesRequests: !paused,
    jobs,
    submitted: state.submissions,
    providers: { active: active.length, registered: providers.length },
    services: known,
  }
  out.result(value, () =>
    out.facts([
      ['grid', `${grid.deployment.network}, chain ${grid.deployment.chainId}`],
      ['block', `${block}, ${momentText(now)} UTC, ${durationText(age)} ago`],
      ['requests', paused ? out.style('yellow', 'paused by the guardian') : 'taken'],
      ...known.map(({ service, url, state: health }): readonly [string, string] => [
        service,
        `${out.style(health === 'healthy' ? 'green' : 'red', health)}, ${url}`,
      ]),
      ['providers', `${active.length} active of ${providers.length}`],
      ['jobs', LIVE.map((status) => `${jobs[status]} ${status}`).join(', ')],
      ['submitted', `${state.submissions} jobs in all`],
    ]),
  )
  return known.every(({ state: health }) => health === 'healthy') ? EXIT.done : EXIT.unreachable
}

async function healthOf({ settings }: Context, service: 'relay' | 'gateway'): Promise<Health | undefined> {
  const url = settings[service]?.value
  if (url === undefined) return undefined
  try {
    const { ok } = await fetch(`${url.replace(/\/+$/, '')}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) })
    return { service, url, state: ok ? 'healthy' : 'unhealthy' }
  } catch {
    return { service, url, state: 'unreachable' }
  }
}
