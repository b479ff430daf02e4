// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice What to run: the part of a request that providers and the scheduler read and the contract only hashes.
struct Work {
    bytes32 definition; // hash of the sealed workflow
    string affinity; // rules on provider labels, such as `arch=amd64, compute.gflops>=1000`
    string name;
    uint64 salt; // makes equal requests distinct
}

/// @notice What a customer signs. Its EIP-712 digest is the id of the job.
struct JobRequest {
    address customer;
    address payer; // 0: the customer
    uint24 provider; // 0: any
    uint32 tasks;
    uint32 cpusPerTask;
    uint32 memPerCpu; // MB
    uint32 gpus; // of the whole job
    uint32 timeLimit; // seconds
    uint96 budget; // credits, 18 decimals
    uint96 topUpLimit; // credits the oracle may add by itself, 18 decimals
    uint40 startBy; // unix seconds
    uint8 maxAttempts; // assignments before the job is given up
    Work work;
}

/// @notice A request with its work replaced by the work's hash: all that is needed to prove a job's id and to settle it.
/// @dev Thirteen static words in the order of the EIP-712 type, so that hashing them gives the struct hash of the request.
struct JobTerms {
    address customer;
    address payer;
    uint24 provider;
    uint32 tasks;
    uint32 cpusPerTask;
    uint32 memPerCpu; // MB
    uint32 gpus;
    uint32 timeLimit; // seconds
    uint96 budget; // credits, 18 decimals
    uint96 topUpLimit; // credits, 18 decimals
    uint40 startBy; // unix seconds
    uint8 maxAttempts;
    bytes32 work; // EIP-712 struct hash of the work
}

/// @notice A request with its customer's signature.
struct SignedRequest {
    JobRequest request;
    bytes32[] proof; // empty: the signature is over this request; else the path to the Merkle root that was signed
    bytes signature;
}
