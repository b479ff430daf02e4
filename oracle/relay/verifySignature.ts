import { Interface, isError, type JsonRpcProvider } from 'ethers'
import type { Hex } from '../../sdk/domain/job.ts'
import type { GridDomain } from '../../sdk/domain/typedData.ts'
import { refusal } from '../refusal.ts'
import { recoverSigner } from './recoverSigner.ts'
import { RelayRefusal } from './relayRefusal.ts'

const wallet = new Interface(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)'])
const VALID = '0x1626ba7e'
/** Gas for a wallet's own check: what the contract gives it, and the cost of a call. */
const WALLET_GAS = 150_000n + 30_000n

export interface SignatureClaim {
  readonly signer: string
  /** EIP-712 digest of the message. */
  readonly digest: Hex
  readonly signature: Hex
}

/** Checks that a key, or an ERC-1271 wallet, signed a message. Throws RelayRefusal; an unanswered read throws what the node threw. */
export async function verifySignature(node: JsonRpcProvider, domain: GridDomain, claim: SignatureClaim): Promise<void> {
  if (claim.signature === '0x') {
    const message = `The message is not signed. Sign it by EIP-712 with the key of ${claim.signer}. ${domainSentence(domain)}`
    throw new RelayRefusal(401, refusal('SIGNATURE_MISSING', message, { signer: claim.signer }))
  }
  const recovered = recoverSigner(claim.digest, claim.signature)
  if (recovered === claim.signer) return
  if ((await node.getCode(claim.signer)) !== '0x' && (await isValidForWallet(node, claim))) return
  const by = recovered === undefined ? 'is none' : `is, for this domain, by ${recovered}`
  const message = `The signature ${by}, not by ${claim.signer}. ${domainSentence(domain)}`
  const facts = { signer: claim.signer, digest: claim.digest, chainId: domain.chainId }
  throw new RelayRefusal(401, refusal('SIGNATURE_INVALID', message, facts))
}

function domainSentence({ name, version, chainId, verifyingContract }: GridDomain): string {
  const domain = `name "${name}", version "${version}", chainId ${chainId}, verifyingContract ${verifyingContract}`
  return `Sign for the EIP-712 domain ${domain}.`
}

async function isValidForWallet(
  node: JsonRpcProvider,
  { signer, digest, signature }: SignatureClaim,
): Promise<boolean> {
  const data = wallet.encodeFunctionData('isValidSignature', [digest, signature])
  try {
    const answer = await node.call({ to: signer, data, gasLimit: WALLET_GAS })
    return answer.startsWith(VALID)
  } catch (cause) {
    if (isError(cause, 'CALL_EXCEPTION')) return false
    throw cause
  }
}
