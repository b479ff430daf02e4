// Written by `npm run generate` from the examples in sdk/actions/.
import { parseEther } from 'viem'
import {
  allow,
  approveProvider,
  auditPlan,
  banProvider,
  cancelJob,
  createJobRequest,
  deposit,
  depositWithPermit,
  drain,
  expireJobs,
  explainJob,
  followLogs,
  getAllowance,
  getBalances,
  getContact,
  getEarnings,
  getExplanation,
  getJob,
  getJobRequest,
  getLedger,
  getManifest,
  getProvider,
  getQuotes,
  getSigner,
  getSubmission,
  getTotals,
  getTransitions,
  listJobs,
  listProviders,
  putDefinition,
  quote,
  readGrid,
  readLog,
  registerProvider,
  resume,
  searchJobs,
  searchProviders,
  searchTransitions,
  setOffer,
  signDepositPermit,
  signJobRequest,
  snapshotGrid,
  stake,
  submitJob,
  topUpJob,
  transferCredits,
  unstake,
  verifyLogs,
  watchJob,
  withdraw,
  withdrawEarnings,
  withdrawStake,
} from '../../sdk/index.ts'
import type { World } from './world.ts'

export const EXAMPLES = {
  async allow({ grid, member }: World) {
    const transaction = await allow(grid, member, parseEther('100'), 4_102_444_800)
    return { transaction }
  },
  async approveProvider({ grid, provider }: World) {
    const transaction = await approveProvider(grid, provider)
    return { transaction }
  },
  async auditPlan({ grid }: World) {
    const { findings } = await auditPlan(grid)
    return { findings }
  },
  async banProvider({ grid, provider }: World) {
    const transaction = await banProvider(grid, provider, 'It did not answer for a week.')
    return { transaction }
  },
  async cancelJob({ grid, id }: World) {
    await cancelJob(grid, id)
  },
  async createJobRequest({ grid, definition, budget }: World) {
    const request = await createJobRequest(grid, { definition, tasks: 1, cpusPerTask: 1, memPerCpu: 512, gpus: 0, timeLimit: 60, budget })
    return { request }
  },
  async deposit({ grid }: World) {
    const transaction = await deposit(grid, parseEther('10'))
    return { transaction }
  },
  async depositWithPermit({ grid }: World) {
    await depositWithPermit(grid, parseEther('10'))
  },
  async drain({ grid, provider }: World) {
    const transaction = await drain(grid, provider)
    return { transaction }
  },
  async expireJobs({ grid, id }: World) {
    const transaction = await expireJobs(grid, [id])
    return { transaction }
  },
  async explainJob({ grid, id }: World) {
    const expectedStart = (await explainJob(grid, id))?.expectedStart
    return { expectedStart }
  },
  async followLogs({ grid, id }: World) {
    for await (const text of followLogs(grid, id)) console.log(text)
  },
  async getAllowance({ grid, member, lab }: World) {
    const { amount } = await getAllowance(grid, lab, member)
    return { amount }
  },
  async getBalances({ grid, account }: World) {
    const { free } = await getBalances(grid, account)
    return { free }
  },
  async getContact({ grid }: World) {
    const key = (await getContact(grid, 1))?.encryptionKey
    return { key }
  },
  async getEarnings({ grid, provider }: World) {
    const earned = await getEarnings(grid, provider)
    return { earned }
  },
  async getExplanation({ grid, id }: World) {
    const { explanation } = await getExplanation(grid, id)
    return { explanation }
  },
  async getJob({ grid, id }: World) {
    const status = (await getJob(grid, id))?.status
    return { status }
  },
  async getJobRequest({ grid, id }: World) {
    const request = await getJobRequest(grid, id)
    return { request }
  },
  async getLedger({ grid, accounts, providers, jobs }: World) {
    const conserved = (await getLedger(grid, { accounts, providers, jobs })).rest === 0n
    return { conserved }
  },
  async getManifest({ grid, id }: World) {
    const isComplete = (await getManifest(grid, id, 1)) !== undefined
    return { isComplete }
  },
  async getProvider({ grid, provider }: World) {
    const { offer } = await getProvider(grid, provider)
    return { offer }
  },
  async getQuotes({ grid }: World) {
    const { choice, quotes } = await getQuotes(grid, { tasks: 1, cpusPerTask: 4, memPerCpu: 2048, timeLimit: 600 })
    return { choice, quotes }
  },
  async getSigner({ grid }: World) {
    const signer = await getSigner(grid, 1)
    return { signer }
  },
  async getSubmission({ grid, id }: World) {
    const customer = (await getSubmission(grid, id))?.request.customer
    return { customer }
  },
  async getTotals({ grid }: World) {
    const { totals } = await getTotals(grid, { provider: 1 })
    return { totals }
  },
  async getTransitions({ grid, id }: World) {
    const last = (await getTransitions(grid, id)).at(-1)
    return { last }
  },
  async listJobs({ grid, customer }: World) {
    const running = (await listJobs(grid, customer)).filter(({ job }) => job.status === 'RUNNING')
    return { running }
  },
  async listProviders({ grid }: World) {
    const active = (await listProviders(grid)).filter(({ status, draining }) => status === 'APPROVED' && !draining)
    return { active }
  },
  async putDefinition({ grid, yaml }: World) {
    const definition = await putDefinition(grid, new TextEncoder().encode(yaml))
    return { definition }
  },
  async quote({ grid }: World) {
    const { budget } = await quote(grid, 1, { tasks: 1, cpusPerTask: 4, memPerCpu: 2048, gpus: 0, timeLimit: 600 })
    return { budget }
  },
  async readGrid({ grid }: World) {
    const { state } = await readGrid(grid)
    return { state }
  },
  async readLog({ grid, id }: World) {
    const text = await readLog(grid, id, 1)
    return { text }
  },
  async registerProvider({ grid, signer, encryptionKey }: World) {
    const provider = await registerProvider(grid, { signer, encryptionKey, endpoint: '' }, { name: 'alpine', url: '', region: 'ch', software: 'slurm' })
    return { provider }
  },
  async resume({ grid, provider }: World) {
    const transaction = await resume(grid, provider)
    return { transaction }
  },
  async searchJobs({ grid, customer }: World) {
    const { items, next } = await searchJobs(grid, { customer, state: 'RUNNING', limit: 20 })
    return { items, next }
  },
  async searchProviders({ grid }: World) {
    const { items } = await searchProviders(grid, { status: 'APPROVED' })
    return { items }
  },
  async searchTransitions({ grid }: World) {
    const { items } = await searchTransitions(grid, { provider: 1, to: 'FAILED' })
    return { items }
  },
  async setOffer({ grid, provider }: World) {
    const transaction = await setOffer(grid, provider, { prices: { cpuPerMinute: parseEther('0.01'), memPerMinute: 0n, gpuPerMinute: 0n }, maxOpenJobs: 16, acceptsDirect: true, nodes: [{ count: 1, cpus: 4, mem: 8192, gpus: 0, gpuModel: '' }], labels: [{ key: 'arch', value: 'amd64' }] })
    return { transaction }
  },
  async signDepositPermit({ grid }: World) {
    const permit = await signDepositPermit(grid, parseEther('10'))
    return { permit }
  },
  async signJobRequest({ grid, request }: World) {
    const signed = await signJobRequest(grid, request)
    return { signed }
  },
  async snapshotGrid({ grid }: World) {
    const { jobs } = await snapshotGrid(grid, await readGrid(grid))
    return { jobs }
  },
  async stake({ grid, provider }: World) {
    const transaction = await stake(grid, provider, parseEther('1000'))
    return { transaction }
  },
  async submitJob({ grid, request, permit }: World) {
    const { id } = await submitJob(grid, request, { by: 'relay', permit })
    return { id }
  },
  async topUpJob({ grid, id }: World) {
    await topUpJob(grid, id, parseEther('20'))
  },
  async transferCredits({ grid, member }: World) {
    const transaction = await transferCredits(grid, member, parseEther('1'))
    return { transaction }
  },
  async unstake({ grid, provider }: World) {
    const unbondsAt = await unstake(grid, provider, parseEther('500'))
    return { unbondsAt }
  },
  async verifyLogs({ grid, id }: World) {
    const { kind } = await verifyLogs(grid, id)
    return { kind }
  },
  async watchJob({ grid, id }: World) {
    for await (const { to, place } of watchJob(grid, id)) console.log(to, place.block, place.transaction, place.time)
  },
  async withdraw({ grid }: World) {
    const transaction = await withdraw(grid, parseEther('1'))
    return { transaction }
  },
  async withdrawEarnings({ grid, provider }: World) {
    const transaction = await withdrawEarnings(grid, provider)
    return { transaction }
  },
  async withdrawStake({ grid, provider }: World) {
    const transaction = await withdrawStake(grid, provider)
    return { transaction }
  },
}
