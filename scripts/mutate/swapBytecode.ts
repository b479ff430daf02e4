import { ContractFactory, id } from 'ethers'
import { ethers } from '../../test/contracts/support/chain.ts'
import { Jobs__factory } from '../../typechain-types/index.ts'
import type { Compiled } from './solidity.ts'

/** Lets every deployment in this process use the given contracts, by name, instead of those that were built. */
export function swapBytecode(contracts: ReadonlyMap<string, Compiled>): void {
  const prototype = ContractFactory.prototype
  const ours = new WeakSet<ContractFactory>()
  const original = prototype.getDeployTransaction
  prototype.getDeployTransaction = function (...args) {
    const swapped = contracts.get(this.constructor.name.replace('__factory', ''))
    if (swapped === undefined || ours.has(this) || this instanceof Jobs__factory) return original.apply(this, args)
    const factory = new ContractFactory(this.interface, swapped.bytecode, this.runner)
    ours.add(factory)
    return original.apply(factory, args)
  }
  Jobs__factory.linkBytecode = (addresses) => linked(contracts.get('Jobs')?.bytecode ?? '', { ...addresses })
  const deploy = async (name: string, args: unknown[] = []) => {
    const { abi, bytecode } = contracts.get(name) ?? { abi: [], bytecode: '' }
    const [signer] = await ethers.getSigners()
    return (await new ContractFactory(abi, bytecode, signer).deploy(...args)).waitForDeployment()
  }
  Object.assign(ethers, { deployContract: deploy })
}

/** Puts the addresses of libraries where solc left their placeholders. */
function linked(bytecode: string, addresses: Readonly<Record<string, string>>): string {
  return Object.entries(addresses).reduce(
    (code, [name, address]) => code.replaceAll(`__$${id(name).slice(2, 36)}$__`, address.slice(2).toLowerCase()),
    bytecode,
  )
}
