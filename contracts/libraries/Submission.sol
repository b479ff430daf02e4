// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {IJobs} from "../interfaces/IJobs.sol";
import {JobSlot} from "../types/Job.sol";
import {JobRequest, SignedRequest} from "../types/JobRequest.sol";
import {Status} from "../types/JobStatus.sol";
import {Context, State} from "../types/State.sol";
import {Escrow} from "./Escrow.sol";
import {Hashes} from "./Hashes.sol";
import {Ledger} from "./Ledger.sol";
import {Refusals} from "./Refusals.sol";
import {Requests} from "./Requests.sol";
import {Signatures} from "./Signatures.sol";

/// @notice How requests come in.
library Submission {
    using Escrow for Escrow.Accounts;

    function submit(State storage state, Context memory context, SignedRequest[] calldata requests) internal {
        // What one request needs of memory is free for the next: the price of memory grows with its square.
        Memory.Pointer free = Memory.getFreeMemoryPointer();
        for (uint256 i = 0; i < requests.length; ++i) {
            SignedRequest calldata item = requests[i];
            bytes32 id = Hashes.id(item.request, context.domainSeparator);
            bytes32 digest = item.proof.length == 0 ? id : _arrayDigest(item.proof, id, context.domainSeparator);
            bytes memory refusal = Signatures.refusal(item.request.customer, digest, item.signature);
            if (refusal.length == 0) refusal = _submit(state, id, item.request);
            Refusals.settle(id, refusal, requests.length);
            Memory.unsafeSetFreeMemoryPointer(free);
        }
    }

    function _submit(
        State storage state,
        bytes32 id,
        JobRequest calldata request
    ) private returns (bytes memory refusal) {
        if (state.requestsPaused) return abi.encodeWithSelector(IJobs.RequestsArePaused.selector);
        refusal = Requests.refusal(request, state.parameters.maxWait);
        if (refusal.length != 0) return refusal;
        JobSlot job = state.jobs[id];
        if (job.status() != Status.NONE) return Refusals.illegal(id, job.status(), Status.PENDING);
        refusal = state.accounts.lock(request.customer, request.payer, request.budget);
        if (refusal.length != 0) return refusal;
        job = Ledger.move(id, job, Status.PENDING).withBudget(request.budget);
        // The cast is safe until 2106, as is every time in a job's slot.
        state.jobs[id] = job.withSince(uint32(block.timestamp));
        emit IJobs.JobSubmitted(id, request.customer, request.provider, request);
    }

    function _arrayDigest(
        bytes32[] calldata proof,
        bytes32 id,
        bytes32 domainSeparator
    ) private pure returns (bytes32) {
        return Hashes.digest(Hashes.jobArray(MerkleProof.processProofCalldata(proof, id)), domainSeparator);
    }
}
