// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Transitions} from "../../contracts/libraries/Transitions.sol";
import {JobStatus, Status} from "../../contracts/types/JobStatus.sol";

/// @notice That no step leads out of a final state.
contract FinalStatesProof {
    function finished(JobStatus to) external pure {
        assert(!Transitions.allowed(Status.FINISHED, to));
    }

    function failed(JobStatus to) external pure {
        assert(!Transitions.allowed(Status.FAILED, to));
    }

    function outOfCredits(JobStatus to) external pure {
        assert(!Transitions.allowed(Status.OUT_OF_CREDITS, to));
    }

    function cancelled(JobStatus to) external pure {
        assert(!Transitions.allowed(Status.CANCELLED, to));
    }

    function panicked(JobStatus to) external pure {
        assert(!Transitions.allowed(Status.PANICKED, to));
    }
}

/// @notice What the table forbids, whatever the other state of the pair is.
contract TransitionsProof {
    function nothingLeadsBackToNone(JobStatus from) external pure {
        assert(!Transitions.allowed(from, Status.NONE));
    }

    function onlyWaitingJobsAreAssigned(JobStatus from) external pure {
        assert(from.number() == Status.PENDING.number() || !Transitions.allowed(from, Status.META_SCHEDULED));
    }

    function onlyRunningJobsFinish(JobStatus from) external pure {
        assert(from.number() == Status.RUNNING.number() || !Transitions.allowed(from, Status.FINISHED));
    }

    function everyStateIsOfOneKind(JobStatus status) external pure {
        bool one = Transitions.isLive(status) != Transitions.isFinal(status);
        assert(one == (status.number() != Status.NONE.number()));
    }
}
