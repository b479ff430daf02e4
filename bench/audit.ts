import { createPublicClient, custom, encodeAbiParameters, encodeEventTopics, keccak256, numberToHex } from 'viem'
import { DEFAULT_POLICY, policyNamed } from '../scheduling/policies.ts'
import { jobsAbi } from '../sdk/abi/jobs.ts'
import { providersAbi } from '../sdk/abi/providers.ts'
import { auditPlan } from '../sdk/actions/auditPlan.ts'
import { hashOfInputs, hashOfJson } from '../sdk/audit/inputs.ts'
import type { Deployment } from '../sdk/deployments/deployment.ts'
import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import { ratePerMinute } from '../sdk/domain/settlement.ts'
import { statusNumber } from '../sdk/domain/status.ts'
import type { GridClient } from '../sdk/gridClient.ts'

const JOBS = Number(process.argv[2] ?? 100_000)
const JOBS_A_BLOCK = 50
const CREDIT = 10n ** 18n
const PRICES = { cpuPerMinute: CREDIT / 100n, memPerMinute: 0n, gpuPerMinute: 0n }
const NOBODY: Hex = `0x${'0'.repeat(40)}`
const NO_HASH: Hex = `0x${'0'.repeat(64)}`
const SECONDS_A_BLOCK = 10
const BUDGET = CREDIT
const RAN_SECONDS = 5

const deployment: Deployment = {
  network: 'bench',
  chainId: 1,
  startBlock: 1,
  accessManager: address(1),
  credits: address(2),
  providers: address(3),
  jobs: address(4),
}

function address(index: number): Hex {
  return `0x${index.toString(16).padStart(40, '0')}`
}

type Abi = typeof jobsAbi | typeof providersAbi

/** The logs of a chain, by block, as a node would tell them. */
class Chain {
  readonly logs: object[][] = [[]]

  emit(
    abi: Abi,
    block: number,
    eventName: string,
    args: Record<string, unknown>,
    transaction = numberToHex(block, { size: 32 }),
  ): void {
    const event = (abi as readonly { type: string; name?: string }[]).find(
      (entry) => entry.type === 'event' && entry.name === eventName,
    ) as unknown as {
      inputs: readonly { name: string; indexed?: boolean }[]
    }
    const inData = event.inputs.filter(({ indexed }) => indexed !== true)
    this.logs[block] ??= []
    this.logs[block].push({
      address: abi === jobsAbi ? deployment.jobs : deployment.providers,
      topics: encodeEventTopics({ abi, eventName, args } as never),
      data: encodeAbiParameters(inData as never, inData.map(({ name }) => args[name]) as never),
      blockNumber: numberToHex(block),
      blockHash: numberToHex(block, { size: 32 }),
      blockTimestamp: numberToHex(timeOf(block)),
      logIndex: numberToHex(this.logs[block].length),
      transactionHash: transaction,
    })
  }
}

function timeOf(block: number): number {
  return 1_700_000_000 + block * SECONDS_A_BLOCK
}

/** A grid of one large provider through which `count` jobs of a hundred customers went, so many a block, each over three blocks. */
function chainOf(count: number): Chain {
  const chain = new Chain()
  const contact = { signer: address(9), encryptionKey: NO_HASH, endpoint: '' }
  const nodes = [{ count: 100, cpus: 8, mem: 65_536, gpus: 0, gpuModel: '' }]
  const parameters = Object.fromEntries(PARAMETERS.map((name) => [name, name === 'cutPermille' ? 20 : 600]))
  chain.emit(jobsAbi, 1, 'ParametersSet', { parameters })
  chain.emit(providersAbi, 1, 'ProviderRegistered', {
    provider: 1,
    owner: address(8),
    contact,
    profile: { name: 'one', url: '', region: '', software: '' },
  })
  chain.emit(providersAbi, 1, 'StakeAdded', {
    provider: 1,
    from: address(8),
    amount: 10_000_000n * CREDIT,
    stake: 10_000_000n * CREDIT,
  })
  chain.emit(providersAbi, 1, 'OfferSet', {
    provider: 1,
    offer: { prices: PRICES, maxOpenJobs: 10_000, acceptsDirect: false, nodes, labels: [] },
  })
  chain.emit(providersAbi, 1, 'ProviderApproved', { provider: 1 })
  for (let customer = 0; customer < 100; customer += 1) {
    chain.emit(jobsAbi, 1, 'Deposited', { account: address(1_000 + customer), amount: BigInt(count) * BUDGET })
  }
  const policy = hashOfJson(policyNamed(DEFAULT_POLICY))
  for (let first = 0; first < count; first += JOBS_A_BLOCK) {
    const requests = Array.from({ length: Math.min(JOBS_A_BLOCK, count - first) }, (_, at) => requestOf(first + at))
    runThrough(chain, 2 + first / JOBS_A_BLOCK, requests, policy)
  }
  return chain
}

