#!/usr/bin/env node
// The command seshat, as it is installed: runs the bundle, with the code that V8 made of it when the same command was called before.
// To make it anew took a quarter of the time of a small command (docs/decisions/0025-code-that-is-kept.md). No module of
// ECMAScript itself: loading one takes 5 ms more.

import crypto = require('node:crypto')
import fs = require('node:fs')
import modules = require('node:module')
import paths = require('node:path')
import urls = require('node:url')
import v8 = require('node:v8')
import vm = require('node:vm')

/** What a command ends with that was called with a wrong word, or on a project with faults: it ran little of its code. */
const faultyCall = 2
const digestBytes = 32

const [, , word = ''] = process.argv
const [, command] = /^(?:__)?([a-z]+)$/.exec(word) ?? []
// What answers `--version` and `--help` is a few modules, read sooner than the bundle.
if (command === undefined) void import('./main.js')
else startBundle(command)

function startBundle(name: string): void {
  setFlags()
  const dist = paths.join(__dirname, '..')
  const path = paths.join(dist, 'bundle/seshat.js')
  const bundle = fs.readFileSync(path)
  // Code is for one version of V8, its flags and a kind of processor.
  const tag = v8.cachedDataVersionTag()
  const folder = paths.join(dist, 'code')
  const keptPath = paths.join(folder, `${tag.toString(16)}.${name}.bin`)
  const code = readKept(keptPath, bundle)
  const script = new vm.Script(bundle.toString('latin1'), {
    filename: path,
    ...(code ? { cachedData: code } : {}),
  })
  if (!code || script.cachedDataRejected)
    process.on('exit', exitCode => {
      if (exitCode === faultyCall || v8.cachedDataVersionTag() !== tag) return
      keep(folder, keptPath, script.createCachedData(), bundle)
    })
  const importOutside = (module: string): Promise<unknown> => import(module)
  script.runInThisContext()(modules.createRequire(path), importOutside, urls.pathToFileURL(path).href)
}

function setFlags(): void {
  if (process.versions.v8.startsWith('11.')) {
    // A function is optimised after fifteen times as much work as V8 would wait for: most commands are over before that pays, and a
    // quarter of the processor's time went there. Later versions of V8 have another compiler in between, with its own measure.
    v8.setFlagsFromString('--interrupt-budget=1000000')
    // What is new is looked through for what is no longer used after every 16 MB from the start, and not after one, then two and so on.
    v8.setFlagsFromString('--semi-space-growth-factor=16')
  }
  // Else a long run would have dropped the code of its start when it keeps it. A version that is not known may not know this.
  if (/^1[1-3]\./.test(process.versions.v8)) v8.setFlagsFromString('--no-flush-bytecode')
}

/** undefined where nothing is kept, or of another bundle, or where it is damaged. */
function readKept(path: string, bundle: Buffer): Buffer | undefined {
  try {
    const bytes = fs.readFileSync(path)
    const code = bytes.subarray(digestBytes)
    return digestOf(code, bundle).equals(bytes.subarray(0, digestBytes)) ? code : undefined
  } catch {
    return undefined
  }
}

/** Aside, then in its place: whoever reads meanwhile finds all of it or none. A folder that may not be written stays as it is. */
function keep(folder: string, path: string, code: Buffer, bundle: Buffer): void {
  const aside = `${path}.${crypto.randomUUID()}`
  try {
    fs.mkdirSync(folder, { recursive: true })
    fs.writeFileSync(aside, Buffer.concat([digestOf(code, bundle), code]))
    fs.renameSync(aside, path)
  } catch {
    // the next one compiles it again
  }
}

/** Of code and of what it was made from. */
function digestOf(code: Buffer, bundle: Buffer): Buffer {
  return crypto.createHash('sha256').update(bundle).update(code).digest()
}
