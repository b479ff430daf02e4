// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {Job} from "../types/Job.sol";
import {JobTerms} from "../types/JobRequest.sol";
import {JobStatus} from "../types/JobStatus.sol";
import {Context, State} from "../types/State.sol";
import {Escrow} from "./Escrow.sol";
import {Flags} from "./Flags.sol";
import {Reporting} from "./Reporting.sol";
import {Settlement} from "./Settlement.sol";
import {Transitions} from "./Transitions.sol";

/// @notice How a job moves and what happens to its money: the only code that writes a status or settles.
library Ledger {
    using Escrow for Escrow.Accounts;
    using Flags for Job;

    /// @notice The outcome of a job as it is reported.
    struct Outcome {
        JobStatus status;
        uint32 secondsUsed;
        uint8 exitCode;
        bytes32 result;
    }

    /// @notice The one place that changes the status of a job: only along the table.
    function move(bytes32 id, Job memory job, JobStatus to) internal pure {
        if (!Transitions.allowed(job.status, to)) revert IJobs.JobIllegalTransition(id, job.status, to);
        job.status = to;
    }

    /// @notice Puts a job back to PENDING; one whose customer asked for a cancel goes on to CANCELLED at once.
    function giveBack(
        State storage state,
        bytes32 id,
        Job memory job,
        JobTerms calldata terms,
        bytes32 reason
    ) internal {
        JobStatus from = job.status;
        uint24 provider = job.provider;
        move(id, job, JobStatus.PENDING);
        job.provider = 0;
        // The cast is safe until 2106, as is every time in a job's slot.
        job.since = uint32(block.timestamp);
        job.cutPermille = 0;
        job.rate = 0;
        state.jobs[id] = job;
        emit IJobs.JobReturned(id, provider, job.attempts(), from, reason);
        if (job.isCancelRequested()) endUnpaid(state, id, job, terms, JobStatus.CANCELLED);
    }

    /// @notice Ends a job for which nobody is paid.
    function endUnpaid(
        State storage state,
        bytes32 id,
        Job memory job,
        JobTerms calldata terms,
        JobStatus to
    ) internal {
        end(state, id, job, terms, Outcome({status: to, secondsUsed: 0, exitCode: 0, result: 0}));
    }

    /// @notice Ends and settles a job: the cost to the provider, the protocol's cut out of it, the rest back to the payer.
    function end(
        State storage state,
        bytes32 id,
        Job memory job,
        JobTerms calldata terms,
        Outcome memory outcome
    ) internal {
        uint256 charged = 0;
        if (job.status == JobStatus.RUNNING && outcome.status != JobStatus.PANICKED) {
            charged = Reporting.chargedSeconds(state, id, job, terms, outcome.secondsUsed);
        }
        uint96 locked = job.budget;
        uint96 cost = Settlement.costRoundedDown(job.rate, charged, locked);
        uint96 cut = Settlement.cutRoundedDown(cost, job.cutPermille);
        move(id, job, outcome.status);
        job.budget = 0;
        state.jobs[id] = job;
        if (cost != 0) {
            state.earnings[job.provider] += cost - cut;
            state.protocolCut += cut;
        }
        state.accounts.unlock(terms.customer, terms.payer, locked - cost);
        emit IJobs.JobEnded(
            id,
            terms.customer,
            job.provider,
            outcome.status,
            cost,
            cut,
            locked - cost,
            // The cast is safe: charged seconds are at most the reported ones, which have 32 bits.
            uint32(charged),
            outcome.exitCode,
            outcome.result
        );
    }

    /// @notice Tells the registry that jobs are no longer with a provider.
    function close(Context memory context, uint24 provider, uint32 jobs) internal {
        if (jobs == 0) return;
        // The cast is safe: so much was reserved when the jobs were opened.
        context.providers.close(provider, jobs, uint96(uint256(context.silencePenalty) * jobs));
    }

    /// @notice Takes a penalty from the stake and splits it between the customer, whoever enforced it, and the protocol.
    /// @param enforcer 0 where the provider itself was late.
    function penalise(
        State storage state,
        Context memory context,
        bytes32 id,
        uint24 provider,
        address customer,
        uint96 penalty,
        address enforcer
    ) internal {
        if (penalty == 0) return;
        (uint96 toCustomer, uint96 toEnforcer) = Settlement.splitPenalty(penalty, enforcer != address(0));
        state.accounts.free[customer] += toCustomer;
        if (toEnforcer != 0) state.accounts.free[enforcer] += toEnforcer;
        state.protocolCut += penalty - toCustomer - toEnforcer;
        emit IJobs.PenaltySplit(id, provider, penalty, toCustomer, enforcer, toEnforcer);
        context.providers.penalise(provider, penalty);
    }
}
