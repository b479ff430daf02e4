// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IJobs} from "../interfaces/IJobs.sol";
import {Refusals} from "./Refusals.sol";

/// @notice Checks signatures of keys and of ERC-1271 wallets, the latter with a fixed ration of gas so that no wallet can burn a batch.
library Signatures {
    /// @dev Gas that a wallet gets to check its signature.
    uint256 internal constant WALLET_GAS = 150_000;

    /// @notice The encoded error of a signature that is not `signer`'s for `digest`; empty where it is, or where the signer sends the transaction itself without one.
    function refusal(address signer, bytes32 digest, bytes calldata signature) internal view returns (bytes memory) {
        if (signature.length == 0 && signer == msg.sender) return "";
        if (isValid(signer, digest, signature)) return "";
        return Refusals.two(IJobs.SignatureInvalid.selector, uint160(signer), uint256(digest));
    }

    /// @notice Whether `signature` is `signer`'s for `digest`.
    /// @dev Reverts with `GasTooLow` where a wallet could not get its ration, so that nobody can have an item skipped by sending little gas.
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (signer == address(0)) return false;
        (address recovered, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return signer.code.length != 0 && _isValidForWallet(signer, digest, signature);
    }

    function _isValidForWallet(address wallet, bytes32 digest, bytes calldata signature) private view returns (bool) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        // A call passes on at most 63/64 of the gas; the rest covers what is left of this item.
        uint256 needed = (WALLET_GAS * 64) / 63 + 50_000;
        if (gasleft() < needed) revert IJobs.GasTooLow(gasleft(), needed);
        bool answered;
        bytes32 answer;
        // Assembly keeps the answer to one word: a wallet cannot make this contract copy and pay for more.
        assembly ("memory-safe") {
            mstore(0x00, 0)
            answered := staticcall(WALLET_GAS, wallet, add(question, 0x20), mload(question), 0x00, 0x20)
            answered := and(answered, gt(returndatasize(), 31))
            answer := mload(0x00)
        }
        return answered && answer == bytes32(IERC1271.isValidSignature.selector);
    }
}
