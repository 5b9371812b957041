// A project that is one long chain of models, each named before the one that it reads.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modulesOff, temporaryProject } from './support.js'

const length = 5000
const nameOf = (index: number): string => `m${String(index).padStart(4, '0')}`

test('long chain: models stand in the order of their refs, however many there are', async () => {
  const names = Array.from({ length }, (_, index) => nameOf(index))
  const models = names.map((name, index) => {
    const above = names[index + 1]
    return [`models/${name}.sql`, above ? `select c.a from {{ ref('${above}') }} as c` : 'select 1 as a']
  })
  const project = temporaryProject({
    'seshat.yml': `name: t\n${modulesOff('base', 'page_views', 'sessions', 'users')}`,
    ...Object.fromEntries(models),
  })
  const { code, stdout } = await project.seshat('ls')
  assert.equal(code, 0)
  assert.deepEqual(stdout.trim().split('\n'), names.reverse())
})
