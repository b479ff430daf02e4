// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {Allowance} from "../types/Messages.sol";
import {Refusals} from "./Refusals.sol";

/// @notice Free balances, and what payers let customers spend of theirs.
library Escrow {
    struct Accounts {
        mapping(address account => uint96 credits) free;
        mapping(address payer => mapping(address customer => Allowance allowance)) allowances;
    }

    /// @notice Takes `amount` from whoever pays for the customer.
    /// @return refusal The encoded error, empty where the amount was taken.
    function lock(
        Accounts storage accounts,
        address customer,
        address payer,
        uint96 amount
    ) internal returns (bytes memory refusal) {
        address account = _payerOf(customer, payer);
        uint96 balance = accounts.free[account];
        if (balance < amount) {
            return Refusals.three(IJobs.BalanceTooLow.selector, uint160(account), balance, amount);
        }
        if (account != customer) {
            Allowance memory allowance = accounts.allowances[account][customer];
            if (allowance.until < block.timestamp) {
                return
                    Refusals.three(IJobs.AllowanceEnded.selector, uint160(account), uint160(customer), allowance.until);
            }
            if (allowance.amount < amount) {
                return
                    Refusals.four(
                        IJobs.AllowanceTooLow.selector,
                        uint160(account),
                        uint160(customer),
                        allowance.amount,
                        amount
                    );
            }
            accounts.allowances[account][customer].amount = allowance.amount - amount;
        }
        accounts.free[account] = balance - amount;
    }

    /// @notice Gives `amount` back to whoever paid for the customer, and restores the allowance.
    function unlock(Accounts storage accounts, address customer, address payer, uint96 amount) internal {
        if (amount == 0) return;
        address account = _payerOf(customer, payer);
        accounts.free[account] += amount;
        if (account == customer) return;
        Allowance storage allowance = accounts.allowances[account][customer];
        uint256 restored = uint256(allowance.amount) + amount;
        // A payer may have allowed the largest amount anew in the meantime: the cast is safe below it.
        allowance.amount = restored < type(uint96).max ? uint96(restored) : type(uint96).max;
    }

    function _payerOf(address customer, address payer) private pure returns (address) {
        return payer == address(0) ? customer : payer;
    }
}
