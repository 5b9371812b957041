// The example files for CI: they are YAML, their shell is shell, and what posts a review keeps one comment up to date, tried
// against a server that keeps comments as the two hosts do.

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { parseDocument } from 'yaml'
import { packageDirectory, temporaryProject } from './support.js'

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
}
type Pipeline = Readonly<Record<string, { readonly script: readonly string[]; readonly rules: unknown }>>

const folder = join(packageDirectory, 'docs', 'ci')
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8')

function yamlOf<T>(text: string): T {
  const document = parseDocument(text, { strict: true, uniqueKeys: true })
  assert.deepEqual([...document.errors, ...document.warnings], [])
  return document.toJS() as T
}

const workflow = (file: string): Workflow => yamlOf<Workflow>(textOf(file))
const stepsOf = (file: string): readonly Step[] =>
  Object.values(workflow(file).jobs).flatMap(job => job.steps)
const scripts = (): readonly (readonly [where: string, script: string])[] => [
  ...['github-review.yml', 'github-comment.yml'].flatMap(file =>
    stepsOf(file).flatMap(({ run }) => (run === undefined ? [] : [[file, run] as const])),
  ),
  ...Object.values(yamlOf<Pipeline>(textOf('gitlab-ci.yml'))).flatMap(({ script }) =>
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
    for (const [line] of script.matchAll(/.*\bseshat (?:check|diff)\b.*/g))
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
  assert.equal((review as unknown as { name: string }).name, 'Seshat review')
  assert.deepEqual((comment.on['workflow_run'] as { workflows: unknown }).workflows, ['Seshat review'])
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
      const given = text === '' ? undefined : (JSON.parse(text) as { body: string })
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
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, comments, calls }
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
  const [code] = (await once(child, 'close')) as [number]
  return `${code} ${output}`
}

describe('posting a review', () => {
  const github = stepsOf('github-comment.yml').find(({ run }) => run !== undefined)?.run ?? ''
  const gitlab = yamlOf<Pipeline>(textOf('gitlab-ci.yml'))['seshat-comment']?.script.join('\n') ?? ''
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
  const hooks = yamlOf<readonly Readonly<Record<string, unknown>>[]>(
    readFileSync(join(packageDirectory, '.pre-commit-hooks.yaml'), 'utf8'),
  )
  const { bin } = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')) as {
    bin: Record<string, string>
  }
  for (const hook of hooks) {
    for (const key of ['id', 'name', 'entry', 'language']) assert.equal(typeof hook[key], 'string', key)
    assert.equal(hook['language'], 'node')
    assert.ok(Object.keys(bin).includes(String(hook['entry']).split(' ')[0] ?? ''))
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
