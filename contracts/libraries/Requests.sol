// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobRequest} from "../types/JobRequest.sol";
import {Flags} from "./Flags.sol";
import {Refusals} from "./Refusals.sol";

/// @notice The limits of a request.
library Requests {
    uint256 private constant MAX_TASKS = 1_000_000;
    uint256 private constant MAX_CPUS_PER_TASK = 65_536;
    uint256 private constant MAX_MEM_PER_CPU = 16_777_216; // MB: 16 TB
    uint256 private constant MAX_GPUS = 1_000_000;
    uint256 private constant MAX_TIME_LIMIT = 365 days;
    uint256 private constant MAX_AFFINITY = 1024; // bytes
    uint256 private constant MAX_NAME = 128; // bytes

    /// @notice The encoded error of the first field that is out of its limits; empty where there is none.
    function refusal(JobRequest calldata request, uint256 maxWait) internal view returns (bytes memory found) {
        found = _check(found, "tasks", request.tasks, 1, MAX_TASKS);
        found = _check(found, "cpusPerTask", request.cpusPerTask, 1, MAX_CPUS_PER_TASK);
        found = _check(found, "memPerCpu", request.memPerCpu, 1, MAX_MEM_PER_CPU);
        found = _check(found, "gpus", request.gpus, 0, MAX_GPUS);
        found = _check(found, "timeLimit", request.timeLimit, 1, MAX_TIME_LIMIT);
        found = _check(found, "budget", request.budget, 1, type(uint96).max);
        found = _check(found, "maxAttempts", request.maxAttempts, 1, Flags.MAX_ATTEMPTS);
        found = _check(found, "startBy", request.startBy, block.timestamp, block.timestamp + maxWait);
        found = _check(found, "affinity", bytes(request.work.affinity).length, 0, MAX_AFFINITY);
        found = _check(found, "name", bytes(request.work.name).length, 0, MAX_NAME);
    }

    function _check(
        bytes memory found,
        bytes32 field,
        uint256 value,
        uint256 minimum,
        uint256 maximum
    ) private pure returns (bytes memory) {
        if (found.length != 0 || (value >= minimum && value <= maximum)) return found;
        return Refusals.outOfRange(field, value, minimum, maximum);
    }
}
