// The files of a commit are those of its checkout: what a project is does not depend on which of the two it was read from.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Diagnostic } from '../compiler/diagnostics.js'
import { commitOf, committedFiles, contentsOf } from '../compiler/git_files.js'
import { projectOf } from '../compiler/project.js'
import { filesOfContents, filesOfFolder, type ProjectFiles } from '../compiler/project_files.js'
import { temporaryProject } from './support.js'

function commitEverything(directory: string): void {
  const git = (...words: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], { cwd: directory })
  git('init', '-q')
  git('add', '-A')
  git('commit', '-q', '-m', 'all')
}

function committed(directory: string): ProjectFiles {
  const commit = commitOf(directory, 'HEAD')
  assert.ok(commit)
  return filesOfContents(directory, contentsOf(directory, committedFiles(directory, commit)))
}

test('files of a commit: the same project as from its folder', () => {
  const { directory } = temporaryProject({
    'seshat.yml': 'name: t\r\nvars: {start_date: 2024-01-01}\r\n',
    'models/b.sql': '\ufeffselect 1 as x\r\n',
    'models/a/deep/c.sql': "select x from {{ ref('b') }}\n",
    'models/a.yml': 'models: [{name: b, description: "ü"}]\n',
    'models/.hidden/d.sql': 'select broken',
    'models/.e.sql': 'select broken',
    'models/notes.txt': 'none of ours',
    'seeds/s.csv': 'id\n1\n',
    'macros/m.sql': '{% macro m() %}1{% endmacro %}\n',
  })
  mkdirSync(join(directory, 'models', 'empty'))
  commitEverything(directory)
  const paths = projectOf(committed(directory)).sources.map(({ path }) => path)
  assert.deepEqual(paths, [
    'seshat.yml',
    'models/a.yml',
    'models/a/deep/c.sql',
    'models/b.sql',
    'macros/m.sql',
    'seeds/s.csv',
  ])
  assert.deepEqual(projectOf(committed(directory)).sources, projectOf(filesOfFolder(directory)).sources)
})

test('files of a commit: what cannot be read is told as it is of a folder, links are left out', () => {
  const { directory } = temporaryProject({
    'seshat.yml': 'name: t\n',
    'models/a.sql': 'select 1 as x',
    'models/control.sql': 'select \u0007',
  })
  writeFileSync(join(directory, 'models', 'latin.sql'), Buffer.from([0x73, 0xe4, 0x0a]))
  const told = (files: ProjectFiles): unknown => {
    const faults: Diagnostic[] = []
    const found = files.below('models', ['.sql'], faults)
    return [found.map(({ path }) => path), faults.map(({ code, message, at }) => [code, message, at])]
  }
  const ofFolder = told(filesOfFolder(directory))
  symlinkSync('a.sql', join(directory, 'models', 'link.sql'))
  commitEverything(directory)
  assert.deepEqual(told(committed(directory)), ofFolder)
  assert.deepEqual(ofFolder, [
    ['models/a.sql'],
    [
      [
        'unreadable-file',
        'models/control.sql holds a control character (code 7)',
        { file: 'models/control.sql', line: 1, column: 8, length: 1 },
      ],
      [
        'unreadable-file',
        'models/latin.sql is not UTF-8 text',
        { file: 'models/latin.sql', line: 1, column: 1, length: 1 },
      ],
    ],
  ])
})
