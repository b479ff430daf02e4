const TOLERANCE = 0.02

/** The figures, nested or not, that differ from those of a snapshot by more than 2 %, appeared or went, a sentence each. */
export function deviations(snapshot: object, measured: object): readonly string[] {
  const [before, after] = [new Map(flat(snapshot)), new Map(flat(measured))]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)]
    if (was === undefined) return [`${name} is new: ${is}`]
    if (is === undefined) return [`${name} is not measured any more: it was ${was}`]
    return isNear(was, is) ? [] : [`${name} is ${is}, the snapshot says ${was}`]
  })
}

function isNear(was: number | string, is: number | string): boolean {
  if (typeof was !== 'number' || typeof is !== 'number') return was === is
  return Math.abs(is - was) <= TOLERANCE * was
}

function flat(figures: object, path = ''): [name: string, figure: number | string][] {
  return Object.entries(figures).flatMap(([name, figure]): [name: string, figure: number | string][] =>
    typeof figure === 'object' ? flat(figure, `${path}${name}.`) : [[`${path}${name}`, figure]],
  )
}
