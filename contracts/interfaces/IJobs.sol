// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Assignment, PlanSource} from "../types/Assignment.sol";
import {Job, JobNotice} from "../types/Job.sol";
import {JobRequest, JobTerms, SignedRequest} from "../types/JobRequest.sol";
import {JobStatus} from "../types/JobStatus.sol";
import {Allowance, DepositPermit, SignedCancel, SignedTopUp} from "../types/Messages.sol";
import {Parameters} from "../types/Parameters.sol";
import {Heartbeat, SignedHeartbeat, SignedReports} from "../types/Report.sol";

/// @title Jobs
/// @notice The state machine of jobs, and the escrow and settlement of their credits: one contract, so that money and state cannot disagree.
/// @dev Whoever sends a transaction itself needs no signature: an empty one means that the caller is the signer.
/// A request is never stored. The job id is the request's EIP-712 digest (chain and contract included); whoever needs the
/// request again presents its `JobTerms`, and the contract checks the hash. Every call that takes an array skips the items that
/// are refused, with a `JobSkipped` each; an array of one reverts instead with the item's own error.
/// Every transition emits exactly one of `JobSubmitted`, `JobAssigned`, `JobScheduled`, `JobStarted`, `JobReturned`, `JobEnded`.
interface IJobs {
    /// @notice NONE → PENDING: a job was submitted and its budget locked.
    event JobSubmitted(bytes32 indexed id, address indexed customer, uint24 indexed provider, JobRequest request);
    /// @notice PENDING → META_SCHEDULED: the job was given to a provider at `rate` credits per minute.
    event JobAssigned(bytes32 indexed id, uint24 indexed provider, uint8 attempt, uint80 rate, uint8 cutPermille);
    /// @notice META_SCHEDULED → SCHEDULED: the job is queued inside the cluster.
    event JobScheduled(bytes32 indexed id, uint24 indexed provider, uint8 attempt);
    /// @notice SCHEDULED → RUNNING: the job executes since `startedAt` (unix seconds).
    event JobStarted(bytes32 indexed id, uint24 indexed provider, uint8 attempt, uint32 startedAt);
    /// @notice META_SCHEDULED, SCHEDULED or RUNNING → PENDING: the job waits again. `reason` is ASCII.
    event JobReturned(bytes32 indexed id, uint24 indexed provider, uint8 attempt, JobStatus from, bytes32 reason);
    /// @notice The job reached a final state and was settled. `cost` includes the protocol's `cut`; `refund` went back to the payer.
    event JobEnded(
        bytes32 indexed id,
        address indexed customer,
        uint24 indexed provider,
        JobStatus status,
        uint96 cost,
        uint96 cut,
        uint96 refund,
        uint32 secondsUsed,
        uint8 exitCode,
        bytes32 result
    );
    /// @notice An item of a batch was refused and changed nothing. `reason` is the encoded error.
    event JobSkipped(bytes32 indexed id, address indexed sender, bytes reason);
    /// @notice A batch of assignments follows from this source.
    event Planned(uint64 snapshotBlock, bytes32 indexed policy, bytes32 inputs);
    /// @notice The customer wants its assigned job cancelled.
    event CancelRequested(bytes32 indexed id, address indexed customer, uint24 indexed provider);
    /// @notice The budget of a job was raised to `budget`.
    event JobToppedUp(bytes32 indexed id, uint24 indexed provider, uint96 budget);
    /// @notice The guardian means to panic this job at `panicsAt` (unix seconds).
    event PanicAnnounced(bytes32 indexed id, uint40 panicsAt, string reason);
    /// @notice A provider paid for a broken promise; the parts add up to `amount`.
    event PenaltySplit(
        bytes32 indexed id,
        uint24 indexed provider,
        uint96 amount,
        uint96 toCustomer,
        address indexed enforcer,
        uint96 toEnforcer
    );
    /// @notice A provider lives and has used so much.
    event HeartbeatSeen(uint24 indexed provider, Heartbeat heartbeat);
    /// @notice A heartbeat of a batch was refused.
    event HeartbeatSkipped(uint24 indexed provider, address indexed sender, bytes reason);

