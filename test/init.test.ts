// seshat init: what it writes compiles; it writes over nothing; and the settings of playbooks arrive, with a list of what
// does not.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { packageDirectory, runCli } from './command_line.js'
import { playbooks } from './init_playbooks.js'
import { type TestProject, temporaryProject } from './support.js'

const empty = (): TestProject => temporaryProject({})
const read = (folder: TestProject, path: string): string => readFileSync(join(folder.directory, path), 'utf8')
const files = [
  ...['seshat.yml', 'profiles.yml', 'models/landing_pages.sql', 'models/models.yml', 'models/unit_tests.yml'],
  '.gitignore',
]

describe('init', () => {
  test('without a word more: a project that compiles and checks', async () => {
    const place = empty()
    const { code, stdout, stderr } = await place.seshat('init', 'acme', '--start-date', '2024-03-01')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^Wrote into acme:\n/)
    assert.match(stdout, /\n {2}cd acme\n {2}seshat compile /)
    const byNpx = await runCli(['init', 'other', '--yes'], place.directory, { npm_command: 'exec' })
    assert.match(
      byNpx.stdout,
      /\n {2}cd other\n {2}npx seshat compile .*\n[\s\S]*\n {2}npx seshat build .*\n$/,
    )
    const project = join(place.directory, 'acme')
    assert.deepEqual(readdirSync(project).sort(), ['.gitignore', 'models', 'profiles.yml', 'seshat.yml'])
    assert.match(read(place, 'acme/seshat.yml'), /^name: acme\nprofile: acme\n\nvars:\n/m)
    assert.match(read(place, 'acme/seshat.yml'), /^ {2}base:\n {4}start_date: 2024-03-01 /m)
    assert.equal((await runCli(['compile'], project)).code, 0)
    assert.equal((await runCli(['compile', '--all-adapters'], project)).code, 0)
    const check = await runCli(['check', '--adapter', 'postgres', '--select', 'landing_pages'], project)
    assert.equal(check.code, 0, check.stderr)
  })

  test('tests of the example: three data tests in the graph, and a unit test that fails with a wrong formula', async () => {
    const place = empty()
    assert.equal((await place.seshat('init', '--name', 'acme', '--adapter', 'redshift')).code, 0)
    const listed = await place.seshat('ls', '--select', 'landing_pages', '--output', 'name')
    assert.deepEqual(listed.stdout.trim().split('\n'), [
      'landing_pages',
      'expression_landing_pages_engaged_time_in_s_ge_0',
      'not_null_landing_pages_domain_sessionid',
      'unique_landing_pages_domain_sessionid',
    ])
    const unitTest = () => place.seshat('test', '--select', 'resource_type:unit_test')
    const right = await unitTest()
    assert.equal(right.code, 0, right.stderr)
    assert.match(right.stdout, /\n {2}ok {4}pages_seen_twice_count_once +unit test /)
    const path = 'models/landing_pages.sql'
    place.write({ [path]: read(place, path).replace('count(distinct p.page_urlpath)', 'count(*)') })
    const wrong = await unitTest()
    assert.equal(wrong.code, 1, wrong.stderr)
  })

  for (const adapter of ['postgres', 'redshift', 'snowflake']) {
    test(`--adapter ${adapter}: compiles without an environment, and holds no secret`, async () => {
      const place = empty()
      const { code, stderr } = await place.seshat('init', '--adapter', adapter, '--name', 'acme')
      assert.equal(code, 0, stderr)
      const profiles = read(place, 'profiles.yml')
      assert.match(profiles, new RegExp(`type: ${adapter}\n`))
      assert.match(profiles, /password: "\{\{ env_var\('[A-Z_]+PASSWORD', ''\) \}\}"\n/)
      assert.equal((await place.seshat('compile')).code, 0)
    })
  }

  test('flags: what they say stands in the files', async () => {
    const place = empty()
    const words = ['--adapter', 'postgres', '--host', 'db.example.com', '--port', '5433', '--user', 'u#1']
    const schemas = ['--input-schema', 'raw', '--scratch-schema', 'tmp', '--output-schema', 'marts']
    const { code, stderr } = await place.seshat('init', '--name', 'acme', ...words, ...schemas)
    assert.equal(code, 0, stderr)
    assert.equal(
      read(place, 'profiles.yml').split('\n').slice(1).join('\n'),
      `acme:
  target: dev
  outputs:
    dev:
      type: postgres
      host: "db.example.com"
      port: 5433
      user: "u#1"
      password: "{{ env_var('PGPASSWORD', '') }}"
      database: "{{ env_var('PGDATABASE', 'web') }}"
`,
    )
    assert.match(
      read(place, 'seshat.yml'),
      /^ {2}input_schema: raw\n {2}scratch_schema: tmp\n {2}output_schema: marts\n/m,
    )
    assert.equal((await place.seshat('compile')).code, 0)
  })

  test('--with-demo-data: the events of the demo, in one run', async () => {
    const place = empty()
    assert.equal((await place.seshat('init', 'shop', '--with-demo-data')).code, 0)
    for (const file of readdirSync(join(packageDirectory, 'demo', 'seeds')))
      assert.ok(
        readFileSync(join(packageDirectory, 'demo', 'seeds', file)).equals(
          readFileSync(join(place.directory, 'shop', 'seeds', file)),
        ),
        file,
      )
    const plan = await runCli(['build', '--dry-run'], join(place.directory, 'shop'))
    assert.equal(plan.code, 0, plan.stderr)
    assert.match(plan.stdout, /\nevents +seed +seeds +\d+\n/)
    assert.ok(!existsSync(join(place.directory, 'shop', 'target')))
  })

  test('--dry-run: lists the files and writes none', async () => {
    const place = empty()
    const { code, stdout } = await place.seshat('init', 'acme', '--dry-run')
    assert.equal(code, 0)
    assert.equal(stdout, `Would write into acme:\n${files.map(file => `  ${file}\n`).join('')}`)
    assert.deepEqual(readdirSync(place.directory), [])
  })

  test('in the way: lists all of it and writes nothing', async () => {
    const place = temporaryProject({
      'models/models.yml': 'mine',
      'seshat.yml': 'name: mine\n',
      'keep.txt': '',
    })
    const { code, stderr } = await place.seshat('init')
    assert.equal(code, 2)
    assert.match(
      stderr,
      /^error\[in-the-way\]: nothing was written: \. has seshat\.yml, models\/models\.yml\n/,
    )
    assert.deepEqual(readdirSync(place.directory).sort(), ['keep.txt', 'models', 'seshat.yml'])
    assert.equal(read(place, 'models/models.yml'), 'mine')
  })

  test('in the way: a link out of the folder, or a file where a folder has to be', async () => {
    const [place, elsewhere] = [empty(), empty()]
    mkdirSync(join(place.directory, 'acme'))
    symlinkSync(elsewhere.directory, join(place.directory, 'acme', 'models'))
    const linked = await place.seshat('init', 'acme')
    assert.equal(linked.code, 2)
    assert.match(linked.stderr, /acme has models\n/)
    assert.deepEqual(readdirSync(elsewhere.directory), [])
    place.write({ file: '' })
    assert.match((await place.seshat('init', 'file')).stderr, /: file has a file of that name\n/)
  })

  test('a .gitignore that is there is left alone, and what to add is said', async () => {
    const place = temporaryProject({ '.gitignore': '*.log\n' })
    const { code, stdout } = await place.seshat('init', '--name', 'acme')
    assert.equal(code, 0)
    assert.match(stdout, /Add to its \.gitignore: target\/ \.seshat\/ node_modules\/\n/)
    assert.equal(read(place, '.gitignore'), '*.log\n')
  })

  test('words that cannot be: all of them are told, and nothing is written', async () => {
    const place = empty()
    const { code, stderr } = await place.seshat(
      ...['init', '--adapter', 'postgress', '--name', 'a b', '--start-date', '2024-02-30'],
      ...['--output-schema', 'x; drop', '--with-demo-data'],
    )
    assert.equal(code, 2)
    const codes = [...stderr.matchAll(/^error\[([a-z-]+)\]/gm)].map(match => match[1])
    assert.deepEqual(codes, [
      ...['unknown-adapter', 'bad-identifier', 'bad-identifier', 'bad-usage', 'bad-usage'],
    ])
    assert.match(stderr, /Did you mean 'postgres'\?/)
    assert.deepEqual(readdirSync(place.directory), [])
  })

  test('a folder whose name cannot be a project: gets one that can', async () => {
    const place = empty()
    assert.equal((await place.seshat('init', '2024 web-shop')).code, 0)
    assert.match(read(place, '2024 web-shop/seshat.yml'), /^name: project_2024_web_shop$/m)
  })
})

