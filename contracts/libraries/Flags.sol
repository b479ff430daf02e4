// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Job} from "../types/Job.sol";

/// @notice The byte of a job that holds how often it was assigned and what happened to it on the way.
library Flags {
    uint8 private constant ATTEMPTS = 0x1f;
    uint8 private constant PANIC_ANNOUNCED = 0x20;
    uint8 private constant ASSIGNED_BY_CUSTOMER = 0x40;
    uint8 private constant CANCEL_REQUESTED = 0x80;

    /// @notice The largest number of assignments a job can count.
    uint8 internal constant MAX_ATTEMPTS = ATTEMPTS;

    /// @notice Assignments so far.
    function attempts(Job memory job) internal pure returns (uint8) {
        return job.attemptAndFlags & ATTEMPTS;
    }

    function isPanicAnnounced(Job memory job) internal pure returns (bool) {
        return job.attemptAndFlags & PANIC_ANNOUNCED != 0;
    }

    function isAssignedByCustomer(Job memory job) internal pure returns (bool) {
        return job.attemptAndFlags & ASSIGNED_BY_CUSTOMER != 0;
    }

    function isCancelRequested(Job memory job) internal pure returns (bool) {
        return job.attemptAndFlags & CANCEL_REQUESTED != 0;
    }

    function markPanicAnnounced(Job memory job) internal pure {
        job.attemptAndFlags |= PANIC_ANNOUNCED;
    }

    function markCancelRequested(Job memory job) internal pure {
        job.attemptAndFlags |= CANCEL_REQUESTED;
    }

    /// @notice Counts one more assignment, by the job's customer or by the oracle. What was asked of the former attempt is forgotten.
    function countAttempt(Job memory job, bool byCustomer) internal pure {
        job.attemptAndFlags = (attempts(job) + 1) | (byCustomer ? ASSIGNED_BY_CUSTOMER : 0);
    }
}
