// A step of the build: puts the modules of the command line, and of the packages that they import, into one file, so that no start
// of seshat looks for hundreds (docs/decisions/0020-compiling-in-less.md). What is imported when it is used runs when it is used.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild-wasm'
import { packageDirectory } from './source_file.js'

/** Drivers and the grammar: they find files beside their own, or are there for some users only. */
const outside = ['@polyglot-sql/sdk', 'pg', 'snowflake-sdk']

/**
 * What stands in the place of modules, by their names: functions that load them when they are called, where that takes
 * milliseconds and is rarely wanted.
 */
const standIns: Readonly<Record<string, string>> = {
  'node:child_process': ['execFileSync', 'spawn']
    .map(name => `export const ${name} = (...given) => require('node:child_process').${name}(...given)`)
    .join('\n'),
  // Importing these opens stdin.
  'node:process': 'module.exports = process',
  process: 'module.exports = process',
  'string-width': "export default (...given) => require('string-width').default(...given)",
}

const puttingStandIns: Plugin = {
  name: 'stand-ins',
  setup({ onLoad, onResolve }) {
    const filter = new RegExp(`^(?:${Object.keys(standIns).join('|')})$`)
    onResolve({ filter }, ({ path, namespace, resolveDir }) =>
      namespace === 'stand-in' ? undefined : { path, namespace: 'stand-in', pluginData: resolveDir },
    )
    onLoad({ filter, namespace: 'stand-in' }, ({ path, pluginData }) => ({
      contents: standIns[path] ?? '',
      resolveDir: pluginData as string,
    }))
  },
}

const inDist = (path: string): string => join(packageDirectory, 'dist', path)
const { metafile, outputFiles } = await build({
  absWorkingDir: packageDirectory,
  entryPoints: ['dist/compiler/main.js'],
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  external: outside,
  plugins: [puttingStandIns],
  define: { 'import.meta.url': 'bundleUrl' },
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
})
const [bundle] = outputFiles
if (!bundle) throw new Error('there is no bundle')

for (const folder of ['bundle', 'code']) rmSync(inDist(folder), { recursive: true, force: true })
mkdirSync(inDist('bundle'))
// A function of what it has from outside, which start_bundle.cts calls.
writeFileSync(
  inDist('bundle/seshat.js'),
  `(function (require, importOutside, bundleUrl) {\n${inAscii(importing(bundle.text))}})\n`,
)
writeFileSync(inDist('bundle/LICENSES.txt'), licences(Object.keys(metafile.inputs)))

/** A script cannot import by itself: whoever starts it does so for it. */
function importing(text: string): string {
  const called = (name: string): string => `(${JSON.stringify(name)})`
  return outside.reduce(
    (done, name) => done.replaceAll(`import${called(name)}`, `importOutside${called(name)}`),
    text,
  )
}

/** V8 takes twice the memory for a text with any other letter; there are some in comments. */
function inAscii(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

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
