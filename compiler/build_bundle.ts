// A step of the build: puts the modules of the command line, and of the packages that they import, into few files, so that no start
// of seshat looks for hundreds (docs/decisions/0020-compiling-in-less.md). What is imported when it is used stays in files of its own.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild-wasm'
import { packageDirectory } from './source_file.js'

/** The embedded database and drivers: they find files beside their own, or are there for some users only. */
const outside = ['@electric-sql/pglite', '@polyglot-sql/sdk', 'pg', 'snowflake-sdk']

/** Packages that are older than modules ask for those of Node by it. */
const banner =
  "import { createRequire as ofNode } from 'node:module';const require = ofNode(import.meta.url);"

rmSync(join(packageDirectory, 'dist/bundle'), { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: packageDirectory,
  entryPoints: ['dist/compiler/cli.js'],
  outdir: 'dist',
  outbase: 'dist',
  chunkNames: 'bundle/[name]-[hash]',
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: outside,
  banner: { js: banner },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
})
writeFileSync(join(packageDirectory, 'dist/bundle/LICENSES.txt'), licences(Object.keys(metafile.inputs)))

/** What the licences of packages ask for where their code is passed on: their notices. */
function licences(inputs: readonly string[]): string {
  const folders = new Set(
    inputs.flatMap(input => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []),
  )
  return [...folders].sort().map(licence).join('\n')
}

function licence(folder: string): string {
  const read = (file: string): string => readFileSync(join(packageDirectory, folder, file), 'utf8')
  const { name, version } = JSON.parse(read('package.json')) as { name: string; version: string }
  const [file] = readdirSync(join(packageDirectory, folder)).filter(each => /^licen[cs]e/i.test(each))
  if (file === undefined) throw new Error(`${folder} has no text of its licence`)
  return `${name} ${version}\n\n${read(file).trim()}\n`
}
