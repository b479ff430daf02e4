import stringWidth from 'string-width'
import { plainText } from './plainText.ts'

/** A column of a table. */
export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  readonly isNumber?: boolean
  /** May be cut where the terminal is too narrow, down to `LEAST_WIDTH`. */
  readonly canShrink?: boolean
}

const GAP = 2
const LEAST_WIDTH = 8

/** A table of plain lines that is at most `width` wide where its columns can shrink so far. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): readonly string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ text }) => plainText(text(row)))),
  ]
  const natural = columns.map((_, at) => Math.max(...cells.map((row) => stringWidth(row[at] ?? ''))))
  const widths = shrunk(natural, columns, width)
  return cells.map((row) =>
    row
      .map((cell, at) => aligned(cut(cell, widths[at] ?? 0), widths[at] ?? 0, columns[at]?.isNumber === true))
      .join(' '.repeat(GAP))
      .trimEnd(),
  )
}

/** What is too wide is taken from the widest column that can give, one character at a time. */
function shrunk<Row>(natural: readonly number[], columns: readonly Column<Row>[], width: number): readonly number[] {
  const widths = [...natural]
  const total = () => widths.reduce((sum, one) => sum + one, 0) + GAP * (widths.length - 1)
  while (total() > width) {
    const givers = widths.map((one, at) => (columns[at]?.canShrink === true && one > LEAST_WIDTH ? one : 0))
    const widest = Math.max(...givers)
    if (widest === 0) break
    widths[givers.indexOf(widest)] = widest - 1
  }
  return widths
}

/** A text that takes at most `width` columns, with … where it was cut. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

function aligned(text: string, width: number, isNumber: boolean): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return isNumber ? space + text : text + space
}
