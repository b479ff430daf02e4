import { defineConfig } from 'hardhat/config'
import config from '../../hardhat.config.ts'

/** The configuration of the tests, less the size limit of contracts: mutants are not optimized. */
export default defineConfig({
  ...config,
  networks: { default: { type: 'edr-simulated', hardfork: 'osaka', allowUnlimitedContractSize: true } },
})
