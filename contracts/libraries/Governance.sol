// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {Parameters} from "../types/Parameters.sol";
import {State} from "../types/State.sol";

/// @notice What parameters may be set to and when, so that no setting can lock or take anybody's credits. Deployed by itself and linked into `Jobs`.
library Governance {
    uint256 private constant MAX_SECONDS = 90 days;
    uint8 private constant MAX_CUT_PERMILLE = 200;

    function initialise(
        State storage state,
        address treasury,
        Parameters memory minimums,
        Parameters memory parameters
    ) external {
        if (treasury == address(0)) revert IJobs.AddressZero();
        _check(parameters, minimums);
        state.treasury = treasury;
        state.minimums = minimums;
        state.parameters = parameters;
        emit IJobs.TreasurySet(treasury);
        emit IJobs.ParametersSet(parameters);
    }

    function setTreasury(State storage state, address treasury) external {
        if (treasury == address(0)) revert IJobs.AddressZero();
        state.treasury = treasury;
        emit IJobs.TreasurySet(treasury);
    }

    function pauseRequests(State storage state, bool paused) external {
        state.requestsPaused = paused;
        emit IJobs.RequestsPaused(paused);
    }

    function schedule(State storage state, Parameters memory next) external {
        _check(next, state.minimums);
        // The cast is safe: the sum fits 40 bits for the next 30,000 years.
        uint40 effectiveAt = uint40(block.timestamp + _longest(state.parameters) + 1);
        state.scheduled = next;
        state.scheduledFor = effectiveAt;
        emit IJobs.ParametersScheduled(next, effectiveAt);
    }

    function applyScheduled(State storage state) external {
        uint40 effectiveAt = state.scheduledFor;
        if (effectiveAt == 0) revert IJobs.NoParametersScheduled();
        if (block.timestamp < effectiveAt) revert IJobs.DeadlineNotPassed(0, effectiveAt);
        Parameters memory next = state.scheduled;
        state.parameters = next;
        state.scheduledFor = 0;
        emit IJobs.ParametersSet(next);
    }

    /// @dev The longest deadline in force: a change waits longer than this.
    function _longest(Parameters memory current) private pure returns (uint256 longest) {
        uint24[10] memory deadlines = _deadlines(current);
        for (uint256 i = 0; i < deadlines.length; ++i) if (deadlines[i] > longest) longest = deadlines[i];
    }

    function _check(Parameters memory next, Parameters memory minimums) private pure {
        uint24[10] memory values = _deadlines(next);
        uint24[10] memory least = _deadlines(minimums);
        for (uint256 i = 0; i < values.length; ++i) {
            if (values[i] < least[i] || values[i] > MAX_SECONDS) {
                revert IJobs.ParameterOutOfRange(_nameOf(i), values[i], least[i], MAX_SECONDS);
            }
        }
        if (next.cutPermille > MAX_CUT_PERMILLE) {
            revert IJobs.ParameterOutOfRange("cutPermille", next.cutPermille, 0, MAX_CUT_PERMILLE);
        }
    }

    function _deadlines(Parameters memory from) private pure returns (uint24[10] memory) {
        return
            [
                from.acceptTimeout,
                from.queueTimeout,
                from.silenceTimeout,
                from.reportGrace,
                from.cancelGrace,
                from.cancelTimeout,
                from.oracleGrace,
                from.requeueWindow,
                from.maxWait,
                from.panicDelay
            ];
    }

    function _nameOf(uint256 index) private pure returns (string memory) {
        return
            [
                "acceptTimeout",
                "queueTimeout",
                "silenceTimeout",
                "reportGrace",
                "cancelGrace",
                "cancelTimeout",
                "oracleGrace",
                "requeueWindow",
                "maxWait",
                "panicDelay"
            ][index];
    }
}
