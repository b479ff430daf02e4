/** After this long a broken promise of a provider counts half: a month. */
export const RECORD_HALF_LIFE_SECONDS = 30 * 86_400
/** After this long what a customer used counts half: a week. */
export const USAGE_HALF_LIFE_SECONDS = 7 * 86_400

/**
 * What is left of `amount` after `seconds`: half after each half-life and a straight line between. Only arithmetic that gives the same
 * bits on every machine, because plans must.
 */
export function decayed(amount: number, seconds: number, halfLifeSeconds: number): number {
  if (seconds <= 0) return amount
  const lives = seconds / halfLifeSeconds
  const whole = Math.floor(lives)
  if (whole > 60) return 0
  let left = amount
  for (let life = 0; life < whole; life += 1) left /= 2
  return left * (1 - (lives - whole) / 2)
}
