// Folders of compiled files, written by a thread of its own or by none: what they hold, and what is told of a place that cannot be
// written to, are the same.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type FolderWriter, folderWriter } from '../compiler/folder_writer.js'
import { isSystemError } from '../compiler/system_errors.js'

const texts = Array.from({ length: 300 }, (_, index) => ({
  path: `group/${index}.sql`,
  text: `select ${index} as größe`,
}))

for (const [how, files] of [
  ['a thread of its own', 1_000],
  ['no other thread', 1],
] as const)
  describe(how, () => {
    async function inFolder(work: (folder: string, writer: FolderWriter) => Promise<void>): Promise<void> {
      const folder = mkdtempSync(join(tmpdir(), 'folder-writer-'))
      const writer = folderWriter(files)
      try {
        await work(folder, writer)
      } finally {
        await writer.close()
        rmSync(folder, { recursive: true })
      }
    }

    test('folders hold the files that they are given, and nothing else', () =>
      inFolder(async (folder, writer) => {
        const [one, other] = [join(folder, 'one'), join(folder, 'other')]
        await Promise.all([writer.write(one, texts), writer.write(other, texts.slice(0, 2))])
        assert.deepEqual(
          new Map(
            readdirSync(join(one, 'group')).map(name => [
              `group/${name}`,
              readFileSync(join(one, 'group', name), 'utf8'),
            ]),
          ),
          new Map(
            [...texts].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, text }) => [path, text]),
          ),
        )
        assert.deepEqual(readdirSync(join(other, 'group')), ['0.sql', '1.sql'])
        const long = new Date('2001-01-01T00:00:00Z')
        utimesSync(join(one, 'group/0.sql'), long, long)
        await writer.write(one, texts.slice(0, 1))
        assert.deepEqual(readdirSync(join(one, 'group')), ['0.sql'])
        assert.equal(statSync(join(one, 'group/0.sql')).mtimeMs, long.getTime())
      }))

    test('what the system refuses is told with its path, and others are written all the same', () =>
      inFolder(async (folder, writer) => {
        writeFileSync(join(folder, 'file'), 'no folder')
        const refused = writer.write(join(folder, 'file', 'below'), texts)
        const written = writer.write(join(folder, 'good'), texts.slice(0, 1))
        await assert.rejects(refused, cause => {
          assert.ok(isSystemError(cause))
          assert.equal(cause.code, 'ENOTDIR')
          assert.equal(cause.path, join(folder, 'file', 'below'))
          return true
        })
        await written
        assert.deepEqual(readdirSync(join(folder, 'good', 'group')), ['0.sql'])
      }))
  })
