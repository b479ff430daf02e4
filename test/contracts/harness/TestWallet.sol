// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A smart wallet of one owner that can be told to misbehave.
contract TestWallet is IERC1271 {
    enum Mood {
        HONEST,
        EATS_GAS,
        REVERTS,
        ANSWERS_SHORT,
        ANSWERS_LONG
    }

    address private immutable OWNER;
    Mood public mood;

    constructor(address owner) {
        OWNER = owner;
    }

    function become(Mood mood_) external {
        mood = mood_;
    }

    /// @notice Makes any call as the wallet.
    function act(address target, bytes calldata data) external {
        (bool done, bytes memory answer) = target.call(data);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        if (mood == Mood.EATS_GAS) while (true) {}
        if (mood == Mood.REVERTS) revert("no");
        if (mood == Mood.ANSWERS_SHORT) _answer(4);
        if (mood == Mood.ANSWERS_LONG) _answer(100_000);
        (address signer, , ) = ECDSA.tryRecover(digest, signature);
        return signer == OWNER ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    function _answer(uint256 length) private pure {
        bytes4 magic = IERC1271.isValidSignature.selector;
        assembly ("memory-safe") {
            mstore(0x00, magic)
            return(0x00, length)
        }
    }
}
