// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IJobs} from "../interfaces/IJobs.sol";
import {Job} from "../types/Job.sol";
import {JobRequest, SignedRequest} from "../types/JobRequest.sol";
import {JobStatus} from "../types/JobStatus.sol";
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
        for (uint256 i = 0; i < requests.length; ++i) {
            SignedRequest calldata item = requests[i];
            bytes32 id = Hashes.id(item.request, context.domainSeparator);
            bytes32 digest = item.proof.length == 0 ? id : _arrayDigest(item.proof, id, context.domainSeparator);
            bytes memory refusal = Signatures.refusal(item.request.customer, digest, item.signature);
            if (refusal.length == 0) refusal = _submit(state, id, item.request);
            Refusals.settle(id, refusal, requests.length);
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
        Job memory job = state.jobs[id];
        if (job.status != JobStatus.NONE) return Refusals.illegal(id, job.status, JobStatus.PENDING);
        refusal = state.accounts.lock(request.customer, request.payer, request.budget);
        if (refusal.length != 0) return refusal;
        Ledger.move(id, job, JobStatus.PENDING);
        // The cast is safe until 2106, as is every time in a job's slot.
        job.since = uint32(block.timestamp);
        job.budget = request.budget;
        state.jobs[id] = job;
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
