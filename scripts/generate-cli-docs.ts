import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cliManual } from '../cli/cliManual.ts'

writeFileSync(join(import.meta.dirname, '..', 'docs', 'cli.md'), cliManual())
