// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The state of a job. `NONE` is a job that does not exist; from `FINISHED` on, a state is final.
enum JobStatus {
    NONE,
    PENDING,
    META_SCHEDULED,
    SCHEDULED,
    RUNNING,
    FINISHED,
    FAILED,
    OUT_OF_CREDITS,
    CANCELLED,
    PANICKED
}
