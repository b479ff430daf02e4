// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICredits} from "../interfaces/ICredits.sol";
import {IProviders} from "../interfaces/IProviders.sol";
import {Escrow} from "../libraries/Escrow.sol";
import {JobNotice, JobSlot} from "./Job.sol";
import {Parameters} from "./Parameters.sol";

/// @notice What a provider has shown of itself.
struct Pulse {
    // slot 0
    uint40 lastSeen; // unix seconds of the last report or heartbeat
    uint40 lastBeat; // unix seconds that the last heartbeat names
}

/// @notice Everything that `Jobs` remembers.
struct State {
    mapping(bytes32 id => JobSlot slot) jobs;
    mapping(bytes32 id => JobNotice notice) notices;
    mapping(uint24 provider => Pulse pulse) pulses;
    mapping(uint24 provider => uint96 credits) earnings;
    Escrow.Accounts accounts;
    Parameters parameters;
    Parameters minimums;
    Parameters scheduled;
    uint40 scheduledFor; // unix seconds; 0 where nothing is scheduled
    uint96 protocolCut; // credits, 18 decimals
    bool requestsPaused;
    address treasury;
}

/// @notice What is fixed at deployment, for the libraries that work on the state.
struct Context {
    bytes32 domainSeparator;
    ICredits credits;
    IProviders providers;
    uint96 latePenalty; // credits, 18 decimals
    uint96 silencePenalty; // credits, 18 decimals
}
