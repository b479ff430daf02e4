import { credential, fields, list, pattern, WORKFLOW_LIMITS, whole } from './fields.ts'

const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/
const HOST_PORT = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]):\d{1,5}$/
const CIDR = /^(?:\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\/\d{1,3})$/
const KEY = /^[A-Za-z0-9+/]{43}=$/

const cidr = pattern(49, 'an address range such as 10.0.0.2/24', CIDR)
const port = whole([1, 65_535])
const networkName = pattern(64, 'a name of letters, digits, - and _', /^[A-Za-z0-9_-]+$/)

const peer = fields({
  publicKey: pattern(44, 'a WireGuard key in base64', KEY),
  preSharedKey: credential((value) => KEY.test(value)).optional(),
  allowedIPs: list(cidr, 0, WORKFLOW_LIMITS.list, 'address ranges').default([]),
  endpoint: pattern(WORKFLOW_LIMITS.list, 'host:port', HOST_PORT).optional(),
  persistentKeepalive: whole([0, 65_535], ' seconds').optional(),
})

const wireguard = fields({
  address: list(cidr, 0, 16, 'address ranges').default([]),
  privateKey: credential((value) => KEY.test(value)),
  peers: list(peer, 0, WORKFLOW_LIMITS.list, 'peers').default([]),
})

const bore = fields({
  boreAddress: pattern(260, 'host:port of the bore server', HOST_PORT).optional(),
  address: pattern(253, 'host of the bore server', HOST).optional().describe('Deprecated: say boreAddress.'),
  port: port.optional().describe('Deprecated: say boreAddress.'),
  targetPort: port.describe('The port of the step that is shown to the world.'),
  secret: credential((value) => /^[\w.-]+$/.test(value)).optional(),
})

const vnet = fields({ name: networkName, address: cidr })

/** One more interface of a step's own network. */
export const networkInterface = fields({
  wireguard: wireguard.optional().describe('A WireGuard interface; it needs mapUid: 0.'),
  bore: bore.optional().describe('A tunnel that shows one port of the step to the world.'),
  vnet: vnet.optional().describe('A network of the job, named in virtualNetworks.'),
})

export const virtualNetwork = fields({ name: networkName, gatewayAddress: cidr })

/** Where a tunnel's server is, however the workflow says it. */
export function boreServer(from: {
  boreAddress?: string | undefined
  address?: string | undefined
  port?: number | undefined
}) {
  const [, host = from.address ?? '', at = String(from.port ?? 2200)] =
    /^(.*):(\d+)$/.exec(from.boreAddress ?? '') ?? []
  return { host, port: at }
}
