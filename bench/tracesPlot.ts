/** One line of a plot: a value at each of equally distant times. */
export interface Line {
  readonly name: string
  readonly values: readonly number[]
}

const COLOURS = ['#1b6ca8', '#c8553d', '#3c8d5a', '#8a5aa8', '#b8860b', '#555555']
const WIDTH = 960
const HEIGHT = 360
const LEFT = 70
const TOP = 40
const BOTTOM = 40

/** A plot of lines over days as one SVG. */
export function linePlot(title: string, unit: string, days: number, lines: readonly Line[]): string {
  const most = Math.max(1e-9, ...lines.flatMap(({ values }) => values))
  const x = (at: number, count: number) => LEFT + ((WIDTH - LEFT - 20) * at) / Math.max(1, count - 1)
  const y = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / most
  const paths = lines.map(({ values }, index) => {
    const points = values.map((value, at) => `${x(at, values.length).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
    return `<polyline fill="none" stroke="${COLOURS[index % COLOURS.length]}" points="${points}"/>`
  })
  const keys = lines.map(
    ({ name }, index) =>
      `<text x="${LEFT + 10 + index * 150}" y="${TOP + 4}" fill="${COLOURS[index % COLOURS.length]}">${name}</text>`,
  )
  const ticks = [0, 0.5, 1].map((part) => {
    const value = most * part
    return `<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${Number(value.toPrecision(3))}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${LEFT}" y="20" font-size="14">${title} [${unit}]</text>`,
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - 20}" fill="none" stroke="#888"/>`,
    ...ticks,
    `<text x="${LEFT}" y="${HEIGHT - 16}">day 0</text>`,
    `<text x="${WIDTH - 20}" y="${HEIGHT - 16}" text-anchor="end">day ${Math.round(days)}</text>`,
    ...keys,
    ...paths,
    '</svg>',
    '',
  ].join('\n')
}
