// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The deadlines of the state machine and the protocol's share.
struct Parameters {
    // slot 0
    uint24 acceptTimeout; // seconds a provider has to queue or refuse a job
    uint24 queueTimeout; // seconds from the assignment within which a queued job must start
    uint24 silenceTimeout; // seconds without a sign of life after which a provider is taken for gone
    uint24 reportGrace; // seconds after the allowed ones in which the final report must come
    uint24 cancelGrace; // seconds after a cancel request that a job may still be charged for
    uint24 cancelTimeout; // seconds after which an unanswered cancel request is enforced
    uint24 oracleGrace; // seconds after which a customer may assign its waiting job itself
    uint24 requeueWindow; // seconds that a returned job waits at least
    uint24 maxWait; // seconds from now that `startBy` may be away at most
    uint24 panicDelay; // seconds between the announcement of a panic and the panic
    uint8 cutPermille; // the protocol's share of a cost, in thousandths
}
