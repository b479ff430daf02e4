import { GATEWAY_ROUTES, type GatewayCalls } from './gatewayApi/gatewayCalls.ts'
import { type GridClient, serviceUrl } from './gridClient.ts'
import { callService, postJson } from './http.ts'

/** The public calls of the gateway by their names. */
export type PublicCall = keyof GatewayCalls

/** What a call of the gateway takes. */
export type Asked<Call extends PublicCall> = Omit<GatewayCalls[Call], 'answer'>

/** What a call of the gateway answers. */
export type Answered<Call extends PublicCall> = GatewayCalls[Call]['answer']

/** What stands in the URL and the body of a call. */
interface Parts {
  readonly path: Readonly<Record<string, string | number>>
  readonly query: Readonly<Record<string, string | number | readonly (string | number)[] | undefined>>
  readonly body?: unknown
}

/**
 * Asks the gateway for something that anyone may know.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown
 * @example const { items } = await callGateway(grid, 'listJobs', { path: {}, query: { customer } })
 */
export async function callGateway<Call extends PublicCall>(
  grid: GridClient,
  call: Call,
  asked: Asked<Call>,
  signal?: AbortSignal,
): Promise<Answered<Call>> {
  const { method, path } = GATEWAY_ROUTES[call]
  const parts = asked as Parts
  const url = serviceUrl(grid, 'gateway', `${pathOf(path, parts.path)}${searchOf(parts.query)}`)
  if (method === 'POST') return (await postJson({ service: 'gateway', url, signal }, parts.body)) as Answered<Call>
  return (await callService({ service: 'gateway', url, method, signal })).json() as Promise<Answered<Call>>
}

function pathOf(template: string, values: Parts['path']): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
}

function searchOf(query: Parts['query']): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, [value].flat().join(','))
  }
  return search.size === 0 ? '' : `?${search}`
}
