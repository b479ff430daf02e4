// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title Credits
/// @notice The unit that jobs are paid in: an ERC-20 with ERC-2612 permits and 18 decimals.
interface ICredits is IERC20, IERC20Permit {
    /// @notice Makes `amount` new credits for `to`. By: the minter role.
    function mint(address to, uint256 amount) external;
}
