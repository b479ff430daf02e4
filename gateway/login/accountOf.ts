import type { FastifyRequest } from 'fastify'
import type { Hex } from '../../sdk/domain/job.ts'
import type { GatewayParts } from '../gatewayParts.ts'
import { Refusal } from '../refusal.ts'

const SUBPROTOCOL = /^bearer\.([A-Za-z0-9_-]+)$/

/** The account that asks, by the token of its login. Throws Refusal LOGIN_MISSING or LOGIN_EXPIRED. */
export async function accountOf({ sessions, now }: GatewayParts, request: FastifyRequest): Promise<Hex> {
  const token = tokenOf(request)
  if (token === undefined) throw new Refusal('LOGIN_MISSING')
  const account = await sessions.accountOf(token, now())
  if (account === undefined) throw new Refusal('LOGIN_EXPIRED')
  return account
}

/** The token of a request; a browser cannot give a WebSocket a header, so there it comes as a subprotocol. */
export function tokenOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer ([A-Za-z0-9_-]+)$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/)
  return protocols.map((protocol) => SUBPROTOCOL.exec(protocol)?.[1]).find((token) => token !== undefined)
}
