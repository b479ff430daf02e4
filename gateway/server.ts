import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { definitionRoutes } from './definitions/definitionRoutes.ts'
import type { GatewayParts } from './gatewayParts.ts'
import { loginRoutes } from './login/loginRoutes.ts'
import { logRoutes } from './logs/logRoutes.ts'
import { readerRoutes } from './logs/readerRoutes.ts'
import { Refusal, type RefusalCode } from './refusal.ts'

const REQUEST_TIMEOUT_MS = 30_000

/** The gateway's HTTP interface. */
export function gatewayServer(parts: GatewayParts): FastifyInstance {
  const server = Fastify({
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    // What goes wrong before a route is found, such as a URL that cannot be decoded.
    frameworkErrors: (error, request, reply) => void answerError(parts, error, request, reply),
  })
  // Bodies are bytes, whatever they are said to be.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.setNotFoundHandler(() => {
    throw new Refusal('ROUTE_UNKNOWN')
  })
  server.setErrorHandler<Error>((error, request, reply) => answerError(parts, error, request, reply))
  server.get('/healthz', async () => ({ healthy: true }))
  loginRoutes(server, parts)
  definitionRoutes(server, parts)
  logRoutes(server, parts)
  readerRoutes(server, parts)
  return server
}

function answerError({ log }: GatewayParts, error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, message, status, cause, facts: more } = refusalOf(error, request)
  const facts = { method: request.method, route: request.routeOptions.url, code }
  if (status >= 500) log.error({ ...facts, cause: String(cause) }, 'request failed')
  else log.info(facts, 'request refused')
  return reply.code(status).send({ error: { code, message, ...more } })
}

function refusalOf(error: Error, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error
  const { code, statusCode = 500 } = error as Partial<FastifyError>
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Refusal(tooLarge(request.routeOptions.url ?? ''), error)
  }
  return statusCode < 500 ? new Refusal('REQUEST_INVALID', error) : new Refusal('INTERNAL', error)
}

function tooLarge(route: string): RefusalCode {
  if (route.startsWith('/v1/jobs/')) return 'LOG_TOO_LARGE'
  return route.startsWith('/v1/login') ? 'LOGIN_MESSAGE_INVALID' : 'DEFINITION_TOO_LARGE'
}
