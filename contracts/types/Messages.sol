// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobTerms} from "./JobRequest.sol";

/// @notice A customer's signed wish to cancel a job.
struct SignedCancel {
    JobTerms terms;
    bytes signature;
}

/// @notice A customer's signed wish to raise a job's budget to `total` (never by a difference, so that it counts once).
struct SignedTopUp {
    JobTerms terms;
    uint96 total; // credits, 18 decimals
    bytes signature;
}

/// @notice An ERC-2612 permit for `Jobs` to take `amount` credits from `owner` into the owner's free balance.
struct DepositPermit {
    address owner;
    uint96 amount; // credits, 18 decimals
    uint256 deadline; // unix seconds
    uint8 v;
    bytes32 r;
    bytes32 s;
}

/// @notice What a payer lets a customer spend.
struct Allowance {
    // slot 0
    uint96 amount; // credits, 18 decimals
    uint40 until; // unix seconds, inclusive
}
