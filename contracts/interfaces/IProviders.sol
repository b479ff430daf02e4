// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Contact, Offer, Prices, Profile, Provider} from "../types/Provider.sol";

/// @title Providers
/// @notice The registry of clusters: who owns them, what they offer, and the stake that answers for their promises.
/// @dev A provider has a cold owner key for stake and offer, and a hot signer that can only report. Indexes start at 1 and
/// are never reused. Contracts with the jobs role open and close jobs here and take penalties out of the stake.
interface IProviders {
    /// @notice A provider was registered.
    event ProviderRegistered(uint24 indexed provider, address indexed owner, Contact contact, Profile profile);
    /// @notice A provider changed how it is reached.
    event ContactSet(uint24 indexed provider, Contact contact);
    /// @notice A provider changed its description.
    event ProfileSet(uint24 indexed provider, Profile profile);
    /// @notice A provider published what it sells from now on. Assigned jobs keep their rate.
    event OfferSet(uint24 indexed provider, Offer offer);
    /// @notice Stake was added.
    event StakeAdded(uint24 indexed provider, address indexed from, uint96 amount, uint96 stake);
    /// @notice Stake began to leave.
    event UnbondingStarted(uint24 indexed provider, uint96 amount, uint40 unbondsAt);
    /// @notice Stake left to the owner.
    event StakeWithdrawn(uint24 indexed provider, address indexed to, uint96 amount, uint96 stake);
    /// @notice Stake was taken for a broken promise.
    event ProviderPenalised(uint24 indexed provider, address indexed jobs, uint96 amount, uint96 stake);
    /// @notice The provider may be given jobs, by the published criteria.
    event ProviderApproved(uint24 indexed provider);
    /// @notice The provider is given no more jobs. Its open jobs go on.
    event ProviderBanned(uint24 indexed provider, string reason);
    /// @notice The provider asked for no more jobs (`true`) or for jobs again (`false`).
    event DrainingSet(uint24 indexed provider, bool draining);
    /// @notice The ownership of a provider passed on.
    event OwnerSet(uint24 indexed provider, address indexed owner);

    /// @notice No provider has this index.
    error ProviderUnknown(uint24 provider);
    /// @notice Only the provider's owner may do this.
    error NotProviderOwner(uint24 provider, address sender);
    /// @notice The provider is not in a state that allows this.
    error ProviderBannedAlready(uint24 provider);
    /// @notice The signer is zero, or the owner itself: the hot key must not be the cold one.
    error SignerInvalid(address signer);
    /// @notice The owner is zero.
    error OwnerInvalid(address owner);
    /// @notice A price of every kind is zero, so that no job could have a rate.
    error OfferWithoutPrice(uint24 provider);
    /// @notice An offer names no node with a cpu.
    error OfferWithoutNodes(uint24 provider);
    /// @notice The stake left free is below what is asked for.
    error StakeTooLow(uint24 provider, uint256 free, uint256 needed);
    /// @notice No stake is unbonding.
    error NothingUnbonding(uint24 provider);
    /// @notice Stake can leave from `unbondsAt` on.
    error StillUnbonding(uint24 provider, uint40 unbondsAt);
    /// @notice Stake cannot leave while jobs are open.
    error JobsOpen(uint24 provider, uint32 openJobs);
    /// @notice The provider is not approved, drains, or has no room or free stake for so many more jobs.
    error NoRoom(uint24 provider, uint256 room, uint256 wanted);
    /// @notice The caller has not reserved so much at the provider.
    error NotReserved(uint24 provider, address jobs, uint96 reserved, uint96 asked);
    /// @notice The amount is zero.
    error AmountZero();
    /// @notice No more provider indexes are left.
    error RegistryFull();

    /// @notice Registers the caller as the owner of a new provider. Approval, stake and an offer must follow before it is given jobs.
    /// @return provider The index of the provider, counted from 1.
    function register(Contact calldata contact, Profile calldata profile) external returns (uint24 provider);

    /// @notice Changes the signer, the encryption key and the endpoint. By: owner.
    /// @dev Warning: reports signed by the former signer and not mined yet are refused from now on; the agent must sign them again.
    function setContact(uint24 provider, Contact calldata contact) external;

    /// @notice Changes the description. By: owner.
    function setProfile(uint24 provider, Profile calldata profile) external;

    /// @notice Publishes prices (credits per cpu, MB and gpu minute, 18 decimals), node groups, labels and limits. By: owner.
    function setOffer(uint24 provider, Offer calldata offer) external;

    /// @notice Gives the provider to another owner. By: owner.
    function setOwner(uint24 provider, address owner) external;

    /// @notice Asks for no more jobs, or for jobs again. Open jobs go on. By: owner.
    function setDraining(uint24 provider, bool draining) external;

    /// @notice Adds `amount` credits of the caller to the provider's stake. By: anyone.
    function addStake(uint24 provider, uint96 amount) external;

    /// @notice Marks `amount` of the stake as leaving; it no longer counts for new jobs but can still be penalised. Restarts the unbonding delay. By: owner.
    function startUnbonding(uint24 provider, uint96 amount) external;

    /// @notice Pays the unbonded stake to the owner, once the delay is over and no job is open. By: owner.
    function withdrawStake(uint24 provider) external;

    /// @notice Lets a provider be given jobs. By: the approver role.
    function approve(uint24 provider) external;

    /// @notice Stops a provider from being given jobs. By: the approver role.
    function ban(uint24 provider, string calldata reason) external;

    /// @notice Counts `jobs` more open jobs and reserves `penalty` credits in all from the free stake. By: the jobs role.
    function open(uint24 provider, uint32 jobs, uint96 penalty) external;

    /// @notice Counts `jobs` fewer open jobs and frees `penalty` reserved credits in all. By: the contract that opened them.
    /// @dev Bound to what the caller reserved, not to its role: taking the role away stops new jobs and lets open ones end.
    function close(uint24 provider, uint32 jobs, uint96 penalty) external;

    /// @notice Takes `amount` out of the stake and pays it to the caller, who splits it. By: a contract with open jobs, within what it reserved.
    function penalise(uint24 provider, uint96 amount) external;

    /// @notice Everything the registry remembers of a provider; all zero where there is none.
    function providerOf(uint24 provider) external view returns (Provider memory);

    /// @notice The key that signs reports; zero where there is no provider.
    function signerOf(uint24 provider) external view returns (address);

    /// @notice The owner; zero where there is no provider.
    function ownerOf(uint24 provider) external view returns (address);

    /// @notice Prices, how many more jobs the provider can be given at `penalty` reserved credits each (0 unless it is active), and whether it takes direct jobs.
    function terms(
        uint24 provider,
        uint96 penalty
    ) external view returns (Prices memory prices, uint256 room, bool acceptsDirect);

    /// @notice How many providers were ever registered: indexes run from 1 to this.
    function count() external view returns (uint24);

    /// @notice The stake below which a provider is given no job.
    function MINIMUM_STAKE() external view returns (uint96);

    /// @notice Seconds between the start of unbonding and the stake's leaving.
    function UNBONDING_DELAY() external view returns (uint40);
}
