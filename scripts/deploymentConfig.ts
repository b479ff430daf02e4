import type { Role } from './roles.ts'

const CREDIT = 10n ** 18n
const HOUR = 3600
const DAY = 24 * HOUR

/** The deadlines of the state machine in seconds, and the protocol's share in thousandths. */
export interface ParametersConfig {
  readonly acceptTimeout: number
  readonly queueTimeout: number
  readonly silenceTimeout: number
  readonly reportGrace: number
  readonly cancelGrace: number
  readonly cancelTimeout: number
  readonly oracleGrace: number
  readonly requeueWindow: number
  readonly maxWait: number
  readonly panicDelay: number
  readonly cutPermille: number
}

/** What a grid is deployed with. Amounts are credits with 18 decimals. */
export interface DeploymentConfig {
  readonly minimumStake: bigint
  /** Seconds. */
  readonly unbondingDelay: number
  readonly latePenalty: bigint
  readonly silencePenalty: bigint
  /** The deployer where it is not set. */
  readonly treasury?: string
  readonly minimums: ParametersConfig
  readonly parameters: ParametersConfig
  /** Seconds between the announcement and the act of a role's holder. */
  readonly roleDelays: Partial<Record<Role, number>>
}

const minimums: ParametersConfig = {
  acceptTimeout: 60,
  queueTimeout: HOUR,
  silenceTimeout: 120,
  reportGrace: 120,
  cancelGrace: 0,
  cancelTimeout: 60,
  oracleGrace: 60,
  requeueWindow: 60,
  maxWait: HOUR,
  panicDelay: HOUR,
  cutPermille: 0,
}

const shared = {
  minimumStake: 1_000n * CREDIT,
  unbondingDelay: 14 * DAY,
  latePenalty: 1n * CREDIT,
  silencePenalty: 5n * CREDIT,
  minimums,
  parameters: {
    acceptTimeout: 300,
    queueTimeout: 2 * DAY,
    silenceTimeout: 600,
    reportGrace: 600,
    cancelGrace: 60,
    cancelTimeout: 600,
    oracleGrace: 900,
    requeueWindow: HOUR,
    maxWait: 30 * DAY,
    panicDelay: DAY,
    cutPermille: 20,
  },
}

/** A grid on one machine: short delays, no waiting for role holders. */
export const LOCAL_CONFIG: DeploymentConfig = { ...shared, unbondingDelay: 60, roleDelays: {} }

/** A grid for others: what can hurt is announced before it takes effect. */
export const PUBLIC_CONFIG: DeploymentConfig = { ...shared, roleDelays: { minter: DAY, parameters: 2 * DAY } }
