import type { ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { daemon, killed, output, untilTrue } from './daemon.ts'
import type { SlurmShape } from './slurmConf.ts'

/** The database of what ended, and the daemon before it. */
export interface Accounting {
  killDaemon(): Promise<void>
  startDaemon(): Promise<void>
  stop(): Promise<void>
}

/** Starts a private MariaDB and slurmdbd, and makes the cluster known to it. */
export async function startAccounting(shape: SlurmShape, env: Readonly<Record<string, string>>): Promise<Accounting> {
  const database = await startDatabase(shape, env)
  let slurmdbd: ChildProcess | undefined
  const startDaemon = async (): Promise<void> => {
    slurmdbd = daemon('/usr/sbin/slurmdbd', ['-D'], join(shape.folder, 'log/slurmdbd.out'), env)
    await untilTrue('slurmdbd', () => accepts(shape.ports.accounting))
  }
  try {
    await startDaemon()
    const clusters = (): Promise<string> => output('sacctmgr', ['-nP', 'list', 'cluster', 'format=cluster'], env)
    await untilTrue('the accounting', async () => (await clusters()) !== undefined)
    if (!(await clusters()).includes(shape.name))
      await output('sacctmgr', ['-i', '-Q', 'add', 'cluster', shape.name], env)
  } catch (error) {
    await killed(slurmdbd)
    await killed(database)
    throw error
  }
  return {
    killDaemon: () => killed(slurmdbd),
    startDaemon,
    async stop() {
      await killed(slurmdbd)
      await killed(database)
    },
  }
}

async function startDatabase(shape: SlurmShape, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const folder = join(shape.folder, 'database')
  const [data, socket] = [join(folder, 'data'), join(folder, 'socket')]
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const own = ['--no-defaults', `--user=${shape.user}`, `--datadir=${data}`]
  await output('mariadb-install-db', [...own, '--auth-root-authentication-method=normal', '--skip-test-db'])
  const listen = [`--socket=${socket}`, '--bind-address=127.0.0.1', `--port=${shape.ports.database}`]
  const small = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M', '--performance-schema=OFF']
  const patient = ['--innodb-lock-wait-timeout=900', '--innodb-flush-log-at-trx-commit=2']
  const log = join(shape.folder, 'log/mariadbd.out')
  const args = [...own, `--pid-file=${join(folder, 'pid')}`, ...listen, ...small, ...patient]
  const database = daemon('/usr/sbin/mariadbd', args, log, env)
  const sql = (text: string): Promise<string> =>
    output('mariadb', ['--no-defaults', '-uroot', '-S', socket, '-e', text])
  try {
    await untilTrue('the database', async () => (await sql('select 1')) !== '')
    await sql(`create database slurm; create user 'slurm'@'127.0.0.1' identified by 'slurm';
      create user 'slurm'@'localhost' identified by 'slurm';
      grant all on slurm.* to 'slurm'@'127.0.0.1'; grant all on slurm.* to 'slurm'@'localhost';`)
  } catch (error) {
    await killed(database)
    throw error
  }
  return database
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (isOpen: boolean) => (): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', answer(true)).once('error', answer(false))
  })
}
