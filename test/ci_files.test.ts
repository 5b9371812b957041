// The example files for CI: they are YAML, their shell is shell, and what posts a review keeps one comment up to date, tried
// against a server that keeps comments as the two hosts do.

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { parseDocument } from 'yaml'
import * as z from 'zod'
import { packageDirectory } from './command_line.js'
import { temporaryProject } from './support.js'
import { onlyCustom } from './unit_test_runs.js'

const texts = z.record(z.string(), z.string())
const stepSchema = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  env: texts.optional(),
})
type Step = z.infer<typeof stepSchema>
const workflowSchema = z.object({
  name: z.string(),
  on: z.record(z.string(), z.object({ workflows: z.array(z.string()).optional() }).nullable()),
  permissions: texts,
  jobs: z.record(z.string(), z.object({ steps: z.array(stepSchema) })),
})
type Workflow = z.infer<typeof workflowSchema>
const pipelineSchema = z.record(z.string(), z.object({ script: z.array(z.string()) }))
const hooksSchema = z.array(z.record(z.string(), z.unknown()))
const packageSchema = z.object({ bin: texts })
const noteSchema = z.object({ body: z.string() })

const folder = join(packageDirectory, 'docs', 'ci')
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8')

function yamlOf<T>(text: string, schema: z.ZodType<T>): T {
  const document = parseDocument(text, { strict: true, uniqueKeys: true })
  assert.deepEqual([...document.errors, ...document.warnings], [])
  return schema.parse(document.toJS())
}

const workflow = (file: string): Workflow => yamlOf(textOf(file), workflowSchema)
const stepsOf = (file: string): readonly Step[] =>
  Object.values(workflow(file).jobs).flatMap(job => job.steps)
const scripts = (): readonly (readonly [where: string, script: string])[] => [
  ...['github-review.yml', 'github-comment.yml'].flatMap(file =>
    stepsOf(file).flatMap(({ run }) => (run === undefined ? [] : [[file, run] as const])),
  ),
  ...Object.values(yamlOf(textOf('gitlab-ci.yml'), pipelineSchema)).flatMap(({ script }) =>
    script.map(text => ['gitlab-ci.yml', text] as const),
  ),
  ['pre-commit', textOf('pre-commit')],
]

test('CI files: all of the folder are known here, and name no host that is not there', () => {
  assert.deepEqual(readdirSync(folder).sort(), [
    'github-comment.yml',
    'github-review.yml',
    'gitlab-ci.yml',
    'pre-commit',
  ])
  for (const file of readdirSync(folder))
    assert.doesNotMatch(textOf(file), /example\.|https?:\/\/|localhost/, file)
})

test('CI files: every script is one that bash can read, and Seshat is the one of the project', () => {
  for (const [where, script] of scripts()) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script.replaceAll(/\$\{\{.*?\}\}/g, 'x') })
    assert.equal(status, 0, `${where}\n${script}\n${stderr}`)
    for (const [line] of script.matchAll(/.*\bseshat (?:check|diff|ls|test)\b.*/g))
      if (!/^\s*#|printf/.test(line)) assert.match(line, /npx --no-install seshat/, where)
  }
})