const PARAMETERS = [
  'acceptTimeout',
  'queueTimeout',
  'silenceTimeout',
  'reportGrace',
  'cancelGrace',
  'cancelTimeout',
  'oracleGrace',
  'requeueWindow',
  'maxWait',
  'panicDelay',
  'cutPermille',
]

function requestOf(index: number): JobRequest {
  return {
    customer: address(1_000 + (index % 100)),
    payer: NOBODY,
    provider: 0,
    tasks: 1,
    cpusPerTask: 1 + (index % 4),
    memPerCpu: 512,
    gpus: 0,
    timeLimit: 60,
    budget: BUDGET,
    topUpLimit: 0n,
    startBy: 4_000_000_000,
    maxAttempts: 3,
    work: { definition: keccak256(numberToHex(index)), affinity: '', name: `job ${index}`, salt: BigInt(index) },
  }
}

/** Submitted in one block, assigned by one batch in the next, started and settled in the third. */
function runThrough(chain: Chain, block: number, requests: readonly JobRequest[], policy: Hex): void {
  const jobs = requests.map((request) => ({
    request,
    id: keccak256(request.work.definition),
    rate: ratePerMinute(request, PRICES),
  }))
  for (const { id, request } of jobs)
    chain.emit(jobsAbi, block, 'JobSubmitted', { id, customer: request.customer, provider: 0, request })
  const inputs = hashOfInputs(requests.map(({ work }) => work.definition).sort())
  const batch = numberToHex(block + 1_000_000_000, { size: 32 })
  chain.emit(jobsAbi, block + 1, 'Planned', { snapshotBlock: BigInt(block), policy, inputs }, batch)
  for (const { id, rate } of jobs)
    chain.emit(jobsAbi, block + 1, 'JobAssigned', { id, provider: 1, attempt: 1, rate, cutPermille: 20 }, batch)
  const end = block + 2
  for (const { id, rate, request } of jobs) {
    const cost = (rate * BigInt(RAN_SECONDS)) / 60n
    const terms = { id, provider: 1, attempt: 1 }
    chain.emit(jobsAbi, end, 'JobScheduled', terms)
    chain.emit(jobsAbi, end, 'JobStarted', { ...terms, startedAt: timeOf(block + 1) })
    const settled = {
      cost,
      cut: (cost * 20n) / 1000n,
      refund: BUDGET - cost,
      secondsUsed: RAN_SECONDS,
      exitCode: 0,
      result: NO_HASH,
    }
    chain.emit(jobsAbi, end, 'JobEnded', {
      id,
      customer: request.customer,
      provider: 1,
      status: statusNumber('FINISHED'),
      ...settled,
    })
  }
}

/** A client whose node tells this chain. Balances are not compared: there is no contract. */
function clientOf(chain: Chain): GridClient {
  const texts = chain.logs.map((logs) => (logs ?? []).map((log) => JSON.stringify(log)))
  const request = async ({
    method,
    params,
  }: {
    method: string
    params: [{ fromBlock: Hex; toBlock: Hex; topics?: [Hex] }]
  }) => {
    if (method !== 'eth_getLogs') return block(BigInt(params[0] as unknown as Hex))
    const [{ fromBlock, toBlock, topics }] = params
    const wanted = texts.slice(Number(fromBlock), Number(toBlock) + 1).flat()
    // Parsed as a client parses what a node sends.
    return JSON.parse(`[${(topics === undefined ? wanted : wanted.filter((text) => text.includes(topics[0]))).join()}]`)
  }
  const publicClient = createPublicClient({ transport: custom({ request } as never), cacheTime: 0 })
  const readContract = async ({ functionName }: { functionName: string }) =>
    functionName === 'MINIMUM_STAKE' || functionName === 'SILENCE_PENALTY'
      ? CREDIT
      : functionName === 'jobOf'
        ? { budget: 0n }
        : 0n
  return { deployment, publicClient: { ...publicClient, readContract } as unknown as GridClient['publicClient'] }
}

function block(number: bigint) {
  return {
    number: numberToHex(number),
    timestamp: numberToHex(timeOf(Number(number))),
    hash: NO_HASH,
    transactions: [],
  }
}

const chain = chainOf(JOBS)
const started = performance.now()
const audit = await auditPlan(clientOf(chain), { toBlock: chain.logs.length - 1 })
const seconds = (performance.now() - started) / 1000
const strange = audit.findings.filter(({ code }) => code !== 'balance-wrong' && code !== 'credits-missing')
console.log(
  `${audit.jobs} jobs, ${audit.events} events, ${audit.batches} batches, ${audit.placements} placements planned anew: ${seconds.toFixed(1)} s, ${Math.round(audit.jobs / seconds)} jobs/s`,
)
console.log(
  `${strange.length} findings${strange[0] === undefined ? '' : `, such as ${JSON.stringify(strange[0])}`}; balances are not compared, as there is no contract`,
)
if (strange.length > 0) process.exitCode = 1
