import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { type Customer, freshCustomer } from '../../../scripts/demo/customer.ts'
import { submitWorkflow } from '../../../scripts/demo/submitWorkflow.ts'
import { auditPlan } from '../../../sdk/actions/auditPlan.ts'
import { signDepositPermit } from '../../../sdk/actions/signDepositPermit.ts'
import { watchJob } from '../../../sdk/actions/watchJob.ts'
import { type AuditEvent, readAuditEvents } from '../../../sdk/audit/auditEvents.ts'
import { Auditor, type TimedSource } from '../../../sdk/audit/auditor.ts'
import type { Finding } from '../../../sdk/audit/finding.ts'
import { knownInputs } from '../../../sdk/audit/inputs.ts'
import { readSources } from '../../../sdk/audit/readSources.ts'
import type { GridEvent } from '../../../sdk/domain/events.ts'
import type { GridClient } from '../../../sdk/gridClient.ts'
import { workflowOf } from '../../e2e/support.ts'
import { liveGrid } from '../../liveGrid.ts'

const CREDIT = 10n ** 18n
type Kind = GridEvent['kind']
type Money = NonNullable<AuditEvent['money']>['eventName']

describe('auditPlan', function () {
  this.timeout(120_000)
  let customer: Customer
  let events: AuditEvent[]
  let sources: readonly TimedSource[]
  let job: string

  before(async () => {
    const grid = await liveGrid()
    customer = await freshCustomer(grid)
    await grid.mint(customer.address, 10n * CREDIT)
    const permit = await signDepositPermit(customer.client, 10n * CREDIT)
    const providers = grid.providers.map(({ index }) => index)
    const submitted = await submitWorkflow(customer, workflowOf('sleep 2'), { providers, permit })
    job = submitted.id
    for await (const { kind } of watchJob(customer.client, submitted.id)) if (kind === 'job-ended') break
    const to = await customer.client.publicClient.getBlockNumber({ cacheTime: 0 })
    events = []
    for await (const some of readAuditEvents(customer.client, BigInt(grid.deployment.startBlock), to))
      events.push(...some)
    sources = await readSources(customer.client, to)
  })

  /** What an auditor finds in events. */
  async function findingsIn(
    told: readonly AuditEvent[],
    from: readonly TimedSource[] = sources,
  ): Promise<readonly Finding[]> {
    const findings: Finding[] = []
    const terms = { minimumStake: 1_000n * CREDIT, penalty: 50n * CREDIT, requeueWindow: 0 }
    const auditor = new Auditor(
      (code, subject, sentence, place) =>
        findings.push({ code, subject, sentence, block: place?.block ?? 0, transaction: place?.transaction ?? '' }),
      terms,
      from,
      await knownInputs({ ...customer.client, gatewayUrl: undefined } as unknown as GridClient, from),
    )
    for (const event of told) auditor.take(event)
    return findings
  }

  /** The events with one of the job’s changed. */
  function changed(kind: Kind, change: Record<string, unknown>): readonly AuditEvent[] {
    return events.map((event) => {
      const { grid } = event
      const isIt = grid?.kind === kind && (!('id' in grid) || grid.id === job)
      return isIt ? { ...event, grid: { ...grid, ...change } as GridEvent } : event
    })
  }

  const without = (kind: Kind): readonly AuditEvent[] =>
    events.filter(({ grid }) => !(grid?.kind === kind && 'id' in grid && grid.id === job))

  const codes = (findings: readonly Finding[]) => [...new Set(findings.map(({ code }) => code))]

  it('finds nothing where everything follows', async () => {
    const found = await auditPlan(customer.client)
    expect(found.findings).to.deep.equal([])
    expect(found.placements).to.be.greaterThan(0)
    expect(await findingsIn(events)).to.deep.equal([])
  })

  it('finds a job that went elsewhere than the plan says, with its transaction', async () => {
    const findings = await findingsIn(changed('job-assigned', { provider: 2, rate: 25_256_000_000_000_000n }))
    const [placement] = findings.filter(({ code }) => code === 'placement-differs')
    expect(placement).to.include({ subject: job })
    expect(placement?.sentence).to.match(/^It went to provider 2; the plan gives it to provider 1 at \d+\.$/)
    expect(placement?.transaction).to.match(/^0x[0-9a-f]{64}$/)
  })

  const forgeries: readonly (readonly [what: string, expected: string, kind: Kind, change: Record<string, unknown>])[] =
    [
      ['a rate that does not follow from the offer', 'rate-wrong', 'job-assigned', { rate: 1n }],
      ['an attempt that was left out', 'attempt-wrong', 'job-assigned', { attempt: 2 }],
      ['another cut than the one in force', 'cut-wrong', 'job-assigned', { cutPermille: 99 }],
      ['a start before the assignment', 'start-impossible', 'job-started', { startedAt: 1 }],
      ['more seconds than there were', 'seconds-too-many', 'job-ended', { secondsUsed: 50 }],
      ['a cost that is not rate × seconds', 'cost-wrong', 'job-ended', { cost: 1n }],
      ['a refund that is not the rest', 'refund-wrong', 'job-ended', { refund: 1n }],
      ['a state that the table does not lead to', 'transition-illegal', 'job-ended', { status: 'META_SCHEDULED' }],
    ]
  for (const [what, expected, kind, change] of forgeries) {
    it(`finds ${what}`, async () => {
      expect(codes(await findingsIn(changed(kind, change)))).to.include(expected)
    })
  }

  it('finds a step that is missing', async () => {
    expect(codes(await findingsIn(without('job-started')))).to.include('transition-illegal')
  })

  it('finds a job that ended twice', async () => {
    const last = events.filter(({ grid }) => grid?.kind === 'job-ended' && grid.id === job)
    expect(codes(await findingsIn([...events, ...last]))).to.include('transition-illegal')
  })

  it('finds an assignment that no plan made', async () => {
    const planless = events.filter(({ money }) => money?.eventName !== 'Planned')
    expect(codes(await findingsIn(planless))).to.deep.equal(['direct-job-early'])
  })

  it('finds credits that were spent and never came in', async () => {
    const poor = events.filter(({ money }) => money?.eventName !== 'Deposited')
    expect(codes(await findingsIn(poor))).to.include('balance-negative')
  })

  it('finds stake that nobody added', async () => {
    const bare = events.filter(({ money }) => money?.eventName !== 'StakeAdded')
    expect(await findingsIn(bare)).not.to.deep.equal([])
    const twice = events.flatMap((event) =>
      event.money?.eventName === ('StakeAdded' satisfies Money) ? [event, event] : [event],
    )
    expect(codes(await findingsIn(twice))).to.include('stake-wrong')
  })

  it('finds a policy and inputs that nobody knows', async () => {
    const naming = (change: object): readonly AuditEvent[] =>
      events.map((event) =>
        event.money?.eventName === 'Planned'
          ? { ...event, money: { ...event.money, args: { ...event.money.args, ...change } } as never }
          : event,
      )
    const other = `0x${'7'.repeat(64)}` as const
    const sourcesOf = (change: object) => sources.map((source) => ({ ...source, ...change }))
    expect(codes(await findingsIn(naming({ policy: other }), sourcesOf({ policy: other })))).to.deep.equal([
      'policy-unknown',
    ])
    expect(codes(await findingsIn(naming({ inputs: other }), sourcesOf({ inputs: other })))).to.deep.equal([
      'inputs-missing',
    ])
  })

  it('finds a balance that is not what the events add up to', async () => {
    const { publicClient } = customer.client
    const readContract = async (call: { functionName: string; args?: readonly unknown[] }) => {
      const answer = await publicClient.readContract(call as never)
      return call.functionName === 'earningsOf' ? (answer as bigint) + 1n : answer
    }
    const lying = {
      ...customer.client,
      publicClient: { ...publicClient, readContract } as unknown as GridClient['publicClient'],
    }
    const { findings } = await auditPlan(lying)
    expect(findings.map(({ code, subject }) => `${code} ${subject}`)).to.include('balance-wrong provider 1')
  })

  it('tells only what came after the block that is asked for', async () => {
    const { toBlock } = await auditPlan(customer.client)
    const { publicClient } = customer.client
    const readContract = async (call: { functionName: string }) =>
      call.functionName === 'protocolCut' ? 7n : publicClient.readContract(call as never)
    const lying = {
      ...customer.client,
      publicClient: { ...publicClient, readContract } as unknown as GridClient['publicClient'],
    }
    expect((await auditPlan(lying, { toBlock })).findings.map(({ code }) => code)).to.deep.equal(['balance-wrong'])
    expect((await auditPlan(lying, { toBlock, fromBlock: toBlock + 1 })).findings).to.deep.equal([])
  })
})
