// A new adapter, tried: an invented warehouse gets the standard model by a dialect, a driver and three variants of macros.
// docs/adapters.md shows its code, and nothing that is not its code.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parse } from 'libpg-query'
import type { Driver } from '../adapters/driver.js'
import { adapters } from '../adapters/registry.js'
import { Faults } from '../compiler/diagnostics.js'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { packageDirectory } from './command_line.js'
import { everyStatement } from './grammar/variants.js'
import { ModuleRuns, troubleAt } from './module_runs.js'
import { EVENT_RATES, randomVariables } from './oracle/event_rates.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches } from './oracle/load_batches.js'
import { random } from './oracle/random.js'
import { joined } from './oracle/web_data.js'
import { webModel } from './oracle/web_model.js'
import { type TestDatabase, temporaryProject } from './support.js'
import { seedsOf } from './test_seeds.js'
import { toy } from './toy_adapter/adapter.js'
import { assertWebTables, dropSchemas } from './web_tables.js'

const parts = join(packageDirectory, 'test', 'toy_adapter')
const macros = readFileSync(join(parts, 'macros.sql'), 'utf8')
const settings = { 'seshat.yml': 'name: t\nprofile: test\n' }
const project = temporaryProject({ ...settings, 'macros/toy.sql': macros })

const connect = (): Promise<Driver> =>
  toy.connect(toy.connection.parse({}), { projectDirectory: project.directory, application: 'seshat tests' })

/** The warehouse as the tests' other parts know databases. */
const databaseOf = (driver: Driver): TestDatabase => ({
  name: 'toy',
  profiles: '',
  query: async sql => (await driver.execute(sql)).rows,
  async rows(sql) {
    const { columns, rows } = await driver.execute(sql)
    return rows.map(row => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])))
  },
  load: (...load) => driver.load(...load),
  release: async () => undefined,
  close: () => driver.close(),
})

describe('a new adapter', () => {
  let driver: Driver
  before(async () => {
    driver = await connect()
  })
  after(() => driver.close())

  for (const seed of seedsOf(process.env['SESHAT_TEST_SEEDS'] ?? '1..3')) {
    test(`its rows are those of the events, seed ${seed}`, async () => {
      const from = random(seed)
      const variables = randomVariables(from)
      const data = webEvents({ seed, variables, rates: EVENT_RATES })
      const loads = loadBatches(data, variables, { seed, loads: from.int(1, 3) })
      const context = `seed ${seed} ${JSON.stringify(variables)}`
      const database = databaseOf(driver)
      await createAtomic(database)
      await dropSchemas(database)
      const runs = new ModuleRuns(project, driver, toy.dialect)
      for (const events of loads) {
        await loadAtomic(database, events)
        await runs.run('', { ...variables }, troubleAt({ kind: 'dies', at: from.int(0, 220) }))
      }
      const { code, diagnostics } = await runs.run('', { ...variables }, undefined, { untilCaughtUp: true })
      assert.equal(code, 0, `${context}\n${diagnostics.map(({ cause }) => cause).join('\n')}`)
      const expected = webModel(joined(loads), variables)
      await assertWebTables(database, expected, context)
    })
  }

  test('a text reaches the warehouse as it is', async () => {
    const text = `o'hara \\ "quoted" \\' żółć 🦉`
    assert.deepEqual((await driver.execute(`select ${toy.dialect.literal(text)}`)).rows, [[text]])
  })

  test('what would commit a transaction is refused in one, so that no plan can have it', async () => {
    const create = () => driver.execute('create table public.in_transaction (a int)')
    await assert.rejects(
      driver.transaction(create),
      (fault: Faults) =>
        fault instanceof Faults &&
        fault.diagnostics[0]?.message === 'this would commit the open transaction' &&
        fault.exitCode === 1,
    )
    await create()
  })
})

/** Everything that a run would execute. */
function compiled(of: typeof project): string {
  const { plan } = new ModuleRuns(of, {} as Driver, toy.dialect).compile([], { start_date: '2024-01-01' })
  return plan.steps
    .flatMap(step => step.batches)
    .flatMap(batch => batch.statements)
    .map(({ sql }) => sql)
    .join('\n')
}

test('macros of a new adapter: its own variants are taken, and the default ones where it has none', () => {
  const own = compiled(project)
  assert.match(own, /plus_seconds\(/)
  assert.match(own, /whole_seconds\(/)
  assert.doesNotMatch(own, /interval '|extract\(epoch/)
  assert.match(own, /e\.useragent\) ~ '/, 'contains_word has no variant of its own')
  const defaults = compiled(temporaryProject(settings))
  assert.match(defaults, /interval '3 day'/)
  assert.doesNotMatch(defaults, /plus_seconds\(e\.|whole_seconds\(/)
})

test('the grammar of a new adapter: every statement of every variant is parsed', async () => {
  const statements = everyStatement(toy.dialect)
  assert.ok(statements.length > 500, `only ${statements.length} statements`)
  for (const sql of statements)
    await assert.doesNotReject(
      parse(sql).then(({ stmts = [] }) => assert.equal(stmts.length, 1)),
      sql,
    )
})

const documentation = (name: string): string => readFileSync(join(packageDirectory, 'docs', name), 'utf8')

test('docs/adapters.md: its code is that of the toy adapter', () => {
  const sources = readdirSync(parts).map(name => readFileSync(join(parts, name), 'utf8'))
  const snippets = [...documentation('adapters.md').matchAll(/^```(?:ts|sql)\n(.*?)^```$/gms)].map(
    ([, code = '']) => code,
  )
  assert.ok(snippets.length >= 4, `only ${snippets.length} snippets`)
  for (const code of snippets)
    assert.ok(
      sources.some(source => source.includes(code)),
      `not in test/toy_adapter:\n${code}`,
    )
})

test('docs/warehouses.md: every key of every connection is explained', () => {
  const sections = documentation('warehouses.md').split(/^## /m)
  for (const { name, connection } of adapters.values()) {
    const section = sections.find(text => text.toLowerCase().startsWith(`${name}\n`))
    assert.ok(section, `no section for ${name}`)
    const explained = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key)
    assert.deepEqual(explained.sort(), Object.keys(connection.shape).sort(), name)
  }
})
