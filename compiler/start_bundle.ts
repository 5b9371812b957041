#!/usr/bin/env node
// What the build puts in the place of cli.js: runs the bundle, with the code that V8 made of it when the same command
// was called before. To make it anew took a quarter of the time of a small command (docs/decisions/0025-code-that-is-kept.md).

import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process, { argv, versions } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { cachedDataVersionTag, setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

/** What a command ends with that was called with a wrong word, or on a project with faults: it ran little of its code. */
const faultyCall = 2
const digestBytes = 32

setFlags()
const dist = join(dirname(fileURLToPath(import.meta.url)), '..')
const path = join(dist, 'bundle/seshat.js')
const bundle = readFileSync(path)
const folder = join(dist, 'code')
// Code is for one version of V8, its flags and a kind of processor.
const tag = cachedDataVersionTag()
const [, , command = ''] = argv
const [, name] = /^(?:--|__)?([a-z]+)$/.exec(command) ?? []
const keptPath = join(folder, `${tag.toString(16)}.${name}.bin`)

const code = name === undefined ? undefined : readKept()
const script = new Script(bundle.toString('latin1'), {
  filename: path,
  ...(code ? { cachedData: code } : {}),
})
if (name !== undefined && (!code || script.cachedDataRejected))
  process.on('exit', exitCode => {
    if (exitCode !== faultyCall && cachedDataVersionTag() === tag) keep()
  })
const importOutside = (module: string): Promise<unknown> => import(module)
script.runInThisContext()(createRequire(path), importOutside, pathToFileURL(path).href)

function setFlags(): void {
  // A function is optimised after four times as much work as V8 would wait for: most commands are over before that pays, and a fifth
  // of the processor's time went there. Later versions of V8 have another compiler in between, with its own measure.
  if (versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=270000')
  // Else a long run would have dropped the code of its start when it keeps it. A version that is not known may not know this.
  if (/^1[1-3]\./.test(versions.v8)) setFlagsFromString('--no-flush-bytecode')
}

/** undefined where nothing is kept, or of another bundle, or where it is damaged. */
function readKept(): Buffer | undefined {
  try {
    const bytes = readFileSync(keptPath)
    const content = bytes.subarray(digestBytes)
    return digestOf(content).equals(bytes.subarray(0, digestBytes)) ? content : undefined
  } catch {
    return undefined
  }
}

/** Aside, then in its place: whoever reads meanwhile finds all of it or none. A folder that may not be written stays as it is. */
function keep(): void {
  const content = script.createCachedData()
  const aside = `${keptPath}.${randomUUID()}`
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(aside, Buffer.concat([digestOf(content), content]))
    renameSync(aside, keptPath)
  } catch {
    // the next one compiles it again
  }
}

/** Of what is kept and of what it was made from. */
function digestOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(bundle).update(content).digest()
}