    /// @notice Credits came in.
    event Deposited(address indexed account, uint96 amount);
    /// @notice A deposit of a batch was refused.
    event DepositSkipped(address indexed account, address indexed sender, bytes reason);
    /// @notice Credits left to `to`.
    event Withdrawn(address indexed account, address indexed to, uint96 amount);
    /// @notice A provider's earnings left to its owner.
    event EarningsWithdrawn(uint24 indexed provider, address indexed owner, uint96 amount);
    /// @notice The protocol's cut left to the treasury.
    event CutWithdrawn(address indexed treasury, uint96 amount);
    /// @notice A payer lets a customer spend `amount` until `until` (unix seconds).
    event Allowed(address indexed payer, address indexed customer, uint96 amount, uint40 until);
    /// @notice New requests are refused (`true`) or taken (`false`).
    event RequestsPaused(bool paused);
    /// @notice Other parameters take effect at `effectiveAt` (unix seconds).
    event ParametersScheduled(Parameters parameters, uint40 effectiveAt);
    /// @notice The parameters are these from now on.
    event ParametersSet(Parameters parameters);
    /// @notice The treasury is this account from now on.
    event TreasurySet(address indexed treasury);

    /// @notice The table does not lead from `from` to `to`.
    error JobIllegalTransition(bytes32 id, JobStatus from, JobStatus to);
    /// @notice A field of a request is outside its limits.
    error RequestOutOfRange(string field, uint256 value, uint256 minimum, uint256 maximum);
    /// @notice New requests are paused.
    error RequestsArePaused();
    /// @notice The signature is not the signer's for this message, chain and contract.
    error SignatureInvalid(address signer, bytes32 digest);
    /// @notice The caller is not the customer of the job.
    error NotJobCustomer(bytes32 id, address sender);
    /// @notice The job is not with this provider.
    error NotJobProvider(bytes32 id, uint24 provider, uint24 actual);
    /// @notice The report is about another attempt than the job's current one.
    error JobWrongAttempt(bytes32 id, uint8 attempt, uint8 current);
    /// @notice The terms presented for a report are missing or belong to another job.
    error JobTermsMismatch(bytes32 id, bytes32 presented);
    /// @notice The free balance of an account is too low.
    error BalanceTooLow(address account, uint256 balance, uint256 needed);
    /// @notice The payer does not allow the customer so much.
    error AllowanceTooLow(address payer, address customer, uint256 allowed, uint256 needed);
    /// @notice The payer's allowance has ended.
    error AllowanceEnded(address payer, address customer, uint40 until);
    /// @notice The request names another provider.
    error ProviderNotWanted(bytes32 id, uint24 wanted, uint24 given);
    /// @notice The provider is not active, or has no room or free stake for one more job.
    error ProviderHasNoRoom(uint24 provider);
    /// @notice The provider takes no jobs that customers assign themselves.
    error DirectJobsRefused(uint24 provider);
    /// @notice The rate follows from the provider's prices, which the plan did not expect.
    error RateChanged(bytes32 id, uint256 expected, uint256 actual);
    /// @notice A rate of zero, or one beyond 80 bits.
    error RateOutOfRange(bytes32 id, uint256 rate);
    /// @notice The budget does not pay for the time limit at this rate.
    error BudgetTooLow(bytes32 id, uint256 budget, uint256 needed);
    /// @notice The job was to start by an earlier time.
    error StartByPassed(bytes32 id, uint256 startBy);
    /// @notice The job has no assignment left.
    error AttemptsUsedUp(bytes32 id, uint8 attempts);
    /// @notice The deadline that this act enforces has not passed; 0 means that there is none.
    error DeadlineNotPassed(bytes32 id, uint256 deadline);
    /// @notice The job neither used its time nor its credits.
    error CreditsNotUsedUp(bytes32 id, uint256 secondsUsed, uint256 allowedSeconds);
    /// @notice The exit code does not fit the reported status.
    error ExitCodeMismatch(bytes32 id, JobStatus status, uint8 exitCode);
    /// @notice The customer did not ask for a cancel.
    error CancelNotRequested(bytes32 id);
    /// @notice The guardian did not announce this panic.
    error PanicNotAnnounced(bytes32 id);
    /// @notice A top-up names a total that is not above the budget.
    error TopUpNotHigher(bytes32 id, uint96 total, uint96 budget);
    /// @notice The oracle may top up no further.
    error TopUpLimitExceeded(bytes32 id, uint256 total, uint256 limit);
    /// @notice A heartbeat must be later than the last one and not from the future.
    error HeartbeatOutOfRange(uint24 provider, uint40 sentAt, uint40 last);
    /// @notice Two arrays that belong together differ in length.
    error LengthMismatch(uint256 left, uint256 right);
    /// @notice A parameter is outside its limits.
    error ParameterOutOfRange(string parameter, uint256 value, uint256 minimum, uint256 maximum);
    /// @notice No change of parameters is scheduled.
    error NoParametersScheduled();
    /// @notice The treasury or a recipient is zero.
    error AddressZero();
    /// @notice The amount is zero.
    error AmountZero();
    /// @notice The call needs more gas than was given, so that no item is skipped for the lack of it.
    error GasTooLow(uint256 available, uint256 needed);

