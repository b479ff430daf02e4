// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Credits} from "../../contracts/Credits.sol";
import {Jobs} from "../../contracts/Jobs.sol";
import {Providers} from "../../contracts/Providers.sol";
import {Transitions} from "../../contracts/libraries/Transitions.sol";
import {Job} from "../../contracts/types/Job.sol";
import {JobTerms} from "../../contracts/types/JobRequest.sol";
import {Parameters} from "../../contracts/types/Parameters.sol";
import {Provider} from "../../contracts/types/Provider.sol";
import {GridHandler} from "./harness/GridHandler.sol";
import {VM} from "./harness/Vm.sol";

/// @notice What holds for a grid after any sequence of acts, allowed or forbidden.
/// hardhat-config: invariant.runs = 40
/// hardhat-config: invariant.depth = 200
contract InvariantsTest {
    uint96 private constant CREDIT = 1e18;
    uint96 private constant LATE_PENALTY = CREDIT;
    uint96 private constant SILENCE_PENALTY = 5 * CREDIT;

    Credits private _credits;
    Providers private _providers;
    Jobs private _jobs;
    GridHandler private _handler;

    function setUp() public {
        VM.warp(1_800_000_000);
        AccessManager manager = new AccessManager(address(this));
        _credits = new Credits(address(manager));
        _providers = new Providers(address(manager), _credits, 50 * CREDIT, 1 days);
        Parameters memory parameters = _parameters();
        _jobs = new Jobs(
            address(manager),
            _credits,
            _providers,
            address(0x7EA),
            parameters,
            parameters,
            LATE_PENALTY,
            SILENCE_PENALTY
        );
        _handler = new GridHandler(_credits, _providers, _jobs);
        // The handler is oracle, guardian, approver and minter in one; `Jobs` alone opens jobs.
        manager.grantRole(manager.ADMIN_ROLE(), address(_handler), 0);
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = Providers.open.selector;
        manager.setTargetFunctionRole(address(_providers), selectors, 1);
        manager.grantRole(1, address(_jobs), 0);
        _handler.settle();
    }

    /// @notice The contracts that the runner calls at random.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_jobsMoveAlongTheTableAndStayCold() external view {
        require(bytes(_handler.fault()).length == 0, _handler.fault());
    }

    function invariant_creditsAreConserved() external view {
        uint256 owed = _jobs.protocolCut();
        address[4] memory people = _handler.people();
        for (uint256 i = 0; i < people.length; ++i) owed += _jobs.balanceOf(people[i]);
        for (uint24 index = 1; index <= 2; ++index) owed += _jobs.earningsOf(index);
        bytes32[] memory ids = _handler.ids();
        for (uint256 i = 0; i < ids.length; ++i) owed += _jobs.jobOf(ids[i]).budget;
        require(owed == _credits.balanceOf(address(_jobs)), "credits of Jobs are not conserved");
    }

    function invariant_stakeCoversWhatIsAtRisk() external view {
        uint256 staked = 0;
        for (uint24 index = 1; index <= 2; ++index) {
            Provider memory provider = _providers.providerOf(index);
            staked += provider.stake;
            require(provider.stake >= provider.reserved, "stake below what is at risk");
            require(provider.openJobs == _openAt(index), "open jobs miscounted");
            require(provider.reserved == uint256(provider.openJobs) * SILENCE_PENALTY, "reserve miscounted");
        }
        require(staked == _credits.balanceOf(address(_providers)), "stakes are not conserved");
    }

    /// @notice Given time, anyone ends every job: what this changes is undone by the runner.
    function invariant_anyoneCanEndEveryJob() external {
        bytes32[] memory ids = _handler.ids();
        for (uint256 i = 0; i < ids.length; ++i) {
            JobTerms[] memory terms = new JobTerms[](1);
            terms[0] = _handler.termsOf(ids[i]);
            for (uint256 step = 0; Transitions.isLive(_jobs.jobOf(ids[i]).status); ++step) {
                require(step < 3, "a live job cannot be ended");
                (uint256 deadline, ) = _jobs.deadlineOf(terms[0]);
                if (block.timestamp <= deadline) VM.warp(deadline + 1);
                _jobs.expire(terms);
            }
        }
    }

    function _openAt(uint24 provider) private view returns (uint256 open) {
        bytes32[] memory ids = _handler.ids();
        for (uint256 i = 0; i < ids.length; ++i) {
            Job memory job = _jobs.jobOf(ids[i]);
            if (Transitions.isAssigned(job.status) && job.provider == provider) ++open;
        }
    }

    function _parameters() private pure returns (Parameters memory) {
        return
            Parameters({
                acceptTimeout: 300,
                queueTimeout: 1 days,
                silenceTimeout: 600,
                reportGrace: 600,
                cancelGrace: 60,
                cancelTimeout: 300,
                oracleGrace: 900,
                requeueWindow: 1 hours,
                maxWait: 2 days,
                panicDelay: 1 hours,
                cutPermille: 20
            });
    }
}
