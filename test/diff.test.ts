// What diff compares with, what it prints, which code it exits with, and what `state:` selects by it.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { changesOf, files, git, summary, visits } from './diffed_project.js'
import { temporaryProject } from './support.js'

describe('diff', () => {
  test('the project in another directory, in a subfolder of a repository, and called from elsewhere: no change', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`a b/ü/${path}`, text])),
    )
    const web = join(base.directory, 'a b', 'ü')
    git(base.directory, 'init', '-q')
    git(base.directory, 'add', '-A')
    git(base.directory, 'commit', '-qm', 'base')
    assert.deepEqual(await changesOf(project, '--base', web), [])
    assert.deepEqual(await changesOf(base, '--project-dir', web, '--base', 'HEAD'), [])
    assert.deepEqual(await changesOf(base, '--project-dir', web, '--base', project.directory), [])
    writeFileSync(join(web, visits), files[visits].replace('The visits', 'Visits'))
    const changes = await changesOf(base, '--project-dir', web, '--base', 'HEAD')
    assert.deepEqual(summary(changes), { visits: ['cosmetic', visits] })
  })

  test('a base that does not compile: the fault is told as that of the base', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject({ ...files, 'models/bounces.sql': "select {{ no_such('s') }} as n" })
    const { code, stderr } = await project.seshat('diff', '--base', base.directory)
    assert.equal(code, 2)
    assert.match(stderr, /^error\[unknown-macro\]: in the base .*, models\/bounces\.sql:1:11: there is no/)
    assert.doesNotMatch(stderr, /-->/)
  })

  test('a switch of a module: the cause is the switch, of what it takes along and of what stands around it', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(files)
    project.write({ 'seshat.yml': `${files['seshat.yml']}modules: {users: {enabled: false}}\n` })
    const changes = summary(await changesOf(project, '--base', base.directory))
    assert.deepEqual(
      [...new Set(Object.values(changes).map(([, ...causes]) => causes.join()))],
      ['seshat.yml'],
    )
    assert.deepEqual(
      Object.keys(changes).filter(name => !name.includes('users')),
      [
        'sessions.setup',
        'sessions.commit',
        'metadata_counts',
        'sessions_userid_manifest_staged',
        'sessions.complete',
      ],
    )
    assert.deepEqual(changes['users'], ['logic destructive', 'seshat.yml'])
    project.write({
      'seshat.yml': files['seshat.yml'].replace('vars: {', 'vars: {page_views: {skip_derived: true}, '),
    })
    const skipped = summary(
      (await changesOf(project, '--base', base.directory)).filter(({ name }) => name !== 'page_views.commit'),
    )
    assert.deepEqual(
      [...new Set(Object.values(skipped).map(([, ...causes]) => causes.join()))],
      ['skip_derived'],
    )
  })

  test('markdown: what does not fit into a comment is left out, with a word on it, the most harmful first', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [
        `models/m${index}.sql`,
        `select ${Array.from({ length: 30 }, (_, column) => `${index} as column_${column}`).join(',\n')}\n`,
      ]),
    )
    const base = temporaryProject({ ...files, ...many })
    const project = temporaryProject({
      ...files,
      ...many,
      [visits]: files[visits].replace('as views', 'as seen'),
    })
    for (const [path, text] of Object.entries(many))
      project.write({ [path]: text.replaceAll(' as ', ' + 1 as ') })
    const { stdout } = await project.seshat('diff', '--base', base.directory, '--format', 'markdown')
    assert.ok(stdout.length > 50_000 && stdout.length < 61_000, String(stdout.length))
    const shown = stdout.match(/<details>/g)?.length ?? 0
    assert.ok(stdout.includes(`\n${121 - shown} more diffs are left out here`))
    assert.match(stdout, /^\| `m119` \|/m)
    assert.match(/<details>.*/.exec(stdout)?.[0] ?? '', /visits.*destructive/)
  })

  test('what lies downstream is read through other models', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(files)
    project.write({
      'models/bounces.sql': files['models/bounces.sql'].replace('where', 'where s.app_id is null and'),
    })
    const changes = await changesOf(project, '--base', base.directory)
    assert.deepEqual(
      changes.map(({ name, downstream }) => [name, downstream]),
      Array(3).fill(['bounces', ['reads_bounces']]),
    )
  })

  test('a target folder: its manifest is enough, and a second compilation is the same', async () => {
    const project = temporaryProject(files)
    assert.equal((await project.seshat('compile', '--all-adapters')).code, 0)
    const manifest = readFileSync(join(project.directory, 'target', 'manifest.json'), 'utf8')
    assert.equal(manifest.includes(project.directory), false)
    assert.deepEqual(await changesOf(project, '--state', 'target'), [])
    project.write({ [visits]: files[visits].replace('The visits', 'Visits') })
    assert.deepEqual(summary(await changesOf(project, '--state', 'target')), { visits: ['cosmetic', visits] })
  })

  test('state: selects what differs from a target folder, not what is only spelt otherwise, and says why', async () => {
    const project = temporaryProject(files)
    assert.equal((await project.seshat('compile', '--all-adapters', '--target-path', 'base')).code, 0)
    project.write({
      [visits]: files[visits].replace('The visits', 'Visits'),
      'models/bounces.sql': files['models/bounces.sql'].replace('where', 'where s.app_id is null and'),
      'models/another.sql': 'select 1 as one',
    })
    const select = async (...words: readonly string[]): Promise<readonly string[]> => {
      const { code, stdout, stderr } = await project.seshat('ls', '--state', 'base', '--select', ...words)
      assert.equal(code, 0, stderr)
      return stdout.trim().split('\n').sort()
    }
    assert.deepEqual(await select('state:modified'), ['another', 'bounces'])
    assert.deepEqual(await select('state:modified.logic,bounces'), ['bounces'])
    assert.deepEqual(await select('state:modified.cosmetic'), ['visits'])
    assert.deepEqual(await select('state:new'), ['another'])
    assert.deepEqual(await select('state:modified,bounces', 'reads_bounces', '--explain'), [
      'bounces  logic: models/bounces.sql',
      'reads_bounces  unchanged: beside what changed',
    ])
    const columns = await project.seshat('ls', '--state', 'base', '--select', 'state:modified.columns')
    assert.match(columns.stderr, /error\[nothing-selected\]/)
    const missing = await project.seshat('ls', '--select', 'state:modified')
    assert.match(missing.stderr, /error\[bad-selector\].*needs something to compare with/)
  })

  test('exit codes: 4 with --exit-code on any change, with --fail-on on those classes alone', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(files)
    project.write({ [visits]: files[visits].replace('The visits', 'Visits') })
    const codeOf = async (...words: readonly string[]) =>
      (await project.seshat('diff', '--base', base.directory, ...words)).code
    assert.deepEqual(
      [
        await codeOf(),
        await codeOf('--exit-code'),
        await codeOf('--fail-on', 'destructive'),
        await codeOf('--fail-on', 'cosmetic'),
      ],
      [0, 4, 0, 4],
    )
    assert.equal(await codeOf('--fail-on', 'cosmetics'), 2)
    const unknown = await project.seshat('diff', '--base', 'no-such-ref')
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /error\[unknown-base\]/)
  })
})
