import { z } from 'zod'
import { explain } from '../../../scheduling/explain.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import type { IndexParts } from '../indexParts.ts'
import { findJob, type JobRow, listJobs } from '../queries/jobs.ts'
import type { Reading } from '../queries/reading.ts'
import { readSnapshot } from '../queries/snapshot.ts'
import { listTransitions, transitionsOf } from '../queries/transitions.ts'
import { answered, pageWish, REFUSED, timeRange } from './answers.ts'
import { explanationPayload } from './explanationPayload.ts'
import { termsOf } from './gridTermsOf.ts'
import { IndexRefusal } from './indexRefusal.ts'
import type { TypedServer } from './indexRoutes.ts'
import { asOfPayload, jobPayload, transitionPayload } from './payloads.ts'
import { jobParams, jobsQuery, transitionsQuery } from './queries.ts'
import { asOf, explanation, hash, job, jobState, pageOf, transition } from './schemas.ts'

const LIST_JOBS = {
  operationId: 'listJobs',
  summary: 'Jobs by customer, provider, state and time of submission',
  querystring: jobsQuery,
  response: { 200: pageOf(job), ...REFUSED },
}
const GET_JOB = {
  operationId: 'getJob',
  summary: 'One job',
  params: jobParams,
  response: { 200: z.object({ job, asOf }), ...REFUSED },
}
const JOB_TRANSITIONS = {
  operationId: 'listJobTransitions',
  summary: 'Every transition of a job, oldest first',
  params: jobParams,
  response: { 200: pageOf(transition), ...REFUSED },
}
const EXPLAIN_JOB = {
  operationId: 'explainJob',
  summary: 'Why a job waits, and when it is expected to start',
  params: jobParams,
  response: {
    200: z.object({ job: hash, state: jobState, explanation: explanation.nullable(), asOf }),
    ...REFUSED,
  },
}
const LIST_TRANSITIONS = {
  operationId: 'listTransitions',
  summary: 'Transitions of all jobs by customer, provider, state and time',
  querystring: transitionsQuery,
  response: { 200: pageOf(transition), ...REFUSED },
}

/** Jobs and their transitions. */
export function jobRoutes(server: TypedServer, parts: IndexParts): void {
  const { index } = parts
  server.get('/v1/jobs', { schema: LIST_JOBS }, async ({ query }) => {
    const { customer, provider, state = [] } = query
    const submitted = timeRange(query.submittedFrom, query.submittedUntil)
    const page = pageWish(query)
    return answered(index, async (read, at) => {
      const filter = { customer, provider, states: state, submitted }
      return { ...(await listJobs(read, filter, page, jobPayload)), asOf: asOfPayload(at) }
    })
  })

  server.get('/v1/transitions', { schema: LIST_TRANSITIONS }, async ({ query }) => {
    const { customer, provider, to = [] } = query
    const filter = { customer, provider, to, at: timeRange(query.from, query.until) }
    const page = pageWish(query)
    return answered(index, async (read, at) => ({
      ...(await listTransitions(read, filter, page, transitionPayload)),
      asOf: asOfPayload(at),
    }))
  })

  server.get('/v1/jobs/:id', { schema: GET_JOB }, async ({ params }) =>
    answered(index, async (read, at) => ({ job: jobPayload(await foundJob(read, params.id)), asOf: asOfPayload(at) })),
  )

  server.get('/v1/jobs/:id/transitions', { schema: JOB_TRANSITIONS }, async ({ params }) =>
    answered(index, async (read, at) => {
      const rows = await transitionsOf(read, params.id)
      if (rows.length === 0) throw new IndexRefusal('JOB_NOT_INDEXED')
      return { items: rows.map(transitionPayload), next: null, asOf: asOfPayload(at) }
    }),
  )

  server.get('/v1/jobs/:id/explanation', { schema: EXPLAIN_JOB }, async ({ params }) => {
    const terms = await termsOf(parts)
    return answered(index, async (read, at) => {
      const { id, state } = jobPayload(await foundJob(read, params.id))
      const waits = state === 'PENDING'
      const told = waits ? explain(await readSnapshot(read, at, terms), params.id) : undefined
      return { job: id, state, explanation: explanationPayload(told) ?? null, asOf: asOfPayload(at) }
    })
  })
}

/** The row of a job. Throws IndexRefusal JOB_NOT_INDEXED or JOB_REVOKED. */
async function foundJob(read: Reading, id: Hex): Promise<JobRow> {
  const found = await findJob(read, id)
  if (found.kind === 'found') return found.row
  throw new IndexRefusal(found.kind === 'revoked' ? 'JOB_REVOKED' : 'JOB_NOT_INDEXED')
}
