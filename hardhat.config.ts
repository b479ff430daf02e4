import { createRequire } from 'node:module'
import hardhatEthers from '@nomicfoundation/hardhat-ethers'
import hardhatEthersChaiMatchers from '@nomicfoundation/hardhat-ethers-chai-matchers'
import hardhatMocha from '@nomicfoundation/hardhat-mocha'
import hardhatNetworkHelpers from '@nomicfoundation/hardhat-network-helpers'
import hardhatTypechain from '@nomicfoundation/hardhat-typechain'
import { defineConfig } from 'hardhat/config'

const require = createRequire(import.meta.url)

export default defineConfig({
  plugins: [hardhatMocha, hardhatEthers, hardhatEthersChaiMatchers, hardhatNetworkHelpers, hardhatTypechain],
  paths: { tests: { mocha: 'test/contracts', solidity: 'test/contracts' } },
  solidity: {
    profiles: {
      default: {
        version: '0.8.37',
        // The compiler is the npm package: nothing is downloaded. Hardhat takes only absolute paths here.
        path: require.resolve('solc/soljson.js'),
        settings: { optimizer: { enabled: true, runs: 200 }, viaIR: true, evmVersion: 'osaka' },
      },
    },
  },
  networks: {
    default: { type: 'edr-simulated', hardfork: 'osaka', allowUnlimitedContractSize: false },
  },
  typechain: { outDir: 'typechain-types', tsNocheck: true },
})
