// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {Assignment, PlanSource} from "../types/Assignment.sol";
import {JobSlot} from "../types/Job.sol";
import {JobTerms} from "../types/JobRequest.sol";
import {Status} from "../types/JobStatus.sol";
import {Prices} from "../types/Provider.sol";
import {Context, State} from "../types/State.sol";
import {Deadlines} from "./Deadlines.sol";
import {Hashes} from "./Hashes.sol";
import {Ledger} from "./Ledger.sol";
import {Refusals} from "./Refusals.sol";
import {Settlement} from "./Settlement.sol";
import {Transitions} from "./Transitions.sol";

/// @notice How waiting jobs are given to providers. The rare `assignSelf` is deployed by itself and linked into `Jobs`.
library Placement {
    /// @dev A provider's terms while a run of assignments to it is worked through.
    struct Counter {
        uint24 provider;
        uint32 opened;
        uint256 room;
        Prices prices;
        bool acceptsDirect;
    }

    function assign(
        State storage state,
        Context memory context,
        PlanSource calldata source,
        Assignment[] calldata assignments
    ) internal {
        emit IJobs.Planned(source.snapshotBlock, source.policy, source.inputs);
        Counter memory counter;
        for (uint256 i = 0; i < assignments.length; ++i) {
            Assignment calldata item = assignments[i];
            if (item.provider != counter.provider) {
                _openAll(context, counter);
                counter = _counterOf(context, item.provider);
            }
            bytes32 id = Hashes.id(item.terms, context.domainSeparator);
            Refusals.settle(id, _assign(state, id, item, counter, false), assignments.length);
        }
        _openAll(context, counter);
    }

    function assignSelf(State storage state, Context memory context, Assignment calldata item) external {
        bytes32 id = Hashes.id(item.terms, context.domainSeparator);
        if (msg.sender != item.terms.customer) revert IJobs.NotJobCustomer(id, msg.sender);
        uint256 graceEnd = uint256(state.jobs[id].since()) + state.parameters.oracleGrace;
        if (block.timestamp <= graceEnd) revert IJobs.DeadlineNotPassed(id, graceEnd);
        Counter memory counter = _counterOf(context, item.provider);
        if (!counter.acceptsDirect) revert IJobs.DirectJobsRefused(item.provider);
        Refusals.settle(id, _assign(state, id, item, counter, true), 1);
        _openAll(context, counter);
    }

    function _assign(
        State storage state,
        bytes32 id,
        Assignment calldata item,
        Counter memory counter,
        bool byCustomer
    ) private returns (bytes memory refusal) {
        JobSlot job = state.jobs[id];
        uint256 rate = Settlement.ratePerMinute(item.terms, counter.prices);
        refusal = _refusal(state, id, job, item, rate);
        if (refusal.length != 0) return refusal;
        if (counter.opened >= counter.room) return Refusals.one(IJobs.ProviderHasNoRoom.selector, item.provider);
        ++counter.opened;
        uint8 cutPermille = state.parameters.cutPermille;
        job = Ledger.move(id, job, Status.META_SCHEDULED).withAssignment(
            item.provider,
            // The cast is safe until 2106, as is every time in a job's slot.
            uint32(block.timestamp),
            cutPermille,
            item.expectedRate,
            byCustomer
        );
        state.jobs[id] = job;
        emit IJobs.JobAssigned(id, item.provider, job.attempts(), item.expectedRate, cutPermille);
    }

    function _refusal(
        State storage state,
        bytes32 id,
        JobSlot job,
        Assignment calldata item,
        uint256 rate
    ) private view returns (bytes memory) {
        JobTerms calldata terms = item.terms;
        if (!Transitions.allowed(job.status(), Status.META_SCHEDULED)) {
            return Refusals.illegal(id, job.status(), Status.META_SCHEDULED);
        }
        if (terms.provider != 0 && terms.provider != item.provider) {
            return Refusals.three(IJobs.ProviderNotWanted.selector, uint256(id), terms.provider, item.provider);
        }
        if (job.attempts() >= terms.maxAttempts) {
            return Refusals.two(IJobs.AttemptsUsedUp.selector, uint256(id), job.attempts());
        }
        uint256 until = Deadlines.waitsUntil(job, terms, state.parameters.requeueWindow);
        if (block.timestamp > until) return Refusals.two(IJobs.StartByPassed.selector, uint256(id), until);
        if (rate == 0 || rate > type(uint80).max) {
            return Refusals.two(IJobs.RateOutOfRange.selector, uint256(id), rate);
        }
        if (rate != item.expectedRate) {
            return Refusals.three(IJobs.RateChanged.selector, uint256(id), item.expectedRate, rate);
        }
        uint256 needed = Settlement.budgetRoundedUp(rate, terms.timeLimit);
        if (needed <= job.budget()) return "";
        return Refusals.three(IJobs.BudgetTooLow.selector, uint256(id), job.budget(), needed);
    }

    function _counterOf(Context memory context, uint24 provider) private view returns (Counter memory) {
        (Prices memory prices, uint256 room, bool acceptsDirect) = context.providers.terms(
            provider,
            context.silencePenalty
        );
        return Counter({provider: provider, opened: 0, room: room, prices: prices, acceptsDirect: acceptsDirect});
    }

    function _openAll(Context memory context, Counter memory counter) private {
        if (counter.opened == 0) return;
        // The cast is safe: the registry gave room for so many penalties out of a stake of 96 bits.
        uint96 reserved = uint96(uint256(context.silencePenalty) * counter.opened);
        context.providers.open(counter.provider, counter.opened, reserved);
    }
}
