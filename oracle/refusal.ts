/** Why something was not done: a code for programs, a message that says what to do next, and the facts. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly facts: Readonly<Record<string, string | number>>
}

export function refusal(code: string, message: string, facts: Refusal['facts'] = {}): Refusal {
  return { code, message, facts }
}
