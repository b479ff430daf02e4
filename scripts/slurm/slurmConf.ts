/** Where the daemons of a cluster listen. */
export interface SlurmPorts {
  readonly controller: number
  readonly accounting: number
  readonly database: number
  readonly nodes: readonly number[]
}

/** What a cluster of fake nodes is made of. */
export interface SlurmShape {
  /** Letters and digits. Its nodes are called `<name>1`, `<name>2` and so on. */
  readonly name: string
  readonly folder: string
  /** Short name of this machine. */
  readonly host: string
  /** User of every daemon. */
  readonly user: string
  readonly ports: SlurmPorts
  readonly cpus: number
  /** MB of one node. */
  readonly mem: number
  /** Of one node. */
  readonly gpus: number
  /** Whether slurmdbd keeps what ended; else the controller writes it into a file. */
  readonly hasAccounting: boolean
  readonly hasCgroups: boolean
  /** Further lines of slurm.conf. */
  readonly extra: readonly string[]
}

/** Model of the fake gpus. */
export const GPU_TYPE = 'h200'

/** The file into which the controller writes what ended, where there is no accounting. */
export function completionFile({ folder }: Pick<SlurmShape, 'folder'>): string {
  return `${folder}/log/completions.txt`
}

/** slurm.conf: every clock is short, and whatever a test waits for comes soon. */
export function slurmConf(shape: SlurmShape): string {
  const { name, folder, host, user, ports } = shape
  return `ClusterName=${name}
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${ports.controller}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/pid/slurmctld
SlurmdPidFile=${folder}/pid/slurmd.%n
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd.%n.log
SwitchType=switch/none
MpiDefault=none
JobAcctGatherFrequency=task=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=256
SlurmdParameters=config_overrides
GresTypes=gpu
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,batch_sched_delay=0
SlurmctldTimeout=5
SlurmdTimeout=5
MessageTimeout=5
KillWait=2
InactiveLimit=0
MinJobAge=300
CompleteWait=0
UnkillableStepTimeout=30
ReturnToService=2
MaxArraySize=10001
MaxJobCount=20000
PropagateResourceLimits=NONE
${tracking(shape)}
${records(shape)}
${shape.extra.join('\n')}
${nodeLines(shape)}
PartitionName=main Nodes=${name}[1-${ports.nodes.length}] Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
`
}

function tracking({ hasCgroups }: SlurmShape): string {
  return hasCgroups
    ? 'ProctrackType=proctrack/cgroup\nTaskPlugin=task/cgroup\nJobAcctGatherType=jobacct_gather/cgroup'
    : 'ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nJobAcctGatherType=jobacct_gather/linux'
}

function records(shape: SlurmShape): string {
  if (!shape.hasAccounting) {
    return `AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=${completionFile(shape)}`
  }
  return `AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${shape.ports.accounting}
AccountingStoragePass=${shape.folder}/munge/socket
AccountingStorageTRES=gres/gpu
JobCompType=jobcomp/none`
}

function nodeLines({ name, host, ports, cpus, mem, gpus }: SlurmShape): string {
  return ports.nodes
    .map((port, index) => {
      const node = `NodeName=${name}${index + 1} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port}`
      return `${node} CPUs=${cpus} RealMemory=${mem} Gres=gpu:${GPU_TYPE}:${gpus} State=UNKNOWN`
    })
    .join('\n')
}

/** gres.conf: Slurm takes only device files for gpus, so that each is a clone of /dev/null. */
export function gresConf({ name, folder, ports, gpus }: SlurmShape): string {
  return `AutoDetect=off
NodeName=${name}[1-${ports.nodes.length}] Name=gpu Type=${GPU_TYPE} File=${folder}/dev/gpu[0-${gpus - 1}]
`
}

/** cgroup.conf: memory is enforced, nothing else. */
export function cgroupConf(): string {
  return `CgroupPlugin=cgroup/v1
CgroupMountpoint=/sys/fs/cgroup
ConstrainRAMSpace=yes
ConstrainSwapSpace=no
ConstrainCores=no
ConstrainDevices=no
`
}

/** slurmdbd.conf. */
export function slurmdbdConf({ folder, ports, user }: SlurmShape): string {
  return `AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=${ports.accounting}
SlurmUser=${user}
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=${ports.database}
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm
LogFile=${folder}/log/slurmdbd.log
PidFile=${folder}/pid/slurmdbd
CommitDelay=1
`
}
