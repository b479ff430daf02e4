// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that calls back whoever it was told to, in the middle of each transfer.
contract HostileToken is ERC20 {
    address private _target;
    bytes private _data;

    constructor() ERC20("Hostile", "H") {
        _mint(msg.sender, 1_000_000 ether);
    }

    /// @notice From now on each transfer makes this call first and fails as it fails.
    function callBack(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0)) return;
        (bool done, bytes memory answer) = _target.call(_data);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }
}
