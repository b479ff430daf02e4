// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Job, JobSlot} from "../types/Job.sol";
import {JobStatus} from "../types/JobStatus.sol";

/// @notice Reads and changes the fields of a job in its slot; a change gives back another slot. The layout stands with `JobSlot`.
/// @dev Each cast here cuts out a field of exactly that width. A value type and not a struct, which would be copied to memory and back for every report.
library JobSlots {
    uint256 private constant ATTEMPTS = 0x1f << 8;
    uint256 private constant PANIC_ANNOUNCED = 0x20 << 8;
    uint256 private constant ASSIGNED_BY_CUSTOMER = 0x40 << 8;
    uint256 private constant CANCEL_REQUESTED = 0x80 << 8;

    uint256 private constant STATUS = 0xff;
    uint256 private constant PROVIDER = 0xffffff << 16;
    uint256 private constant SINCE = 0xffffffff << 40;
    uint256 private constant CUT = 0xff << 72;
    uint256 private constant BUDGET = uint256(type(uint96).max) << 80;
    uint256 private constant RATE = uint256(type(uint80).max) << 176;

    /// @notice The largest number of assignments a job can count.
    uint8 internal constant MAX_ATTEMPTS = 0x1f;

    function status(JobSlot job) internal pure returns (JobStatus) {
        return JobStatus.wrap(uint8(JobSlot.unwrap(job)));
    }

    /// @notice Assignments so far.
    function attempts(JobSlot job) internal pure returns (uint8) {
        return uint8((JobSlot.unwrap(job) & ATTEMPTS) >> 8);
    }

    /// @notice Index of the provider, 0 until assigned.
    function provider(JobSlot job) internal pure returns (uint24) {
        return uint24(JobSlot.unwrap(job) >> 16);
    }

    /// @notice Unix seconds: submit or return, then assignment, from RUNNING on the reported start.
    function since(JobSlot job) internal pure returns (uint32) {
        return uint32(JobSlot.unwrap(job) >> 40);
    }

    function cutPermille(JobSlot job) internal pure returns (uint8) {
        return uint8(JobSlot.unwrap(job) >> 72);
    }

    /// @notice Locked credits.
    function budget(JobSlot job) internal pure returns (uint96) {
        return uint96(JobSlot.unwrap(job) >> 80);
    }

    /// @notice Credits per minute.
    function rate(JobSlot job) internal pure returns (uint80) {
        return uint80(JobSlot.unwrap(job) >> 176);
    }

    function isPanicAnnounced(JobSlot job) internal pure returns (bool) {
        return JobSlot.unwrap(job) & PANIC_ANNOUNCED != 0;
    }

    function isAssignedByCustomer(JobSlot job) internal pure returns (bool) {
        return JobSlot.unwrap(job) & ASSIGNED_BY_CUSTOMER != 0;
    }

    function isCancelRequested(JobSlot job) internal pure returns (bool) {
        return JobSlot.unwrap(job) & CANCEL_REQUESTED != 0;
    }

    function withPanicAnnounced(JobSlot job) internal pure returns (JobSlot) {
        return JobSlot.wrap(JobSlot.unwrap(job) | PANIC_ANNOUNCED);
    }

    function withCancelRequested(JobSlot job) internal pure returns (JobSlot) {
        return JobSlot.wrap(JobSlot.unwrap(job) | CANCEL_REQUESTED);
    }

    /// @dev Only `Ledger.move` calls this.
    function withStatus(JobSlot job, JobStatus to) internal pure returns (JobSlot) {
        return JobSlot.wrap((JobSlot.unwrap(job) & ~STATUS) | to.number());
    }

    function withSince(JobSlot job, uint32 time) internal pure returns (JobSlot) {
        return JobSlot.wrap((JobSlot.unwrap(job) & ~SINCE) | (uint256(time) << 40));
    }

    function withBudget(JobSlot job, uint96 credits) internal pure returns (JobSlot) {
        return JobSlot.wrap((JobSlot.unwrap(job) & ~BUDGET) | (uint256(credits) << 80));
    }

    /// @notice Counts one more assignment and fixes its facts. What was asked of the former attempt is forgotten.
    function withAssignment(
        JobSlot job,
        uint24 provider_,
        uint32 time,
        uint8 cutPermille_,
        uint80 rate_,
        bool byCustomer
    ) internal pure returns (JobSlot) {
        uint256 kept = JobSlot.unwrap(job) & (STATUS | BUDGET);
        // Cannot overflow: whoever assigns has checked that the job has an assignment left.
        uint256 attempt = (JobSlot.unwrap(job) & ATTEMPTS) + (1 << 8);
        uint256 flags = byCustomer ? ASSIGNED_BY_CUSTOMER : 0;
        uint256 facts =
            (uint256(provider_) << 16) |
                (uint256(time) << 40) |
                (uint256(cutPermille_) << 72) |
                (uint256(rate_) << 176);
        return JobSlot.wrap(kept | attempt | flags | facts);
    }

    /// @notice Forgets provider, cut and rate; keeps the attempts, the flags and the budget.
    function withoutAssignment(JobSlot job, uint32 time) internal pure returns (JobSlot) {
        uint256 kept = JobSlot.unwrap(job) & ~(PROVIDER | CUT | RATE | SINCE);
        return JobSlot.wrap(kept | (uint256(time) << 40));
    }

    /// @notice All fields, as they are shown.
    function unpack(JobSlot job) internal pure returns (Job memory) {
        return
            Job({
                status: status(job),
                attemptAndFlags: uint8(JobSlot.unwrap(job) >> 8),
                provider: provider(job),
                since: since(job),
                cutPermille: cutPermille(job),
                budget: budget(job),
                rate: rate(job)
            });
    }
}
