// Watches over one local grid. Its standard input is a pipe from the process that started the grid: when the pipe closes, by a
// clean stop or because that process was killed, everything that still belongs to the grid is killed and its folder removed.
// A process belongs to the grid when its environment, its command line or its working folder names the grid's folder.
const { readFileSync, readdirSync, readlinkSync, rmSync } = require('node:fs')

const folder = process.argv[2]
if (folder === undefined || !folder.startsWith('/')) throw new Error('usage: warden.cjs <absolute folder of the grid>')

const read = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process ended meanwhile, or belongs to somebody else.
    return ''
  }
}

const workingFolder = (pid) => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

const belongs = (pid) =>
  pid !== process.pid &&
  [read(`/proc/${pid}/environ`), read(`/proc/${pid}/cmdline`), workingFolder(pid)].some((text) => text.includes(folder))

const members = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(belongs)

const sweep = (rounds) => {
  const found = members()
  for (const pid of found) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
  if (found.length > 0 && rounds > 0) return setTimeout(() => sweep(rounds - 1), 20)
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
process.stdin.on('end', () => sweep(100))
process.stdin.on('error', () => sweep(100))
process.stdin.resume()
