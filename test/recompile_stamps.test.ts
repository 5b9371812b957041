// Files that were left alone for a while are not read again, and whatever is done to them is noticed.

import assert from 'node:assert/strict'
import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  compiledBefore,
  compiledFile,
  edited,
  keptFile,
  orders,
  recompiledFiles,
  sameAsCold,
  targetOf,
} from './recompiled_project.js'
import type { TestProject } from './support.js'

describe('files that were left alone for a while', () => {
  /** What is noted of a file: its path, its digest, and its stamp, where it has one. */
  type Noted = readonly string[]
  const notedIn = (
    target: string,
  ): { readonly sources: readonly Noted[]; readonly files: readonly Noted[] } => {
    const [json = ''] = readFileSync(keptFile(target), 'utf8').split('\n')
    const { sources, targets } = JSON.parse(json) as {
      readonly sources: readonly Noted[]
      readonly targets: readonly { readonly files: readonly Noted[] }[]
    }
    return { sources: sources.slice(1), files: targets.flatMap(({ files }) => files) } // without seshat.yml
  }
  const haveStamps = (noted: readonly Noted[]): boolean => noted.every(({ length }) => length === 3)

  /** A time that can be given back to a file to the last digit. */
  const wholeSecond = new Date('2024-01-31T12:00:00Z')

  async function leftAlone(): Promise<TestProject> {
    const project = await compiledBefore()
    assert.ok(notedIn(targetOf(project)).files.every(({ length }) => length === 2))
    for (const path of [join(project.directory, orders), compiledFile(targetOf(project))])
      utimesSync(path, wholeSecond, wholeSecond)
    await setTimeout(2_500)
    assert.equal(await sameAsCold(project, recompiledFiles, ['--all-adapters']), true)
    const { sources, files } = notedIn(targetOf(project))
    assert.ok(haveStamps(sources) && haveStamps(files))
    return project
  }

  /** To as many letters, and with the time of before; until that is no longer a moment ago. */
  async function changeUnseen(path: string, from: string, to: string): Promise<void> {
    const { atime, mtime, size } = statSync(path)
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
    utimesSync(path, atime, mtime)
    assert.deepEqual([statSync(path).mtimeMs, statSync(path).size], [mtime.getTime(), size])
    await setTimeout(2_500)
  }

  test('are known again, and an edit of one is noticed though its size and its time are those of before', async () => {
    const project = await leftAlone()
    assert.equal(await sameAsCold(project, recompiledFiles, ['--all-adapters']), true)
    await changeUnseen(join(project.directory, orders), '> 0', '> 7')
    const files = edited(orders, '> 0', '> 7')
    assert.equal(await sameAsCold(project, files, ['--all-adapters']), true)
    assert.equal(await sameAsCold(project, files, ['--all-adapters']), true)
  })

  test('are compiled where a compiled one was changed, though its size and its time are those of before', async () => {
    const project = await leftAlone()
    await changeUnseen(compiledFile(targetOf(project)), 'where', 'WHERE')
    assert.equal(await sameAsCold(project, recompiledFiles, ['--all-adapters']), false)
  })

  test('are compiled where another file is in the place of one', async () => {
    const project = await leftAlone()
    const aside = join(project.directory, 'aside.sql')
    writeFileSync(aside, readFileSync(compiledFile(targetOf(project)), 'utf8').replace('where', 'WHERE'))
    renameSync(aside, compiledFile(targetOf(project)))
    assert.equal(await sameAsCold(project, recompiledFiles, ['--all-adapters']), false)
  })
})