    /// @notice Moves `amount` of the caller's credits into its free balance. The caller has approved this contract before.
    function deposit(uint96 amount) external;

    /// @notice Moves credits of the owners of ERC-2612 permits into their free balances. A permit that was sent before is no error: the allowance counts. By: anyone.
    function depositWithPermit(DepositPermit[] calldata permits) external;

    /// @notice Pays `amount` of the caller's free balance to `to`.
    function withdraw(uint96 amount, address to) external;

    /// @notice Pays a provider's earnings to its owner. By: anyone.
    function withdrawEarnings(uint24 provider) external;

    /// @notice Pays the protocol's cut to the treasury. By: anyone.
    function withdrawCut() external;

    /// @notice Lets `customer` spend up to `amount` of the caller's free balance on jobs until `until` (unix seconds). Replaces what was allowed before; refunds restore it.
    /// @dev Warning: refunds of jobs that run add to whatever amount stands, 0 too. An allowance is taken back for good by an `until` in the past.
    function allow(address customer, uint96 amount, uint40 until) external;

    /// @notice Deposits by permit, then submits jobs and locks their budgets.
    /// Legal from: NONE. By: customer, or anyone with the customer's signature.
    function submit(SignedRequest[] calldata requests, DepositPermit[] calldata permits) external;

    /// @notice Cancels a waiting job, revokes a request that nobody sent yet, or asks the provider to cancel.
    /// Legal from: NONE, PENDING (at once), META_SCHEDULED, SCHEDULED, RUNNING (a request). By: customer, or anyone with the customer's signature.
    function cancel(SignedCancel[] calldata cancels) external;

    /// @notice Raises the budgets of jobs to new totals.
    /// Legal in: every live state. By: customer, or anyone with the customer's signature.
    function topUp(SignedTopUp[] calldata topUps) external;

    /// @notice Raises budgets to `totals` within the customers' own `topUpLimit`. Legal in: every live state. By: the oracle role.
    function topUpDelegated(JobTerms[] calldata terms, uint96[] calldata totals) external;

    /// @notice Gives waiting jobs to providers and fixes their rates.
    /// Legal from: PENDING. By: the oracle role.
    /// @dev Items of one provider should stand together: the registry is asked once per run of items.
    function assign(PlanSource calldata source, Assignment[] calldata assignments) external;

