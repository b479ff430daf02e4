/** What a transaction pays at most for a unit of gas, in wei. */
export interface Fees {
  readonly maxFee: bigint
  readonly maxTip: bigint
}

const LEAST_TIP = 1n

/** Fees that pay for six full blocks of rising base fee. */
export function feesFor(baseFee: bigint, tip: bigint): Fees {
  const maxTip = tip > LEAST_TIP ? tip : LEAST_TIP
  return { maxFee: 2n * baseFee + maxTip, maxTip }
}

/** Fees of a replacement: what the chain asks for now, but an eighth above the former ones, below which nodes refuse it. */
export function feesToReplace(former: Fees, now: Fees): Fees {
  const bumped = (value: bigint) => (value * 9n + 7n) / 8n
  const larger = (left: bigint, right: bigint) => (left > right ? left : right)
  return { maxFee: larger(bumped(former.maxFee), now.maxFee), maxTip: larger(bumped(former.maxTip), now.maxTip) }
}
