// A compilation that takes most from the last one gives what one gives that has none: the same bytes, the same words.

import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { digest } from '../compiler/digest.js'
import {
  bringTo,
  compiledBefore,
  compiledFile,
  edited,
  type Files,
  keptFile,
  orders,
  priced,
  recompiledFiles,
  sameAsCold,
  targetOf,
} from './recompiled_project.js'
import { temporaryProject } from './support.js'

describe('what an edit spares', () => {
  for (const [what, files] of [
    ['nothing', recompiledFiles],
    ['a number', edited(orders, '> 0', '> 1')],
    ['a comment above the config', edited(orders, /^/, '-- Orders.\n\n')],
    ['a comment behind the last call', edited(priced, '-- prices', '-- all prices')],
    ['a join', edited(orders, 'as o\n', 'as o\ninner join a.b as b on b.id = o.order_id\n')],
    ['a column of a model that YAML does not describe', edited(priced, ' as half', ' as half, 1 as one')],
    [
      'a cast of a described column',
      edited('models/marts/totals.sql', 'sum(o.amount)', 'cast(sum(o.amount) as bigint)'),
    ],
    ['letters of other languages', edited(orders, '> 0', "> 0 and o.name <> 'Łódź 東京 🜚'")],
    ['line ends', edited(orders, /\n/g, '\r\n')],
    ['a semicolon', edited('models/marts/totals.sql', ';', '')],
    ['all of a select without calls', edited('models/marts/short.sql', 'select 1 as one', 'select 2 as two')],
    ['an incremental model', edited('models/marts/grown.sql', '> 1', '> 2')],
    [
      'dollars, which mean something where texts are replaced',
      edited(orders, '> 0', "> 0 and o.a <> '$& $1 $$'"),
    ],
  ] as const)
    test(`${what}: nothing is compiled, and the bytes are those of a whole compilation`, async () => {
      const project = await compiledBefore()
      bringTo(project, files)
      assert.equal(await sameAsCold(project, files, ['--all-adapters']), true)
      assert.equal(await sameAsCold(project, files, ['--all-adapters']), true)
      bringTo(project, recompiledFiles)
      assert.equal(await sameAsCold(project, recompiledFiles, ['--all-adapters']), true)
    })

  test('two models at once: nothing is compiled', async () => {
    const project = await compiledBefore()
    const files = {
      ...edited(orders, '> 0', '> 7'),
      [priced]: edited(priced, 'prices', 'prizes')[priced] ?? '',
    }
    bringTo(project, files)
    assert.equal(await sameAsCold(project, files, ['--all-adapters']), true)
  })
})

describe('what an edit does not spare', () => {
  for (const [what, files] of [
    ['a config', edited(orders, "'table'", "'view'")],
    ['a ref', edited('models/marts/totals.sql', "ref('orders')", "ref('shared')")],
    ['a column of a model that YAML describes', edited(orders, 'o.amount\n', 'o.amount, 1 as one\n')],
    ['an ephemeral model', edited('models/shared.sql', '> 10', '> 11')],
    ['a model that an ephemeral one stands in', edited('models/marts/large.sql', 'cross join', 'inner join')],
    ['a model with a tag', edited('models/marts/dated.sql', '> 5', '> 6')],
    ['a model that is off', edited('models/marts/off.sql', 'one', 'two')],
    ['a macro', edited('macros/half.sql', '/ 2', '/ 4')],
    ['a test', edited('tests/positive.sql', '< 0', '< 1')],
    ['a seed', edited('seeds/rates.csv', 'EUR,1', 'EUR,2')],
    ['a description', edited('models/orders.yml', 'Orders.', 'All orders.')],
    ['a variable', edited('seshat.yml', 'least: 3', 'least: 4')],
    ['a model that came', { ...recompiledFiles, 'models/new.sql': 'select 1 as one' }],
    [
      'a model that has gone',
      Object.fromEntries(Object.entries(recompiledFiles).filter(([path]) => !path.endsWith('short.sql'))),
    ],
    ['nothing but blanks', { ...recompiledFiles, 'models/marts/short.sql': ' \n' }],
    ['a comment alone', { ...recompiledFiles, 'models/marts/short.sql': '-- one' }],
    ['a control character', edited('models/marts/short.sql', 'one', 'o\u0001ne')],
    ['a comment of the template', edited(orders, 'where', '{# why #}where')],
    ['a filter', edited(orders, "{{ source('shop', 'orders') }}", "{{ source('shop', 'orders') | trim }}")],
    ['a call that is not closed', edited(orders, ' }} as o', ' as o')],
  ] as const)
    test(`${what}: the bytes and the words of a whole compilation`, async () => {
      const project = await compiledBefore()
      bringTo(project, files)
      assert.equal(await sameAsCold(project, files, ['--all-adapters']), false)
    })

  for (const words of [
    ['--adapter', 'redshift'],
    ['--all-adapters', '--vars', '{custom: {least: 5}}'],
    ['--all-adapters', '--select', 'orders'],
    ['--all-adapters', '--full-refresh'],
    ['--all-adapters', '--backfill', '2024-01-01..2024-01-02'],
  ])
    test(`other words, ${words.join(' ')}: what they ask for`, async () => {
      const project = await compiledBefore()
      rmSync(join(targetOf(project), 'compiled'), { recursive: true })
      await sameAsCold(project, recompiledFiles, words)
      assert.equal(await sameAsCold(project, recompiledFiles, ['--all-adapters']), false)
    })
})

