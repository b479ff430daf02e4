import type { FastifyInstance } from 'fastify'
import { getAddress } from 'viem'
import { parseSiweMessage, validateSiweMessage } from 'viem/siwe'
import { z } from 'zod'
import type { Hex } from '../../sdk/domain/job.ts'
import { type LoginClaim, loginMessage } from '../../sdk/gateway/loginMessage.ts'
import { bytesOf } from '../bytesOf.ts'
import type { GatewayParts } from '../gatewayParts.ts'
import { Refusal } from '../refusal.ts'
import { tokenOf } from './accountOf.ts'
import { isSignedBy } from './isSignedBy.ts'
import { newNonce, nonceEnd } from './nonces.ts'

const LARGEST_LOGIN = 16 * 1024

const LOGIN = z.strictObject({
  message: z.string().max(2_000),
  signature: z.custom<Hex>((value) => typeof value === 'string' && /^0x([0-9a-fA-F]{2}){1,4096}$/.test(value)),
})

/** Login by ERC-4361: a nonce, a signed message, a token. */
export function loginRoutes(server: FastifyInstance, parts: GatewayParts): void {
  const { grid, sessions, nonceKey, now } = parts

  server.post('/v1/login/nonce', { bodyLimit: 1 }, async () => newNonce(nonceKey, now()))

  server.post('/v1/login', { bodyLimit: LARGEST_LOGIN }, async (request) => {
    const { message, signature } = readLogin(bytesOf(request))
    const claim = claimOf(message, now())
    if (!parts.loginDomains().has(claim.domain)) throw new Refusal('LOGIN_DOMAIN_FOREIGN')
    if (claim.chainId !== grid.deployment.chainId) throw new Refusal('LOGIN_MESSAGE_INVALID')
    const endsAt = nonceEnd(nonceKey, claim.nonce, now())
    if (endsAt === undefined) throw new Refusal('LOGIN_NONCE_INVALID')
    if (!(await isSignedBy(grid, claim.account, signature, message))) throw new Refusal('SIGNATURE_INVALID')
    const session = await sessions.open(claim.account, claim.nonce, endsAt, now())
    if (session === undefined) throw new Refusal('LOGIN_NONCE_USED')
    return session
  })

  server.delete('/v1/login', async (request, reply) => {
    const token = tokenOf(request)
    if (token === undefined) throw new Refusal('LOGIN_MISSING')
    await sessions.close(token)
    return reply.code(204).send()
  })
}

function readLogin(bytes: Buffer): z.infer<typeof LOGIN> {
  try {
    return LOGIN.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new Refusal('LOGIN_MESSAGE_INVALID', error)
  }
}

/** What a message claims. It must be, to the letter, the message that such a claim has: a reader of parts of a text can be misled. */
function claimOf(message: string, now: number): LoginClaim {
  const parsed = parseSiweMessage(message)
  const { address, domain, uri, chainId, nonce, issuedAt, expirationTime } = parsed
  const isWhole = address && domain && uri && chainId && nonce && issuedAt && expirationTime
  if (!isWhole || Number.isNaN(issuedAt.getTime()) || Number.isNaN(expirationTime.getTime())) {
    throw new Refusal('LOGIN_MESSAGE_INVALID')
  }
  const account = getAddress(address)
  const claim = { account, domain, uri, chainId, nonce, issuedAt, expiresAt: expirationTime }
  if (loginMessage(claim) !== message) throw new Refusal('LOGIN_MESSAGE_INVALID')
  if (!validateSiweMessage({ message: parsed, time: new Date(now * 1000) })) throw new Refusal('LOGIN_EXPIRED')
  return claim
}
