// The pages of docs/reference are what the code gives: npm run reference writes them anew. Every code of a diagnostic that
// has a meaning is said somewhere; that each that is said has a meaning, the compiler sees to.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { program } from '../compiler/cli/program.js'
import { codeGroups } from '../compiler/diagnostic_codes.js'
import { examplesOf } from '../compiler/reference_pages/commands.js'
import { referencePages } from '../compiler/reference_pages/pages.js'
import { packageDirectory } from './command_line.js'

const folder = join(packageDirectory, 'docs', 'reference')
const cli = program(() => assert.fail('nothing is run'))
const pages = referencePages(cli)
if (process.env['UPDATE_GOLDEN']) {
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of pages) writeFileSync(join(folder, file), text)
}

const sources = ['compiler', 'adapters'].flatMap(root =>
  readdirSync(join(packageDirectory, root), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.startsWith('codes/'))
    .map(file => readFileSync(join(packageDirectory, root, file), 'utf8')),
)

describe('reference', () => {
  test('the pages in docs/reference are what the code gives: npm run reference', () => {
    assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort())
    for (const [file, text] of pages) assert.equal(readFileSync(join(folder, file), 'utf8'), text, file)
  })

  test('errors: each code that has a meaning is said by the code', () => {
    const codes = Object.values(codeGroups).flatMap(group => Object.keys(group))
    assert.deepEqual(codes, [...new Set(codes)])
    const unused = codes.filter(code => !sources.some(text => text.includes(`'${code}'`)))
    assert.deepEqual(unused, [])
  })

  test('errors: codes are kebab-case, their meanings sentences', () => {
    for (const group of Object.values(codeGroups))
      for (const [code, { what, why, next }] of Object.entries(group)) {
        assert.match(code, /^[a-z]+(-[a-z]+)*$/)
        for (const text of [what, why, next]) assert.match(text, /^\S.*\S$/s, code)
      }
  })

  test('commands: each has a description and examples that name it', () => {
    for (const command of cli.commands) {
      assert.match(command.description(), /\w/, command.name())
      const examples = examplesOf(command)
      assert.match(examples, new RegExp(`seshat ${command.name()}\\b`), command.name())
    }
  })
})
