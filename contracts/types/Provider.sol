// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice Where a provider stands. Only an `APPROVED` one is given jobs.
enum ProviderStatus {
    NONE,
    REGISTERED,
    APPROVED,
    BANNED
}

/// @notice Prices in credits, 18 decimals.
struct Prices {
    uint72 cpuPerMinute;
    uint72 memPerMinute; // per MB
    uint72 gpuPerMinute;
}

/// @notice Nodes that are alike.
struct NodeGroup {
    uint32 count;
    uint32 cpus;
    uint32 mem; // MB
    uint32 gpus;
    string gpuModel;
}

/// @notice What the affinity of a request is matched against.
struct Label {
    string key;
    string value;
}

/// @notice What a provider sells.
struct Offer {
    Prices prices;
    uint32 maxOpenJobs;
    bool acceptsDirect; // takes jobs that customers assign themselves
    NodeGroup[] nodes;
    Label[] labels;
}

/// @notice Who a provider is, for people.
struct Profile {
    string name;
    string url;
    string region;
    string software;
}

/// @notice How a provider is reached.
struct Contact {
    address signer; // hot key on the cluster: can report, can never move stake
    bytes32 encryptionKey; // X25519 public key that definitions are sealed to
    string endpoint; // URL of the agent, may be empty
}

/// @notice What one contract with the jobs role has open at one provider.
struct Reservation {
    // slot 0
    uint32 jobs;
    uint96 credits; // reserved from the stake, 18 decimals
}

/// @notice Everything the chain remembers of a provider.
struct Provider {
    // slot 0
    address owner; // cold key: stake, offer, drain
    ProviderStatus status;
    bool draining;
    uint32 openJobs;
    uint40 unbondsAt; // unix seconds from which the unbonding stake may leave
    // slot 1
    address signer;
    uint96 stake; // credits, 18 decimals
    // slot 2
    uint72 cpuPerMinute; // prices in credits, 18 decimals
    uint72 memPerMinute;
    uint72 gpuPerMinute;
    uint32 maxOpenJobs;
    bool acceptsDirect;
    // slot 3
    uint96 reserved; // credits at risk for the open jobs
    uint96 unbonding; // part of the stake that is leaving
}
