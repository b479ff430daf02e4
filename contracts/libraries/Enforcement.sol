// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {JobNotice, JobSlot} from "../types/Job.sol";
import {JobTerms} from "../types/JobRequest.sol";
import {JobStatus, Status} from "../types/JobStatus.sol";
import {Context, State} from "../types/State.sol";
import {Deadlines} from "./Deadlines.sol";
import {Hashes} from "./Hashes.sol";
import {Ledger} from "./Ledger.sol";
import {Refusals} from "./Refusals.sol";
import {Transitions} from "./Transitions.sol";

/// @notice How jobs end or return without their provider: deadlines that anybody enforces, and the guardian's panic. Deployed by itself and linked into `Jobs`.
library Enforcement {
    function expire(State storage state, Context memory context, JobTerms[] calldata terms) external {
        for (uint256 i = 0; i < terms.length; ++i) {
            bytes32 id = Hashes.id(terms[i], context.domainSeparator);
            Refusals.settle(id, _expire(state, context, id, terms[i]), terms.length);
        }
    }

    function announcePanic(State storage state, bytes32[] calldata ids, string calldata reason) external {
        // The cast is safe: the sum fits 40 bits for the next 30,000 years.
        uint40 panicsAt = uint40(block.timestamp + state.parameters.panicDelay);
        for (uint256 i = 0; i < ids.length; ++i) {
            bytes32 id = ids[i];
            JobSlot job = state.jobs[id];
            if (!Transitions.isAssigned(job.status()) || job.isPanicAnnounced()) {
                Refusals.settle(id, Refusals.illegal(id, job.status(), Status.PANICKED), ids.length);
                continue;
            }
            state.jobs[id] = job.withPanicAnnounced();
            state.notices[id].panicsAt = panicsAt;
            emit IJobs.PanicAnnounced(id, panicsAt, reason);
        }
    }

    function panic(State storage state, Context memory context, JobTerms[] calldata terms) external {
        for (uint256 i = 0; i < terms.length; ++i) {
            bytes32 id = Hashes.id(terms[i], context.domainSeparator);
            Refusals.settle(id, _panic(state, context, id, terms[i]), terms.length);
        }
    }

    function deadlineOf(
        State storage state,
        bytes32 domainSeparator,
        JobTerms calldata terms
    ) external view returns (uint256 deadline, JobStatus to) {
        bytes32 id = Hashes.id(terms, domainSeparator);
        Deadlines.Deadline memory due = _dueOf(state, id, state.jobs[id], terms);
        return (due.time, due.to);
    }

    function _dueOf(
        State storage state,
        bytes32 id,
        JobSlot job,
        JobTerms calldata terms
    ) private view returns (Deadlines.Deadline memory) {
        JobNotice memory notice;
        if (job.isCancelRequested()) notice = state.notices[id];
        return Deadlines.first(job, notice, terms, state.parameters, state.pulses[job.provider()].lastSeen);
    }

    function _expire(
        State storage state,
        Context memory context,
        bytes32 id,
        JobTerms calldata terms
    ) private returns (bytes memory) {
        JobSlot job = state.jobs[id];
        Deadlines.Deadline memory due = _dueOf(state, id, job, terms);
        if (due.time == 0 || block.timestamp <= due.time) {
            return Refusals.two(IJobs.DeadlineNotPassed.selector, uint256(id), due.time);
        }
        uint24 provider = job.provider();
        if (due.to == Status.PENDING) Ledger.giveBack(state, id, job, terms, "deadline-passed");
        else Ledger.endUnpaid(state, id, job, terms, due.to);
        if (provider == 0) return "";
        if (due.fault != Deadlines.Fault.NONE) {
            uint96 penalty = due.fault == Deadlines.Fault.LATE ? context.latePenalty : context.silencePenalty;
            Ledger.penalise(state, context, id, provider, terms.customer, penalty, msg.sender);
        }
        Ledger.close(context, provider, 1);
        return "";
    }

    function _panic(
        State storage state,
        Context memory context,
        bytes32 id,
        JobTerms calldata terms
    ) private returns (bytes memory) {
        JobSlot job = state.jobs[id];
        if (!Transitions.isAssigned(job.status())) return Refusals.illegal(id, job.status(), Status.PANICKED);
        if (!job.isPanicAnnounced()) return Refusals.one(IJobs.PanicNotAnnounced.selector, uint256(id));
        uint40 panicsAt = state.notices[id].panicsAt;
        if (block.timestamp <= panicsAt) {
            return Refusals.two(IJobs.DeadlineNotPassed.selector, uint256(id), panicsAt);
        }
        Ledger.endUnpaid(state, id, job, terms, Status.PANICKED);
        Ledger.close(context, job.provider(), 1);
        return "";
    }
}
