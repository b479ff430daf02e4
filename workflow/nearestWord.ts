/** The word that is most like `typo`, where one is near enough to be what was meant. The first of equals counts. */
export function nearestWord(typo: string, words: readonly string[]): string | undefined {
  const wanted = typo.toLowerCase()
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(typo.length / 3)) + 1
  for (const word of words) {
    const away = editDistance(wanted, word.toLowerCase(), least)
    if (away < least) [nearest, least] = [word, away]
  }
  return nearest
}

/** Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment); `most` or more counts as `most`. */
function editDistance(left: string, right: string, most: number): number {
  if (Math.abs(left.length - right.length) >= most) return most
  let before: number[] = []
  let above = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = at(above, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1)
      const swaps = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      const swapped = swaps ? at(before, column - 2) + 1 : most
      current.push(Math.min(at(above, column) + 1, at(current, column - 1) + 1, replaced, swapped))
    }
    before = above
    above = current
  }
  return Math.min(at(above, right.length), most)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
