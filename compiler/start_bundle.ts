#!/usr/bin/env node
// What the build puts in the place of cli.js: runs the bundle, with the code that V8 made of it when the same command
// was called before. To make it anew took a quarter of the time of a small command (docs/decisions/0025-code-that-is-kept.md).

import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { cachedDataVersionTag, setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

/** What a command ends with that was called with a wrong word, or on a project with faults: it ran little of its code. */
const faultyCall = 2
const digestBytes = 32

const [, , word = ''] = process.argv
const [, command] = /^(?:__)?([a-z]+)$/.exec(word) ?? []
// What answers `--version` and `--help` is a few modules, read sooner than the bundle.
if (command === undefined) await import('./main.js')
else startBundle(command)

function startBundle(name: string): void {
  setFlags()
  const dist = join(dirname(fileURLToPath(import.meta.url)), '..')
  const path = join(dist, 'bundle/seshat.js')
  const bundle = readFileSync(path)
  // Code is for one version of V8, its flags and a kind of processor.
  const tag = cachedDataVersionTag()
  const folder = join(dist, 'code')
  const keptPath = join(folder, `${tag.toString(16)}.${name}.bin`)
  const code = readKept(keptPath, bundle)
  const script = new Script(bundle.toString('latin1'), {
    filename: path,
    ...(code ? { cachedData: code } : {}),
  })
  if (!code || script.cachedDataRejected)
    process.on('exit', exitCode => {
      if (exitCode === faultyCall || cachedDataVersionTag() !== tag) return
      keep(folder, keptPath, script.createCachedData(), bundle)
    })
  const importOutside = (module: string): Promise<unknown> => import(module)
  script.runInThisContext()(createRequire(path), importOutside, pathToFileURL(path).href)
}

function setFlags(): void {
  if (process.versions.v8.startsWith('11.')) {
    // A function is optimised after fifteen times as much work as V8 would wait for: most commands are over before that pays, and a
    // quarter of the processor's time went there. Later versions of V8 have another compiler in between, with its own measure.
    setFlagsFromString('--interrupt-budget=1000000')
    // What is new is looked through for what is no longer used after every 16 MB from the start, and not after one, then two and so on.
    setFlagsFromString('--semi-space-growth-factor=16')
  }
  // Else a long run would have dropped the code of its start when it keeps it. A version that is not known may not know this.
  if (/^1[1-3]\./.test(process.versions.v8)) setFlagsFromString('--no-flush-bytecode')
}

/** undefined where nothing is kept, or of another bundle, or where it is damaged. */
function readKept(path: string, bundle: Buffer): Buffer | undefined {
  try {
    const bytes = readFileSync(path)
    const code = bytes.subarray(digestBytes)
    return digestOf(code, bundle).equals(bytes.subarray(0, digestBytes)) ? code : undefined
  } catch {
    return undefined
  }
}

/** Aside, then in its place: whoever reads meanwhile finds all of it or none. A folder that may not be written stays as it is. */
function keep(folder: string, path: string, code: Buffer, bundle: Buffer): void {
  const aside = `${path}.${randomUUID()}`
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(aside, Buffer.concat([digestOf(code, bundle), code]))
    renameSync(aside, path)
  } catch {
    // the next one compiles it again
  }
}

/** Of code and of what it was made from. */
function digestOf(code: Buffer, bundle: Buffer): Buffer {
  return createHash('sha256').update(bundle).update(code).digest()
}