test('CI files: what runs the pull request may read, what may write runs nothing of it', () => {
  const review = workflow('github-review.yml')
  assert.deepEqual([Object.keys(review.on), review.permissions], [['pull_request'], { contents: 'read' }])
  assert.doesNotMatch(textOf('github-review.yml'), /secrets\.|github\.token/)
  const comment = workflow('github-comment.yml')
  assert.deepEqual(
    [Object.keys(comment.on), comment.permissions],
    [['workflow_run'], { actions: 'read', 'pull-requests': 'write' }],
  )
  const steps = stepsOf('github-comment.yml')
  assert.ok(steps.every(({ uses = '', run = '' }) => !/checkout/.test(uses) && !/npm|npx|\$\{\{/.test(run)))
  assert.equal(review.name, 'Seshat review')
  assert.deepEqual(comment.on['workflow_run']?.workflows, ['Seshat review'])
})

describe('the steps of a review, in a clone of a project', () => {
  const clone = (base: string, head: string, more: Readonly<Record<string, string>> = {}): string => {
    const { directory, write } = temporaryProject({
      'web/seshat.yml': onlyCustom,
      'web/models/a.sql': base,
      ...more,
    })
    const git = (...words: readonly string[]): void =>
      void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
        cwd: directory,
      })
    git('init', '-q')
    git('add', '-A')
    git('commit', '-qm', 'base')
    write({ 'web/models/a.sql': head })
    git('commit', '-qam', 'head')
    mkdirSync(join(directory, 'node_modules', '.bin'), { recursive: true })
    symlinkSync(
      join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs'),
      join(directory, 'node_modules', '.bin', 'seshat'),
    )
    return directory
  }
  const outcome = async (script: string, directory: string): Promise<string> =>
    (await bash(script, directory, { PROJECT: 'web' })).startsWith('0') ? 'success' : 'failure'
  /** What GitHub does with the steps that have a script: those with an id may fail. */
  const github = async (directory: string): Promise<readonly [outcomes: string, review: string]> => {
    const outcomes: Record<string, string> = {}
    for (const { id, run, if: condition } of stepsOf('github-review.yml')) {
      if (run === undefined || run === 'npm ci' || condition !== undefined) continue
      const script = run.replaceAll(/\$\{\{ steps\.(\w+)\.outcome \}\}/g, (_, step) => outcomes[step] ?? '')
      outcomes[id ?? 'write'] = await outcome(`GITHUB_STEP_SUMMARY=summary.md\n${script}`, directory)
    }
    return [Object.values(outcomes).join(' '), readFileSync(join(directory, 'review.md'), 'utf8')]
  }
  const gitlab = async (directory: string): Promise<readonly [outcomes: string, review: string]> => {
    const script = yamlOf(textOf('gitlab-ci.yml'), pipelineSchema)['seshat-review']?.script.at(-1) ?? ''
    const told = await outcome(`CI_MERGE_REQUEST_DIFF_BASE_SHA=HEAD~1\n${script}`, directory)
    return [told, readFileSync(join(directory, 'review.md'), 'utf8')]
  }

  test('a comment changed: both succeed, and the review has the diff alone', async () => {
    const directory = clone('select 1 as one', '-- One.\nselect 1 as one')
    const [outcomes, review] = await github(directory)
    assert.equal(outcomes, 'success success success success')
    assert.match(review, /^### The SQL that runs, against `HEAD\^1`\n\n1 node changed: 1 cosmetic\n/)
    const [told, same] = await gitlab(directory)
    assert.equal(told, 'success')
    assert.equal(same.replaceAll('HEAD~1', 'HEAD^1'), review)
  })

  test('a destructive change that check refuses: both say so, and fail', async () => {
    const directory = clone('select 1 as one', 'select one as two')
    const [outcomes, review] = await github(directory)
    assert.equal(outcomes, 'failure success failure success')
    assert.match(review, /^### seshat check\n\n~~~~text\nerror\[unknown-column\][\s\S]*~~~~\n\n### The SQL/)
    const [told, same] = await gitlab(directory)
    assert.equal(told, 'failure')
    assert.match(same, /^### seshat check[\s\S]*\n### The SQL that runs[\s\S]*destructive/)
  })

  test('a unit test that fails: both say which rows differ, and fail', async () => {
    const directory = clone('select 1 as one', '-- One.\nselect 1 as one', {
      'web/models/unit_tests.yml': 'unit_tests: [{name: is_two, model: a, expect: {rows: [{one: 2}]}}]\n',
    })
    const [outcomes, review] = await github(directory)
    assert.equal(outcomes, 'success failure success success')
    assert.match(
      review,
      /^### seshat test\n\n~~~~text\n[\s\S]*error\[unit-test-failed\]: a gives other rows than 'is_two' expects[\s\S]*~~~~\n\n### The SQL that runs/,
    )
    const [told, same] = await gitlab(directory)
    assert.equal(told, 'failure')
    assert.match(same, /^### seshat test[\s\S]*unit-test-failed[\s\S]*\n### The SQL that runs/)
  })

  test('a base that does not compile: the review has the fault of it', async () => {
    const directory = clone('select {{ nothing( }} as one', 'select 1 as one')
    const [outcomes, review] = await github(directory)
    assert.equal(outcomes, 'success success failure success')
    assert.match(
      review,
      /^### seshat diff\n\n~~~~text\nerror\[[\w-]+\]: in the base HEAD\^1, models\/a\.sql:1:/,
    )
    const [told, same] = await gitlab(directory)
    assert.equal(told, 'failure')
    assert.match(same, /^### seshat diff\n\n~~~~text\nerror\[/)
  })
})

interface Comment {
  readonly id: number
  readonly user: { readonly type: string }
  body: string
}

/** Keeps comments, 100 to a page, and lists one open pull request. */
async function commentServer() {
  const comments: Comment[] = []
  const calls: string[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server')
    calls.push(`${request.method} ${pathname}`)
    let text = ''
    request.on('data', chunk => (text += String(chunk)))
    request.on('end', () => {
      const answer = (value: unknown): void => void response.end(JSON.stringify(value))
      const given = text === '' ? undefined : noteSchema.parse(JSON.parse(text))
      const changed = comments.find(({ id }) => pathname.endsWith(`/${id}`))
      if (request.headers.authorization !== 'Bearer t' && request.headers['private-token'] !== 't') {
        response.statusCode = 401
        answer({ message: 'who are you' })
      } else if (pathname.endsWith('/pulls')) {
        answer(searchParams.get('head') === 'fork:some branch' ? [{ number: 7, head: { sha: 'abc' } }] : [])
      } else if (given && changed) {
        changed.body = given.body
        answer(changed)
      } else if (given) {
        comments.push({ id: 1000 + comments.length, user: { type: 'Bot' }, body: given.body })
        answer(comments.at(-1))
      } else {
        const page = Number(searchParams.get('page'))
        answer(comments.slice((page - 1) * 100, page * 100))
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { url: `http://127.0.0.1:${address.port}`, comments, calls }
}

async function bash(
  script: string,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: directory,
    env: { ...process.env, ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)))
  await once(child, 'close')
  return `${child.exitCode} ${output}`
}

describe('posting a review', () => {
  const github = stepsOf('github-comment.yml').find(({ run }) => run !== undefined)?.run ?? ''
  const gitlab = yamlOf(textOf('gitlab-ci.yml'), pipelineSchema)['seshat-comment']?.script.join('\n') ?? ''
  const hosts: readonly (readonly [
    name: string,
    script: string,
    env: (url: string) => Readonly<Record<string, string>>,
  ])[] = [
    [
      'GitHub',
      github,
      url => ({
        GITHUB_API_URL: url,
        GITHUB_REPOSITORY: 'o/r',
        GITHUB_TOKEN: 't',
        HEAD_REF: 'fork:some branch',
        HEAD_SHA: 'abc',
      }),
    ],
    [
      'GitLab',
      gitlab,
      url => ({
        CI_API_V4_URL: url,
        CI_PROJECT_ID: '1',
        CI_MERGE_REQUEST_IID: '7',
        SESHAT_REVIEW_TOKEN: 't',
      }),
    ],
  ]
  for (const [name, script, env] of hosts) {
    test(`${name}: the first review is a new comment, the next ones are in its place`, async () => {
      const server = await commentServer()
      for (let other = 0; other < 100; other++)
        server.comments.push({ id: other, user: { type: 'User' }, body: `comment ${other}` })
      const { directory, write } = temporaryProject({ 'review.md': 'first `$(false)`\n' })
      assert.equal(await bash(script, directory, env(server.url)), '0 ')
      write({ 'review.md': 'second\n' })
      assert.equal(await bash(script, directory, env(server.url)), '0 ')
      assert.equal(server.comments.length, 101)
      assert.equal(server.comments[100]?.body, '<!-- seshat review -->\nsecond\n')
    })

    test(`${name}: an answer that is an error fails the job with it`, async () => {
      const server = await commentServer()
      const { directory } = temporaryProject({ 'review.md': 'first\n' })
      const token = name === 'GitHub' ? { GITHUB_TOKEN: 'x' } : { SESHAT_REVIEW_TOKEN: 'x' }
      const output = await bash(script, directory, { ...env(server.url), ...token })
      assert.match(output, /^1 .*401 \{"message":"who are you"\}/s)
      assert.equal(server.comments.length, 0)
    })
  }

  test('GitHub: a comment of a person that begins like ours stays, and old commits post nothing', async () => {
    const server = await commentServer()
    server.comments.push({ id: 1, user: { type: 'User' }, body: '<!-- seshat review -->\nmine' })
    const { directory } = temporaryProject({ 'review.md': 'x'.repeat(70_000) })
    const env = hosts[0]?.[2](server.url) ?? {}
    assert.match(await bash(github, directory, { ...env, HEAD_SHA: 'old' }), /^0 The pull request is closed/)
    assert.deepEqual(server.calls, ['GET /repos/o/r/pulls'])
    assert.equal(await bash(github, directory, env), '0 ')
    assert.equal(server.comments[0]?.body, '<!-- seshat review -->\nmine')
    assert.ok((server.comments[1]?.body.length ?? 0) < 65_536)
    assert.match(server.comments[1]?.body ?? '', /The rest is in the summary of the workflow\.$/)
  })
})

test('pre-commit: the hooks of the repository are what pre-commit asks of them', () => {
  const hooks = yamlOf(readFileSync(join(packageDirectory, '.pre-commit-hooks.yaml'), 'utf8'), hooksSchema)
  const { bin } = packageSchema.parse(
    JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')),
  )
  for (const hook of hooks) {
    for (const key of ['id', 'name', 'entry', 'language']) assert.equal(typeof hook[key], 'string', key)
    // Built by pre-commit itself, the package would want its development packages.
    assert.equal(hook['language'], 'system')
    const [npx, noInstall, command = ''] = String(hook['entry']).split(' ')
    assert.deepEqual([npx, noInstall, Object.keys(bin).includes(command)], ['npx', '--no-install', true])
  }
  const files = new RegExp(String(hooks[0]?.['files']))
  for (const path of ['seshat.yml', 'web/seshat.yml', 'models/a.sql', 'web/macros/b.sql', 'seeds/c.csv'])
    assert.match(path, files)
  for (const path of ['README.md', 'seshat.yml.orig', 'docs/models.md']) assert.doesNotMatch(path, files)
})

test('pre-commit: the plain hook runs Seshat for commits that touch the project, and for no others', () => {
  const { directory } = temporaryProject({ 'README.md': 'x', 'models/a.sql': 'select 1 as n' })
  const git = (...words: readonly string[]): void => void execFileSync('git', words, { cwd: directory })
  git('init', '-q')
  git('add', 'README.md')
  const hook = (): number | null =>
    spawnSync('sh', [join(folder, 'pre-commit')], { cwd: directory, encoding: 'utf8' }).status
  assert.equal(hook(), 0)
  git('add', 'models')
  // There is no Seshat in this folder, so npx, which may not fetch one, fails.
  assert.notEqual(hook(), 0)
})
