/** The public calls of the gateway, generated from its OpenAPI description. */
export const GATEWAY_ROUTES = {
  getIndexState: { method: 'GET', path: '/v1/index' },
  listJobs: { method: 'GET', path: '/v1/jobs' },
  listTransitions: { method: 'GET', path: '/v1/transitions' },
  getJob: { method: 'GET', path: '/v1/jobs/{id}' },
  listJobTransitions: { method: 'GET', path: '/v1/jobs/{id}/transitions' },
  explainJob: { method: 'GET', path: '/v1/jobs/{id}/explanation' },
  listProviders: { method: 'GET', path: '/v1/providers' },
  getProvider: { method: 'GET', path: '/v1/providers/{index}' },
  getTotals: { method: 'GET', path: '/v1/totals' },
  getDailyTotals: { method: 'GET', path: '/v1/totals/days' },
  getQuotes: { method: 'POST', path: '/v1/quotes' },
} as const

export type JobState =
  | 'PENDING'
  | 'META_SCHEDULED'
  | 'SCHEDULED'
  | 'RUNNING'
  | 'FINISHED'
  | 'FAILED'
  | 'OUT_OF_CREDITS'
  | 'CANCELLED'
  | 'PANICKED'
export type Decision =
  | {
      kind: 'placed'
      provider: number
      /**
       * whole number as decimal text; credits have 18 decimals
       */
      ratePerMinute: string
      /**
       * a word that stays the same
       */
      reason: string
      sentence: string
    }
  | {
      kind: 'waiting'
      /**
       * a word that stays the same
       */
      reason: string
      sentence: string
      /**
       * in the queue, from 1
       */
      place: number | null
      expectedStart: number | null
    }

export interface GatewayCalls {
  /**
   * How far the chain was followed.
   */
  getIndexState: {
    path: {}
    query: {}
    answer: IndexState
  }
  /**
   * Jobs by customer, provider, state and time of submission.
   */
  listJobs: {
    path: {}
    query: {
      customer?: string
      provider?: number
      state?: string | string[]
      submittedFrom?: number
      submittedUntil?: number
      order?: 'newest' | 'oldest'
      limit?: number
      cursor?: string
    }
    answer: {
      items: Job[]
      /**
       * cursor of the next page
       */
      next: string | null
      asOf: AsOf
    }
  }
  /**
   * Transitions of all jobs by customer, provider, state and time.
   */
  listTransitions: {
    path: {}
    query: {
      customer?: string
      provider?: number
      to?: string | string[]
      from?: number
      until?: number
      order?: 'newest' | 'oldest'
      limit?: number
      cursor?: string
    }
    answer: {
      items: Transition[]
      /**
       * cursor of the next page
       */
      next: string | null
      asOf: AsOf
    }
  }
  /**
   * One job.
   */
  getJob: {
    path: {
      id: string
    }
    query: {}
    answer: {
      job: Job
      asOf: AsOf
    }
  }
  /**
   * Every transition of a job, oldest first.
   */
  listJobTransitions: {
    path: {
      id: string
    }
    query: {}
    answer: {
      items: Transition[]
      /**
       * cursor of the next page
       */
      next: string | null
      asOf: AsOf
    }
  }
  /**
   * Why a job waits, and when it is expected to start.
   */
  explainJob: {
    path: {
      id: string
    }
    query: {}
    answer: {
      job: string
      state: JobState
      explanation: Explanation | null
      asOf: AsOf
    }
  }
  /**
   * Providers with offer, stake and reliability, by index.
   */
  listProviders: {
    path: {}
    query: {
      status?: string | string[]
      limit?: number
      cursor?: string
    }
    answer: {
      items: Provider[]
      /**
       * cursor of the next page
       */
      next: string | null
      asOf: AsOf
    }
  }
  /**
   * One provider.
   */
  getProvider: {
    path: {
      index: number
    }
    query: {}
    answer: {
      provider: Provider
      asOf: AsOf
    }
  }
  /**
   * Totals of the grid, of a customer or of a provider.
   */
  getTotals: {
    path: {}
    query: {
      customer?: string
      provider?: number
    }
    answer: {
      totals: Totals
      asOf: AsOf
    }
  }
  /**
   * The same, day by day (UTC, both ends included).
   */
  getDailyTotals: {
    path: {}
    query: {
      from: string
      to: string
      customer?: string
      provider?: number
    }
    answer: {
      items: DayTotals[]
      asOf: AsOf
    }
  }
  /**
   * What a job would cost at each provider, and when it would start there.
   */
  getQuotes: {
    path: {}
    query: {}
    body: QuoteRequestInput
    answer: Quotes
  }
}
export interface IndexState {
  chainId: number
  jobs: string
  startBlock: number
  followed: {
    block: number
    hash: string
    /**
     * unix seconds
     */
    time: number
  } | null
  /**
   * the last block that the chain was seen to have
   */
  head: number | null
  isSynced: boolean
}
export interface Job {
  id: string
  state: JobState
  request: JobRequest
  attempt: number
  /**
   * 0 for none
   */
  provider: number
  /**
   * unix seconds
   */
  since: number
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  budget: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  ratePerMinute: string
  cancelRequested: boolean
  /**
   * unix seconds
   */
  submittedAt: number
  /**
   * unix seconds
   */
  changedAt: number
  submission: {
    block: number
    logIndex: number
    transaction: string
  }
  ending: {
    /**
     * unix seconds
     */
    at: number
    transaction: string
    /**
     * whole number as decimal text; credits have 18 decimals
     */
    cost: string
    /**
     * whole number as decimal text; credits have 18 decimals
     */
    cut: string
    /**
     * whole number as decimal text; credits have 18 decimals
     */
    refund: string
    secondsUsed: number
    exitCode: number
    result: string
  } | null
}
export interface JobRequest {
  customer: string
  payer: string
  provider: number
  tasks: number
  cpusPerTask: number
  /**
   * MB
   */
  memPerCpu: number
  gpus: number
  /**
   * seconds
   */
  timeLimit: number
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  budget: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  topUpLimit: string
  /**
   * unix seconds
   */
  startBy: number
  maxAttempts: number
  work: {
    definition: string
    affinity: string
    name: string
    /**
     * whole number as decimal text; credits have 18 decimals
     */
    salt: string
  }
}
/**
 * The block that the answer is as of.
 */
