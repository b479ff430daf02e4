// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Credits} from "../../../contracts/Credits.sol";
import {Jobs} from "../../../contracts/Jobs.sol";
import {Providers} from "../../../contracts/Providers.sol";
import {Hashes} from "../../../contracts/libraries/Hashes.sol";
import {Transitions} from "../../../contracts/libraries/Transitions.sol";
import {Assignment, PlanSource} from "../../../contracts/types/Assignment.sol";
import {Job} from "../../../contracts/types/Job.sol";
import {JobRequest, JobTerms, SignedRequest, Work} from "../../../contracts/types/JobRequest.sol";
import {JobStatus, Status} from "../../../contracts/types/JobStatus.sol";
import {DepositPermit, SignedCancel, SignedTopUp} from "../../../contracts/types/Messages.sol";
import {Contact, Label, NodeGroup, Offer, Prices, Profile} from "../../../contracts/types/Provider.sol";
import {Consumption, Heartbeat, Report, SignedHeartbeat, SignedReports} from "../../../contracts/types/Report.sol";
import {VM} from "./Vm.sol";

/// @notice Everybody who takes part in a small grid, doing at random what is allowed and what is forbidden. After each act it checks what must never happen to a job.
contract GridHandler {
    uint256 private constant MAX_JOBS = 24;
    uint96 private constant CREDIT = 1e18;
    uint24 private constant PROVIDERS = 2;

    // In storage: the test runner knows a contract by its code, which immutables would change.
    Credits private _credits;
    Providers private _registry;
    Jobs private _grid;

    /// @notice What went wrong first; empty as long as nothing did.
    string public fault;
    /// @notice How many acts the contracts let pass.
    uint256 public passed;

    bytes32[] private _ids;
    mapping(bytes32 id => JobRequest request) private _requests;
    mapping(bytes32 id => JobStatus status) private _statuses;
    mapping(bytes32 id => bytes32 slot) private _slots;
    address[4] private _people = [address(0xA11CE), address(0xB0B), address(0xCAFE), address(0xD00D)];

    constructor(Credits credits, Providers registry, Jobs grid) {
        (_credits, _registry, _grid) = (credits, registry, grid);
    }

    /// @dev Every job after every act: a cold one is as it was, any other moved along the table if it moved at all.
    modifier watched() {
        _;
        ++passed;
        for (uint256 i = 0; i < _ids.length; ++i) _watch(_ids[i]);
    }

    /// @notice Brings in people with credits and providers with stake; called once.
    function settle() external {
        for (uint256 i = 0; i < _people.length; ++i) {
            _credits.mint(_people[i], 5_000 * CREDIT);
            VM.startPrank(_people[i]);
            _credits.approve(address(_grid), type(uint256).max);
            _grid.deposit(3_000 * CREDIT);
            _grid.allow(_people[(i + 1) % _people.length], 500 * CREDIT, type(uint40).max);
            VM.stopPrank();
        }
        for (uint24 index = 1; index <= PROVIDERS; ++index) _join(index);
    }

    function submit(uint256 person, uint96 budget, uint32 timeLimit, uint256 choices) external watched {
        if (_ids.length == MAX_JOBS) return;
        JobRequest memory request = _requestOf(person, budget, timeLimit, choices);
        _remember(request);
        VM.prank(choices % 7 == 0 ? address(this) : request.customer);
        _grid.submit(_alone(request), new DepositPermit[](0));
    }

    function submitAgain(uint256 job) external watched {
        JobRequest memory request = _requests[_ids[job % _ids.length]];
        VM.prank(request.customer);
        _grid.submit(_alone(request), new DepositPermit[](0));
    }

    function revoke(uint256 person, uint96 budget, uint32 timeLimit, uint256 choices) external watched {
        if (_ids.length == MAX_JOBS || choices % 6 != 0) return;
        JobRequest memory request = _requestOf(person, budget, timeLimit, choices);
        SignedCancel[] memory cancels = new SignedCancel[](1);
        cancels[0] = SignedCancel({terms: termsOf(_remember(request)), signature: ""});
        VM.prank(request.customer);
        _grid.cancel(cancels);
    }

    function cancel(uint256 job, uint256 person) external watched {
        JobTerms memory terms = _pick(job);
        SignedCancel[] memory cancels = new SignedCancel[](1);
        cancels[0] = SignedCancel({terms: terms, signature: ""});
        VM.prank(person % 5 == 0 ? _person(person) : terms.customer);
        _grid.cancel(cancels);
    }

    function topUp(uint256 job, uint96 amount) external watched {
        JobTerms memory terms = _pick(job);
        SignedTopUp[] memory topUps = new SignedTopUp[](1);
        topUps[0] = SignedTopUp({terms: terms, total: terms.budget + (amount % (50 * CREDIT)), signature: ""});
        VM.prank(terms.customer);
        _grid.topUp(topUps);
    }

    function topUpDelegated(uint256 job, uint96 amount) external watched {
        (JobTerms[] memory terms, uint96[] memory totals) = (new JobTerms[](1), new uint96[](1));
        terms[0] = _pick(job);
        totals[0] = terms[0].budget + (amount % (30 * CREDIT));
        _grid.topUpDelegated(terms, totals);
    }

    function assign(uint256 first, uint256 second, uint24 provider, bool wrongRate) external watched {
        Assignment[] memory assignments = new Assignment[](2);
        assignments[0] = _assignmentOf(_pick(first), provider, wrongRate);
        assignments[1] = _assignmentOf(_pick(second), provider, false);
        _grid.assign(PlanSource({snapshotBlock: 1, policy: 0, inputs: 0}), assignments);
    }

    function assignSelf(uint256 job, uint24 provider) external watched {
        JobTerms memory terms = _pick(job);
        VM.prank(terms.customer);
        _grid.assignSelf(_assignmentOf(terms, provider, false));
    }

    function report(uint256 job, uint8 status, uint32 startedAt, uint32 secondsUsed, uint256 choices) external watched {
        bytes32 id = _ids[job % _ids.length];
        Job memory slot = _grid.jobOf(id);
        uint24 provider = choices % 11 == 0 ? _provider(choices) : slot.provider;
        JobStatus to = choices % 5 == 0 ? JobStatus.wrap(status % 10) : _likelyAfter(slot.status, status);
        Report[] memory reports = new Report[](1);
        reports[0] = Report({
            id: id,
            attempt: choices % 13 == 0 ? uint8(choices >> 8) : slot.attemptAndFlags & 0x1f,
            status: to,
            startedAt: choices % 7 == 0 ? 0 : uint32(block.timestamp - (startedAt % 2_000)),
            secondsUsed: choices % 17 == 0 ? secondsUsed : secondsUsed % 4_000,
            exitCode: to == Status.FAILED ? 1 : uint8((choices % 29) / 28),
            result: bytes32(choices)
        });
        SignedReports[] memory batches = new SignedReports[](1);
        batches[0] = SignedReports({provider: provider, reports: reports, signature: ""});
        JobTerms[] memory terms = new JobTerms[](1);
        terms[0] = choices % 19 == 0 ? _pick(choices >> 24) : termsOf(id);
        VM.prank(choices % 23 == 0 ? address(this) : _signerOf(provider));
        _grid.report(batches, terms);
    }

    /// @notice The next step of a job on its way to an end, as oracle and provider take it when all goes well.
    function advance(uint256 job, uint32 secondsUsed) external watched {
        bytes32 id = _ids[job % _ids.length];
        Job memory slot = _grid.jobOf(id);
        if (slot.status == Status.PENDING) return _place(id);
        if (!Transitions.isAssigned(slot.status)) return;
        JobStatus to = JobStatus.wrap(JobStatus.unwrap(slot.status) + 1);
        Report[] memory reports = new Report[](1);
        reports[0] = Report({
            id: id,
            attempt: slot.attemptAndFlags & 0x1f,
            status: to,
            startedAt: to == Status.RUNNING ? uint32(block.timestamp) : 0,
            secondsUsed: secondsUsed % 2_000,
            exitCode: 0,
            result: 0
        });
        SignedReports[] memory batches = new SignedReports[](1);
        batches[0] = SignedReports({provider: slot.provider, reports: reports, signature: ""});
        JobTerms[] memory terms = new JobTerms[](1);
        terms[0] = termsOf(id);
        VM.prank(_signerOf(slot.provider));
        _grid.report(batches, terms);
    }

    /// @notice The same once more: the runner calls each function as often as any other.
    function advanceToo(uint256 job, uint32 secondsUsed) external {
        this.advance(job, secondsUsed);
    }

    function heartbeat(uint24 provider, uint40 sentAt) external watched {
        uint24 index = _provider(provider);
        SignedHeartbeat[] memory beats = new SignedHeartbeat[](1);
        beats[0].heartbeat = Heartbeat({
            provider: index,
            sentAt: uint40(block.timestamp) - (sentAt % 100),
            running: new Consumption[](0)
        });
        VM.prank(_signerOf(index));
        _grid.heartbeat(beats);
    }

    function expire(uint256 first, uint256 second, uint256 person) external watched {
        JobTerms[] memory terms = new JobTerms[](2);
        (terms[0], terms[1]) = (_pick(first), _pick(second));
        VM.prank(_person(person));
        _grid.expire(terms);
    }

    function announcePanic(uint256 job) external watched {
        bytes32[] memory announced = new bytes32[](1);
        announced[0] = _ids[job % _ids.length];
        _grid.announcePanic(announced, "");
    }

    function panic(uint256 job) external watched {
        JobTerms[] memory terms = new JobTerms[](1);
        terms[0] = _pick(job);
        _grid.panic(terms);
    }

    function withdraw(uint256 person, uint96 amount) external watched {
        VM.prank(_person(person));
        _grid.withdraw(amount % (100 * CREDIT), _person(person));
    }

    function withdrawEarnings(uint24 provider) external watched {
        _grid.withdrawEarnings(_provider(provider));
    }

    function withdrawCut() external watched {
        _grid.withdrawCut();
    }

    function startUnbonding(uint24 provider, uint96 amount) external watched {
        VM.prank(_ownerOf(_provider(provider)));
        _registry.startUnbonding(_provider(provider), amount % (50 * CREDIT));
    }

    function withdrawStake(uint24 provider) external watched {
        VM.prank(_ownerOf(_provider(provider)));
        _registry.withdrawStake(_provider(provider));
    }

    function setPrice(uint24 provider, uint72 price) external watched {
        VM.prank(_ownerOf(_provider(provider)));
        _registry.setOffer(_provider(provider), _offerAt(price % uint72(CREDIT)));
    }

    function wait(uint256 time) external watched {
        // Mostly minutes, at times days: short deadlines and long ones both fall due.
        VM.warp(block.timestamp + (time % 31 == 0 ? time % 4 days : time % 400));
    }

    /// @notice The job ids that were ever used.
    function ids() external view returns (bytes32[] memory) {
        return _ids;
    }

    function termsOf(bytes32 id) public view returns (JobTerms memory) {
        JobRequest memory request = _requests[id];
        return
            JobTerms({
                customer: request.customer,
                payer: request.payer,
                provider: request.provider,
                tasks: request.tasks,
                cpusPerTask: request.cpusPerTask,
                memPerCpu: request.memPerCpu,
                gpus: request.gpus,
                timeLimit: request.timeLimit,
                budget: request.budget,
                topUpLimit: request.topUpLimit,
                startBy: request.startBy,
                maxAttempts: request.maxAttempts,
                work: this.workHash(request.work)
            });
    }

    function people() external view returns (address[4] memory) {
        return _people;
    }

    function _watch(bytes32 id) private {
        Job memory job = _grid.jobOf(id);
        bytes32 slot = keccak256(abi.encode(job));
        bytes32 former = _slots[id];
        if (slot == former) return;
        JobStatus from = _statuses[id];
        if (Transitions.isFinal(from)) fault = "a cold job changed";
        if (job.status != from && !_reachable(from, job.status)) fault = "a job left the table";
        if (!Transitions.isLive(job.status) && job.budget != 0) fault = "a job that is not live holds credits";
        (_slots[id], _statuses[id]) = (slot, job.status);
    }

    /// @dev One act may take several legal hops: a report walks up, a return may go on to CANCELLED.
    function _reachable(JobStatus from, JobStatus to) private pure returns (bool) {
        if (Transitions.allowed(from, to)) return true;
        for (uint8 hop = 0; hop < 10; ++hop) {
            if (hop == Status.META_SCHEDULED.number() || !Transitions.allowed(from, JobStatus.wrap(hop))) continue;
            if (JobStatus.wrap(hop) == Status.PENDING && to != Status.CANCELLED) continue;
            if (_reachable(JobStatus.wrap(hop), to)) return true;
        }
        return false;
    }

    function _place(bytes32 id) private {
        Assignment[] memory assignments = new Assignment[](1);
        assignments[0] = _assignmentOf(termsOf(id), uint24(uint256(id)), false);
        _grid.assign(PlanSource({snapshotBlock: 1, policy: 0, inputs: 0}), assignments);
    }

    /// @dev What an honest provider would say next; without it hardly a job would live to its end.
    function _likelyAfter(JobStatus from, uint8 choice) private pure returns (JobStatus) {
        if (from == Status.META_SCHEDULED && choice % 4 != 0) return Status.SCHEDULED;
        if (from == Status.SCHEDULED && choice % 4 != 0) return Status.RUNNING;
        JobStatus[6] memory ends = [
            Status.FINISHED,
            Status.FAILED,
            Status.OUT_OF_CREDITS,
            Status.CANCELLED,
            Status.PANICKED,
            Status.PENDING
        ];
        return ends[choice % 6];
    }

    function _join(uint24 index) private {
        address owner = _ownerOf(index);
        _credits.mint(owner, 500 * CREDIT);
        VM.startPrank(owner);
        _credits.approve(address(_registry), type(uint256).max);
        Contact memory contact = Contact({signer: _signerOf(index), encryptionKey: 0, endpoint: ""});
        _registry.register(contact, Profile({name: "", url: "", region: "", software: ""}));
        _registry.addStake(index, 200 * CREDIT);
        _registry.setOffer(index, _offerAt(uint72(CREDIT)));
        VM.stopPrank();
        _registry.approve(index);
    }

    function _remember(JobRequest memory request) private returns (bytes32 id) {
        id = _grid.idOf(request);
        _ids.push(id);
        _requests[id] = request;
        _slots[id] = keccak256(abi.encode(_grid.jobOf(id)));
    }

    function _alone(JobRequest memory request) private pure returns (SignedRequest[] memory requests) {
        requests = new SignedRequest[](1);
        requests[0] = SignedRequest({request: request, proof: new bytes32[](0), signature: ""});
    }

    function workHash(Work calldata work) external pure returns (bytes32) {
        return Hashes.work(work);
    }

    function _requestOf(
        uint256 person,
        uint96 budget,
        uint32 timeLimit,
        uint256 choices
    ) private view returns (JobRequest memory) {
        address customer = _person(person);
        return
            JobRequest({
                customer: customer,
                payer: choices % 3 == 0 ? _person(person + _people.length - 1) : address(0),
                provider: choices % 5 == 0 ? 1 : 0,
                tasks: 1,
                cpusPerTask: 1 + uint32(choices % 4),
                memPerCpu: 1,
                gpus: 0,
                timeLimit: 1 + (timeLimit % 1_800),
                budget: 1 + (budget % (300 * CREDIT)),
                topUpLimit: 20 * CREDIT,
                startBy: uint40(block.timestamp + (choices % 2 hours)),
                maxAttempts: 1 + uint8(choices % 3),
                work: Work({definition: bytes32(choices), affinity: "", name: "", salt: uint64(_ids.length)})
            });
    }

    function _assignmentOf(
        JobTerms memory terms,
        uint24 provider,
        bool wrongRate
    ) private view returns (Assignment memory) {
        uint24 index = _provider(provider);
        uint256 rate = uint256(terms.cpusPerTask) * _registry.providerOf(index).cpuPerMinute;
        return Assignment({terms: terms, provider: index, expectedRate: uint80(wrongRate ? rate + 1 : rate)});
    }

    function _offerAt(uint72 price) private pure returns (Offer memory offer) {
        offer.prices = Prices({cpuPerMinute: price, memPerMinute: 0, gpuPerMinute: 0});
        offer.maxOpenJobs = 8;
        offer.acceptsDirect = true;
        offer.nodes = new NodeGroup[](1);
        offer.nodes[0] = NodeGroup({count: 1, cpus: 1, mem: 1, gpus: 0, gpuModel: ""});
        offer.labels = new Label[](0);
    }

    function _pick(uint256 job) private view returns (JobTerms memory) {
        return termsOf(_ids[job % _ids.length]);
    }

    function _person(uint256 person) private view returns (address) {
        return _people[person % _people.length];
    }

    function _provider(uint256 provider) private pure returns (uint24) {
        return 1 + uint24(provider % PROVIDERS);
    }

    function _ownerOf(uint24 provider) private pure returns (address) {
        return address(uint160(0x1000) + provider);
    }

    function _signerOf(uint24 provider) private pure returns (address) {
        return address(uint160(0x2000) + provider);
    }
}
