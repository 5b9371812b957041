// Words of the command line, and what earlier commands have left: damaged, or made by somebody else.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { HostileCase, HostileFile } from './case.js'

const words = (name: string, given: readonly string[], ...expect: readonly string[]): HostileCase => ({
  name: `words: ${name}`,
  words: given,
  expect: expect.length === 0 ? 'ok' : expect,
})
const select = (text: string, ...expect: readonly string[]): HostileCase =>
  words(
    `--select ${text.length > 40 ? `${text.slice(0, 40)}...` : JSON.stringify(text)}`,
    ['ls', '--select', text],
    ...expect,
  )
const left = (
  name: string,
  made: Readonly<Record<string, HostileFile>>,
  given: readonly string[],
  ...expect: readonly string[]
): HostileCase => ({
  name: `left behind: ${name}`,
  files: made,
  words: given,
  expect: expect.length === 0 ? 'ok' : expect,
})
const manifest = (name: string, text: string, ...expect: readonly string[]): HostileCase =>
  left(`a manifest that is ${name}`, { 'old/manifest.json': text }, ['diff', '--base', 'old'], ...expect)
const repository = (path: string): void => {
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', args, { cwd: dirname(path), stdio: 'ignore' })
  writeFileSync(path, '')
  git('init', '-q')
  git('add', '-A')
  git('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qm', 'x')
}
const base = (ref: string, ...expect: readonly string[]): HostileCase => ({
  name: `diff --base ${JSON.stringify(ref)}`,
  files: { note: repository },
  words: ['diff', `--base=${ref}`],
  expect: expect.length === 0 ? 'ok' : expect,
})
const playbook = (name: string, text: string | Uint8Array, ...expect: readonly string[]): HostileCase => ({
  name: `playbook: ${name}`,
  files: { 'old/a.yml.tmpl': text },
  words: ['init', 'new', '--yes', '--from-playbooks', 'old'],
  expect: expect.length === 0 ? 'ok' : expect,
})
const node = (more: string): string =>
  `{"version": 3, "project": "t", "lineage": "unknown", "targets": {"postgres": {"adapter": "postgres", "package_version": "0", "whole": true, "neutral": "0123456789abcdef", "macros": {}, "naming": {}, "yaml": {}, "unused": {}, "nodes": [{"name": "plain", "kind": "model", "module": null, "file": null, "hash": null, "config_at": null, "yaml": [], "materialized": "view", "relation": null, "description": null, "config": {}, "columns": null, "depends_on": [], "refs": [], "sources": [], "variables": {}, "macros": [], "inlines": [], "select": null, "statements": [], ${more}}]}}}`

