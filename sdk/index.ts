export { creditsAbi } from './abi/credits.ts'
export { jobsAbi } from './abi/jobs.ts'
export { providersAbi } from './abi/providers.ts'
export { allow } from './actions/allow.ts'
export { approveProvider } from './actions/approveProvider.ts'
export { banProvider } from './actions/banProvider.ts'
export { type CancelOptions, cancelJob } from './actions/cancelJob.ts'
export { createJobRequest, type WantedJob } from './actions/createJobRequest.ts'
export { deposit } from './actions/deposit.ts'
export { depositWithPermit } from './actions/depositWithPermit.ts'
export { drain } from './actions/drain.ts'
export { expireJobs } from './actions/expireJobs.ts'
export { explainJob } from './actions/explainJob.ts'
export { type FollowOptions, followLogs } from './actions/followLogs.ts'
export { type Allowance, getAllowance } from './actions/getAllowance.ts'
export { type Balances, getBalances } from './actions/getBalances.ts'
export { getEarnings } from './actions/getEarnings.ts'
export { getJob } from './actions/getJob.ts'
export { getJobRequest } from './actions/getJobRequest.ts'
export { getLedger, type Ledger, type LedgerParties } from './actions/getLedger.ts'
export { getProvider } from './actions/getProvider.ts'
export { getSigner } from './actions/getSigner.ts'
export { getSubmission, type Submission } from './actions/getSubmission.ts'
export { getTransitions } from './actions/getTransitions.ts'
export { type JobFilter, type ListedJob, listJobs } from './actions/listJobs.ts'
export { listProviders, type Provider } from './actions/listProviders.ts'
export { putDefinition } from './actions/putDefinition.ts'
export { type Quote, quote } from './actions/quote.ts'
export { type GridView, readGrid } from './actions/readGrid.ts'
export { readLog } from './actions/readLog.ts'
export { registerProvider } from './actions/registerProvider.ts'
export { resume } from './actions/resume.ts'
export { setOffer } from './actions/setOffer.ts'
export { type DepositPermit, signDepositPermit } from './actions/signDepositPermit.ts'
export { type SignedJobRequest, signJobRequest } from './actions/signJobRequest.ts'
export { snapshotGrid } from './actions/snapshotGrid.ts'
export { stake } from './actions/stake.ts'
export { type SubmitOptions, type SubmittedJob, submitJob } from './actions/submitJob.ts'
export { type TopUpOptions, topUpJob } from './actions/topUpJob.ts'
export { transferCredits } from './actions/transferCredits.ts'
export { unstake } from './actions/unstake.ts'
export { type WatchOptions, watchJob } from './actions/watchJob.ts'
export { withdraw } from './actions/withdraw.ts'
export { withdrawEarnings } from './actions/withdrawEarnings.ts'
export { withdrawStake } from './actions/withdrawStake.ts'
export { ContractRefused, contractRefused } from './contractError.ts'
export { type Deployment, DeploymentInvalid, parseDeployment } from './deployments/deployment.ts'
export type { GridEvent } from './domain/events.ts'
export type { Hex, Job, JobRequest, JobTerms, Work } from './domain/job.ts'
export type { Contact, Label, NodeGroup, Offer, Prices, Profile } from './domain/provider.ts'
export { isFinal, isLive, JOB_STATUSES, type JobStatus } from './domain/status.ts'
export {
  ChainUnreachable,
  ContractMissing,
  GridError,
  JobUnknown,
  ProviderUnknown,
  ServiceRefused,
  ServiceUnknown,
  ServiceUnreachable,
  SignerMismatch,
  TimedOut,
  WalletMissing,
  WrongChain,
} from './errors.ts'
export {
  accessHeaders,
  accessTypedData,
  GATEWAY_ACTIONS,
  GATEWAY_HEADERS,
  type GatewayAccess,
  type GatewayAction,
  MAX_ACCESS_SECONDS,
  NO_CONTENT,
} from './gatewayAccess.ts'
export { createGridClient, type GridClient, type Wallet } from './gridClient.ts'
export { readGridEvents } from './gridEvents.ts'
export type { JobTransition } from './jobEvents.ts'
export { domainOf, jobId, jobTerms, NOBODY } from './jobId.ts'
export type { Waiting } from './waiting.ts'
