import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const cli = join(import.meta.dirname, '..', 'cli')

/** Bundles `dps` into one folder without dependencies. What a command does not need stays in a file that it does not load. */
rmSync(join(cli, 'dist'), { recursive: true, force: true })
await build({
  entryPoints: [join(cli, 'index.ts')],
  outdir: join(cli, 'dist'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  // Packages in CommonJS ask for Node's own parts by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
  // Ink asks for it where a developer looks at its own components.
  external: ['react-devtools-core'],
  define: { 'process.env.NODE_ENV': '"production"' },
})
