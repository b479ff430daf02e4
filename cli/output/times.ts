/** A duration for people, such as `1h 05m` or `12s`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole}s`
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`
  if (whole < 86_400) return `${Math.floor(whole / 3_600)}h ${pad(Math.floor((whole % 3_600) / 60))}m`
  return `${Math.floor(whole / 86_400)}d ${pad(Math.floor((whole % 86_400) / 3_600))}h`
}

/** A moment (unix seconds) in local time, such as `14:03:59`. */
export function clockText(time: number): string {
  const at = new Date(time * 1000)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(pad).join(':')
}

/** A moment (unix seconds) in UTC, such as `2026-05-01 14:03:59`. */
export function momentText(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' ')
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
