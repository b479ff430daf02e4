// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Settlement} from "../../contracts/libraries/Settlement.sol";

/// @notice What holds of the settlement maths for every value.
contract SettlementProof {
    function costNeverExceedsTheBudget(uint80 rate, uint32 secondsUsed, uint96 budget) external pure {
        assert(Settlement.costRoundedDown(rate, secondsUsed, budget) <= budget);
    }

    function sufficientBudgetPaysForTheTime(uint80 rate, uint32 secondsUsed) external pure {
        uint256 budget = Settlement.budgetRoundedUp(rate, secondsUsed);
        assert(budget * 60 >= uint256(rate) * secondsUsed);
    }

    function nobodyIsPaidForEnforcingNothing(uint96 penalty) external pure {
        (, uint96 enforcer) = Settlement.splitPenalty(penalty, false);
        assert(enforcer == 0);
    }
}
