import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { pino } from 'pino'
import { createPublicClient, http, keccak256 } from 'viem'
import { openFolder } from '../../../gateway/blobs/folder.ts'
import { Definitions } from '../../../gateway/definitions/definitions.ts'
import { type ExpiryParts, expireDefinitions } from '../../../gateway/definitions/expireDefinitions.ts'
import { openRecords, type Records } from '../../../gateway/records/openRecords.ts'
import type { Tables } from '../../../gateway/records/tables.ts'
import { cancelJob } from '../../../sdk/actions/cancelJob.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import { newSealingKey, seal } from '../../../sdk/gateway/sealing.ts'
import { openDatabase } from '../../../store/openDatabase.ts'
import { temporaryDirectory } from '../../agent/support/localExecution.ts'
import { submitted } from '../../sdk/jobs.ts'
import { CREDIT, type LocalGrid, localGrid, newAccount } from '../../sdk/localGrid.ts'
import { refusalBy } from '../../sdk/refusalBy.ts'

const KEEP_SECONDS = 1000
const PUT_AT = 5_000

describe('expireDefinitions', () => {
  let grid: LocalGrid
  let directory: ReturnType<typeof temporaryDirectory>
  let records: Records
  let parts: ExpiryParts
  before(async () => {
    grid = await localGrid()
  })
  beforeEach(async () => {
    directory = temporaryDirectory()
    records = await openRecords(openDatabase<Tables>({ kind: 'file', path: ':memory:' }))
    const blobs = await openFolder(directory.path)
    const definitions = new Definitions({ records, blobs, key: await newSealingKey(), quotaBytes: 100_000 })
    parts = { grid: grid.client(), records, definitions, keepSeconds: KEEP_SECONDS, log: pino({ level: 'silent' }) }
  })
  afterEach(async () => {
    await records.destroy()
    directory[Symbol.dispose]()
  })

  const put = async (owner: Hex): Promise<Hex> => {
    const { definitions } = parts
    const sealed = await seal(new TextEncoder().encode('steps'), definitions.recipient)
    await definitions.put('secrets', keccak256(sealed), sealed, owner, PUT_AT)
    await definitions.put('definition', keccak256(sealed), sealed, owner, PUT_AT)
    return keccak256(sealed)
  }
  const has = async (id: Hex): Promise<readonly boolean[]> => [
    await parts.definitions.has('definition', id),
    await parts.definitions.has('secrets', id),
  ]

  it('removes a definition and its secrets that no job names, once their time is over', async () => {
    const id = await put(newAccount().address)
    expect(await expireDefinitions(parts, PUT_AT + KEEP_SECONDS)).to.equal(0)
    expect(await has(id)).to.deep.equal([true, true])
    expect(await expireDefinitions(parts, PUT_AT + KEEP_SECONDS + 1)).to.be.greaterThan(0)
    expect(await has(id)).to.deep.equal([false, false])
    expect(await records.selectFrom('definitions').selectAll().execute()).to.deep.equal([])
  })

  it('keeps the definition of a job that waits, however long, and removes it once the job has ended', async () => {
    const customer = await grid.funded(100n * CREDIT)
    const definition = await put(customer.wallet.account.address)
    const { id } = await submitted(customer, { definition })
    const [week, month] = [PUT_AT + 7 * 86_400, PUT_AT + 30 * 86_400]
    expect(await expireDefinitions(parts, week)).to.equal(0)
    expect(await expireDefinitions(parts, month)).to.equal(0)
    expect(await has(definition)).to.deep.equal([true, true])
    await cancelJob(customer, id)
    await expireDefinitions(parts, month + KEEP_SECONDS + 1)
    expect(await has(definition)).to.deep.equal([false, false])
  })

  it('keeps the definition of another’s job that it was released for', async () => {
    const customer = await grid.funded(100n * CREDIT)
    const definition = await put(newAccount().address)
    const { id } = await submitted(customer, { definition })
    await parts.definitions.read('definition', definition, id, PUT_AT)
    expect(await expireDefinitions(parts, PUT_AT + 10 * KEEP_SECONDS)).to.equal(0)
  })

  it('removes nothing while the chain does not answer', async () => {
    const id = await put(newAccount().address)
    const publicClient = createPublicClient({ transport: http('http://127.0.0.1:1', { retryCount: 0 }) })
    const cutOff = { ...parts, grid: { ...parts.grid, publicClient } }
    await refusalBy(expireDefinitions(cutOff, PUT_AT + 2 * KEEP_SECONDS))
    expect(await has(id)).to.deep.equal([true, true])
  })
})