describe('what is compiled for', () => {
  const profiles = (type: string, password: string): string =>
    JSON.stringify({
      t: {
        target: 'dev',
        outputs: {
          dev: { type, host: 'h', port: 1, user: 'u', password, database: 'd' },
          own: { type: 'embedded' },
        },
      },
    })
  const withProfile = {
    ...recompiledFiles,
    'seshat.yml': `profile: t\n${recompiledFiles['seshat.yml']}`,
    'profiles.yml': profiles('postgres', 'secret'),
  }
  const edit = { [orders]: edited(orders, '> 0', '> 1')[orders] ?? '' }

  async function afterEdit(
    before: Files,
    change: Files,
    words: readonly string[] = [],
    then = words,
  ): Promise<boolean> {
    const project = temporaryProject(before)
    await sameAsCold(project, before, words)
    const files = { ...before, ...edit, ...change }
    project.write(files)
    return sameAsCold(project, files, then)
  }

  test('no profile: nothing is compiled', async () =>
    assert.equal(await afterEdit(recompiledFiles, {}), true))
  test('a profile: nothing is compiled', async () => assert.equal(await afterEdit(withProfile, {}), true))
  test('another password: nothing is compiled', async () =>
    assert.equal(await afterEdit(withProfile, { 'profiles.yml': profiles('postgres', 'other') }), true))
  test('another adapter in the profile: what that wants', async () => {
    await afterEdit(withProfile, { 'profiles.yml': profiles('redshift', 'secret') })
  })
  test('a variable that the environment lacks: the words for that', async () =>
    assert.equal(
      await afterEdit(withProfile, {
        'profiles.yml': profiles('postgres', "{{ env_var('SESHAT_NO_SUCH') }}"),
      }),
      false,
    ))
  test('another target: what that wants', async () => {
    await afterEdit(withProfile, {}, [], ['--target', 'own'])
  })
})

