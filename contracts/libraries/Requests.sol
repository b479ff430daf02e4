// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {JobRequest} from "../types/JobRequest.sol";
import {JobSlots} from "./JobSlots.sol";
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

    /// @dev A limit of one field.
    struct Limit {
        bytes32 field;
        uint256 value;
        uint256 minimum;
        uint256 maximum;
    }

    /// @notice The encoded error of the first field that is out of its limits; empty where there is none.
    function refusal(JobRequest calldata request, uint256 maxWait) internal view returns (bytes memory) {
        uint256 latest = block.timestamp + maxWait;
        uint256 affinity = bytes(request.work.affinity).length;
        uint256 name = bytes(request.work.name).length;
        bool isWithin =
            _isWithin(request.tasks, 1, MAX_TASKS) &&
                _isWithin(request.cpusPerTask, 1, MAX_CPUS_PER_TASK) &&
                _isWithin(request.memPerCpu, 1, MAX_MEM_PER_CPU) &&
                _isWithin(request.gpus, 0, MAX_GPUS) &&
                _isWithin(request.timeLimit, 1, MAX_TIME_LIMIT) &&
                _isWithin(request.budget, 1, type(uint96).max) &&
                _isWithin(request.maxAttempts, 1, JobSlots.MAX_ATTEMPTS) &&
                _isWithin(request.startBy, block.timestamp, latest) &&
                _isWithin(affinity, 0, MAX_AFFINITY) &&
                _isWithin(name, 0, MAX_NAME);
        return isWithin ? bytes("") : _firstFault(request, affinity, name, latest);
    }

    function _isWithin(uint256 value, uint256 minimum, uint256 maximum) private pure returns (bool) {
        return value >= minimum && value <= maximum;
    }

    /// @dev The same limits with their names, which only a refusal needs.
    function _firstFault(
        JobRequest calldata request,
        uint256 affinity,
        uint256 name,
        uint256 latest
    ) private view returns (bytes memory) {
        Limit[10] memory limits = [
            Limit("tasks", request.tasks, 1, MAX_TASKS),
            Limit("cpusPerTask", request.cpusPerTask, 1, MAX_CPUS_PER_TASK),
            Limit("memPerCpu", request.memPerCpu, 1, MAX_MEM_PER_CPU),
            Limit("gpus", request.gpus, 0, MAX_GPUS),
            Limit("timeLimit", request.timeLimit, 1, MAX_TIME_LIMIT),
            Limit("budget", request.budget, 1, type(uint96).max),
            Limit("maxAttempts", request.maxAttempts, 1, JobSlots.MAX_ATTEMPTS),
            Limit("startBy", request.startBy, block.timestamp, latest),
            Limit("affinity", affinity, 0, MAX_AFFINITY),
            Limit("name", name, 0, MAX_NAME)
        ];
        for (uint256 i = 0; i < limits.length; ++i) {
            Limit memory limit = limits[i];
            if (!_isWithin(limit.value, limit.minimum, limit.maximum)) {
                return Refusals.outOfRange(limit.field, limit.value, limit.minimum, limit.maximum);
            }
        }
        return "";
    }
}
