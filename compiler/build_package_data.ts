// The last step of the build: reads the package's own files once and keeps what was read (package_data.ts), so that no run of
// seshat has to.

import { writeFileSync } from 'node:fs'
import {
  type BuiltTemplate,
  builtKey,
  type PackageData,
  packageDataFile,
  readersDigest,
} from './package_data.js'
import { readPlainTemplate } from './plain_template.js'
import { packageDirectory, packagePrefix, readFolder, type SourceFile } from './source_file.js'
import { templateCode } from './template_compiler.js'
import { findCalls, findMacros, nodesOf, parseTemplate } from './template_syntax.js'
import { readDocument } from './yaml_document.js'
import { placesData } from './yaml_places.js'

const read = (folder: string, ending: string): readonly SourceFile[] =>
  readFolder(packageDirectory, folder, [ending], [], packagePrefix)

function builtTemplate(file: SourceFile): BuiltTemplate {
  const ast = parseTemplate(file)
  const nodes = nodesOf(ast)
  // Compiling lifts and renames nodes, so the tree is asked first.
  const [calls, macros] = [findCalls(file, nodes), [...findMacros(file, nodes)]]
  return { calls, macros, code: templateCode(file, ast) }
}

function builtYaml(file: SourceFile): PackageData['yaml'][string] {
  const { data, document } = readDocument(file, false)
  return { data, places: placesData(document.contents) }
}

const yaml = read('models', '.yml')
const templates = [...read('models', '.sql'), ...read('macros', '.sql')].filter(
  file => !readPlainTemplate(file),
)
const data: PackageData = {
  readers: readersDigest(),
  yaml: Object.fromEntries(yaml.map(file => [builtKey(file), builtYaml(file)])),
  templates: Object.fromEntries(templates.map(file => [builtKey(file), builtTemplate(file)])),
}
writeFileSync(packageDataFile, JSON.stringify(data))
