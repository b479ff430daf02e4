import { runCli } from './runCli.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time nothing is waited for.
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort()
  })
}
// The reader of a pipe may have seen enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const { env, stdin, stdout, stderr } = process
process.exitCode = await runCli(process.argv.slice(2), { env, stdin, stdout, stderr, signal: stopping.signal })
