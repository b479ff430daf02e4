// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobStatus, Status} from "../types/JobStatus.sol";

/// @notice The state machine of a job as data: one bit for each legal pair of states.
library Transitions {
    uint256 private constant PENDING = 1 << JobStatus.unwrap(Status.PENDING);
    uint256 private constant META_SCHEDULED = 1 << JobStatus.unwrap(Status.META_SCHEDULED);
    uint256 private constant SCHEDULED = 1 << JobStatus.unwrap(Status.SCHEDULED);
    uint256 private constant RUNNING = 1 << JobStatus.unwrap(Status.RUNNING);
    uint256 private constant FINISHED = 1 << JobStatus.unwrap(Status.FINISHED);
    uint256 private constant FAILED = 1 << JobStatus.unwrap(Status.FAILED);
    uint256 private constant OUT_OF_CREDITS = 1 << JobStatus.unwrap(Status.OUT_OF_CREDITS);
    uint256 private constant CANCELLED = 1 << JobStatus.unwrap(Status.CANCELLED);
    uint256 private constant PANICKED = 1 << JobStatus.unwrap(Status.PANICKED);

    /// @dev Bits that a row of the table takes: one for each state.
    uint256 private constant ROW = 16;

    /// @dev The rows of the states that a job can leave, the lowest bits for NONE. Final states have none.
    uint256 private constant TABLE =
        ((PENDING | CANCELLED) << (ROW * JobStatus.unwrap(Status.NONE))) |
            ((META_SCHEDULED | CANCELLED) << (ROW * JobStatus.unwrap(Status.PENDING))) |
            ((SCHEDULED | PENDING | CANCELLED | PANICKED) << (ROW * JobStatus.unwrap(Status.META_SCHEDULED))) |
            ((RUNNING | FAILED | PENDING | CANCELLED | PANICKED) << (ROW * JobStatus.unwrap(Status.SCHEDULED))) |
            ((FINISHED | FAILED | OUT_OF_CREDITS | PENDING | CANCELLED | PANICKED) <<
                (ROW * JobStatus.unwrap(Status.RUNNING)));

    /// @notice Whether a job may go from `from` to `to` in one step. A number that is no state leads nowhere.
    function allowed(JobStatus from, JobStatus to) internal pure returns (bool) {
        if (to.number() >= ROW) return false;
        // Cannot overflow: there are ten states.
        unchecked {
            return (TABLE >> (ROW * from.number() + to.number())) & 1 != 0;
        }
    }

    /// @notice Whether a job in this state is with a provider.
    function isAssigned(JobStatus status) internal pure returns (bool) {
        return _isBetween(Status.META_SCHEDULED, status, Status.RUNNING);
    }

    /// @notice Whether a job in this state can still move.
    function isLive(JobStatus status) internal pure returns (bool) {
        return _isBetween(Status.PENDING, status, Status.RUNNING);
    }

    /// @notice Whether a job in this state is settled for good.
    function isFinal(JobStatus status) internal pure returns (bool) {
        return status.number() >= Status.FINISHED.number();
    }

    function _isBetween(JobStatus first, JobStatus status, JobStatus last) private pure returns (bool) {
        return status.number() >= first.number() && status.number() <= last.number();
    }
}
