// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {IJobs} from "./interfaces/IJobs.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {Amendments} from "./libraries/Amendments.sol";
import {Cashier} from "./libraries/Cashier.sol";
import {Enforcement} from "./libraries/Enforcement.sol";
import {Governance} from "./libraries/Governance.sol";
import {Hashes} from "./libraries/Hashes.sol";
import {Heartbeats} from "./libraries/Heartbeats.sol";
import {Placement} from "./libraries/Placement.sol";
import {Reports} from "./libraries/Reports.sol";
import {Submission} from "./libraries/Submission.sol";
import {Assignment, PlanSource} from "./types/Assignment.sol";
import {Job, JobNotice} from "./types/Job.sol";
import {JobRequest, JobTerms, SignedRequest} from "./types/JobRequest.sol";
import {JobStatus} from "./types/JobStatus.sol";
import {Allowance, DepositPermit, SignedCancel, SignedTopUp} from "./types/Messages.sol";
import {Parameters} from "./types/Parameters.sol";
import {SignedHeartbeat, SignedReports} from "./types/Report.sol";
import {Context, State} from "./types/State.sol";

/// @dev Submission, Placement and Reports, the life of every job, are compiled in; what is rare is in libraries
/// deployed by themselves, so that the contract stays below the size limit.
contract Jobs is IJobs, EIP712, AccessManaged, ReentrancyGuardTransient {
    ICredits private immutable CREDITS;
    IProviders private immutable PROVIDERS;
    /// @inheritdoc IJobs
    uint96 public immutable LATE_PENALTY;
    /// @inheritdoc IJobs
    uint96 public immutable SILENCE_PENALTY;

    State private _state;

    constructor(
        address authority,
        ICredits credits,
        IProviders providers,
        address treasury_,
        Parameters memory minimums_,
        Parameters memory parameters_,
        uint96 latePenalty,
        uint96 silencePenalty
    ) EIP712("DeepSquare Grid", "1") AccessManaged(authority) {
        if (latePenalty > silencePenalty) {
            revert ParameterOutOfRange("latePenalty", latePenalty, 0, silencePenalty);
        }
        CREDITS = credits;
        PROVIDERS = providers;
        LATE_PENALTY = latePenalty;
        SILENCE_PENALTY = silencePenalty;
        Governance.initialise(_state, treasury_, minimums_, parameters_);
    }

    /// @inheritdoc IJobs
    function deposit(uint96 amount) external nonReentrant {
        Cashier.deposit(_state, CREDITS, amount);
    }

    /// @inheritdoc IJobs
    function depositWithPermit(DepositPermit[] calldata permits) external nonReentrant {
        Cashier.depositWithPermit(_state, CREDITS, permits, permits.length);
    }

    /// @inheritdoc IJobs
    function withdraw(uint96 amount, address to) external nonReentrant {
        Cashier.withdraw(_state, CREDITS, amount, to);
    }

    /// @inheritdoc IJobs
    function withdrawEarnings(uint24 provider) external nonReentrant {
        Cashier.withdrawEarnings(_state, CREDITS, PROVIDERS, provider);
    }

    /// @inheritdoc IJobs
    function withdrawCut() external nonReentrant {
        Cashier.withdrawCut(_state, CREDITS);
    }

    /// @inheritdoc IJobs
    function allow(address customer, uint96 amount, uint40 until) external {
        Cashier.allow(_state, customer, amount, until);
    }

    /// @inheritdoc IJobs
    function submit(SignedRequest[] calldata requests, DepositPermit[] calldata permits) external nonReentrant {
        // A permit and the one request that it pays for succeed or fail together.
        uint256 items = requests.length > permits.length ? requests.length : permits.length;
        if (permits.length != 0) Cashier.depositWithPermit(_state, CREDITS, permits, items);
        Submission.submit(_state, _context(), requests);
    }

    /// @inheritdoc IJobs
    function cancel(SignedCancel[] calldata cancels) external {
        Amendments.cancel(_state, _domainSeparatorV4(), cancels);
    }

    /// @inheritdoc IJobs
    function topUp(SignedTopUp[] calldata topUps) external {
        Amendments.topUp(_state, _domainSeparatorV4(), topUps);
    }

    /// @inheritdoc IJobs
    function topUpDelegated(JobTerms[] calldata terms, uint96[] calldata totals) external restricted {
        Amendments.topUpDelegated(_state, _domainSeparatorV4(), terms, totals);
    }

    /// @inheritdoc IJobs
    function assign(PlanSource calldata source, Assignment[] calldata assignments) external restricted {
        Placement.assign(_state, _context(), source, assignments);
    }

    /// @inheritdoc IJobs
    function assignSelf(Assignment calldata assignment) external {
        Placement.assignSelf(_state, _context(), assignment);
    }

    /// @inheritdoc IJobs
    function report(SignedReports[] calldata batches, JobTerms[] calldata terms) external nonReentrant {
        Reports.report(_state, _context(), batches, terms);
    }

    /// @inheritdoc IJobs
    function heartbeat(SignedHeartbeat[] calldata beats) external {
        Heartbeats.heartbeat(_state, _context(), beats);
    }

    /// @inheritdoc IJobs
    function expire(JobTerms[] calldata terms) external nonReentrant {
        Enforcement.expire(_state, _context(), terms);
    }

    /// @inheritdoc IJobs
    function announcePanic(bytes32[] calldata ids, string calldata reason) external restricted {
        Enforcement.announcePanic(_state, ids, reason);
    }

    /// @inheritdoc IJobs
    function panic(JobTerms[] calldata terms) external restricted nonReentrant {
        Enforcement.panic(_state, _context(), terms);
    }

    /// @inheritdoc IJobs
    function pauseRequests(bool paused) external restricted {
        Governance.pauseRequests(_state, paused);
    }

    /// @inheritdoc IJobs
    function scheduleParameters(Parameters calldata next) external restricted {
        Governance.schedule(_state, next);
    }

    /// @inheritdoc IJobs
    function applyParameters() external {
        Governance.applyScheduled(_state);
    }

    /// @inheritdoc IJobs
    function setTreasury(address treasury_) external restricted {
        Governance.setTreasury(_state, treasury_);
    }

    /// @inheritdoc IJobs
    function jobOf(bytes32 id) external view returns (Job memory) {
        return _state.jobs[id].unpack();
    }

    /// @inheritdoc IJobs
    function noticeOf(bytes32 id) external view returns (JobNotice memory) {
        return _state.notices[id];
    }

    /// @inheritdoc IJobs
    function idOf(JobRequest calldata request) external view returns (bytes32) {
        return Hashes.id(request, _domainSeparatorV4());
    }

    /// @inheritdoc IJobs
    function idOfTerms(JobTerms calldata terms) external view returns (bytes32) {
        return Hashes.id(terms, _domainSeparatorV4());
    }

    /// @inheritdoc IJobs
    function deadlineOf(JobTerms calldata terms) external view returns (uint256 deadline, JobStatus to) {
        return Enforcement.deadlineOf(_state, _domainSeparatorV4(), terms);
    }

    /// @inheritdoc IJobs
    function balanceOf(address account) external view returns (uint96) {
        return _state.accounts.free[account];
    }

    /// @inheritdoc IJobs
    function allowanceOf(address payer, address customer) external view returns (Allowance memory) {
        return _state.accounts.allowances[payer][customer];
    }

    /// @inheritdoc IJobs
    function earningsOf(uint24 provider) external view returns (uint96) {
        return _state.earnings[provider];
    }

    /// @inheritdoc IJobs
    function protocolCut() external view returns (uint96) {
        return _state.protocolCut;
    }

    /// @inheritdoc IJobs
    function lastSeen(uint24 provider) external view returns (uint40) {
        return _state.pulses[provider].lastSeen;
    }

    /// @inheritdoc IJobs
    function parameters() external view returns (Parameters memory) {
        return _state.parameters;
    }

    /// @inheritdoc IJobs
    function minimums() external view returns (Parameters memory) {
        return _state.minimums;
    }

    /// @inheritdoc IJobs
    function treasury() external view returns (address) {
        return _state.treasury;
    }

    /// @inheritdoc IJobs
    function requestsPaused() external view returns (bool) {
        return _state.requestsPaused;
    }

    function _context() private view returns (Context memory) {
        return
            Context({
                domainSeparator: _domainSeparatorV4(),
                credits: CREDITS,
                providers: PROVIDERS,
                latePenalty: LATE_PENALTY,
                silencePenalty: SILENCE_PENALTY
            });
    }
}
