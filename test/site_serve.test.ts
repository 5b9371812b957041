// docs serve: gives the pages on this machine alone, nothing outside of its folder, and ends on Ctrl-C.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileOf, serveFolder } from '../compiler/site/serve.js'
import { packageDirectory } from './command_line.js'
import { shopFiles } from './site_fixture.js'
import { temporaryProject } from './support.js'

const project = temporaryProject({
  ...shopFiles,
  'pages/index.html': '<!doctype html>hello',
  'pages/nodes/a b.html': 'a page',
  'pages/assets/site.js': '1',
  'pages-beside/secret.txt': 'secret',
})
const folder = join(project.directory, 'pages')

interface Answer {
  readonly status: number | undefined
  readonly type: string | undefined
  readonly text: string
}
/** The path goes out as it stands: `fetch` would tidy it first. */
const ask = (port: number, path: string, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => (text += chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode, type: response.headers['content-type'], text }),
      )
    })
    asked.on('error', reject).end()
  })

describe('the server', () => {
  const serving = serveFolder(folder, 0)
  const port = async (): Promise<number> => {
    const address = (await serving).address()
    return typeof address === 'object' && address ? address.port : 0
  }
  after(async () => (await serving).close())

  test('a page: with its type; / is the first page', async () => {
    assert.deepEqual(await ask(await port(), '/'), {
      status: 200,
      type: 'text/html; charset=utf-8',
      text: '<!doctype html>hello',
    })
    assert.equal((await ask(await port(), '/nodes/a%20b.html?x#y')).text, 'a page')
    assert.equal((await ask(await port(), '/assets/site.js')).type, 'text/javascript; charset=utf-8')
    assert.equal((await ask(await port(), '/', 'HEAD')).text, '')
  })

  test('what is not there, and what lies outside: 404', async () => {
    mkdirSync(join(folder, 'more'))
    symlinkSync(join(project.directory, 'seshat.yml'), join(folder, 'more/link.yml'))
    writeFileSync(join(folder, 'more/fine.html'), 'fine')
    for (const path of [
      '/absent.html',
      '/../seshat.yml',
      '/%2e%2e/seshat.yml',
      '/..%2fseshat.yml',
      '/nodes/../../pages-beside/secret.txt',
      '/../pages-beside/secret.txt',
      '/more/link.yml',
      '/more',
      '/nodes',
      '/%00',
      '/%zz',
      '//etc/passwd',
    ])
      assert.equal((await ask(await port(), path)).status, 404, path)
    assert.equal((await ask(await port(), '/more/fine.html')).status, 200)
    assert.equal(fileOf(folder, '/more/fine.html'), join(folder, 'more/fine.html'))
  })

  test('another method: 405', async () => {
    assert.equal((await ask(await port(), '/', 'POST')).status, 405)
  })

  test('a port that is taken: a fault that says what to do', async () => {
    await assert.rejects(
      serveFolder(folder, await port()),
      /port-unavailable: port \d+ cannot be listened on/,
    )
  })
})

test('docs serve: builds, serves on 127.0.0.1, and ends with 130 on Ctrl-C', async () => {
  const cli = join(packageDirectory, 'dist/compiler/start_bundle.cjs')
  const child = spawn(process.execPath, [cli, 'docs', 'serve', '--no-lineage', '--port', '0'], {
    cwd: project.directory,
  })
  let said = ''
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      said += String(chunk)
      const found = /Serving on http:\/\/127\.0\.0\.1:(\d+)\/ until Ctrl-C\n/.exec(said)
      if (found) resolve(Number(found[1]))
    })
    child.on('close', code => reject(new Error(`ended with ${code}: ${said}`)))
  })
  assert.match((await ask(port, '/nodes/orders.html')).text, /<title>orders · shop<\/title>/)
  const ended = new Promise(resolve => child.on('close', resolve))
  child.kill('SIGINT')
  assert.equal(await ended, 130)
})
