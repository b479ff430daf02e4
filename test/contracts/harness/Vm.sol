// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The few powers over the chain that Solidity tests need.
interface Vm {
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function warp(uint256 time) external;
}

/// @dev The address at which the test runner answers: keccak256("hevm cheat code").
Vm constant VM = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