/** What may become of the files of a target folder, and of those that are kept in it. */
const damages: Readonly<Record<string, (target: string) => void>> = {
  'a compiled file was edited': target => appendFileSync(compiledFile(target), '-- mine\n'),
  'a compiled file has other bytes that read the same': target =>
    writeFileSync(
      compiledFile(target),
      Buffer.concat([readFileSync(compiledFile(target)), Buffer.from([0xff])]),
    ),
  'a compiled file is gone': target => rmSync(compiledFile(target)),
  'a compiled file is a folder': target => {
    rmSync(compiledFile(target))
    mkdirSync(compiledFile(target))
  },
  'a compiled file is a link': target => {
    renameSync(compiledFile(target), join(target, '../aside.sql'))
    symlinkSync(join(target, '../aside.sql'), compiledFile(target))
  },
  'a file came': target => writeFileSync(join(target, 'compiled/postgres/custom/mine.sql'), 'select 1;\n'),
  'a folder came': target => mkdirSync(join(target, 'compiled/postgres/mine')),
  'the plan is gone': target => rmSync(join(target, 'compiled/postgres/plan.txt')),
  'the folder of an adapter is gone': target =>
    rmSync(join(target, 'compiled/redshift'), { recursive: true }),
  'the manifest was edited': target =>
    writeFileSync(
      join(target, 'manifest.json'),
      readFileSync(join(target, 'manifest.json'), 'utf8').replace('"table"', '"tables"'),
    ),
  'the manifest is gone': target => rmSync(join(target, 'manifest.json')),
  'what is kept is cut off': target =>
    writeFileSync(keptFile(target), readFileSync(keptFile(target)).subarray(0, 700)),
  'what is kept was edited': target =>
    writeFileSync(keptFile(target), readFileSync(keptFile(target), 'utf8').replaceAll('amount', 'price')),
  'what is kept is no text': target => writeFileSync(keptFile(target), Buffer.alloc(3_000, 0xff)),
  'what is kept is gone': target => rmSync(keptFile(target)),
  'what is kept is a folder': target => {
    rmSync(keptFile(target))
    mkdirSync(keptFile(target))
  },
}

describe('what is no more as the last compilation left it', () => {
  for (const [what, damage] of Object.entries(damages))
    test(`${what}: it is compiled, and all is as it should be`, async () => {
      const project = await compiledBefore()
      const files = edited(orders, '> 0', '> 1')
      bringTo(project, files)
      damage(targetOf(project))
      assert.equal(await sameAsCold(project, files, ['--all-adapters']), false)
      bringTo(project, recompiledFiles)
      // Where a folder is in the place of the file that is kept, nothing can be.
      assert.equal(
        await sameAsCold(project, recompiledFiles, ['--all-adapters']),
        what !== 'what is kept is a folder',
      )
    })

  for (const [what, from, to] of [
    ['a target that leads elsewhere', '"name":"postgres"', '"name":"../../elsewhere"'],
    ['a compiled file that lies elsewhere', '"custom/orders.sql"', '"../../../elsewhere/orders.sql"'],
  ] as const)
    test(`what is kept was made by hand and has ${what}: it is compiled`, async () => {
      const project = await compiledBefore()
      const elsewhere = join(project.directory, 'elsewhere')
      mkdirSync(elsewhere)
      const text = readFileSync(join(targetOf(project), 'compiled/postgres/custom/orders.sql'))
      writeFileSync(join(elsewhere, 'orders.sql'), text)
      const [json = ''] = readFileSync(keptFile(targetOf(project)), 'utf8').split('\n')
      const escaped = (part: string): string => part.replaceAll('"', '\\"')
      const made = json.replaceAll(from, to).replaceAll(escaped(from), escaped(to))
      assert.notEqual(made, json)
      writeFileSync(keptFile(targetOf(project)), `${made}\n${digest(made)}`)
      const files = edited(orders, '> 0', '> 1')
      bringTo(project, files)
      assert.equal(await sameAsCold(project, files, ['--all-adapters']), false)
      assert.deepEqual(readFileSync(join(elsewhere, 'orders.sql')), text)
    })

  test('another command has written the manifest: it is compiled', async () => {
    const project = await compiledBefore()
    const { code } = await project.seshat('check')
    assert.equal(code, 0)
    assert.equal(await sameAsCold(project, recompiledFiles, ['--all-adapters']), false)
  })

  test('a project is moved: nothing is compiled', async () => {
    const project = await compiledBefore()
    const moved = temporaryProject(recompiledFiles)
    renameSync(targetOf(project), targetOf(moved))
    assert.equal(await sameAsCold(moved, recompiledFiles, ['--all-adapters']), true)
  })

  test('three compilations at once, each of other words: the last one is right', async () => {
    const project = await compiledBefore()
    const files = edited(orders, '> 0', '> 3')
    bringTo(project, files)
    const all = [[], ['--select', 'orders'], ['--vars', '{custom: {tax: 3}}']]
    await Promise.all(all.map(words => project.seshat('compile', '--all-adapters', ...words)))
    await sameAsCold(project, files, ['--all-adapters'])
    assert.equal(await sameAsCold(project, files, ['--all-adapters']), true)
  })
})

