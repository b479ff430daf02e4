// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The state of a job, one of those in `Status`.
/// @dev A value type and not an enum: of an enum the compiler checks the range again at each use, which every report of every job would pay for.
type JobStatus is uint8;

using {equals as ==, differs as !=, number} for JobStatus global;

/// @notice The states. `NONE` is a job that does not exist; from `FINISHED` on, a state is final.
library Status {
    JobStatus internal constant NONE = JobStatus.wrap(0);
    JobStatus internal constant PENDING = JobStatus.wrap(1);
    JobStatus internal constant META_SCHEDULED = JobStatus.wrap(2);
    JobStatus internal constant SCHEDULED = JobStatus.wrap(3);
    JobStatus internal constant RUNNING = JobStatus.wrap(4);
    JobStatus internal constant FINISHED = JobStatus.wrap(5);
    JobStatus internal constant FAILED = JobStatus.wrap(6);
    JobStatus internal constant OUT_OF_CREDITS = JobStatus.wrap(7);
    JobStatus internal constant CANCELLED = JobStatus.wrap(8);
    JobStatus internal constant PANICKED = JobStatus.wrap(9);
}

function equals(JobStatus left, JobStatus right) pure returns (bool) {
    return JobStatus.unwrap(left) == JobStatus.unwrap(right);
}

function differs(JobStatus left, JobStatus right) pure returns (bool) {
    return JobStatus.unwrap(left) != JobStatus.unwrap(right);
}

/// @notice The state as its number.
function number(JobStatus status) pure returns (uint256) {
    return JobStatus.unwrap(status);
}
