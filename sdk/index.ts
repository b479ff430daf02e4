export { creditsAbi } from './abi/credits.ts'
export { jobsAbi } from './abi/jobs.ts'
export { providersAbi } from './abi/providers.ts'
export { type CancelOptions, cancelJob } from './actions/cancelJob.ts'
export { createJobRequest, type WantedJob } from './actions/createJobRequest.ts'
export { depositWithPermit } from './actions/depositWithPermit.ts'
export { type Allowance, getAllowance } from './actions/getAllowance.ts'
export { type Balances, getBalances } from './actions/getBalances.ts'
export { getJob } from './actions/getJob.ts'
export { getJobRequest } from './actions/getJobRequest.ts'
export { getLedger, type Ledger, type LedgerParties } from './actions/getLedger.ts'
export { getSigner } from './actions/getSigner.ts'
export { getSubmission, type Submission } from './actions/getSubmission.ts'
export { getTransitions } from './actions/getTransitions.ts'
export { putDefinition } from './actions/putDefinition.ts'
export { type Quote, quote } from './actions/quote.ts'
export { readLog } from './actions/readLog.ts'
export { type DepositPermit, signDepositPermit } from './actions/signDepositPermit.ts'
export { type SignedJobRequest, signJobRequest } from './actions/signJobRequest.ts'
export { type SubmitOptions, type SubmittedJob, submitJob } from './actions/submitJob.ts'
export { type TopUpOptions, topUpJob } from './actions/topUpJob.ts'
export { type WatchOptions, watchJob } from './actions/watchJob.ts'
export { ContractRefused, contractRefused } from './contractError.ts'
export { type Deployment, DeploymentInvalid, parseDeployment } from './deployments/deployment.ts'
export type { Hex, Job, JobRequest, JobTerms, Work } from './domain/job.ts'
export { isFinal, isLive, JOB_STATUSES, type JobStatus } from './domain/status.ts'
export {
  ChainUnreachable,
  ContractMissing,
  GridError,
  JobUnknown,
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
export type { JobTransition } from './jobEvents.ts'
export { domainOf, jobId, jobTerms, NOBODY } from './jobId.ts'
export type { Waiting } from './waiting.ts'
