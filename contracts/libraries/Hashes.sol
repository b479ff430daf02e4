// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {JobRequest, JobTerms, Work} from "../types/JobRequest.sol";
import {Consumption, Heartbeat, Report} from "../types/Report.sol";

/// @notice EIP-712 struct hashes of everything that customers and providers sign.
library Hashes {
    bytes32 private constant WORK_TYPEHASH = keccak256(
        "Work(bytes32 definition,string affinity,string name,uint64 salt)"
    );
    bytes32 private constant JOB_REQUEST_TYPEHASH = keccak256(
        "JobRequest(address customer,address payer,uint24 provider,uint32 tasks,uint32 cpusPerTask,uint32 memPerCpu,uint32 gpus,uint32 timeLimit,uint96 budget,uint96 topUpLimit,uint40 startBy,uint8 maxAttempts,Work work)Work(bytes32 definition,string affinity,string name,uint64 salt)"
    );
    bytes32 private constant JOB_ARRAY_TYPEHASH = keccak256("JobArray(bytes32 root)");
    bytes32 private constant CANCEL_TYPEHASH = keccak256("Cancel(bytes32 id)");
    bytes32 private constant TOP_UP_TYPEHASH = keccak256("TopUp(bytes32 id,uint96 total)");
    bytes32 private constant REPORT_TYPEHASH = keccak256(
        "Report(bytes32 id,uint8 attempt,uint8 status,uint32 startedAt,uint32 secondsUsed,uint8 exitCode,bytes32 result)"
    );
    bytes32 private constant REPORTS_TYPEHASH = keccak256(
        "Reports(uint24 provider,Report[] reports)Report(bytes32 id,uint8 attempt,uint8 status,uint32 startedAt,uint32 secondsUsed,uint8 exitCode,bytes32 result)"
    );
    bytes32 private constant CONSUMPTION_TYPEHASH = keccak256(
        "Consumption(bytes32 id,uint8 attempt,uint32 secondsUsed)"
    );
    bytes32 private constant HEARTBEAT_TYPEHASH = keccak256(
        "Heartbeat(uint24 provider,uint40 sentAt,Consumption[] running)Consumption(bytes32 id,uint8 attempt,uint32 secondsUsed)"
    );

    /// @notice What is signed: a struct hash bound to this chain and contract.
    function digest(bytes32 structHash, bytes32 domainSeparator) internal pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domainSeparator, structHash);
    }

    /// @notice The id of the job that terms belong to: the digest of the request.
    function id(JobTerms calldata terms, bytes32 domainSeparator) internal pure returns (bytes32) {
        bytes32 typehash = JOB_REQUEST_TYPEHASH;
        bytes32 structHash;
        // The thirteen static words of the terms are the encoding that EIP-712 asks for: copied whole, not field by field.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            calldatacopy(add(free, 0x20), terms, 0x1a0)
            structHash := keccak256(free, 0x1c0)
        }
        return digest(structHash, domainSeparator);
    }

    /// @notice The id of the job that a request makes: the request's digest.
    function id(JobRequest calldata request, bytes32 domainSeparator) internal pure returns (bytes32) {
        bytes32 typehash = JOB_REQUEST_TYPEHASH;
        bytes32 workHash = work(request.work);
        bytes32 structHash;
        // The first twelve words of a request are those of its terms; the hash of the work takes the place of its offset.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            calldatacopy(add(free, 0x20), request, 0x180)
            mstore(add(free, 0x1a0), workHash)
            structHash := keccak256(free, 0x1c0)
        }
        return digest(structHash, domainSeparator);
    }

    function work(Work calldata work_) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    WORK_TYPEHASH,
                    work_.definition,
                    keccak256(bytes(work_.affinity)),
                    keccak256(bytes(work_.name)),
                    work_.salt
                )
            );
    }

    function jobArray(bytes32 root) internal pure returns (bytes32) {
        return keccak256(abi.encode(JOB_ARRAY_TYPEHASH, root));
    }

    function cancel(bytes32 job) internal pure returns (bytes32) {
        return keccak256(abi.encode(CANCEL_TYPEHASH, job));
    }

    function topUp(bytes32 job, uint96 total) internal pure returns (bytes32) {
        return keccak256(abi.encode(TOP_UP_TYPEHASH, job, total));
    }

    function reports(uint24 provider, Report[] calldata reports_) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](reports_.length);
        for (uint256 i = 0; i < reports_.length; ++i) hashes[i] = _report(reports_[i]);
        return keccak256(abi.encode(REPORTS_TYPEHASH, provider, keccak256(abi.encodePacked(hashes))));
    }

    /// @dev The seven static words of a report are the encoding that EIP-712 asks for: copied whole, not field by field.
    function _report(Report calldata report) private pure returns (bytes32 structHash) {
        bytes32 typehash = REPORT_TYPEHASH;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            calldatacopy(add(free, 0x20), report, 0xe0)
            structHash := keccak256(free, 0x100)
        }
    }

    function heartbeat(Heartbeat calldata beat) internal pure returns (bytes32) {
        Consumption[] calldata running = beat.running;
        bytes32[] memory hashes = new bytes32[](running.length);
        for (uint256 i = 0; i < running.length; ++i) {
            hashes[i] = keccak256(abi.encode(CONSUMPTION_TYPEHASH, running[i]));
        }
        return
            keccak256(abi.encode(HEARTBEAT_TYPEHASH, beat.provider, beat.sentAt, keccak256(abi.encodePacked(hashes))));
    }
}
