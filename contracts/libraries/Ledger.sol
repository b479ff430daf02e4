// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {JobSlot} from "../types/Job.sol";
import {JobTerms} from "../types/JobRequest.sol";
import {JobStatus, Status} from "../types/JobStatus.sol";
import {Context, State} from "../types/State.sol";
import {Escrow} from "./Escrow.sol";
import {Reporting} from "./Reporting.sol";
import {Settlement} from "./Settlement.sol";
import {Transitions} from "./Transitions.sol";

/// @notice How a job moves and what happens to its money: the only code that writes a status or settles.
library Ledger {
    using Escrow for Escrow.Accounts;

    /// @notice The outcome of a job as it is reported.
    struct Outcome {
        JobStatus status;
        uint32 secondsUsed;
        uint8 exitCode;
        bytes32 result;
    }

    /// @notice The one place that changes the status of a job: only along the table.
    function move(bytes32 id, JobSlot job, JobStatus to) internal pure returns (JobSlot) {
        JobStatus from = job.status();
        if (!Transitions.allowed(from, to)) revert IJobs.JobIllegalTransition(id, from, to);
        return job.withStatus(to);
    }

    /// @notice Puts a job back to PENDING; one whose customer asked for a cancel goes on to CANCELLED at once.
    function giveBack(State storage state, bytes32 id, JobSlot job, JobTerms calldata terms, bytes32 reason) internal {
        JobStatus from = job.status();
        uint24 provider = job.provider();
        // The cast is safe until 2106, as is every time in a job's slot.
        job = move(id, job, Status.PENDING).withoutAssignment(uint32(block.timestamp));
        state.jobs[id] = job;
        emit IJobs.JobReturned(id, provider, job.attempts(), from, reason);
        if (job.isCancelRequested()) endUnpaid(state, id, job, terms, Status.CANCELLED);
    }

    /// @notice Ends a job for which nobody is paid.
    function endUnpaid(State storage state, bytes32 id, JobSlot job, JobTerms calldata terms, JobStatus to) internal {
        end(state, id, job, terms, Outcome({status: to, secondsUsed: 0, exitCode: 0, result: 0}));
    }

    /// @notice Ends a job and gives the payer back what it did not cost.
    /// @return cost Credits that the caller of this function books: `cut` of them for the protocol, the rest for the provider.
    /// @return cut The protocol's part of the cost.
    function end(
        State storage state,
        bytes32 id,
        JobSlot job,
        JobTerms calldata terms,
        Outcome memory outcome
    ) internal returns (uint96 cost, uint96 cut) {
        uint256 charged = 0;
        if (job.status() == Status.RUNNING && outcome.status != Status.PANICKED) {
            charged = Reporting.chargedSeconds(state, id, job, terms, outcome.secondsUsed);
        }
        uint96 locked = job.budget();
        cost = Settlement.costRoundedDown(job.rate(), charged, locked);
        cut = Settlement.cutRoundedDown(cost, job.cutPermille());
        state.jobs[id] = move(id, job, outcome.status).withBudget(0);
        state.accounts.unlock(terms.customer, terms.payer, locked - cost);
        emit IJobs.JobEnded(
            id,
            terms.customer,
            job.provider(),
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
