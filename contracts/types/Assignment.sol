// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobTerms} from "./JobRequest.sol";

/// @notice The oracle's choice of a provider for one job.
struct Assignment {
    JobTerms terms;
    uint24 provider;
    uint80 expectedRate; // credits per minute that the plan saw; another rate skips the assignment
}

/// @notice What a batch of assignments was decided on, for anybody to replay.
struct PlanSource {
    uint64 snapshotBlock;
    bytes32 policy; // hash of the policy
    bytes32 inputs; // hash of the off-chain inputs
}
