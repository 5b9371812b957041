// target/manifest.json holds the statements that stand in the compiled files, one after the other.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ProjectState } from '../compiler/manifest.js'
import { temporaryProject } from './support.js'

test('manifest: the statements of a node are those of its compiled file, in their order and with what each is for', async () => {
  const project = temporaryProject({
    'seshat.yml': 'name: t\nvars: {start_date: 2024-01-01}\n',
    'models/grown.sql':
      "{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}\nselect 1 as id",
    'models/looked_at.sql': "select g.id from {{ ref('grown') }} as g",
  })
  const { code, stderr } = await project.seshat('compile', '--all-adapters')
  assert.equal(code, 0, stderr)
  const target = join(project.directory, 'target')
  const { targets } = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8')) as ProjectState
  let count = 0
  for (const [name, { nodes }] of Object.entries(targets))
    for (const { compiled_file: path, statements } of nodes) {
      if (path === null) continue
      const file = readFileSync(join(target, 'compiled', name, path), 'utf8')
      let at = 0
      for (const { purpose, sql, only_if: conditions = [] } of statements) {
        const start = file.indexOf(`-- ${purpose}`, at)
        assert.ok(start >= at, `${path}: ${purpose}`)
        const end = file.indexOf(`\n${sql};`, start)
        assert.ok(end > start, `${path}: ${sql}`)
        const comments = file.slice(start, end)
        assert.equal(
          comments.split('-- only if').length - 1 >= conditions.length,
          true,
          `${path}: ${comments}`,
        )
        at = end + sql.length
        count += 1
      }
    }
  assert.ok(count > 500, `${count} statements`)
})
