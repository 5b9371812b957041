// A page of the documentation -> its commands executed, in order, in one folder that goes away: in a shell that keeps its
// folder and variables from block to block, with `seshat` where `npm install` puts it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { packageDirectory } from './command_line.js'
import type { Commands, Page } from './docs_pages.js'

/** What an installation is to a shell: node_modules with the package and its command, above all that the pages make. */
export interface Installation {
  readonly directory: string
  /** The demo, built once: pages get copies of it. */
  readonly demo: string
  remove(): void
}

export async function install(): Promise<Installation> {
  const directory = mkdtempSync(join(tmpdir(), 'seshat-docs-'))
  mkdirSync(join(directory, 'node_modules', '.bin'), { recursive: true })
  symlinkSync(packageDirectory, join(directory, 'node_modules', 'seshat-sql'))
  symlinkSync(
    join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs'),
    join(directory, 'node_modules', '.bin', 'seshat'),
  )
  const demo = join(directory, 'demo')
  mkdirSync(demo)
  for (const name of ['seshat.yml', 'models', 'seeds', 'README.md'])
    cpSync(join(packageDirectory, 'demo', name), join(demo, name), { recursive: true })
  const { code, output } = await shell('seshat build --quiet', demo, directory, {})
  assert.equal(code, 0, output)
  return { directory, demo, remove: () => rmSync(directory, { recursive: true, force: true }) }
}

/** @param postgres variables of libpq that lead to an empty database, where there is a server */
export async function runPage(
  page: Page,
  { directory, demo }: Installation,
  postgres: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  const folder = mkdtempSync(join(directory, 'page-'))
  if (page.begin === 'demo') cpSync(demo, folder, { recursive: true })
  if (page.begin === 'above demo') cpSync(demo, join(folder, 'demo'), { recursive: true })
  symlinkSync(join('..', 'node_modules'), join(folder, 'node_modules'))
  let place = folder
  try {
    for (const part of page.parts) {
      if (part.kind === 'file') {
        mkdirSync(dirname(join(place, part.path)), { recursive: true })
        writeFileSync(join(place, part.path), part.text)
      } else if (part.kind === 'commands' && (postgres || !part.withPostgres)) {
        const told = await shell(part.script, place, directory, postgres ?? {}, folder)
        compare(part, told, `${page.path}:${part.line}`)
        place = told.place
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Told {
  readonly code: number
  readonly output: string
  /** The folder it ended in. */
  readonly place: string
}

function shell(
  script: string,
  place: string,
  installation: string,
  environment: Readonly<Record<string, string>>,
  state = installation,
): Promise<Told> {
  const kept = join(state, '.shell')
  const wrapped = `exec 2>&1
if [ -f '${kept}' ]; then . '${kept}'; fi
trap 'code=$?; export -p > ${kept}; printf "\\0%s" "$PWD"; exit $code' EXIT
set -eo pipefail
${script}`
  const path = [join(installation, 'node_modules', '.bin'), process.env['PATH']].join(delimiter)
  const child = spawn('bash', ['-c', wrapped], {
    cwd: place,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: path,
      HOME: installation,
      TMPDIR: tmpdir(),
      LANG: 'C.UTF-8',
      GIT_CONFIG_GLOBAL: '/dev/null',
      npm_config_update_notifier: 'false',
      ...Object.fromEntries(
        ['AUTHOR', 'COMMITTER'].flatMap(role => [
          [`GIT_${role}_NAME`, 'reader'],
          [`GIT_${role}_EMAIL`, 'reader@example.com'],
        ]),
      ),
      ...environment,
    },
  })
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', chunk => (text += String(chunk)))
    child.on('error', reject)
    child.on('close', code => {
      const [output = '', last = place] = text.split('\0')
      resolve({ code: code ?? -1, output, place: last })
    })
  })
}

function compare({ exitCode, output }: Commands, told: Told, where: string): void {
  assert.equal(told.code, exitCode, `${where} ended with ${told.code}:\n${told.output}`)
  if (output !== undefined && !shows(output, told.output))
    assert.fail(`${where} shows\n${output}\nand this came:\n${told.output}`)
}

/** Whether a page shows this output: `…` alone on a line stands for any lines, within one for any text, and times differ. */
export function shows(page: string, output: string): boolean {
  const lines = timeless(page).trimEnd().split('\n')
  const pattern = lines.map(line =>
    line.trim() === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escaped).join('.*')}\\n`,
  )
  return new RegExp(`^${pattern.join('')}$`).test(`${timeless(output).trimEnd()}\n`)
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

const timeless = (text: string): string =>
  text.replaceAll(/[ \t]+$/gm, '').replaceAll(/ +\d+\.\d+ ?s\b/g, ' 0.00s')
