#!/usr/bin/env node
// Plain JavaScript that every Node can read, so that an old one is told what is missing.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `error: dps needs Node 24 or newer, and this is ${process.versions.node}. Install it, or run npx -y -p node@24 -c "dps …".`,
  )
  process.exitCode = 1
} else {
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  await import('../dist/index.js')
}