export const cases: readonly HostileCase[] = [
  words('a command that there is not', ['rm', '-rf', '/'], 'usage'),
  words('an option that there is not', ['compile', '--exec', 'x'], 'usage'),
  words('an adapter called constructor', ['compile', '--adapter', 'constructor'], 'unknown-adapter'),
  words('an adapter called __proto__', ['compile', '--adapter', '__proto__'], 'unknown-adapter'),
  words('an adapter that is a path', ['compile', '--adapter', '../../outside'], 'unknown-adapter'),
  words('a project that there is not', ['compile', '--project-dir', '/nowhere'], 'no-project'),
  words('a project that is a file', ['compile', '--project-dir', 'seshat.yml'], 'no-project'),
  words('a project of NUL', ['compile', '--project-dir', 'a\u0000b'], 'no-project'),
  words('a project of 10,000 letters', ['compile', '--project-dir', 'x'.repeat(10_000)], 'no-project'),
  words('a target of NUL', ['compile', '--adapter', 'postgres', '--target-path', 'a\u0000b'], 'bad-usage'),
  words('a target that is /', ['compile', '--adapter', 'postgres', '--target-path', '/'], 'bad-usage'),
  words(
    'a target that is the project',
    ['compile', '--adapter', 'postgres', '--target-path', '.'],
    'bad-usage',
  ),
  words(
    'a target above the project',
    ['compile', '--adapter', 'postgres', '--target-path', '..'],
    'bad-usage',
  ),
  words(
    'a target that is models',
    ['compile', '--adapter', 'postgres', '--target-path', 'models'],
    'bad-usage',
  ),
  words('a target in seeds', ['compile', '--adapter', 'postgres', '--target-path', 'seeds/x'], 'bad-usage'),
  words('a target in .git', ['compile', '--adapter', 'postgres', '--target-path', '.git/hooks'], 'bad-usage'),
  words(
    'a target that is a file',
    ['compile', '--adapter', 'postgres', '--target-path', 'seshat.yml'],
    'cannot-write',
  ),
  words(
    'a target below a file',
    ['compile', '--adapter', 'postgres', '--target-path', 'seshat.yml/x'],
    'system-error',
  ),
  words(
    'a target below what is no folder',
    ['compile', '--adapter', 'postgres', '--target-path', '/proc/nowhere'],
    'system-error',
  ),
  words('a profiles folder that there is not', [
    'compile',
    '--profiles-dir',
    '/nowhere',
    '--adapter',
    'postgres',
  ]),
  words('-1 threads', ['run', '--threads', '-1'], 'usage'),
  words('1e400 threads', ['run', '--threads', '1e400'], 'usage'),
  words('a day that there is not', ['run', '--backfill', '2024-02-30'], 'usage'),
  words('days the wrong way round', ['run', '--backfill', '2024-02-02..2024-02-01'], 'usage'),
  words('days with SQL in them', ['run', '--backfill', "2024-02-01'..2024-02-02"], 'usage'),
  words('a selector that there is not', ['ls', '--selector', 'constructor'], 'unknown-selector'),
  words('a selector called __proto__', ['ls', '--selector', '__proto__'], 'unknown-selector'),
  words('a log format that there is not', ['ls', '--log-format', 'xml'], 'usage'),
  words('a state that is a folder', ['ls', '--select', 'state:modified', '--state', '/etc'], 'unknown-base'),
  words('a model of NUL', ['graph', '--select', '\u0000'], 'nothing-selected'),
  words(
    'SQL that is no select',
    ['compile', '--adapter', 'postgres', '--vars', '{entropy: _x}', '--exclude', "'; drop"],
    'nothing-selected',
    'nothing-selected',
  ),
  select('', 'nothing-selected'),
  select(' ', 'nothing-selected'),
  select('+', 'bad-selector'),
  select('++', 'bad-selector'),
  select('@', 'bad-selector'),
  select('a@b', 'bad-selector'),
  select(':', 'bad-selector'),
  select('path:', 'nothing-selected'),
  select('path:/etc/passwd', 'nothing-selected'),
  select('path:../../outside', 'nothing-selected'),
  select('constructor', 'nothing-selected'),
  select('__proto__', 'nothing-selected'),
  select('config.constructor:x', 'bad-selector'),
  select('config.meta.__proto__:x', 'nothing-selected'),
  select('config.meta.constructor.name:Object', 'nothing-selected'),
  select('constructor:x', 'bad-selector'),
  select(`${'9'.repeat(400)}+plain`),
  select('*'.repeat(10_000)),
  select('**/'.repeat(200)),
  select('{a,b}'.repeat(30), 'nothing-selected'),
  select(`${'*a'.repeat(60)}b`, 'nothing-selected'),
  select(`path:${'**/*'.repeat(60)}x`, 'nothing-selected'),
  select('@(a|aa)*(a|aa)*(a|aa)*(a|aa)b', 'nothing-selected'),
  select('*(*(*(a)))b', 'nothing-selected'),
  select('{1..1000000000}', 'nothing-selected'),
  select('[', 'nothing-selected'),
  select('(', 'nothing-selected'),
  select('x'.repeat(100_000), 'bad-selector'),
  select('plain,'.repeat(50_000), 'bad-selector'),
  select('plain '.repeat(20_000), 'bad-selector'),
  select('\u001b[31mred', 'nothing-selected'),
  select('\u202eplain', 'nothing-selected'),
  select('pl\u0430in', 'nothing-selected'),
  base('HEAD'),
  base('-n', 'unknown-base'),
  base('--upload-pack=touch outside', 'unknown-base'),
  base('--output=outside', 'unknown-base'),
  base('--exec-path=/', 'unknown-base'),
  base('', 'unknown-base'),
  base('HEAD:models', 'unknown-base'),
  base('HEAD; touch outside', 'unknown-base'),
  base('$(touch outside)', 'unknown-base'),
  base('../outside', 'unknown-base'),
  base('x'.repeat(10_000), 'unknown-base'),
  base('a\nb', 'unknown-base'),
  base('\u001b[31mred', 'unknown-base'),
  manifest('empty', '', 'bad-manifest'),
  manifest('no JSON', '{', 'bad-manifest'),
  manifest('null', 'null', 'bad-manifest'),
  manifest('a list', '[]', 'bad-manifest'),
  manifest('of another version', '{"version": 999}', 'bad-manifest'),
  manifest('of a version that is a map', '{"version": {"a": 1}}', 'bad-manifest'),
  manifest('without anything else', '{"version": 3}', 'bad-manifest'),
  manifest('JSON of 100,000 brackets', '['.repeat(100_000) + ']'.repeat(100_000), 'bad-manifest'),
  manifest(
    'of targets that are __proto__',
    '{"version": 3, "project": "t", "lineage": "unknown", "targets": {"__proto__": {}}}',
    'bad-manifest',
  ),
  {
    ...manifest(
      'one that leads out of its folder',
      node('"compiled_file": "../../../../outside/secret.sql"'),
      'bad-manifest',
    ),
    notPrinted: ['7331'],
  },
  {
    ...manifest('one with a path of the machine', node('"compiled_file": "/etc/passwd"'), 'bad-manifest'),
    notPrinted: ['root:'],
  },
  left('results that are empty', { 'target/run_results.json': '' }, ['retry'], 'bad-results'),
  left('results that are no JSON', { 'target/run_results.json': '{"a":' }, ['retry'], 'bad-results'),
  left('results that are a list', { 'target/run_results.json': '[]' }, ['retry'], 'bad-results'),
  left(
    'results of another version',
    { 'target/run_results.json': '{"version": 999}' },
    ['retry'],
    'bad-results',
  ),
  left('results that are a folder', { 'target/run_results.json/x': '' }, ['retry'], 'no-results'),
  left('a journal that is no JSON', { 'target/run_results.jsonl': '{"a":' }, ['retry'], 'no-results'),
  left('a cache that is damaged', { 'target/.cache/x.state.json': 'x', note: repository }, [
    'diff',
    '--base',
    'HEAD',
  ]),
  left('a cache that is a file', { 'target/.cache': 'x', note: repository }, ['diff', '--base', 'HEAD']),
  left(
    'a docs folder of somebody else',
    { 'docs/mine.txt': 'x' },
    ['docs', 'build', '--no-lineage', '--output', 'docs'],
    'not-a-docs-folder',
  ),
  left(
    'a docs folder that is a file',
    { docs: 'x' },
    ['docs', 'build', '--no-lineage', '--output', 'docs'],
    'not-a-docs-folder',
  ),
  left(
    'a docs folder that is the project',
    {},
    ['docs', 'build', '--no-lineage', '--output', '.'],
    'not-a-docs-folder',
  ),
  left(
    'a docs folder that is models',
    {},
    ['docs', 'build', '--no-lineage', '--output', 'models'],
    'not-a-docs-folder',
  ),
  left('an embedded database that is a file', { '.seshat/db': 'x' }, ['run'], 'embedded-unreadable'),
  left('a folder of embedded databases that is a file', { '.seshat': 'x' }, ['run'], 'embedded-unreadable'),
  left(
    'an embedded database of another kind',
    { '.seshat/db/PG_VERSION': 'x' },
    ['run'],
    'embedded-unreadable',
  ),
  playbook('empty', ''),
  playbook('no YAML', ':steps: ['),
  playbook('a list', '- a\n'),
  playbook('NUL', ':steps: \u0000', 'unreadable-file a.yml.tmpl:1'),
  playbook('UTF-16', Buffer.from('\ufeff:steps: []', 'utf16le'), 'unreadable-file a.yml.tmpl:1'),
  playbook('templates that are not closed', ':variables:\n  :start_date: {{.x\n'),
  playbook('50,000 templates', `:variables:\n${':a: {{.x}}\n'.repeat(1)}# ${'{{.x}} '.repeat(50_000)}\n`),
  playbook('variables called __proto__', ':variables:\n  :__proto__: 1\n  constructor: 2\n'),
  playbook(
    'variables that are SQL',
    ':variables:\n  :output_schema: "x\'; drop table y; --"\n  :entropy: "; drop"\n',
  ),
  playbook(
    'targets that are SQL',
    ':targets:\n  - :name: "a\'; drop"\n    :type: postgres\n    :host: "x\\ny: z"\n    :port: 1e400\n',
  ),
  playbook(
    'steps of somewhere else',
    ':steps:\n  - :name: ../../outside\n    :queries: [{:file: ../../../../etc/passwd}]\n',
  ),
  playbook('80,000 templates on lines of their own', '# {{.x}}\n'.repeat(80_000)),
  playbook('300,000 templates not closed', `# ${'{{ '.repeat(300_000)}`),
  ...[
    ['300,000 brackets', '['.repeat(300_000)],
    ['50,000 links not closed', '[a](http://x'.repeat(50_000)],
    ['a script', '</script><script>alert(1)</script>'],
  ].map(([name, description]) =>
    left(
      `a description of ${name}`,
      { 'models/m.yml': `models: [{name: plain, description: ${JSON.stringify(description)}}]\n` },
      ['docs', 'build', '--no-lineage'],
    ),
  ),
  left(
    'a model of 200,000 templates not closed',
    { 'models/m.sql': `{% raw %}${'{{ '.repeat(200_000)}{% endraw %}` },
    ['docs', 'build', '--no-lineage'],
  ),
  words('init in a folder of NUL', ['init', 'a\u0000b', '--yes'], 'bad-usage'),
  words('init in a project that is there', ['init', '.', '--yes'], 'in-the-way'),
  words('init of a name with SQL in it', ['init', 'new', '--yes', '--name', "x'; drop"], 'bad-identifier'),
  words(
    'init of a schema with SQL in it',
    ['init', 'new', '--yes', '--output-schema', 'x; drop'],
    'bad-identifier',
  ),
  words(
    'init from a folder that there is not',
    ['init', 'new', '--yes', '--from-playbooks', '/nowhere'],
    'no-playbooks',
  ),
  words(
    'init of a day that there is not',
    ['init', 'new', '--yes', '--start-date', '2024-02-30'],
    'bad-usage',
  ),
]
