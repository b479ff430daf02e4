import { isError } from 'ethers'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import { ZodError } from 'zod'
import { explain } from '../../scheduling/explain.ts'
import { snapshotOf } from '../../scheduling/snapshot.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import { canonicalJson } from '../canonicalJson.ts'
import { type Message, wire } from '../messages.ts'
import { findDecision } from '../store/decisions.ts'
import { findMessage, type StoredMessage } from '../store/messages.ts'
import { accept } from './accept.ts'
import type { RelayContext } from './relayContext.ts'
import { RelayRefusal } from './relayRefusal.ts'

const LARGEST_BODY = 256 * 1024
/** Milliseconds that a client has to send its request. */
const REQUEST_TIMEOUT_MS = 15_000

/** Whether the oracle does its work, and the facts behind it. */
export interface Health {
  readonly healthy: boolean
  readonly [fact: string]: unknown
}

/** The relay's HTTP interface. */
export function relayServer(context: RelayContext, health: () => Health): FastifyInstance {
  const server = Fastify({ bodyLimit: LARGEST_BODY, requestTimeout: REQUEST_TIMEOUT_MS, forceCloseConnections: true })
  const intake = (path: string, read: (body: unknown) => Message) =>
    server.post(`/v1/${path}`, async ({ body }, reply) => {
      const receipt = await accept(context, read(body)).catch((cause: unknown) => {
        context.metrics.relayed.inc({ kind: path, outcome: cause instanceof RelayRefusal ? cause.code : 'UNANSWERED' })
        throw cause
      })
      context.metrics.relayed.inc({ kind: path, outcome: receipt.state })
      return reply.code(202).send(receipt)
    })
  intake('requests', (body) => ({ kind: 'request', ...wire.request.parse(body) }))
  intake('cancels', (body) => ({ kind: 'cancel', ...wire.cancel.parse(body) }))
  intake('top-ups', (body) => ({ kind: 'top-up', ...wire.topUp.parse(body) }))
  intake('reports', (body) => ({ kind: 'reports', ...wire.reports.parse(body), terms: [] }))
  intake('heartbeats', (body) => ({ kind: 'heartbeat', ...wire.heartbeat.parse(body) }))
  server.get<{ Params: { key: string } }>('/v1/messages/:key', async ({ params }, reply) => {
    const message = await findMessage(context.store, params.key.toLowerCase())
    if (message === undefined) return notFound(reply, 'MESSAGE_UNKNOWN', `No message has the key ${params.key}.`)
    return viewOf(message)
  })
  server.get<{ Params: { id: string } }>('/v1/jobs/:id/decision', async ({ params }, reply) => {
    const decision = await findDecision(context.store, params.id.toLowerCase())
    return decision ?? notFound(reply, 'DECISION_UNKNOWN', `No plan has decided about a job with the id ${params.id}.`)
  })
  serveJobs(server, context)
  serveHealth(server, context, health)
  server.get('/healthz', async (_request, reply) => {
    const facts = health()
    return reply.code(facts.healthy ? 200 : 503).send(facts)
  })
  server.setNotFoundHandler((request, reply) =>
    notFound(reply, 'ROUTE_UNKNOWN', `Nothing answers ${request.method} ${request.url}.`),
  )
  server.setErrorHandler<FastifyError>((error, request, reply) => answerError(context, error, request.url, reply))
  return server
}

/** Why the plan decides about a waiting job as it does, and what each provider lacks. */
function serveJobs(server: FastifyInstance, { follower, lately, policy }: RelayContext): void {
  server.get<{ Params: { id: string } }>('/v1/jobs/:id/explain', async ({ params }, reply) => {
    const { head } = follower
    if (head === undefined || lately.terms === undefined)
      return notFound(reply, 'PLAN_UNKNOWN', 'No plan was made yet.')
    const snapshot = snapshotOf(follower.state, head.number, head.time, lately.terms)
    const explanation = explain(snapshot, params.id.toLowerCase() as Hex, policy)
    if (explanation === undefined) {
      return notFound(reply, 'JOB_NOT_WAITING', `No job waits that has the id ${params.id}.`)
    }
    return reply.type('application/json').send(canonicalJson({ block: head.number, ...explanation }))
  })
}

/** What a load balancer asks (`/readyz`: may it be given messages?) and what Prometheus reads. */
function serveHealth(server: FastifyInstance, { follower, store, metrics }: RelayContext, health: () => Health): void {
  server.get('/readyz', async (_request, reply) => {
    const facts = health()
    const isStoreThere = await isAnswered(store.selectFrom('leaders').select('epoch').execute())
    const isReady = facts.healthy && follower.head !== undefined && isStoreThere
    return reply.code(isReady ? 200 : 503).send({ ...facts, ready: isReady, store: isStoreThere })
  })
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}

async function isAnswered(question: Promise<unknown>): Promise<boolean> {
  return question.then(
    () => true,
    () => false,
  )
}

function viewOf(message: StoredMessage): Record<string, unknown> {
  const { key, kind, state, transaction_hash: transaction, reason_code: code, reason_message } = message
  return {
    key,
    kind,
    state,
    ...(transaction === null ? {} : { transaction }),
    ...(code === null ? {} : { reason: { code, message: reason_message } }),
  }
}

function answerError(
  context: RelayContext,
  error: FastifyError | Error,
  url: string,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof RelayRefusal) {
    const wait = error.facts['retryAfterSeconds'] ?? (error.status === 503 ? 1 : undefined)
    if (wait !== undefined) reply.header('retry-after', String(wait))
    return reply.code(error.status).send({ error: { ...error.facts, code: error.code, message: error.message } })
  }
  if (error instanceof ZodError) return reply.code(400).send({ error: fieldFault(error) })
  if ('statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500) {
    return reply.code(error.statusCode).send({ error: { code: bodyCode(error), message: error.message } })
  }
  context.log.warn({ url, cause: String(error) }, 'request not answered')
  if (!isChainSilence(error)) {
    const message = 'The relay failed, and stored nothing. Send the message again.'
    return reply.code(500).send({ error: { code: 'INTERNAL', message } })
  }
  const message = 'The chain did not answer, so nothing was decided. Send the message again.'
  return reply
    .code(503)
    .header('retry-after', '1')
    .send({ error: { code: 'CHAIN_UNANSWERED', message } })
}

function fieldFault({ issues: [issue] }: ZodError): Record<string, string> {
  const field = issue?.path.join('.') || 'the body'
  return {
    code: 'FIELD_INVALID',
    message: `${field}: ${issue?.message ?? 'is wrong'}. Correct it and sign anew.`,
    field,
  }
}

function bodyCode({ code }: { readonly code?: string }): string {
  return code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'BODY_TOO_LARGE' : 'BODY_INVALID'
}

function isChainSilence(error: unknown): boolean {
  const codes = ['TIMEOUT', 'NETWORK_ERROR', 'SERVER_ERROR', 'UNKNOWN_ERROR', 'CALL_EXCEPTION', 'BAD_DATA'] as const
  const isConnection = error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code))
  return isConnection || codes.some((code) => isError(error, code))
}

function notFound(reply: FastifyReply, code: string, message: string): FastifyReply {
  return reply.code(404).send({ error: { code, message } })
}
