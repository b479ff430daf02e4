// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobStatus} from "../types/JobStatus.sol";

/// @notice The state machine of a job as data: one bit for each legal pair of states.
library Transitions {
    uint256 private constant PENDING = 1 << uint256(JobStatus.PENDING);
    uint256 private constant META_SCHEDULED = 1 << uint256(JobStatus.META_SCHEDULED);
    uint256 private constant SCHEDULED = 1 << uint256(JobStatus.SCHEDULED);
    uint256 private constant RUNNING = 1 << uint256(JobStatus.RUNNING);
    uint256 private constant FINISHED = 1 << uint256(JobStatus.FINISHED);
    uint256 private constant FAILED = 1 << uint256(JobStatus.FAILED);
    uint256 private constant OUT_OF_CREDITS = 1 << uint256(JobStatus.OUT_OF_CREDITS);
    uint256 private constant CANCELLED = 1 << uint256(JobStatus.CANCELLED);
    uint256 private constant PANICKED = 1 << uint256(JobStatus.PANICKED);

    /// @dev Bits that a row of the table takes: one for each state.
    uint256 private constant ROW = 16;

    /// @dev The rows of the states that a job can leave, the lowest bits for NONE. Final states have none.
    uint256 private constant TABLE =
        ((PENDING | CANCELLED) << (ROW * uint256(JobStatus.NONE))) |
            ((META_SCHEDULED | CANCELLED) << (ROW * uint256(JobStatus.PENDING))) |
            ((SCHEDULED | PENDING | CANCELLED | PANICKED) << (ROW * uint256(JobStatus.META_SCHEDULED))) |
            ((RUNNING | FAILED | PENDING | CANCELLED | PANICKED) << (ROW * uint256(JobStatus.SCHEDULED))) |
            ((FINISHED | FAILED | OUT_OF_CREDITS | PENDING | CANCELLED | PANICKED) <<
                (ROW * uint256(JobStatus.RUNNING)));

    /// @notice Whether a job may go from `from` to `to` in one step.
    function allowed(JobStatus from, JobStatus to) internal pure returns (bool) {
        // Cannot overflow: there are ten states.
        unchecked {
            return (TABLE >> (ROW * uint256(from) + uint256(to))) & 1 != 0;
        }
    }

    /// @notice Whether a job in this state is with a provider.
    function isAssigned(JobStatus status) internal pure returns (bool) {
        return status >= JobStatus.META_SCHEDULED && status <= JobStatus.RUNNING;
    }

    /// @notice Whether a job in this state can still move.
    function isLive(JobStatus status) internal pure returns (bool) {
        return status >= JobStatus.PENDING && status <= JobStatus.RUNNING;
    }

    /// @notice Whether a job in this state is settled for good.
    function isFinal(JobStatus status) internal pure returns (bool) {
        return status >= JobStatus.FINISHED;
    }
}
