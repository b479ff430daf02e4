// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {IJobs} from "../interfaces/IJobs.sol";
import {JobSlot} from "../types/Job.sol";
import {JobTerms} from "../types/JobRequest.sol";
import {JobStatus, Status} from "../types/JobStatus.sol";
import {Report, SignedReports} from "../types/Report.sol";
import {Context, State} from "../types/State.sol";
import {Deadlines} from "./Deadlines.sol";
import {Hashes} from "./Hashes.sol";
import {Ledger} from "./Ledger.sol";
import {Refusals} from "./Refusals.sol";
import {Reporting} from "./Reporting.sol";
import {Signatures} from "./Signatures.sol";
import {Transitions} from "./Transitions.sol";

/// @notice How what providers say moves and settles jobs.
library Reports {
    /// @dev Where a call stands: `items` reports in all, `next` the first terms not used yet.
    struct Cursor {
        uint256 items;
        uint256 next;
    }

    /// @dev What the reports of one provider add up to.
    struct Tally {
        uint24 provider;
        uint32 closed; // jobs that are no longer with the provider
        uint96 earned; // credits
        uint96 cut; // credits
        uint256 taken; // reports that counted
    }

    function report(
        State storage state,
        Context memory context,
        SignedReports[] calldata batches,
        JobTerms[] calldata terms
    ) internal {
        Cursor memory cursor;
        for (uint256 i = 0; i < batches.length; ++i) cursor.items += batches[i].reports.length;
        for (uint256 i = 0; i < batches.length; ++i) {
            SignedReports calldata batch = batches[i];
            bytes32 digest = Hashes.digest(Hashes.reports(batch.provider, batch.reports), context.domainSeparator);
            address signer = context.providers.signerOf(batch.provider);
            bytes memory refusal = Signatures.refusal(signer, digest, batch.signature);
            if (refusal.length == 0) _reportAll(state, context, batch.provider, batch.reports, terms, cursor);
            else _skipAll(batch.reports, refusal, cursor);
        }
    }

    function _reportAll(
        State storage state,
        Context memory context,
        uint24 provider,
        Report[] calldata reports,
        JobTerms[] calldata terms,
        Cursor memory cursor
    ) private {
        Tally memory tally;
        tally.provider = provider;
        // What one report needs of memory is free for the next: the price of memory grows with its square.
        Memory.Pointer free = Memory.getFreeMemoryPointer();
        for (uint256 i = 0; i < reports.length; ++i) {
            Report calldata item = reports[i];
            bytes memory refusal;
            if (_isProgress(item.status)) {
                refusal = _progress(state, provider, item);
            } else {
                refusal =
                    cursor.next < terms.length
                        ? _conclude(state, context, tally, item, terms[cursor.next])
                        : Refusals.two(IJobs.JobTermsMismatch.selector, uint256(item.id), 0);
                ++cursor.next;
            }
            if (refusal.length == 0) ++tally.taken;
            else Refusals.settle(item.id, refusal, cursor.items);
            Memory.unsafeSetFreeMemoryPointer(free);
        }
        // The cast is safe for the next 30,000 years.
        if (tally.taken != 0) state.pulses[provider].lastSeen = uint40(block.timestamp);
        if (tally.earned != 0) state.earnings[provider] += tally.earned;
        if (tally.cut != 0) state.protocolCut += tally.cut;
        Ledger.close(context, provider, tally.closed);
    }

    function _skipAll(Report[] calldata reports, bytes memory refusal, Cursor memory cursor) private {
        for (uint256 i = 0; i < reports.length; ++i) {
            if (!_isProgress(reports[i].status)) ++cursor.next;
            Refusals.settle(reports[i].id, refusal, cursor.items);
        }
    }

    function _isProgress(JobStatus status) private pure returns (bool) {
        return status == Status.SCHEDULED || status == Status.RUNNING;
    }

    /// @dev The job is queued or runs: no money moves.
    function _progress(
        State storage state,
        uint24 provider,
        Report calldata item
    ) private returns (bytes memory refusal) {
        JobSlot job = state.jobs[item.id];
        JobStatus from = job.status();
        refusal = _refusal(provider, item, job, Reporting.lastHopFrom(from, item));
        if (refusal.length != 0) return refusal;
        job = _walk(item, job, item.status);
        state.jobs[item.id] = job;
        _tell(item.id, from, job);
        return "";
    }

    /// @dev The job is over at this provider: it ends, or waits again.
    function _conclude(
        State storage state,
        Context memory context,
        Tally memory tally,
        Report calldata item,
        JobTerms calldata terms
    ) private returns (bytes memory refusal) {
        JobSlot job = state.jobs[item.id];
        JobStatus from = job.status();
        JobStatus last = Reporting.lastHopFrom(from, item);
        refusal = _refusal(tally.provider, item, job, last);
        if (refusal.length != 0) return refusal;
        bytes32 presented = Hashes.id(terms, context.domainSeparator);
        if (presented != item.id) {
            return Refusals.two(IJobs.JobTermsMismatch.selector, uint256(item.id), uint256(presented));
        }
        bool late = item.status == Status.PENDING && Deadlines.isLate(job, state.parameters);
        job = _walk(item, job, last);
        refusal = Reporting.endRefusal(job, item, terms);
        if (refusal.length != 0) return refusal;
        _tell(item.id, from, job);
        if (item.status == Status.PENDING) {
            Ledger.giveBack(state, item.id, job, terms, item.result);
        } else {
            (uint96 cost, uint96 cut) = Ledger.end(state, item.id, job, terms, _outcomeOf(item));
            tally.earned += cost - cut;
            tally.cut += cut;
        }
        ++tally.closed;
        if (late) {
            Ledger.penalise(state, context, item.id, tally.provider, terms.customer, context.latePenalty, address(0));
        }
        return "";
    }

    function _outcomeOf(Report calldata item) private pure returns (Ledger.Outcome memory) {
        return
            Ledger.Outcome({
                status: item.status,
                secondsUsed: item.secondsUsed,
                exitCode: item.exitCode,
                result: item.result
            });
    }

    function _refusal(
        uint24 provider,
        Report calldata item,
        JobSlot job,
        JobStatus last
    ) private pure returns (bytes memory refusal) {
        refusal = Reporting.refusal(job, provider, item);
        if (refusal.length != 0) return refusal;
        if (!Transitions.isAssigned(job.status()) || !Transitions.allowed(last, item.status)) {
            return Refusals.illegal(item.id, job.status(), item.status);
        }
        if (item.status == Status.RUNNING && item.startedAt == 0) {
            return Refusals.outOfRange("startedAt", 0, 1, type(uint32).max);
        }
        return "";
    }

    /// @dev Moves a job along the hops between its assignment and `to`.
    function _walk(Report calldata item, JobSlot job, JobStatus to) private view returns (JobSlot) {
        if (job.status() == to) return job;
        if (job.status() == Status.META_SCHEDULED) job = Ledger.move(item.id, job, Status.SCHEDULED);
        if (to == Status.SCHEDULED) return job;
        return Ledger.move(item.id, job, Status.RUNNING).withSince(Reporting.startOf(job, item));
    }

    /// @dev Emits the hops that `_walk` took.
    function _tell(bytes32 id, JobStatus from, JobSlot job) private {
        if (from == job.status()) return;
        uint8 attempt = job.attempts();
        if (from == Status.META_SCHEDULED) emit IJobs.JobScheduled(id, job.provider(), attempt);
        if (job.status() == Status.RUNNING) emit IJobs.JobStarted(id, job.provider(), attempt, job.since());
    }
}
