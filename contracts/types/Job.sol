// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobStatus} from "./JobStatus.sol";

/// @notice Everything the chain remembers of a job.
struct Job {
    // slot 0
    JobStatus status;
    uint8 attemptAndFlags; // bits 0-4: assignments so far; bit 5: panic announced; bit 6: assigned by its customer; bit 7: cancel requested
    uint24 provider; // 0 until assigned
    uint32 since; // unix seconds: submit or return, then assignment, from RUNNING on the reported start
    uint8 cutPermille; // the protocol's share of the cost, fixed at assignment
    uint96 budget; // locked credits, 18 decimals
    uint80 rate; // credits per minute, 18 decimals, fixed at assignment
}

/// @notice The rare facts of a job, written only when they occur.
struct JobNotice {
    // slot 0
    uint40 cancelRequestedAt; // unix seconds
    uint40 panicsAt; // unix seconds from which an announced panic may follow
}