/** A terminal of its own, as `script` makes one, and what is typed into it once it has asked. */
async function inTerminal(place: TestProject, typed: readonly string[]) {
  const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')
  const child = spawn('script', ['-qec', `'${process.execPath}' '${cli}' init acme`, '/dev/null'], {
    cwd: place.directory,
  })
  let shown = ''
  child.stdout.on('data', chunk => (shown += String(chunk)))
  const asked = (): number => shown.split(']: ').length - 1
  for (const [index, text] of typed.entries()) {
    for (let waited = 0; asked() <= index; waited += 20) {
      assert.ok(waited < 20_000, shown)
      await sleep(20)
    }
    child.stdin.write(text)
  }
  const [code] = (await once(child, 'close')) as [number]
  return { code, shown }
}

describe('init, at a terminal', () => {
  test('asks, again where an answer cannot be, and takes Enter for the default', async () => {
    const place = empty()
    // Name, warehouse (wrong, right), host, user, database, three schemas (one wrong first), first day.
    const { code, shown } = await inTerminal(place, [
      'web\r',
      'mysql\r',
      'postgres\r',
      'db.example.com\r',
      '\r',
      '\r',
      '\r',
      'a b\r',
      'tmp\r',
      '\r',
      '2024-05-01\r',
    ])
    assert.equal(code, 0, shown)
    assert.match(shown, /'mysql' is none of embedded, postgres/)
    assert.match(shown, /'a b' must match/)
    assert.match(read(place, 'acme/seshat.yml'), /^name: web$/m)
    assert.match(read(place, 'acme/seshat.yml'), /^ {2}scratch_schema: tmp$/m)
    assert.match(read(place, 'acme/seshat.yml'), /start_date: 2024-05-01 /)
    assert.match(read(place, 'acme/profiles.yml'), /host: "db\.example\.com"\n {6}user: "\{\{ env_var/)
  })

  test('Ctrl-C at a question: ends with 130 and writes nothing', async () => {
    const place = empty()
    const { code, shown } = await inTerminal(place, ['web\r', '\u0003'])
    assert.equal(code, 130, shown)
    assert.match(shown, /error\[interrupted\]/)
    assert.deepEqual(readdirSync(place.directory), [])
  })
})

describe('init --from-playbooks', () => {
  test('settings arrive with the place they come from; what does not is listed by file and line', async () => {
    const place = temporaryProject(
      Object.fromEntries(Object.entries(playbooks).map(([path, text]) => [`old/${path}`, text])),
    )
    const { code, stdout, stderr } = await place.seshat('init', 'web', '--from-playbooks', 'old')
    assert.equal(code, 0, stderr)
    const main = 'standard/01-base/01-base-main.yml.tmpl'
    const views = 'standard/02-page-views/01-page-views-main.yml.tmpl'
    const sessions = 'standard/03-sessions/01-sessions-main.yml.tmpl'
    assert.equal(
      read(place, 'web/seshat.yml').split('\n').slice(1).join('\n'),
      `name: web
profile: web

vars:
  input_schema: atomic_raw # ${main}:12
  scratch_schema: tmp # ${main}:13
  output_schema: marts # ${main}:14
  entropy: "" # ${main}:15
  base:
    start_date: 2022-05-01 # ${main}:16
    lookback_window_hours: 12 # ${main}:17
    update_cadence_days: 14 # ${main}:18
    stage_next: true # ${main}:19
    cleanup_mode: debug # standard/01-base/99-base-complete.yml.tmpl:5
  page_views:
    minimum_visit_length: 8 # ${views}:5
    heartbeat: 15 # ${views}:6
    ua_bot_filter: false # ${views}:7
    iab: true # ${views}:9
  sessions:
    scratch_schema: tmp_sessions # ${sessions}:2
    upsert_lookback_days: 0 # ${sessions}:4
    skip_derived: false # ${sessions}:5
  custom:
    goal_path: "/thanks" # custom/02-page-views-join/01-page-views-join.yml.tmpl:3
`,
    )
    const listed = [...stdout.matchAll(/^ {2}(\S+:\d+) {2}(.*)$/gm)].map(match => `${match[1]} ${match[2]}`)
    const about = (text: string): string => text.replace(/^(\S+) ([^:]*).*/, '$1 $2')
    assert.deepEqual(listed.map(about), [
      'broken.yml.tmpl:2 the file cannot be read',
      'custom/02-page-views-join/01-page-views-join.yml.tmpl:7 custom/02-page-views-join/join.sql',
      'custom/02-page-views-join/01-page-views-join.yml.tmpl:9 custom/02-page-views-join/commit.sql',
      `${main}:4 host`,
      `${main}:8 password`,
      `${main}:9 ssl off`,
      `${main}:11 model_version`,
      `${main}:20 platform_filters`,
      'standard/01-base/99-base-complete.yml.tmpl:6 ends_run',
      `${views}:4 entropy`,
      `${views}:8 {{if .enrich}}`,
      `${views}:11 upsert_lookback_day`,
      `${sessions}:6 heartbeat`,
      'standard/03-sessions/XX-destroy-sessions.yml.tmpl:2 scratch_schema',
    ])
    assert.match(listed.join('\n'), /upsert_lookback_day: .*nearest is upsert_lookback_days/)
    assert.match(read(place, 'web/profiles.yml'), /target: our_warehouse\n/)
    const everything = execFileSync('cat', [...files.map(file => join(place.directory, 'web', file))])
    assert.doesNotMatch(everything.toString() + stdout + stderr, /planted-secret/)
    const compiled = await runCli(['compile'], join(place.directory, 'web'))
    assert.equal(compiled.code, 0, compiled.stderr)
  })

  test('a folder without playbooks, or none: an error, and nothing is written', async () => {
    const place = temporaryProject({ 'old/readme.md': '' })
    for (const folder of ['old', 'older']) {
      const { code, stderr } = await place.seshat('init', 'web', '--from-playbooks', folder)
      assert.equal(code, 2)
      assert.match(stderr, /^error\[no-playbooks\]/)
    }
    assert.ok(!existsSync(join(place.directory, 'web')))
  })
})
