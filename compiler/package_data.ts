// What the build has read already of the package's own files: the data of its YAML files, and its templates, parsed and compiled. A
// file that says something else by now, or a package that was built by another compiler, is read as any file is.

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Place } from './diagnostics.js'
import { digest } from './digest.js'
import { isStandard, packageDirectory, type SourceFile } from './source_file.js'
import type { Call } from './template_syntax.js'
import { type PlacesData, placesOfData, type YamlPlaces } from './yaml_places.js'

export interface BuiltTemplate {
  readonly calls: readonly Call[]
  readonly macros: readonly (readonly [name: string, at: Place])[]
  /** The body of a function of `places`. */
  readonly code: string
}

export interface PackageData {
  /** Of what reads such files. */
  readonly readers: string
  /** By the path and the text of the file. */
  readonly yaml: Readonly<Record<string, { readonly data: unknown; readonly places: PlacesData }>>
  readonly templates: Readonly<Record<string, BuiltTemplate>>
}

export const packageDataFile = join(packageDirectory, 'dist/package_data.json')

const readerFiles = [
  'package_data',
  'template_checks',
  'template_compiler',
  'template_syntax',
  'yaml_document',
  'yaml_places',
]

/** Changes whenever templates or YAML could be read otherwise. */
export function readersDigest(): string {
  const texts = readerFiles.map(name =>
    readFileSync(join(packageDirectory, `dist/compiler/${name}.js`), 'utf8'),
  )
  const { resolve } = createRequire(import.meta.url)
  const versions = ['nunjucks', 'yaml'].map(name => readFileSync(resolve(`${name}/package.json`), 'utf8'))
  return digest([...texts, ...versions].join('\u0000'))
}

export const builtKey = ({ path, text }: SourceFile): string => digest(`${path}\u0000${text}`)

/** What a YAML file of the package holds; undefined where it has to be read. */
export function builtYaml(
  file: SourceFile,
): { readonly data: unknown; readonly places: YamlPlaces } | undefined {
  const found = isStandard(file) ? packageData().yaml[builtKey(file)] : undefined
  return found && { data: found.data, places: placesOfData(found.places) }
}

/** A template of the package; undefined where it has to be read. */
export function builtTemplate(file: SourceFile): BuiltTemplate | undefined {
  const found = isStandard(file) ? packageData().templates[builtKey(file)] : undefined
  return found && { ...found, calls: found.calls.map(withUndefined) }
}

/** JSON has null for it. */
const withUndefined = (call: Call): Call => ({
  ...call,
  arguments: call.arguments.map(argument => argument ?? undefined),
})

let known: PackageData | undefined

function packageData(): PackageData {
  known ??= readPackageData()
  return known
}

const nothing: PackageData = { readers: '', yaml: {}, templates: {} }

function readPackageData(): PackageData {
  if (!existsSync(packageDataFile)) return nothing
  const data = JSON.parse(readFileSync(packageDataFile, 'utf8')) as PackageData
  return data.readers === readersDigest() ? data : nothing
}
