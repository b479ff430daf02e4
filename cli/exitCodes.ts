/** What `dps` ends with. */
export const EXIT = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  wrongGrid: 4,
  wallet: 5,
  notFound: 6,
  timedOut: 7,
  findings: 8,
  interrupted: 130,
} as const

/** One of the codes that `dps` ends with by itself. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What each code means, for the manual. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done',
  refused: 'a contract or a service refused, or something failed; the sentence says what',
  usage: 'the command line, a setting or the workflow is wrong; nothing was sent',
  unreachable: 'the chain node or a service did not answer; nothing is known to have happened',
  wrongGrid: 'the node is on another chain, or the contracts are not there',
  wallet: 'no key, a wrong password, or the key of somebody else',
  notFound: 'there is no such job, provider or file',
  timedOut: 'it did not happen in time, and may still happen',
  findings: '`dps audit` found something that does not follow',
  interrupted: 'ended by Ctrl-C',
}

/** What `-e` ends with for a job that has no exit code of its own. */
export const JOB_EXIT = { OUT_OF_CREDITS: 124, PANICKED: 125, CANCELLED: 130 } as const
