// Folders of text that are brought up to date: what they hold afterwards, and what was left alone.

import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeFolder } from '../compiler/text_folder.js'

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'text-folder-'))
  try {
    work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Every file below a folder, with its text. */
const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map(path => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  )

test('text folder: holds the files that it is given, and nothing else', () =>
  inFolder(folder => {
    mkdirSync(join(folder, 'gone', 'deep'), { recursive: true })
    writeFileSync(join(folder, 'gone', 'deep', 'old.sql'), 'old')
    mkdirSync(join(folder, 'file.sql'))
    writeFileSync(join(folder, 'kept'), 'a file where a folder has to be')
    symlinkSync(folder, join(folder, 'link.sql'))
    writeFolder(folder, [
      { path: 'file.sql', text: 'a' },
      { path: 'kept/changed.sql', text: 'b' },
      { path: 'link.sql', text: 'c' },
    ])
    assert.deepEqual(contents(folder), { 'file.sql': 'a', 'kept/changed.sql': 'b', 'link.sql': 'c' })
    assert.deepEqual(readdirSync(folder).sort(), ['file.sql', 'kept', 'link.sql'])
  }))

test('text folder: a file with the same text is left as it is, another is written', () =>
  inFolder(folder => {
    const long = new Date('2001-01-01T00:00:00Z')
    for (const name of ['same.sql', 'other.sql']) {
      writeFileSync(join(folder, name), 'before')
      utimesSync(join(folder, name), long, long)
    }
    writeFolder(folder, [
      { path: 'same.sql', text: 'before' },
      { path: 'other.sql', text: 'after' },
    ])
    assert.deepEqual(contents(folder), { 'same.sql': 'before', 'other.sql': 'after' })
    assert.equal(statSync(join(folder, 'same.sql')).mtimeMs, long.getTime())
    assert.notEqual(statSync(join(folder, 'other.sql')).mtimeMs, long.getTime())
  }))

test('text folder: is made where there is none, and where a file stands', () =>
  inFolder(folder => {
    writeFileSync(join(folder, 'target'), 'a file')
    for (const name of ['target', 'new/target']) {
      writeFolder(join(folder, name), [{ path: 'a/b/c.sql', text: 'c' }])
      assert.deepEqual(contents(join(folder, name)), { 'a/b/c.sql': 'c' })
    }
  }))
