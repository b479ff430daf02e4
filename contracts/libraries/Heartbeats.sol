// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {Heartbeat, SignedHeartbeat} from "../types/Report.sol";
import {Context, Pulse, State} from "../types/State.sol";
import {Hashes} from "./Hashes.sol";
import {Refusals} from "./Refusals.sol";
import {Signatures} from "./Signatures.sol";

/// @notice How providers show that they live. Deployed by itself and linked into `Jobs`.
library Heartbeats {
    /// @dev Seconds that a heartbeat's clock may run ahead of the chain's.
    uint256 private constant CLOCK_TOLERANCE = 60;

    function heartbeat(State storage state, Context memory context, SignedHeartbeat[] calldata beats) external {
        for (uint256 i = 0; i < beats.length; ++i) {
            Heartbeat calldata beat = beats[i].heartbeat;
            bytes32 digest = Hashes.digest(Hashes.heartbeat(beat), context.domainSeparator);
            address signer = context.providers.signerOf(beat.provider);
            bytes memory refusal = Signatures.refusal(signer, digest, beats[i].signature);
            if (refusal.length == 0) refusal = _heartbeat(state, beat);
            _settle(beat.provider, refusal, beats.length);
        }
    }

    function _heartbeat(State storage state, Heartbeat calldata beat) private returns (bytes memory) {
        Pulse memory pulse = state.pulses[beat.provider];
        if (beat.sentAt <= pulse.lastBeat || beat.sentAt > block.timestamp + CLOCK_TOLERANCE) {
            return Refusals.three(IJobs.HeartbeatOutOfRange.selector, beat.provider, beat.sentAt, pulse.lastBeat);
        }
        // The cast is safe for the next 30,000 years.
        uint40 seen = beat.sentAt < block.timestamp ? beat.sentAt : uint40(block.timestamp);
        if (seen > pulse.lastSeen) pulse.lastSeen = seen;
        pulse.lastBeat = beat.sentAt;
        state.pulses[beat.provider] = pulse;
        emit IJobs.HeartbeatSeen(beat.provider, beat);
        return "";
    }

    function _settle(uint24 provider, bytes memory refusal, uint256 items) private {
        if (refusal.length == 0) return;
        if (items == 1) Refusals.revertWith(refusal);
        emit IJobs.HeartbeatSkipped(provider, msg.sender, refusal);
    }
}
