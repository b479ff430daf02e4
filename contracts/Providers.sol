// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {Contact, NodeGroup, Offer, Prices, Profile, Provider, ProviderStatus, Reservation} from "./types/Provider.sol";

contract Providers is IProviders, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    IERC20 private immutable CREDITS;
    /// @inheritdoc IProviders
    uint96 public immutable MINIMUM_STAKE;
    /// @inheritdoc IProviders
    uint40 public immutable UNBONDING_DELAY;

    /// @inheritdoc IProviders
    uint24 public count;
    mapping(uint24 index => Provider provider) private _providers;
    mapping(address jobs => mapping(uint24 provider => Reservation reservation)) private _reservations;

    constructor(
        address authority,
        IERC20 credits,
        uint96 minimumStake,
        uint40 unbondingDelay
    ) AccessManaged(authority) {
        CREDITS = credits;
        MINIMUM_STAKE = minimumStake;
        UNBONDING_DELAY = unbondingDelay;
    }

    /// @inheritdoc IProviders
    function register(Contact calldata contact, Profile calldata profile) external returns (uint24 provider) {
        _checkSigner(contact.signer, msg.sender);
        if (count == type(uint24).max) revert RegistryFull();
        provider = ++count;
        Provider storage entry = _providers[provider];
        entry.owner = msg.sender;
        entry.status = ProviderStatus.REGISTERED;
        entry.signer = contact.signer;
        emit ProviderRegistered(provider, msg.sender, contact, profile);
    }

    /// @inheritdoc IProviders
    function setContact(uint24 provider, Contact calldata contact) external {
        Provider storage entry = _owned(provider);
        _checkSigner(contact.signer, msg.sender);
        entry.signer = contact.signer;
        emit ContactSet(provider, contact);
    }

    /// @inheritdoc IProviders
    function setProfile(uint24 provider, Profile calldata profile) external {
        _owned(provider);
        emit ProfileSet(provider, profile);
    }

    /// @inheritdoc IProviders
    function setOffer(uint24 provider, Offer calldata offer) external {
        Provider storage entry = _owned(provider);
        Prices calldata prices = offer.prices;
        if (prices.cpuPerMinute == 0 && prices.memPerMinute == 0 && prices.gpuPerMinute == 0) {
            revert OfferWithoutPrice(provider);
        }
        if (!_hasNode(offer.nodes)) revert OfferWithoutNodes(provider);
        entry.cpuPerMinute = prices.cpuPerMinute;
        entry.memPerMinute = prices.memPerMinute;
        entry.gpuPerMinute = prices.gpuPerMinute;
        entry.maxOpenJobs = offer.maxOpenJobs;
        entry.acceptsDirect = offer.acceptsDirect;
        emit OfferSet(provider, offer);
    }

    /// @inheritdoc IProviders
    function setOwner(uint24 provider, address owner) external {
        Provider storage entry = _owned(provider);
        if (owner == address(0)) revert OwnerInvalid(owner);
        _checkSigner(entry.signer, owner);
        entry.owner = owner;
        emit OwnerSet(provider, owner);
    }

    /// @inheritdoc IProviders
    function setDraining(uint24 provider, bool draining) external {
        _owned(provider).draining = draining;
        emit DrainingSet(provider, draining);
    }

    /// @inheritdoc IProviders
    function addStake(uint24 provider, uint96 amount) external nonReentrant {
        if (amount == 0) revert AmountZero();
        Provider storage entry = _known(provider);
        uint96 stake = entry.stake + amount;
        entry.stake = stake;
        emit StakeAdded(provider, msg.sender, amount, stake);
        CREDITS.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IProviders
    function startUnbonding(uint24 provider, uint96 amount) external {
        if (amount == 0) revert AmountZero();
        Provider storage entry = _owned(provider);
        uint96 unbonding = entry.unbonding;
        // Penalties may have taken a part of what is unbonding already.
        uint96 staying = entry.stake > unbonding ? entry.stake - unbonding : 0;
        if (staying < amount) revert StakeTooLow(provider, staying, amount);
        // The cast is safe: the sum fits 40 bits for the next 30,000 years.
        uint40 unbondsAt = uint40(block.timestamp + UNBONDING_DELAY);
        entry.unbonding = unbonding + amount;
        entry.unbondsAt = unbondsAt;
        emit UnbondingStarted(provider, unbonding + amount, unbondsAt);
    }

    /// @inheritdoc IProviders
    function withdrawStake(uint24 provider) external nonReentrant {
        Provider storage entry = _owned(provider);
        uint96 unbonding = entry.unbonding;
        if (unbonding == 0) revert NothingUnbonding(provider);
        if (block.timestamp < entry.unbondsAt) revert StillUnbonding(provider, entry.unbondsAt);
        if (entry.openJobs != 0) revert JobsOpen(provider, entry.openJobs);
        // Penalties may have taken a part of it in the meantime.
        uint96 amount = unbonding < entry.stake ? unbonding : entry.stake;
        entry.unbonding = 0;
        entry.stake -= amount;
        emit StakeWithdrawn(provider, msg.sender, amount, entry.stake);
        CREDITS.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IProviders
    function approve(uint24 provider) external restricted {
        _known(provider).status = ProviderStatus.APPROVED;
        emit ProviderApproved(provider);
    }

    /// @inheritdoc IProviders
    function ban(uint24 provider, string calldata reason) external restricted {
        Provider storage entry = _known(provider);
        if (entry.status == ProviderStatus.BANNED) revert ProviderBannedAlready(provider);
        entry.status = ProviderStatus.BANNED;
        emit ProviderBanned(provider, reason);
    }

    /// @inheritdoc IProviders
    function open(uint24 provider, uint32 jobs, uint96 penalty) external restricted {
        Provider storage entry = _providers[provider];
        uint256 room = _room(entry, jobs == 0 ? 0 : penalty / jobs);
        if (room < jobs) revert NoRoom(provider, room, jobs);
        entry.openJobs += jobs;
        entry.reserved += penalty;
        Reservation storage reservation = _reservations[msg.sender][provider];
        reservation.jobs += jobs;
        reservation.credits += penalty;
    }

    /// @inheritdoc IProviders
    function close(uint24 provider, uint32 jobs, uint96 penalty) external {
        Reservation storage reservation = _reservations[msg.sender][provider];
        if (reservation.jobs < jobs || reservation.credits < penalty) {
            revert NotReserved(provider, msg.sender, reservation.credits, penalty);
        }
        reservation.jobs -= jobs;
        reservation.credits -= penalty;
        Provider storage entry = _providers[provider];
        entry.openJobs -= jobs;
        entry.reserved -= penalty;
    }

    /// @inheritdoc IProviders
    function penalise(uint24 provider, uint96 amount) external nonReentrant {
        uint96 reserved = _reservations[msg.sender][provider].credits;
        if (reserved < amount) revert NotReserved(provider, msg.sender, reserved, amount);
        Provider storage entry = _providers[provider];
        uint96 stake = entry.stake - amount;
        entry.stake = stake;
        emit ProviderPenalised(provider, msg.sender, amount, stake);
        CREDITS.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IProviders
    function providerOf(uint24 provider) external view returns (Provider memory) {
        return _providers[provider];
    }

    /// @inheritdoc IProviders
    function signerOf(uint24 provider) external view returns (address) {
        return _providers[provider].signer;
    }

    /// @inheritdoc IProviders
    function ownerOf(uint24 provider) external view returns (address) {
        return _providers[provider].owner;
    }

    /// @inheritdoc IProviders
    function terms(
        uint24 provider,
        uint96 penalty
    ) external view returns (Prices memory prices, uint256 room, bool acceptsDirect) {
        Provider storage entry = _providers[provider];
        prices = Prices({
            cpuPerMinute: entry.cpuPerMinute,
            memPerMinute: entry.memPerMinute,
            gpuPerMinute: entry.gpuPerMinute
        });
        return (prices, _room(entry, penalty), entry.acceptsDirect);
    }

    /// @dev How many more jobs the provider can be given at `penalty` reserved credits each.
    function _room(Provider storage entry, uint96 penalty) private view returns (uint256) {
        if (entry.status != ProviderStatus.APPROVED || entry.draining) return 0;
        uint256 bound = uint256(entry.unbonding) + entry.reserved;
        uint96 stake = entry.stake;
        if (stake < uint256(entry.unbonding) + MINIMUM_STAKE || stake < bound) return 0;
        if (entry.openJobs >= entry.maxOpenJobs) return 0;
        uint256 places = entry.maxOpenJobs - entry.openJobs;
        if (penalty == 0) return places;
        uint256 covered = (stake - bound) / penalty;
        return covered < places ? covered : places;
    }

    function _hasNode(NodeGroup[] calldata nodes) private pure returns (bool) {
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (nodes[i].count != 0 && nodes[i].cpus != 0) return true;
        }
        return false;
    }

    function _checkSigner(address signer, address owner) private pure {
        if (signer == address(0) || signer == owner) revert SignerInvalid(signer);
    }

    function _known(uint24 provider) private view returns (Provider storage entry) {
        entry = _providers[provider];
        if (entry.status == ProviderStatus.NONE) revert ProviderUnknown(provider);
    }

    function _owned(uint24 provider) private view returns (Provider storage entry) {
        entry = _known(provider);
        if (entry.owner != msg.sender) revert NotProviderOwner(provider, msg.sender);
    }
}
