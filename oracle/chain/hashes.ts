import { AbiCoder, concat, id, keccak256, TypedDataEncoder, type TypedDataField } from 'ethers'
import type { Hex, JobRequest, JobTerms } from '../../sdk/domain/job.ts'
import { type GridDomain, JOB_REQUEST_TYPES, TYPED_DATA } from '../../sdk/domain/typedData.ts'

type Types = Readonly<Record<string, readonly TypedDataField[]>>

const TERMS_TYPES = [
  'bytes32',
  ...TYPED_DATA.JobRequest.map(({ name, type }) => (name === 'work' ? 'bytes32' : type)),
] as const

const requestEncoder = TypedDataEncoder.from(mutable(JOB_REQUEST_TYPES))
const JOB_REQUEST_TYPEHASH = id(requestEncoder.encodeType('JobRequest'))

/** The EIP-712 digest of a message: what is signed. */
export function digestOf(domain: GridDomain, types: Types, message: Readonly<Record<string, unknown>>): Hex {
  return TypedDataEncoder.hash(domain, mutable(types), message) as Hex
}

/** The terms of a request: its work replaced by the work's struct hash. */
export function termsOf(request: JobRequest): JobTerms {
  return { ...request, work: requestEncoder.hashStruct('Work', request.work) as Hex }
}

/** The id of the job that terms belong to: the digest of the request they come from. */
export function jobIdOf(domain: GridDomain, terms: JobTerms): Hex {
  const words = TYPED_DATA.JobRequest.map(({ name }) => terms[name])
  const struct = keccak256(AbiCoder.defaultAbiCoder().encode(TERMS_TYPES, [JOB_REQUEST_TYPEHASH, ...words]))
  return keccak256(concat(['0x1901', TypedDataEncoder.hashDomain(domain), struct])) as Hex
}

/** The Merkle root that a leaf and its proof lead to; pairs are hashed in ascending order. */
export function merkleRoot(leaf: Hex, proof: readonly Hex[]): Hex {
  return proof.reduce<Hex>((node, sibling) => {
    const pair = BigInt(node) < BigInt(sibling) ? [node, sibling] : [sibling, node]
    return keccak256(concat(pair)) as Hex
  }, leaf)
}

// ethers asks for arrays that it could change, and changes none.
function mutable(types: Types): Record<string, TypedDataField[]> {
  return Object.fromEntries(Object.entries(types).map(([name, fields]) => [name, [...fields]]))
}
