// Plain CommonJS that any Node can read: an old Node must be told what to do before anything else is tried.
const wanted = 24
const major = Number(process.versions.node.split('.')[0])
if (major < wanted) {
  const task = process.env.npm_lifecycle_event
  const command =
    task === undefined || task === 'preinstall'
      ? 'npm install && npm run demo'
      : `npm install && npm ${task === 'test' ? 'test' : `run ${task}`}`
  console.error(
    `DeepSquare Grid needs Node ${wanted} or newer, and this is Node ${process.versions.node}. Run instead:\n\n    npx -y -p node@${wanted} -c "${command}"\n`,
  )
  process.exit(1)
}
