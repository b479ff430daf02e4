// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobStatus} from "./JobStatus.sol";

/// @notice What a provider says of one attempt of a job.
struct Report {
    bytes32 id;
    uint8 attempt; // nothing said of one attempt counts for another
    JobStatus status; // the state reached; may be several legal hops away
    uint32 startedAt; // unix seconds; 0 where the job has not started
    uint32 secondsUsed;
    uint8 exitCode; // 128 + n for a job that signal n ended
    bytes32 result; // of a run: hash of the result manifest; of a return or refusal: the reason as ASCII
}

/// @notice Reports of one provider under one signature.
struct SignedReports {
    uint24 provider;
    Report[] reports;
    bytes signature;
}

/// @notice What a running job has used so far.
struct Consumption {
    bytes32 id;
    uint8 attempt;
    uint32 secondsUsed;
}

/// @notice A provider's sign of life.
struct Heartbeat {
    uint24 provider;
    uint40 sentAt; // unix seconds at the provider, later than in its last one
    Consumption[] running;
}

/// @notice A heartbeat with its provider's signature.
struct SignedHeartbeat {
    Heartbeat heartbeat;
    bytes signature;
}
