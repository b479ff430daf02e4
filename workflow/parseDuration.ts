const SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const
const DURATION = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s?)?$/

/** The seconds that a text such as `90`, `90s`, `10m` or `1d12h` means; undefined where it means none. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim())
  if (match === null || match[0] === '') return undefined
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match
  return Number(days) * SECONDS.d + Number(hours) * SECONDS.h + Number(minutes) * SECONDS.m + Number(seconds)
}
