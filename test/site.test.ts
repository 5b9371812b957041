// docs build: what stands in the pages, as text; test/site_browser.test.ts looks at them in a browser.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { compilePlan } from '../compiler/compile.js'
import { digest } from '../compiler/digest.js'
import { loadProject } from '../compiler/project.js'
import { highlightSql, highlightTemplate } from '../compiler/site/highlight.js'
import { siteFiles } from '../compiler/site/site.js'
import { packageDirectory } from './command_line.js'
import { shopFiles } from './site_fixture.js'
import { temporaryProject } from './support.js'

const demo = join(packageDirectory, 'demo')

const textOf = (html: string): string =>
  html
    .replaceAll(/<wbr>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

describe('docs build', () => {
  const project = temporaryProject(shopFiles)
  let said = ''
  const page = (path: string): string => readFileSync(join(project.directory, 'target/docs', path), 'utf8')
  before(async () => {
    const result = await project.seshat('docs', 'build')
    assert.deepEqual([result.code, result.stderr], [0, ''])
    said = result.stdout
  })

  test('the pages: one for each node, source and table of others', () => {
    assert.match(said, /^Wrote \d+ pages to target\/docs; open target\/docs\/index\.html\n$/)
    const nodes = readdirSync(join(project.directory, 'target/docs/nodes'))
    for (const name of ['orders', 'sessions', 'sessions.setup', 'sessions.commit', 'users.complete'])
      assert.ok(nodes.includes(`${name}.html`), name)
    assert.ok(nodes.includes('page_views_staged.html'), 'filled by others')
    assert.ok(nodes.includes('sessions_times.html'), 'a data test')
    assert.deepEqual(readdirSync(join(project.directory, 'target/docs/sources')).sort(), [
      'shop.orders.html',
      'unknown_schema.undeclared.html',
    ])
  })

  test('a model: description as text, facts, columns with types, descriptions and origins', () => {
    const html = page('nodes/orders.html')
    assert.ok(!html.includes('<script>alert'), 'markup of a description is text')
    assert.ok(html.includes('with <code>code</code> and &lt;script&gt;'))
    const text = textOf(html)
    assert.match(text, /Table derived\.orders/)
    assert.match(text, /Tags daily/)
    assert.match(text, /meta\.owner Anna/)
    assert.match(text, /total integer The amount of the order\. shop\.orders\.amount/)
    assert.match(
      text,
      /order_id varchar\(36\) The order\. \(as shop\.orders\.order_id \) shop\.orders\.order_id/,
    )
    assert.match(text, /Read by session_orders/)
  })

  test('a model: its unit tests as rules, those of the standard model too', () => {
    const html = page('nodes/orders.html')
    assert.ok(html.includes('One is &lt;b&gt;added&lt;/b&gt;.'))
    assert.match(textOf(html), /Unit tests orders_cost_one_more One is/)
    assert.match(
      textOf(page('nodes/sessions_this_run.html')),
      /sessions\.page_views_without_a_session A page view without a session id gives nothing\./,
    )
    assert.ok(!existsSync(join(project.directory, 'target/docs/nodes/orders_cost_one_more.html')))
  })

  test('a column that is a copy: described as what it is a copy of', () => {
    const text = textOf(page('nodes/session_orders.html'))
    assert.match(text, /page_views integer How many page views it has\. \(as sessions\.page_views \)/)
  })

  test('a model that cannot be typed: its columns are not known, and nothing is made up', () => {
    const html = page('nodes/guesses.html')
    assert.ok(!html.includes('<table'), 'no column is known')
    const lineage = page('data/lineage.js')
    assert.ok(!lineage.includes('"guesses"'))
  })

  test('declared columns of a model that cannot be typed: unknown, by that word', async () => {
    const other = temporaryProject({
      ...shopFiles,
      'models/guesses.yml': 'models: [{name: guesses, columns: [{name: guess, description: A guess.}]}]\n',
    })
    assert.equal((await other.seshat('docs', 'build', '-q')).code, 0)
    const html = readFileSync(join(other.directory, 'target/docs/nodes/guesses.html'), 'utf8')
    assert.match(textOf(html), /guess unknown A guess\. unknown/)
    const lineage = readFileSync(join(other.directory, 'target/docs/data/lineage.js'), 'utf8')
    assert.ok(lineage.includes('["guesses",[["guess",0]]]'))
  })

  test('the SQL of a model: as written and of each adapter', () => {
    const html = page('nodes/orders.html')
    for (const title of ['As written', 'postgres', 'redshift', 'snowflake'])
      assert.ok(html.includes(`data-title="${title}"`), title)
    assert.match(textOf(html), /select o\.order_id/)
  })

  test('a step of the life cycle: what runs before it and behind it', () => {
    const text = textOf(page('nodes/sessions.complete.html'))
    assert.match(text, /Runs behind session_orders/)
    assert.match(text, /removes from its input what was read/)
  })

  test('every link: leads to a page, and its anchor is on it', () => {
    const root = join(project.directory, 'target/docs')
    const pages = [
      'index.html',
      'graph.html',
      ...['nodes', 'sources'].flatMap(folder =>
        readdirSync(join(root, folder)).map(name => `${folder}/${name}`),
      ),
    ]
    let links = 0
    for (const path of pages) {
      const html = page(path)
      for (const [, href = ''] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
        if (href.startsWith('data:')) continue
        assert.ok(!/^[a-z]+:|^\/\//.test(href), `${path} asks for ${href}`)
        const url = new URL(href, `file:///${path}`)
        const file = url.pathname.slice(1)
        assert.ok(existsSync(join(root, file)), `${path} -> ${href}`)
        const anchor = decodeURIComponent(url.hash.slice(1))
        if (anchor && file !== 'graph.html')
          assert.ok(page(file).includes(` id="${anchor}"`), `${path} -> ${href}`)
        links += 1
      }
    }
    assert.ok(links > 500, String(links))
  })

  test('built again: the same bytes', async () => {
    const index = page('nodes/sessions.html')
    const again = await project.seshat('docs', 'build', '--output', 'elsewhere')
    assert.equal(again.code, 0)
    assert.equal(readFileSync(join(project.directory, 'elsewhere/nodes/sessions.html'), 'utf8'), index)
  })

  test('a folder that holds something else: refused, and left as it is', async () => {
    mkdirSync(join(project.directory, 'mine'))
    writeFileSync(join(project.directory, 'mine/letter.txt'), 'dear')
    const result = await project.seshat('docs', 'build', '--no-lineage', '--output', 'mine')
    assert.equal(result.code, 2)
    assert.match(result.stderr, /^error\[not-a-docs-folder\]/)
    assert.equal(readFileSync(join(project.directory, 'mine/letter.txt'), 'utf8'), 'dear')
  })

  test('a word that is no action: bad usage', async () => {
    const result = await project.seshat('docs', 'eat')
    assert.equal(result.code, 2)
    assert.match(result.stderr, /^error\[bad-usage\]: docs takes one of two words: build or serve/)
  })
})

describe('the last run', () => {
  const compiled = new Map([
    [
      'postgres',
      compilePlan(loadProject(demo), {
        dialect: postgresDialect,
        target: 'postgres',
        select: [],
        exclude: [],
        fullRefresh: false,
        tests: 'all',
      }),
    ],
  ])
  const step = {
    run: 1,
    module: 'sessions',
    seconds: 1.25,
    rows: null,
    reports: [],
    failures: null,
    message: null,
    statement_hash: '',
  }
  const fault = { code: 'test-failed', severity: 'error' as const, message: '3 rows break <it>' }
  const files = siteFiles({
    compiled,
    lineage: undefined,
    lastRun: {
      version: 1,
      package_version: '',
      invocation_id: '',
      retry_of: null,
      command: 'build',
      project: 'demo',
      target: 'dev',
      adapter: 'embedded',
      arguments: {
        select: [],
        exclude: [],
        state: null,
        vars: null,
        target: null,
        profiles_dir: null,
        full_refresh: false,
        backfill: null,
        until_caught_up: false,
        threads: null,
        hidden: false,
      },
      plan_hash: '',
      selected: [],
      started_at: '2024-02-03T04:05:06.789Z',
      finished_at: '2024-02-03T04:06:06.789Z',
      seconds: 60,
      status: 'error',
      diagnostics: [],
      report: null,
      retries: [],
      results: [
        {
          ...step,
          id: 'sessions.commit',
          kind: 'commit',
          status: 'success',
          written: { sessions: 42 },
          diagnostics: [],
        },
        { ...step, id: 'sessions', kind: 'model', status: 'success', written: {}, diagnostics: [] },
        { ...step, id: 'sessions_times', kind: 'test', status: 'error', written: {}, diagnostics: [fault] },
      ],
    },
  })
  const text = (path: string): string => textOf(files.find(file => file.path === path)?.text ?? '')

  test('on the first page: how it ended, when it began, how many steps', () => {
    assert.match(
      text('index.html'),
      /The last build failed , begun 2024-02-03 04:05:06 UTC on dev , 60 s; steps: 2 done, 1 failed\./,
    )
  })

  test('of a table: the rows that its commit wrote', () => {
    assert.match(text('nodes/sessions.html'), /It succeeded in the build begun .* 1\.3 s, 42 rows\./)
  })

  test('of a test: what it found, and that it failed on the page of its table', () => {
    assert.match(text('nodes/sessions_times.html'), /test-failed 3 rows break &lt;it&gt;/)
    assert.match(text('nodes/sessions.html'), /sessions_times failed/)
  })

  test('a source that a seed fills: reads it, as the page of the seed says', () => {
    assert.match(text('sources/atomic.events.html'), /Reads events Read by /)
    assert.match(text('nodes/events.html'), /Reads nothing Read by atomic\.events /)
  })

  test('of a node that was no part of it: that it was none', () => {
    assert.match(text('nodes/users.html'), /It was no part of the last build/)
  })
})

describe('docs build, again and again', () => {
  const project = temporaryProject(shopFiles)
  const page = (name: string): string =>
    readFileSync(join(project.directory, 'target/docs/nodes', name), 'utf8')
  const kept = (): readonly string[] =>
    readdirSync(join(project.directory, 'target/.cache')).filter(name => name.endsWith('.lineage.json'))

  test('the lineage that check has left is used, until a file or a variable changes', {
    timeout: 120_000,
  }, async () => {
    assert.equal((await project.seshat('check', '--adapter', 'postgres')).code, 0)
    const [first = ''] = kept()
    // Whoever reads it instead of typing anew tells what stands in it.
    const path = join(project.directory, 'target/.cache', first)
    const json = (readFileSync(path, 'utf8').split('\n')[0] ?? '').replaceAll(
      '"column":"amount"',
      '"column":"from_cache"',
    )
    writeFileSync(path, `${json}\n${digest(json)}`)
    assert.equal((await project.seshat('docs', 'build')).code, 0)
    assert.deepEqual(kept(), [first])
    assert.match(page('orders.html'), /from_<wbr>cache/)
    project.write({ 'models/orders.sql': `${shopFiles['models/orders.sql']}-- changed\n` })
    assert.equal((await project.seshat('docs', 'build')).code, 0)
    assert.equal(kept().length, 2)
    assert.doesNotMatch(page('orders.html'), /from_<wbr>cache/)
    assert.match(page('orders.html'), /#column-amount/)
  })

  test('--dry-run: says what it would write, and writes nothing', async () => {
    const fresh = temporaryProject(shopFiles)
    const { code, stdout } = await fresh.seshat('docs', 'build', '--dry-run')
    assert.equal(code, 0)
    assert.match(stdout, /^seshat docs would write \d+ pages to target\/docs\nNothing was written\.\n$/)
    assert.deepEqual(readdirSync(fresh.directory).sort(), ['models', 'seshat.yml'])
    assert.equal((await fresh.seshat('docs', 'serve', '--dry-run')).code, 0)
  })
})

describe('the standard model', () => {
  const { modules, columnWords } = loadProject(demo)
  const tables = [...modules.values()].flatMap(({ definition }) => Object.entries(definition.tables))

  test('its public tables: each is described', () => {
    assert.deepEqual(
      tables.filter(([, { description }]) => description.length < 10).map(([name]) => name),
      [],
    )
    assert.equal(tables.length, 9)
  })

  test('columns of its public tables: each is described', () => {
    const bare = tables.flatMap(([table, { columns }]) =>
      columns.filter(({ description = '' }) => description.length < 10).map(({ name }) => `${table}.${name}`),
    )
    assert.deepEqual(bare, [])
  })

  test('models/columns.yml: names columns that there are', () => {
    const kept = readFileSync(join(packageDirectory, 'compiler/metadata.ts'), 'utf8')
    const columns = new Set([
      ...tables.flatMap(([, table]) => table.columns.map(({ name }) => name)),
      ...Object.values(loadProject(demo).model.sources['atomic'] ?? {}).flatMap(list =>
        list.map(({ name }) => name),
      ),
      ...[...kept.matchAll(/column\('(\w+)'/g)].map(([, name]) => name),
    ])
    assert.deepEqual(
      Object.keys(columnWords).filter(name => !columns.has(name)),
      [],
    )
  })

  test('the page of the metadata: its columns are described', () => {
    const project = loadProject(demo)
    const options = {
      dialect: postgresDialect,
      target: 'x',
      select: [],
      exclude: [],
      fullRefresh: false,
      tests: 'all' as const,
    }
    const files = siteFiles({
      compiled: new Map([['postgres', compilePlan(project, options)]]),
      lineage: undefined,
      lastRun: undefined,
    })
    const html = files.find(({ path }) => path === 'nodes/datamodel_metadata.html')?.text ?? ''
    assert.equal([...html.matchAll(/<tr id="column-/g)].length, 14)
    assert.ok(!html.includes('<span class="none">none</span>'))
  })
})

describe('highlighting', () => {
  test('SQL: words, texts, numbers, comments and calls; all else as it stands', () => {
    assert.equal(
      highlightSql("select sum(a) -- <b>\nfrom t where b = 'x''y' and c > 1", false),
      '<i class=k>select</i> <i class=f>sum</i>(a)<i class=c> -- &lt;b&gt;\n</i><i class=k>from</i> t <i class=k>where</i> b = <i class=s>&#39;x&#39;&#39;y&#39;</i> <i class=k>and</i> c &gt; <i class=n>1</i>',
    )
  })

  test('a template inside of a text: the text goes on behind it', () => {
    assert.equal(
      highlightTemplate("select '{{ a }}b' as c"),
      '<i class=k>select</i> <i class=s>&#39;</i><i class=t>{{ a }}</i><i class=s>b&#39;</i> <i class=k>as</i> c',
    )
  })
})