    /// @notice Gives the caller's own job to a provider that accepts direct jobs, after the oracle let it wait for `oracleGrace`.
    /// Legal from: PENDING. By: customer.
    function assignSelf(Assignment calldata assignment) external;

    /// @notice Moves jobs along, and settles those that ended. Each array of reports bears one signature of its provider.
    /// Legal: any state that the table leads to, over several hops where need be. By: provider, or anyone with the provider's signature.
    /// @param terms The terms of each job whose report says neither SCHEDULED nor RUNNING, in order over all arrays.
    function report(SignedReports[] calldata batches, JobTerms[] calldata terms) external;

    /// @notice Shows that providers live and what their jobs have used. By: provider, or anyone with the provider's signature.
    function heartbeat(SignedHeartbeat[] calldata beats) external;

    /// @notice Enforces the deadlines of jobs in any mix of states; the caller gets the enforcer's share of each penalty.
    /// Legal from: every live state whose deadline has passed. By: anyone.
    function expire(JobTerms[] calldata terms) external;

    /// @notice Announces that jobs will be panicked after `panicDelay`, during which reports still settle. By: the guardian role.
    function announcePanic(bytes32[] calldata ids, string calldata reason) external;

    /// @notice Ends announced jobs without cost.
    /// Legal from: META_SCHEDULED, SCHEDULED, RUNNING. By: the guardian role.
    function panic(JobTerms[] calldata terms) external;

    /// @notice Stops or resumes the intake of new requests; jobs that exist go on. By: the guardian role.
    function pauseRequests(bool paused) external;

    /// @notice Schedules other parameters for after the longest deadline in force. By: the parameters role.
    function scheduleParameters(Parameters calldata next) external;

    /// @notice Puts scheduled parameters into force once their time has come. By: anyone.
    function applyParameters() external;

    /// @notice Sends the protocol's cut and penalties to another account from now on. By: the parameters role.
    function setTreasury(address treasury) external;

    /// @notice What the chain remembers of a job; all zero where there is none.
    function jobOf(bytes32 id) external view returns (Job memory);

    /// @notice The rare facts of a job; all zero where there are none.
    function noticeOf(bytes32 id) external view returns (JobNotice memory);

    /// @notice The id of the job that a request makes here.
    function idOf(JobRequest calldata request) external view returns (bytes32);

    /// @notice The id of the job that terms belong to.
    function idOfTerms(JobTerms calldata terms) external view returns (bytes32);

    /// @notice The time (unix seconds) after which `expire` moves the job, and where to; 0 where no time will do. Cold states have none.
    function deadlineOf(JobTerms calldata terms) external view returns (uint256 deadline, JobStatus to);

    /// @notice Credits that an account can spend or withdraw.
    function balanceOf(address account) external view returns (uint96);

    /// @notice What `payer` lets `customer` spend.
    function allowanceOf(address payer, address customer) external view returns (Allowance memory);

    /// @notice Credits that a provider has earned and not withdrawn.
    function earningsOf(uint24 provider) external view returns (uint96);

    /// @notice Credits that the protocol has cut and not withdrawn.
    function protocolCut() external view returns (uint96);

    /// @notice Unix seconds of the provider's last sign of life.
    function lastSeen(uint24 provider) external view returns (uint40);

    /// @notice The parameters in force.
    function parameters() external view returns (Parameters memory);

    /// @notice The smallest deadlines that can ever be set.
    function minimums() external view returns (Parameters memory);

    /// @notice Where the protocol's cut and its part of penalties go.
    function treasury() external view returns (address);

    /// @notice Whether new requests are refused.
    function requestsPaused() external view returns (bool);

    /// @notice Credits taken from a provider that accepts or queues too late.
    function LATE_PENALTY() external view returns (uint96);

    /// @notice Credits taken from a provider that is silent or overruns; reserved from its stake for each open job.
    function SILENCE_PENALTY() external view returns (uint96);
}