describe('edits at random', () => {
  const models = Object.keys(recompiledFiles).filter(
    path => path.startsWith('models/') && path.endsWith('.sql'),
  )
  const texts = [
    '-- a note\n',
    '\n\n',
    ' ',
    ', 1 as one',
    ' and 1 = 1',
    ';',
    "'quoted'",
    '"Quoted"',
    "''",
    '$$',
    '$&',
    '\\',
    '/* so */',
    'select *',
    '()',
    '(',
    'é東🜚',
    '{',
    '}',
    '{{ ',
    ' }}',
    '{# so #}',
    "{{ var('tax') }}",
    "{{ half('1') }}",
    "{{ ref('orders') }}",
    "{{ config(tags=['x']) }}",
    '* 2',
    '1.2',
    '\r\n',
    'with a as (select 1 as b) ',
    ' union all select 1, 2',
    '/ 2',
  ]
  const step = fc.record({
    what: fc.constantFrom(
      ...Array.from({ length: 12 }, () => 'insert' as const),
      ...Array.from({ length: 4 }, () => 'take out' as const),
      'add',
      'remove',
      'rename',
      'macro',
      'yaml',
      'settings',
      'variables',
      'adapter',
      'selection',
      'damage',
      'nothing',
      'back',
    ),
    which: fc.nat(1_000),
    place: fc.nat(1_000),
    text: fc.constantFrom(...texts),
  })
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

  function after(files: Files, { what, which, place, text }: Step): Files {
    const paths = Object.keys(files).filter(path => models.includes(path) || path.startsWith('models/new'))
    const path = paths[which % paths.length] ?? orders
    const own = files[path] ?? ''
    const at = place % (own.length + 1)
    const { [path]: _, ...others } = files
    const replaced = (file: string, from: string, to: string): Files => ({
      ...files,
      [file]: (files[file] ?? '').replace(from, to),
    })
    switch (what) {
      case 'insert':
        return { ...files, [path]: own.slice(0, at) + text + own.slice(at) }
      case 'take out':
        return { ...files, [path]: own.slice(0, at) + own.slice(at + 1 + (which % 9)) }
      case 'add':
        return { ...files, [`models/new_${which % 3}.sql`]: `select ${place} as number -- ${text}` }
      case 'remove':
        return others
      case 'rename':
        return { ...others, [`models/marts/renamed_${which % 3}.sql`]: own }
      case 'macro':
        return replaced('macros/half.sql', '/ 2', `/ ${place}`)
      case 'yaml':
        return replaced('models/orders.yml', 'Orders.', `Orders ${place}.`)
      case 'settings':
        return replaced('seshat.yml', 'least: 3', `least: ${place}`)
      case 'back':
        return recompiledFiles
      default:
        return files
    }
  }

  function wordsOf({ what, which }: Step): readonly string[] {
    if (what === 'adapter') return ['--adapter', ['postgres', 'redshift', 'snowflake'][which % 3] ?? '']
    if (what === 'variables') return ['--all-adapters', '--vars', `{custom: {tax: ${which % 3}}}`]
    return ['--all-adapters', ...(what === 'selection' ? ['--select', 'orders+'] : [])]
  }

  test('each compilation gives what one gives that has no other before it', async context => {
    let [spared, all] = [0, 0]
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async steps => {
        const project = temporaryProject(recompiledFiles)
        let files = recompiledFiles
        await project.seshat('compile', '--all-adapters')
        for (const next of steps) {
          files = after(files, next)
          bringTo(project, files)
          const damage = Object.values(damages)[next.which % Object.keys(damages).length]
          if (next.what === 'damage') attempt(() => damage?.(targetOf(project)))
          all += 1
          if (await sameAsCold(project, files, wordsOf(next))) spared += 1
          // A fault in one step would hide all that follow.
          if ((await project.seshat('compile', '--all-adapters')).code !== 0) files = recompiledFiles
        }
      }),
      { numRuns: Number(process.env['SESHAT_TEST_RUNS'] ?? 8) },
    )
    context.diagnostic(`${spared} of ${all} were spared`)
    assert.ok(spared > 0)
  })
})

/** What is not there cannot be damaged. */
function attempt(work: () => void): void {
  try {
    work()
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
  }
}
