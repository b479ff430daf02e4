// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {JobStatus} from "../types/JobStatus.sol";

/// @notice Encoded errors. Checks return one instead of reverting, so that a batch can go on without the item; an empty one means that nothing is wrong.
library Refusals {
    function one(bytes4 error_, uint256 a) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(error_, a);
    }

    function two(bytes4 error_, uint256 a, uint256 b) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(error_, a, b);
    }

    function three(bytes4 error_, uint256 a, uint256 b, uint256 c) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(error_, a, b, c);
    }

    function four(bytes4 error_, uint256 a, uint256 b, uint256 c, uint256 d) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(error_, a, b, c, d);
    }

    function illegal(bytes32 id, JobStatus from, JobStatus to) internal pure returns (bytes memory) {
        return three(IJobs.JobIllegalTransition.selector, uint256(id), from.number(), to.number());
    }

    /// @param field The name of the field in ASCII.
    function outOfRange(
        bytes32 field,
        uint256 value,
        uint256 minimum,
        uint256 maximum
    ) internal pure returns (bytes memory) {
        uint256 length = 0;
        while (length < 32 && field[length] != 0) ++length;
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) text[i] = field[i];
        return abi.encodeWithSelector(IJobs.RequestOutOfRange.selector, text, value, minimum, maximum);
    }

    /// @notice Skips the refused item of a batch, or reverts with its error where it is the only one.
    function settle(bytes32 id, bytes memory refusal, uint256 items) internal {
        if (refusal.length == 0) return;
        if (items == 1) revertWith(refusal);
        emit IJobs.JobSkipped(id, msg.sender, refusal);
    }

    function revertWith(bytes memory refusal) internal pure {
        // Solidity has no way to revert with an error that is already encoded.
        assembly ("memory-safe") {
            revert(add(refusal, 0x20), mload(refusal))
        }
    }
}
