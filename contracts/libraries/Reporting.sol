// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {JobSlot} from "../types/Job.sol";
import {JobTerms} from "../types/JobRequest.sol";
import {JobStatus, Status} from "../types/JobStatus.sol";
import {Report} from "../types/Report.sol";
import {State} from "../types/State.sol";
import {Refusals} from "./Refusals.sol";
import {Settlement} from "./Settlement.sol";
import {Transitions} from "./Transitions.sol";

/// @notice What of a report counts: whether it is legal, when the job started, and how many seconds are charged.
library Reporting {
    /// @dev OUT_OF_CREDITS is believed when at most so many of the allowed seconds are unused.
    uint256 private constant LIMIT_TOLERANCE = 60;

    /// @notice Whether the report is about this attempt of the job at this provider.
    function refusal(JobSlot job, uint24 provider, Report calldata report) internal pure returns (bytes memory) {
        if (job.provider() != provider) {
            return Refusals.three(IJobs.NotJobProvider.selector, uint256(report.id), provider, job.provider());
        }
        if (job.attempts() != report.attempt) {
            return Refusals.three(IJobs.JobWrongAttempt.selector, uint256(report.id), report.attempt, job.attempts());
        }
        return "";
    }

    /// @notice The state from which the last hop of the report starts: hops up to it are walked first.
    function lastHopFrom(JobStatus current, Report calldata report) internal pure returns (JobStatus) {
        if (!Transitions.isAssigned(current)) return current;
        if (report.status == Status.SCHEDULED) return current;
        if (report.status == Status.RUNNING) return current == Status.RUNNING ? current : Status.SCHEDULED;
        if (report.startedAt != 0) return Status.RUNNING;
        bool walks =
            current == Status.META_SCHEDULED && report.status != Status.PENDING && report.status != Status.CANCELLED;
        return walks ? Status.SCHEDULED : current;
    }

    /// @notice When the job started: the report's word, between the assignment and now.
    function startOf(JobSlot job, Report calldata report) internal view returns (uint32) {
        if (report.startedAt < job.since()) return job.since();
        // The cast is safe until 2106, as is every time in a job's slot.
        return report.startedAt > block.timestamp ? uint32(block.timestamp) : report.startedAt;
    }

    /// @notice Whether a job that is in the state of its last hop may end as reported.
    function endRefusal(
        JobSlot job,
        Report calldata report,
        JobTerms calldata terms
    ) internal view returns (bytes memory) {
        JobStatus to = report.status;
        if (to == Status.CANCELLED && !job.isCancelRequested()) {
            return Refusals.one(IJobs.CancelNotRequested.selector, uint256(report.id));
        }
        if (job.status() != Status.RUNNING) return "";
        bool mismatch =
            (to == Status.FINISHED && report.exitCode != 0) || (to == Status.FAILED && report.exitCode == 0);
        if (mismatch) {
            return Refusals.three(IJobs.ExitCodeMismatch.selector, uint256(report.id), to.number(), report.exitCode);
        }
        if (to == Status.PENDING && job.attempts() >= terms.maxAttempts) {
            return Refusals.two(IJobs.AttemptsUsedUp.selector, uint256(report.id), job.attempts());
        }
        if (to != Status.OUT_OF_CREDITS) return "";
        uint256 allowed = Settlement.allowedSeconds(terms, job.budget(), job.rate());
        uint256 used = _notAfterNow(job, report.secondsUsed);
        if (used + LIMIT_TOLERANCE >= allowed) return "";
        return Refusals.three(IJobs.CreditsNotUsedUp.selector, uint256(report.id), used, allowed);
    }

    /// @notice The seconds that are charged: the reported ones, never beyond now, the allowed ones, or a cancel request and its grace.
    function chargedSeconds(
        State storage state,
        bytes32 id,
        JobSlot job,
        JobTerms calldata terms,
        uint32 reported
    ) internal view returns (uint256 charged) {
        charged = _notAfterNow(job, reported);
        uint256 allowed = Settlement.allowedSeconds(terms, job.budget(), job.rate());
        if (charged > allowed) charged = allowed;
        if (!job.isCancelRequested()) return charged;
        uint256 end = uint256(state.notices[id].cancelRequestedAt) + state.parameters.cancelGrace;
        uint256 chargeable = end > job.since() ? end - job.since() : 0;
        if (charged > chargeable) charged = chargeable;
    }

    function _notAfterNow(JobSlot job, uint32 reported) private view returns (uint256) {
        uint256 elapsed = block.timestamp - job.since();
        return reported < elapsed ? reported : elapsed;
    }
}
