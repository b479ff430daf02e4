/** The way from a workflow to one of its fields: names of maps and places in lists. */
export type WorkflowPath = readonly (string | number)[]

const LONGEST_QUOTE = 40

/** A path as text, such as `steps[0].run.shell`. */
export function pathText(path: WorkflowPath): string {
  return path.map(segmentText).join('').replace(/^\./, '')
}

function segmentText(segment: string | number): string {
  if (typeof segment === 'number') return `[${segment}]`
  return /^\w+$/.test(segment) && segment.length <= LONGEST_QUOTE ? `.${segment}` : `[${quoted(segment)}]`
}

/** A text in quotes for a message: in one line, and cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text)
}
