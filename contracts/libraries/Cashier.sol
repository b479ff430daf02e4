// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {IJobs} from "../interfaces/IJobs.sol";
import {IProviders} from "../interfaces/IProviders.sol";
import {Allowance, DepositPermit} from "../types/Messages.sol";
import {State} from "../types/State.sol";
import {Refusals} from "./Refusals.sol";

/// @notice How credits come in and leave. Deployed by itself and linked into `Jobs`.
library Cashier {
    using SafeERC20 for ICredits;

    /// @dev Gas that a token's permit may need; less would let a relayer fail somebody's deposit.
    uint256 private constant PERMIT_GAS = 150_000;

    function deposit(State storage state, ICredits credits, uint96 amount) external {
        if (amount == 0) revert IJobs.AmountZero();
        _takeIn(state, credits, msg.sender, amount);
    }

    /// @param items How many items the call has in all: the only one reverts where it is refused, others are skipped.
    function depositWithPermit(
        State storage state,
        ICredits credits,
        DepositPermit[] calldata permits,
        uint256 items
    ) external {
        for (uint256 i = 0; i < permits.length; ++i) {
            DepositPermit calldata item = permits[i];
            bytes memory refusal = _deposit(state, credits, item);
            if (refusal.length == 0) continue;
            if (items == 1) Refusals.revertWith(refusal);
            emit IJobs.DepositSkipped(item.owner, msg.sender, refusal);
        }
    }

    function withdraw(State storage state, ICredits credits, uint96 amount, address to) external {
        if (amount == 0) revert IJobs.AmountZero();
        if (to == address(0)) revert IJobs.AddressZero();
        uint96 balance = state.accounts.free[msg.sender];
        if (balance < amount) revert IJobs.BalanceTooLow(msg.sender, balance, amount);
        state.accounts.free[msg.sender] = balance - amount;
        emit IJobs.Withdrawn(msg.sender, to, amount);
        credits.safeTransfer(to, amount);
    }

    function withdrawEarnings(State storage state, ICredits credits, IProviders providers, uint24 provider) external {
        uint96 amount = state.earnings[provider];
        if (amount == 0) revert IJobs.AmountZero();
        address owner = providers.ownerOf(provider);
        state.earnings[provider] = 0;
        emit IJobs.EarningsWithdrawn(provider, owner, amount);
        credits.safeTransfer(owner, amount);
    }

    function withdrawCut(State storage state, ICredits credits) external {
        uint96 amount = state.protocolCut;
        if (amount == 0) revert IJobs.AmountZero();
        address treasury = state.treasury;
        state.protocolCut = 0;
        emit IJobs.CutWithdrawn(treasury, amount);
        credits.safeTransfer(treasury, amount);
    }

    function allow(State storage state, address customer, uint96 amount, uint40 until) external {
        if (customer == address(0)) revert IJobs.AddressZero();
        state.accounts.allowances[msg.sender][customer] = Allowance({amount: amount, until: until});
        emit IJobs.Allowed(msg.sender, customer, amount, until);
    }

    function _deposit(
        State storage state,
        ICredits credits,
        DepositPermit calldata item
    ) private returns (bytes memory) {
        if (item.amount == 0) return abi.encodeWithSelector(IJobs.AmountZero.selector);
        if (gasleft() < PERMIT_GAS) revert IJobs.GasTooLow(gasleft(), PERMIT_GAS);
        // A permit that somebody sent before reverts here; what counts is the allowance that it left.
        try credits.permit(item.owner, address(this), item.amount, item.deadline, item.v, item.r, item.s) {} catch {}
        uint256 allowance = credits.allowance(item.owner, address(this));
        if (allowance < item.amount) {
            return
                Refusals.four(
                    IJobs.AllowanceTooLow.selector,
                    uint160(item.owner),
                    uint160(address(this)),
                    allowance,
                    item.amount
                );
        }
        uint256 balance = credits.balanceOf(item.owner);
        if (balance < item.amount) {
            return Refusals.three(IJobs.BalanceTooLow.selector, uint160(item.owner), balance, item.amount);
        }
        _takeIn(state, credits, item.owner, item.amount);
        return "";
    }

    function _takeIn(State storage state, ICredits credits, address account, uint96 amount) private {
        state.accounts.free[account] += amount;
        emit IJobs.Deposited(account, amount);
        credits.safeTransferFrom(account, address(this), amount);
    }
}
