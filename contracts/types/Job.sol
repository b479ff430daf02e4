// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobSlots} from "../libraries/JobSlots.sol";
import {JobStatus} from "./JobStatus.sol";

/// @notice Everything the chain remembers of a job, as it is shown. Kept as a `JobSlot`.
struct Job {
    JobStatus status;
    uint8 attemptAndFlags; // bits 0-4: assignments so far; bit 5: panic announced; bit 6: assigned by its customer; bit 7: cancel requested
    uint24 provider; // 0 until assigned
    uint32 since; // unix seconds: submit or return, then assignment, from RUNNING on the reported start
    uint8 cutPermille; // the protocol's share of the cost, fixed at assignment
    uint96 budget; // locked credits, 18 decimals
    uint80 rate; // credits per minute, 18 decimals, fixed at assignment
}

/// @notice A job in its one storage slot, from the lowest bit on: status (8), attemptAndFlags (8), provider (24), since (32), cutPermille (8), budget (96), rate (80).
type JobSlot is uint256;

using JobSlots for JobSlot global;

/// @notice The rare facts of a job, written only when they occur.
struct JobNotice {
    // slot 0
    uint40 cancelRequestedAt; // unix seconds
    uint40 panicsAt; // unix seconds from which an announced panic may follow
}
