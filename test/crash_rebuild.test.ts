// A rebuild from the events that dies around its swap, the one moment in which it touches production: whoever gives the same
// command again, or goes on with ordinary runs, ends in the tables of the events.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { corpusOf, corpusProject, corpusTables } from './crash/corpus.js'
import { connectTo, type Interference, ModuleRuns, troubleAt } from './module_runs.js'
import { differences } from './oracle/compare.js'
import { databases, type TestDatabase } from './support.js'

const corpus = corpusOf(12)

for (const { name, open } of databases) {
  describe(`a rebuild that dies on ${name}`, () => {
    const project = corpusProject(corpus)
    let database: TestDatabase
    let runs: ModuleRuns
    let statements = 0
    /** The one that commits the swap. */
    let swapped = 0
    before(async () => {
      database = await open()
      runs = new ModuleRuns(project, await connectTo(database))
      await createAtomic(database)
      for (const load of corpus.loads) await loadAtomic(database, load)
      assert.equal((await rebuild()).code, 0)
      // Where the tables are there it takes fewer statements than the first time.
      const counting: Interference = (statement, inTransaction) => {
        statements = statement
        if (inTransaction) swapped = statement
      }
      assert.equal((await rebuild(counting)).code, 0)
    })
    after(async () => {
      await runs.driver.close()
      await database.close()
    })
    const rebuild = (interference?: Interference) => runs.run('', {}, interference, { fullRefresh: true })

    for (const { when, at } of [
      { when: 'before its swap is committed', at: () => swapped },
      { when: 'after its swap', at: () => swapped + 1 },
      { when: 'while it drops what stood aside', at: () => statements - 2 },
    ])
      test(`${when}: the same command again ends in the tables of the events, custom ones too`, async () => {
        assert.ok(swapped + 1 < statements - 2)
        assert.equal((await rebuild(troubleAt({ kind: 'dies', at: at() }))).code, 1)
        const again = await rebuild()
        assert.equal(again.code, 0, JSON.stringify(again.diagnostics))
        for (const [table, rows] of corpusTables(corpus)) {
          const found = await database.rows(`select * from derived.${table.name}`)
          assert.deepEqual(differences(rows, found, table), [], table.name)
        }
        const twice =
          'select run_id, module from derived.datamodel_metadata group by 1, 2 having count(*) > 1'
        assert.deepEqual(await database.query(twice), [])
        const left = `select relname from pg_class where relname like '%rebuild%'`
        assert.deepEqual(await database.query(left), [])
      })
  })
}
