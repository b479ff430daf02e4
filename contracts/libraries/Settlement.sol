// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobTerms} from "../types/JobRequest.sol";
import {Prices} from "../types/Provider.sol";

/// @notice What jobs cost and how penalties are split. Amounts are credits with 18 decimals, rates credits per minute.
library Settlement {
    uint256 internal constant PENALTY_CUSTOMER_PERMILLE = 300;
    uint256 internal constant PENALTY_ENFORCER_PERMILLE = 200;

    /// @notice Credits per minute of a job at these prices. Cannot overflow: 32 + 32 + 32 + 72 bits and two sums.
    function ratePerMinute(JobTerms calldata terms, Prices memory prices) internal pure returns (uint256) {
        // Cannot overflow, as said above.
        unchecked {
            uint256 cpus = uint256(terms.tasks) * terms.cpusPerTask;
            return
                cpus * prices.cpuPerMinute +
                cpus * terms.memPerCpu * prices.memPerMinute +
                uint256(terms.gpus) * prices.gpuPerMinute;
        }
    }

    /// @notice Credits that `secondsUsed` cost, rounded down and never above `budget`.
    function costRoundedDown(uint256 rate, uint256 secondsUsed, uint96 budget) internal pure returns (uint96) {
        uint256 cost = (rate * secondsUsed) / 60;
        // The cast is safe: the smaller of the two is at most the budget, which has 96 bits.
        return cost < budget ? uint96(cost) : budget;
    }

    /// @notice The smallest budget that pays for `secondsUsed`: rounded up.
    function budgetRoundedUp(uint256 rate, uint256 secondsUsed) internal pure returns (uint256) {
        return (rate * secondsUsed + 59) / 60;
    }

    /// @notice Seconds that a job may run: its time limit and, rounded down, what top-ups bought, never more than the budget pays.
    /// @param budget What is locked now, at least `terms.budget`.
    function allowedSeconds(JobTerms calldata terms, uint96 budget, uint256 rate) internal pure returns (uint256) {
        uint256 bought = terms.timeLimit + (60 * uint256(budget - terms.budget)) / rate;
        uint256 paid = (60 * uint256(budget)) / rate;
        return bought < paid ? bought : paid;
    }

    /// @notice The protocol's part of a cost, rounded down.
    function cutRoundedDown(uint96 cost, uint8 permille) internal pure returns (uint96) {
        // The cast is safe: a permille of at most 255 makes the cut smaller than the cost.
        return uint96((uint256(cost) * permille) / 1000);
    }

    /// @notice The parts of a penalty; what is left of it goes to the treasury. Without an enforcer its part does too.
    function splitPenalty(uint96 penalty, bool enforced) internal pure returns (uint96 customer, uint96 enforcer) {
        // The casts are safe: both are smaller than the penalty.
        customer = uint96((uint256(penalty) * PENALTY_CUSTOMER_PERMILLE) / 1000);
        enforcer = enforced ? uint96((uint256(penalty) * PENALTY_ENFORCER_PERMILLE) / 1000) : 0;
    }
}
