// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobNotice, JobSlot} from "../types/Job.sol";
import {JobTerms} from "../types/JobRequest.sol";
import {JobStatus, Status} from "../types/JobStatus.sol";
import {Parameters} from "../types/Parameters.sol";
import {Settlement} from "./Settlement.sol";

/// @notice What the first deadline of a job is, and what follows when it has passed.
library Deadlines {
    /// @notice A broken promise, by what it costs the provider.
    enum Fault {
        NONE,
        LATE,
        SILENT
    }

    /// @notice After `at` (unix seconds) anyone may move the job to `to`. Cold and unknown jobs have `at` 0.
    struct Deadline {
        uint256 time;
        JobStatus to;
        Fault fault;
    }

    /// @notice The deadline of a job that passes first.
    /// @param lastSeen Unix seconds of its provider's last sign of life.
    function first(
        JobSlot job,
        JobNotice memory notice,
        JobTerms calldata terms,
        Parameters memory parameters,
        uint256 lastSeen
    ) internal pure returns (Deadline memory due) {
        if (job.status() == Status.PENDING) {
            return Deadline(waitsUntil(job, terms, parameters.requeueWindow), Status.CANCELLED, Fault.NONE);
        }
        if (job.status() == Status.META_SCHEDULED) due = _late(job, parameters.acceptTimeout);
        else if (job.status() == Status.SCHEDULED) due = _late(job, parameters.queueTimeout);
        else if (job.status() == Status.RUNNING) due = _overrun(job, terms, parameters);
        else return due;
        if (job.status() != Status.META_SCHEDULED) due = _earlier(due, _silent(job, terms, parameters, lastSeen));
        if (job.isCancelRequested()) {
            uint256 time = uint256(notice.cancelRequestedAt) + parameters.cancelTimeout;
            due = _earlier(due, Deadline(time, Status.CANCELLED, Fault.NONE));
        }
    }

    /// @notice Unix seconds until which a waiting job may be assigned, and after which anyone may give its credits back.
    function waitsUntil(JobSlot job, JobTerms calldata terms, uint24 requeueWindow) internal pure returns (uint256) {
        uint8 attempts = job.attempts();
        if (attempts == 0) return terms.startBy;
        if (attempts >= terms.maxAttempts) return job.since();
        uint256 requeued = uint256(job.since()) + requeueWindow;
        return requeued > terms.startBy ? requeued : terms.startBy;
    }

    /// @notice Whether a provider that returns the job now does so too late.
    function isLate(JobSlot job, Parameters storage parameters) internal view returns (bool) {
        if (job.isAssignedByCustomer()) return false;
        if (job.status() == Status.META_SCHEDULED)
            return block.timestamp > uint256(job.since()) + parameters.acceptTimeout;
        return job.status() == Status.SCHEDULED && block.timestamp > uint256(job.since()) + parameters.queueTimeout;
    }

    function _late(JobSlot job, uint24 timeout) private pure returns (Deadline memory) {
        Fault fault = job.isAssignedByCustomer() ? Fault.NONE : Fault.LATE;
        return Deadline(uint256(job.since()) + timeout, Status.PENDING, fault);
    }

    function _overrun(
        JobSlot job,
        JobTerms calldata terms,
        Parameters memory parameters
    ) private pure returns (Deadline memory) {
        uint256 allowed = Settlement.allowedSeconds(terms, job.budget(), job.rate());
        return Deadline(job.since() + allowed + parameters.reportGrace, Status.PANICKED, Fault.SILENT);
    }

    function _silent(
        JobSlot job,
        JobTerms calldata terms,
        Parameters memory parameters,
        uint256 lastSeen
    ) private pure returns (Deadline memory) {
        uint256 seen = lastSeen > job.since() ? lastSeen : job.since();
        JobStatus to = job.attempts() < terms.maxAttempts ? Status.PENDING : Status.PANICKED;
        return Deadline(seen + parameters.silenceTimeout, to, Fault.SILENT);
    }

    function _earlier(Deadline memory left, Deadline memory right) private pure returns (Deadline memory) {
        return right.time < left.time ? right : left;
    }
}
