// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";
import {JobSlot} from "../types/Job.sol";
import {JobTerms} from "../types/JobRequest.sol";
import {Status} from "../types/JobStatus.sol";
import {SignedCancel, SignedTopUp} from "../types/Messages.sol";
import {State} from "../types/State.sol";
import {Escrow} from "./Escrow.sol";
import {Hashes} from "./Hashes.sol";
import {Ledger} from "./Ledger.sol";
import {Refusals} from "./Refusals.sol";
import {Signatures} from "./Signatures.sol";
import {Transitions} from "./Transitions.sol";

/// @notice How customers change their minds: cancels and top-ups. Deployed by itself and linked into `Jobs`.
library Amendments {
    using Escrow for Escrow.Accounts;

    function cancel(State storage state, bytes32 domainSeparator, SignedCancel[] calldata cancels) external {
        for (uint256 i = 0; i < cancels.length; ++i) {
            SignedCancel calldata item = cancels[i];
            bytes32 id = Hashes.id(item.terms, domainSeparator);
            bytes32 digest = Hashes.digest(Hashes.cancel(id), domainSeparator);
            bytes memory refusal = Signatures.refusal(item.terms.customer, digest, item.signature);
            if (refusal.length == 0) refusal = _cancel(state, id, item.terms);
            Refusals.settle(id, refusal, cancels.length);
        }
    }

    function topUp(State storage state, bytes32 domainSeparator, SignedTopUp[] calldata topUps) external {
        for (uint256 i = 0; i < topUps.length; ++i) {
            SignedTopUp calldata item = topUps[i];
            bytes32 id = Hashes.id(item.terms, domainSeparator);
            bytes32 digest = Hashes.digest(Hashes.topUp(id, item.total), domainSeparator);
            bytes memory refusal = Signatures.refusal(item.terms.customer, digest, item.signature);
            if (refusal.length == 0) refusal = _topUp(state, id, item.terms, item.total);
            Refusals.settle(id, refusal, topUps.length);
        }
    }

    function topUpDelegated(
        State storage state,
        bytes32 domainSeparator,
        JobTerms[] calldata terms,
        uint96[] calldata totals
    ) external {
        if (terms.length != totals.length) revert IJobs.LengthMismatch(terms.length, totals.length);
        for (uint256 i = 0; i < terms.length; ++i) {
            bytes32 id = Hashes.id(terms[i], domainSeparator);
            uint256 limit = uint256(terms[i].budget) + terms[i].topUpLimit;
            bytes memory refusal =
                totals[i] > limit
                    ? Refusals.three(IJobs.TopUpLimitExceeded.selector, uint256(id), totals[i], limit)
                    : _topUp(state, id, terms[i], totals[i]);
            Refusals.settle(id, refusal, terms.length);
        }
    }

    function _cancel(State storage state, bytes32 id, JobTerms calldata terms) private returns (bytes memory) {
        JobSlot job = state.jobs[id];
        if (job.status() == Status.NONE || job.status() == Status.PENDING) {
            Ledger.endUnpaid(state, id, job, terms, Status.CANCELLED);
            return "";
        }
        if (!Transitions.isAssigned(job.status()) || job.isCancelRequested()) {
            return Refusals.illegal(id, job.status(), Status.CANCELLED);
        }
        state.jobs[id] = job.withCancelRequested();
        // The cast is safe for the next 30,000 years.
        state.notices[id].cancelRequestedAt = uint40(block.timestamp);
        emit IJobs.CancelRequested(id, terms.customer, job.provider());
        return "";
    }

    function _topUp(
        State storage state,
        bytes32 id,
        JobTerms calldata terms,
        uint96 total
    ) private returns (bytes memory refusal) {
        JobSlot job = state.jobs[id];
        if (!Transitions.isLive(job.status())) return Refusals.illegal(id, job.status(), job.status());
        if (total <= job.budget()) {
            return Refusals.three(IJobs.TopUpNotHigher.selector, uint256(id), total, job.budget());
        }
        refusal = state.accounts.lock(terms.customer, terms.payer, total - job.budget());
        if (refusal.length != 0) return refusal;
        state.jobs[id] = job.withBudget(total);
        emit IJobs.JobToppedUp(id, job.provider(), total);
        return "";
    }
}
