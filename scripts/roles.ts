/** The roles of a grid in its AccessManager. A contract's `restricted` functions are opened to exactly one of them. */
export const ROLES = {
  oracle: 1n,
  guardian: 2n,
  approver: 3n,
  minter: 4n,
  jobs: 5n,
  parameters: 6n,
} as const

export type Role = keyof typeof ROLES

/** Which functions each role may call. */
export const ROLE_FUNCTIONS = {
  Credits: { minter: ['mint'] },
  Providers: { approver: ['approve', 'ban'], jobs: ['open'] },
  Jobs: {
    oracle: ['assign', 'topUpDelegated'],
    guardian: ['announcePanic', 'panic', 'pauseRequests'],
    parameters: ['scheduleParameters', 'setTreasury'],
  },
} as const satisfies Record<string, Partial<Record<Role, readonly string[]>>>
