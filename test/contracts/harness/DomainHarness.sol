// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Settlement} from "../../../contracts/libraries/Settlement.sol";
import {Transitions} from "../../../contracts/libraries/Transitions.sol";
import {JobTerms} from "../../../contracts/types/JobRequest.sol";
import {JobStatus} from "../../../contracts/types/JobStatus.sol";
import {Prices} from "../../../contracts/types/Provider.sol";

/// @notice Opens the pure libraries to tests that compare them with the TypeScript domain.
contract DomainHarness {
    function allowed(JobStatus from, JobStatus to) external pure returns (bool) {
        return Transitions.allowed(from, to);
    }

    function isAssigned(JobStatus status) external pure returns (bool) {
        return Transitions.isAssigned(status);
    }

    function isLive(JobStatus status) external pure returns (bool) {
        return Transitions.isLive(status);
    }

    function isFinal(JobStatus status) external pure returns (bool) {
        return Transitions.isFinal(status);
    }

    function ratePerMinute(JobTerms calldata terms, Prices memory prices) external pure returns (uint256) {
        return Settlement.ratePerMinute(terms, prices);
    }

    function costRoundedDown(uint256 rate, uint256 secondsUsed, uint96 budget) external pure returns (uint96) {
        return Settlement.costRoundedDown(rate, secondsUsed, budget);
    }

    function budgetRoundedUp(uint256 rate, uint256 secondsUsed) external pure returns (uint256) {
        return Settlement.budgetRoundedUp(rate, secondsUsed);
    }

    function allowedSeconds(JobTerms calldata terms, uint96 budget, uint256 rate) external pure returns (uint256) {
        return Settlement.allowedSeconds(terms, budget, rate);
    }

    function cutRoundedDown(uint96 cost, uint8 permille) external pure returns (uint96) {
        return Settlement.cutRoundedDown(cost, permille);
    }

    function splitPenalty(uint96 penalty, bool enforced) external pure returns (uint96 customer, uint96 enforcer) {
        return Settlement.splitPenalty(penalty, enforced);
    }
}
