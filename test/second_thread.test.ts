// What another thread does for a compilation, or none: what selects say, what folders of compiled files hold, and what is told of a
// place that cannot be written to, are the same.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type SecondThread, secondThread } from '../compiler/second_thread.js'
import { SelectStates } from '../compiler/select_state.js'
import { isSystemError } from '../compiler/system_errors.js'

const texts = Array.from({ length: 300 }, (_, index) => ({
  path: `group/${index}.sql`,
  text: `select ${index} as größe`,
}))

const selects = [
  ['select a.x, cast(a.y as bigint) as y from \u0001ref:a:full\u0001 as a'],
  ['select * from \u0001source:b.c:full\u0001'],
  ["select 'it\\'s' as text, z::integer from d"],
  ['select 1 as one', 'select 1 as one, 2 as two'],
].map(([sql = '', rebuildSql = sql]) => ({ sql, rebuildSql }))

for (const [how, files] of [
  ['a thread of its own', 1_000],
  ['no other thread', 1],
] as const)
  describe(how, () => {
    async function inFolder(work: (folder: string, thread: SecondThread) => Promise<void>): Promise<void> {
      const folder = mkdtempSync(join(tmpdir(), 'second-thread-'))
      const thread = secondThread(files)
      try {
        await work(folder, thread)
      } finally {
        await thread.close()
        rmSync(folder, { recursive: true })
      }
    }

    test('selects say what they say when they are asked', () =>
      inFolder(async (folder, thread) => {
        thread.readSelects(selects, false)
        thread.readSelects(selects, true)
        await thread.write(folder, []) // one after the other: those are read by now
        const states = thread.selectStates()
        for (const escapes of [false, true])
          for (const select of selects)
            assert.deepEqual(states.of(select, escapes), new SelectStates().of(select, escapes))
        const other = { sql: 'select 1 as other', rebuildSql: 'select 1 as other' }
        assert.deepEqual(
          states.of(other, false).columns?.map(({ name }) => name),
          ['other'],
        )
      }))

    test('a digest of each text is told, in their order', () =>
      inFolder(async (folder, thread) => {
        const [one, other] = await Promise.all([
          thread.write(join(folder, 'one'), texts),
          thread.write(join(folder, 'other'), texts.slice(0, 2)),
        ])
        // The first 64 bits of SHA-256.
        assert.deepEqual(other, one?.slice(0, 2))
        assert.deepEqual(
          one,
          texts.map(({ text }) => createHash('sha256').update(text).digest('hex').slice(0, 16)),
        )
      }))

    test('folders hold the files that they are given, and nothing else', () =>
      inFolder(async (folder, thread) => {
        const [one, other] = [join(folder, 'one'), join(folder, 'other')]
        await Promise.all([thread.write(one, texts), thread.write(other, texts.slice(0, 2))])
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
        await thread.write(one, texts.slice(0, 1))
        assert.deepEqual(readdirSync(join(one, 'group')), ['0.sql'])
        assert.equal(statSync(join(one, 'group/0.sql')).mtimeMs, long.getTime())
      }))

    test('what the system refuses is told with its path, and others are written all the same', () =>
      inFolder(async (folder, thread) => {
        writeFileSync(join(folder, 'file'), 'no folder')
        const refused = thread.write(join(folder, 'file', 'below'), texts)
        const written = thread.write(join(folder, 'good'), texts.slice(0, 1))
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
