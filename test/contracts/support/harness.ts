import type { BaseContract, ContractMethod } from 'ethers'
import { ethers } from './chain.ts'

/** The pure libraries of the contracts behind public functions. */
export type DomainHarness = BaseContract & Record<string, ContractMethod>

export async function deployHarness(): Promise<DomainHarness> {
  return (await ethers.deployContract('DomainHarness')) as unknown as DomainHarness
}

/** A read-only call of the harness by name. */
export function ask<Answer>(harness: DomainHarness, name: string, ...values: readonly unknown[]): Promise<Answer> {
  return harness.getFunction(name).staticCall(...values)
}
