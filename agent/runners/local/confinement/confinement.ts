/** The control groups under which an execution gets its own, one directory for each controller. */
export interface CgroupParents {
  readonly version: 1 | 2
  readonly memory?: string
  readonly cpu?: string
  readonly pids?: string
}

/** How executions are kept apart from the machine and from each other: what this host can do of what was asked for. */
export interface Confinement {
  /** Absent: scripts run beside the agent and see what its user sees. */
  readonly sandbox?: {
    readonly network: 'none' | 'host'
    /** Directories of the machine that jobs may read beside its system. */
    readonly readable: readonly string[]
    /** Whom jobs run as; absent: the user of the agent. */
    readonly user?: { readonly uid: number; readonly gid: number }
  }
  readonly cgroups?: CgroupParents
  readonly limits?: Limits
}

/** What every execution may have at most, beside the cpus and the memory that it pays for. */
export interface Limits {
  /** Processes and threads at a time. */
  readonly processes: number
  /** Open files of one process. */
  readonly openFiles: number
  /** Bytes of its files together. */
  readonly diskBytes: number
}

/** No sandbox, no limits. */
export const UNCONFINED: Confinement = {}

/** Where a sandboxed script finds itself. */
export const SANDBOX_HOME = '/job'
