// What the build has read of the package's own files is what reading them gives.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtTemplate, builtYaml } from '../compiler/package_data.js'
import { readPlainTemplate } from '../compiler/plain_template.js'
import { packageDirectory, packagePrefix, readFolder, type SourceFile } from '../compiler/source_file.js'
import { templateCode } from '../compiler/template_compiler.js'
import { parseTemplate } from '../compiler/template_syntax.js'
import { parsedText } from '../compiler/template_text.js'
import { readDocument } from '../compiler/yaml_document.js'
import { placesOf, type YamlPath } from '../compiler/yaml_places.js'

const files = (ending: string): readonly SourceFile[] =>
  ['models', 'macros'].flatMap(folder => readFolder(packageDirectory, folder, [ending], [], packagePrefix))

test('templates: calls, macros and code are those of the text, and none has a trap', () => {
  const templates = files('.sql').filter(file => !readPlainTemplate(file))
  assert.ok(templates.length > 20)
  for (const file of templates) {
    const { calls, macros, traps } = parsedText(file)
    const code = templateCode(file, parseTemplate(file))
    assert.deepEqual([builtTemplate(file), traps], [{ calls, macros: [...macros], code }, []], file.path)
  }
})

/** Every path of some data, and below each one that leads nowhere. */
function pathsOf(data: unknown, path: YamlPath = []): readonly YamlPath[] {
  const below = typeof data === 'object' && data !== null ? Object.entries(data) : []
  const steps = below.map(([key, value]) => [Array.isArray(data) ? Number(key) : key, value] as const)
  return [path, [...path, 'nowhere'], ...steps.flatMap(([key, value]) => pathsOf(value, [...path, key]))]
}

test('YAML: values, and the places of all of them, are those of the text', () => {
  assert.ok(files('.yml').length > 5)
  for (const file of files('.yml')) {
    const { document, data } = readDocument(file, false)
    const places = placesOf(document.contents)
    const built = builtYaml(file)
    assert.deepEqual(built?.data, data, file.path)
    for (const path of pathsOf(data)) {
      const where = `${file.path} ${path.join('.')}`
      assert.deepEqual(built?.places.valueAt(path), places.valueAt(path), where)
      assert.deepEqual(built?.places.keyAt(path), places.keyAt(path), where)
    }
  }
})

test('a file of another text, or of a project, is not known', () => {
  const [file] = files('.yml')
  assert.ok(file)
  assert.equal(builtYaml({ ...file, text: `${file.text}# more\n` }), undefined)
  assert.equal(builtYaml({ ...file, path: file.path.slice(packagePrefix.length) }), undefined)
})
