import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { IndexParts } from '../indexParts.ts'
import { IndexRefusal, type IndexRefusalCode } from './indexRefusal.ts'
import { jobRoutes } from './jobRoutes.ts'
import { providerRoutes } from './providerRoutes.ts'
import { quoteRoutes } from './quoteRoutes.ts'
import { stateRoutes } from './stateRoutes.ts'
import { totalsRoutes } from './totalsRoutes.ts'

const LARGEST_BODY = 16 * 1024

/** A server whose routes are checked and described by their schemas. */
export type TypedServer = ReturnType<typeof typed>

/** Lists, history and quotes: what is public on the chain, for anyone, and its OpenAPI description. */
export function indexRoutes(server: FastifyInstance, parts: IndexParts): void {
  void server.register(async (plain) => {
    plain.setValidatorCompiler(validatorCompiler)
    plain.setSerializerCompiler(serializerCompiler)
    plain.setErrorHandler<Error>((error, request, reply) => answerError(parts, error, request, reply))
    plain.removeAllContentTypeParsers()
    plain.addContentTypeParser(/^application\/json\b/, { parseAs: 'string', bodyLimit: LARGEST_BODY }, parseJson)
    await plain.register(swagger, {
      openapi: { openapi: '3.1.0', info: { title: 'DeepSquare Grid', description: DESCRIPTION, version: '1' } },
      transform: jsonSchemaTransform,
      transformObject: jsonSchemaTransformObject,
    })
    plain.get('/v1/openapi.json', { schema: { hide: true } as never }, async () => plain.swagger())
    const scope = typed(plain)
    for (const routes of [stateRoutes, jobRoutes, providerRoutes, totalsRoutes, quoteRoutes]) routes(scope, parts)
  })
}

const DESCRIPTION =
  'Jobs, providers and their history as the chain tells them. Amounts are decimal text of 10^-18 credits; times are unix seconds. ' +
  'Every answer names the block that it is as of.'

function typed(server: FastifyInstance) {
  return server.withTypeProvider<ZodTypeProvider>()
}

function parseJson(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, body?: unknown) => void,
) {
  try {
    done(null, JSON.parse(String(body)))
  } catch {
    done(new IndexRefusal('QUOTE_INVALID'))
  }
}

/** Names what is wrong; what is not about the index goes on to the gateway's own handler. */
function answerError({ log }: IndexParts, error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error, request)
  if (refusal === undefined) throw error
  const facts = { method: request.method, route: request.routeOptions.url, code: refusal.code }
  if (refusal.status >= 500) log.error({ ...facts, cause: String(refusal.cause) }, 'request failed')
  else log.info(facts, 'request refused')
  return reply.code(refusal.status).send({ error: { code: refusal.code, message: refusal.message } })
}

const OF_FIELD: Readonly<Record<string, IndexRefusalCode>> = {
  id: 'JOB_ID_MALFORMED',
  cursor: 'CURSOR_MALFORMED',
  limit: 'PAGE_TOO_LARGE',
}

function refusalOf(error: Error, request: FastifyRequest): IndexRefusal | undefined {
  if (error instanceof IndexRefusal) return error
  const { code } = error as { code?: string }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new IndexRefusal('BODY_TOO_LARGE')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new IndexRefusal('QUOTE_INVALID')
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined
  // The path of an issue holds names of the schema alone, never what was sent.
  const field = error.validation[0]?.instancePath.split('/')[1]
  if (request.method === 'POST') return new IndexRefusal('QUOTE_INVALID', field)
  return new IndexRefusal(OF_FIELD[field ?? ''] ?? 'QUERY_INVALID', field)
}