export interface AsOf {
  block: number
  /**
   * unix seconds
   */
  time: number
}
export interface Transition {
  job: string
  from:
    | 'NONE'
    | 'PENDING'
    | 'META_SCHEDULED'
    | 'SCHEDULED'
    | 'RUNNING'
    | 'FINISHED'
    | 'FAILED'
    | 'OUT_OF_CREDITS'
    | 'CANCELLED'
    | 'PANICKED'
  to: JobState
  attempt: number
  /**
   * 0 for none
   */
  provider: number
  /**
   * unix seconds
   */
  at: number
  block: number
  logIndex: number
  transaction: string
  details:
    | {
        kind: 'job-submitted'
      }
    | {
        kind: 'job-assigned'
        /**
         * whole number as decimal text; credits have 18 decimals
         */
        ratePerMinute: string
        cutPermille: number
      }
    | {
        kind: 'job-scheduled'
      }
    | {
        kind: 'job-started'
        /**
         * unix seconds
         */
        startedAt: number
      }
    | {
        kind: 'job-returned'
        reason: string
      }
    | {
        kind: 'job-ended'
        /**
         * whole number as decimal text; credits have 18 decimals
         */
        cost: string
        /**
         * whole number as decimal text; credits have 18 decimals
         */
        cut: string
        /**
         * whole number as decimal text; credits have 18 decimals
         */
        refund: string
        secondsUsed: number
        exitCode: number
        result: string
      }
}
export interface Explanation {
  decision: Decision
  refusals: {
    provider: number
    /**
     * a word that stays the same
     */
    reason: string
    sentence: string
  }[]
}
export interface Provider {
  index: number
  owner: string
  status: 'NONE' | 'REGISTERED' | 'APPROVED' | 'BANNED'
  isDraining: boolean
  contact: {
    signer: string
    encryptionKey: string
    endpoint: string
  }
  profile: {
    name: string
    url: string
    region: string
    software: string
  }
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  stake: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  unbonding: string
  /**
   * unix seconds
   */
  unbondsAt: number
  offer: {
    prices: {
      /**
       * whole number as decimal text; credits have 18 decimals
       */
      cpuPerMinute: string
      /**
       * whole number as decimal text; credits have 18 decimals
       */
      memPerMinute: string
      /**
       * whole number as decimal text; credits have 18 decimals
       */
      gpuPerMinute: string
    }
    maxOpenJobs: number
    acceptsDirect: boolean
    nodes: {
      count: number
      cpus: number
      /**
       * MB
       */
      mem: number
      gpus: number
      gpuModel: string
    }[]
    labels: {
      key: string
      value: string
    }[]
  } | null
  openJobs: number
  /**
   * unix seconds
   */
  lastSeen: number
  /**
   * unix seconds
   */
  registeredAt: number
  record: {
    ended: number
    refused: number
    lost: number
    late: number
    /**
     * unix seconds
     */
    at: number
  }
  /**
   * 0 to 1
   */
  reliability: number
  /**
   * jobs that it can be given now
   */
  room: number
  hindrance: {
    /**
     * a word that stays the same
     */
    reason: string
    sentence: string
  } | null
}
export interface Totals {
  submitted: number
  assigned: number
  returned: number
  ended: number
  /**
   * jobs by state; of a day: how their number changed
   */
  states: {
    [k: string]: number
  }
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  cost: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  cut: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  refund: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  secondsUsed: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  cpuSeconds: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  gpuSeconds: string
}
export interface DayTotals {
  day: string
  submitted: number
  assigned: number
  returned: number
  ended: number
  /**
   * jobs by state; of a day: how their number changed
   */
  states: {
    [k: string]: number
  }
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  cost: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  cut: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  refund: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  secondsUsed: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  cpuSeconds: string
  /**
   * whole number as decimal text; credits have 18 decimals
   */
  gpuSeconds: string
}
export interface QuoteRequestInput {
  tasks: number
  cpusPerTask: number
  /**
   * MB
   */
  memPerCpu: number
  /**
   * of the whole job
   */
  gpus?: number
  /**
   * seconds
   */
  timeLimit: number
  affinity?: string
  /**
   * 0 for any
   */
  provider?: number
  /**
   * whose earlier runs the plan looks at
   */
  customer?: string
  /**
   * credits with 18 decimals, as decimal text
   */
  budget?: string
  /**
   * unix seconds
   */
  startBy?: number
  submitBy?: 'relay' | 'wallet'
}
export interface Quotes {
  choice: Decision
  quotes: Quote[]
  gas: {
    submission: {
      paidBy: 'relay' | 'customer'
      sentence: string
    }
    running: {
      paidBy: 'relay'
      sentence: string
    }
  }
  asOf: AsOf
}
export interface Quote {
  provider: number
  name: string
  ratePerMinute: string | null
  /**
   * the smallest budget that pays for the time limit
   */
  total: string | null
  /**
   * what the budget buys; null where none was given
   */
  secondsBought: string | null
  /**
   * whether it could run the job now or later
   */
  isAble: boolean
  reason: string | null
  sentence: string | null
  expectedStart: number | null
}
