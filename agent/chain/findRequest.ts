import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import type { JobRequestStructOutput } from '../../typechain-types/interfaces/IJobs.ts'
import type { Grid } from './grid.ts'
import { jobId } from './signing.ts'

const BLOCKS_PER_QUERY = 2_000

/** An endpoint does not show the submission of a job that it shows as assigned. */
export class RequestMissing extends Error {
  readonly code = 'REQUEST_MISSING'
  override readonly name = 'RequestMissing'
  readonly id: Hex
  constructor(id: Hex) {
    super(`The endpoint shows no submission of job ${id}. Use one in RPC_URL that keeps all logs since the deployment.`)
    this.id = id
  }
}

/** The request of a job from its submission, searched backwards from a block that is not earlier. Throws RequestMissing. */
export async function findRequest(grid: Grid, id: Hex, notAfter: number): Promise<JobRequest> {
  const { startBlock } = grid.deployment
  for (let to = notAfter; to >= startBlock; to -= BLOCKS_PER_QUERY) {
    const from = Math.max(startBlock, to - BLOCKS_PER_QUERY + 1)
    const [log] = await grid.jobs.queryFilter(grid.jobs.filters.JobSubmitted(id), from, to)
    const request = log === undefined ? undefined : requestOf(log.args.request)
    // The id is the hash of the request, so that no endpoint can pass off another one.
    if (request !== undefined && jobId(grid.domain, request) === id) return request
  }
  throw new RequestMissing(id)
}

function requestOf(struct: JobRequestStructOutput): JobRequest {
  return {
    customer: struct.customer as Hex,
    payer: struct.payer as Hex,
    provider: Number(struct.provider),
    tasks: Number(struct.tasks),
    cpusPerTask: Number(struct.cpusPerTask),
    memPerCpu: Number(struct.memPerCpu),
    gpus: Number(struct.gpus),
    timeLimit: Number(struct.timeLimit),
    budget: struct.budget,
    topUpLimit: struct.topUpLimit,
    startBy: Number(struct.startBy),
    maxAttempts: Number(struct.maxAttempts),
    work: {
      definition: struct.work.definition as Hex,
      affinity: struct.work.affinity,
      name: struct.work.name,
      salt: struct.work.salt,
    },
  }
}
