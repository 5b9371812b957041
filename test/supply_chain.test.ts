// What comes along with the package: which dependencies with what licences, that none of them runs anything when it is
// installed, and which files are published.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { packageDirectory } from './command_line.js'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly scripts: Readonly<Record<string, string>>
  readonly files: readonly string[]
}
interface Locked {
  readonly version: string
  readonly license?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly dev?: boolean
  readonly devOptional?: boolean
}
const read = (...path: readonly string[]): string => readFileSync(join(packageDirectory, ...path), 'utf8')
const manifest = JSON.parse(read('package.json')) as Manifest
const lock = JSON.parse(read('package-lock.json')) as {
  readonly lockfileVersion: number
  readonly packages: Readonly<Record<string, Locked>>
}
const locked = Object.entries(lock.packages).filter(([path]) => path !== '')
/** The name of a package by its path in the lock file. */
const named = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
const documentation = read('docs', 'dependencies.md')

/** The rows of the table that follows a heading or a sentence, cell by cell. */
function tableAfter(words: string): readonly (readonly string[])[] {
  const start = documentation.indexOf(words)
  assert.notEqual(start, -1, words)
  const [table = ''] = /(^\|.*\n)+/m.exec(documentation.slice(start)) ?? []
  const rows = table
    .trim()
    .split('\n')
    .map(line =>
      line
        .slice(1, -1)
        .split('|')
        .map(cell => cell.trim()),
    )
  return rows.slice(2)
}

const namesIn = (cell = ''): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

for (const [kind, words] of [
  ['dependencies', '## At run time'],
  ['peerDependencies', 'optional peer dependency'],
  ['devDependencies', '## For development'],
] as const)
  test(`${kind}: those of package.json are those of docs/dependencies.md, each with its licence and a reason`, () => {
    const rows = tableAfter(words)
    const told = rows.flatMap(([names, licence, ...reasons]) =>
      namesIn(names).map(name => ({ name, licence, reasons })),
    )
    assert.deepEqual(told.map(({ name }) => name).sort(), Object.keys(manifest[kind]).sort())
    for (const { name, licence, reasons } of told) {
      assert.ok(
        reasons.every(reason => reason !== ''),
        name,
      )
      assert.equal(licence, lock.packages[`node_modules/${name}`]?.license, name)
    }
  })

test('licences: each of every package in the lock file is on the list of those allowed', () => {
  const allowed = new Set(namesIn(tableAfter('## Licences').flat().join(' ')))
  assert.ok(allowed.size > 5)
  const exceptions = new Map(
    tableAfter('without a licence in its').map(([name, licence]) => [namesIn(name)[0], namesIn(licence)[0]]),
  )
  const used = new Set<string>()
  const refused = locked.filter(([path, { license }]) => {
    const name = named(path)
    const licence = license ?? exceptions.get(name)
    if (license === undefined) used.add(name)
    // An expression with OR is allowed if one of its sides is.
    const choices = licence?.replaceAll(/[()]/g, '').split(' OR ') ?? []
    return !choices.some(choice => choice.split(' AND ').every(part => allowed.has(part)))
  })
  assert.deepEqual(
    refused.map(([path, { license }]) => `${path}: ${license}`),
    [],
  )
  assert.deepEqual([...exceptions.keys()], [...used])
})

test('licences: what the lock file says of a package is what the package says', () => {
  const unlike = locked.flatMap(([path, { license }]) => {
    const file = join(packageDirectory, path, 'package.json')
    if (license === undefined || !existsSync(file)) return []
    const said = (JSON.parse(readFileSync(file, 'utf8')) as { readonly license?: unknown }).license
    return typeof said === 'string' && said !== license ? [`${path}: ${license}, but ${said}`] : []
  })
  assert.deepEqual(unlike, [])
})

test('install: no package in the lock file runs anything when it is installed', () => {
  assert.equal(lock.lockfileVersion, 3)
  const running = locked.filter(([, { hasInstallScript }]) => hasInstallScript)
  assert.deepEqual(running, [])
  const scripts = ['preinstall', 'install', 'postinstall']
  const installed = locked.flatMap(([path]) => {
    const file = join(packageDirectory, path, 'package.json')
    if (!existsSync(file)) return []
    const { scripts: own = {} } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Manifest>
    // npm itself builds what has a binding.gyp.
    const builds = existsSync(join(packageDirectory, path, 'binding.gyp'))
    return builds || scripts.some(name => name in own) ? [path] : []
  })
  assert.deepEqual(installed, [])
  assert.deepEqual(
    scripts.filter(name => name in manifest.scripts),
    [],
  )
})

test('install: each package is locked to one version and the digest of its bytes', () => {
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
  assert.deepEqual(
    versions.filter(version => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  )
  // What a package brings within itself has the digest of that package.
  const loose = locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))
  assert.deepEqual(
    loose.map(([path]) => path),
    [],
  )
})

const forUsers = locked.filter(([, { dev, devOptional }]) => !dev && !devOptional)

test('install: who uses the package gets as many packages as docs/dependencies.md says', () => {
  const [, told] = /Who installs `seshat-sql` gets (\d+) packages/.exec(documentation) ?? []
  assert.equal(Number(told), forUsers.length)
})

test('npm sbom: the bill of materials has every package with its digest, and marks those that users do not get', () => {
  const words = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx']
  const { components } = JSON.parse(
    execFileSync('npm', words, { cwd: packageDirectory, encoding: 'utf8' }),
  ) as {
    readonly components: readonly {
      readonly name: string
      readonly version: string
      readonly hashes: readonly unknown[]
      readonly properties: readonly { readonly name: string }[]
    }[]
  }
  const inBill = (of: typeof components) => of.map(({ name, version }) => `${name}@${version}`)
  const inLock = (of: typeof locked) => of.map(([path, { version }]) => `${named(path)}@${version}`)
  assert.deepEqual(new Set(inBill(components)), new Set(inLock(locked)))
  const shipped = components.filter(
    ({ properties }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'),
  )
  assert.deepEqual(new Set(inBill(shipped)), new Set(inLock(forUsers)))
  assert.ok(components.every(({ hashes }) => hashes.length > 0))
})

test('npm pack: publishes the compiled program, models, schemas, pages and documentation, and nothing else', () => {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const [packed] = JSON.parse(execFileSync('npm', words, { cwd: packageDirectory, encoding: 'utf8' })) as [
    { readonly files: readonly { readonly path: string }[] },
  ]
  const paths = packed.files.map(({ path }) => path)
  const expected = [
    /^dist\/(compiler|adapters|demo\/generate)\/[\w/-]+\.js$/,
    /^dist\/compiler\/start_bundle\.cjs$/,
    /^dist\/package_data\.json$/,
    /^dist\/adapters\/embedded\/empty_database-[\d.]+\.tar\.gz$/,
    /^dist\/bundle\/(seshat\.js|LICENSES\.txt)$/,
    /^models\/[\w/-]+\.(sql|yml)$/,
    /^macros\/[\w/-]+\.sql$/,
    /^schemas\/[\w.-]+\.json$/,
    /^site\/[\w.-]+\.(css|js)$/,
    /^docs\/[\w./-]+$/,
    /^(README|CHANGELOG|SECURITY)\.md$|^LICENSE$|^package\.json$/,
  ]
  assert.deepEqual(
    paths.filter(path => !expected.some(pattern => pattern.test(path))),
    [],
  )
  for (const [index, pattern] of expected.entries())
    assert.ok(
      paths.some(path => pattern.test(path)),
      String(expected[index]),
    )
  const secretly =
    /(^|\/)(\.env|\.npmrc|profiles\.yml|id_rsa)|\.(pem|p8|key|tgz)$|(^|\/)(test|node_modules|target|\.seshat)\//
  assert.deepEqual(
    paths.filter(path => secretly.test(path)),
    [],
  )
})

test('the bundle: has the notice of each package whose code it has, in the version that is installed', () => {
  const folder = join(packageDirectory, 'dist', 'bundle')
  const notices = read('dist', 'bundle', 'LICENSES.txt')
  // Each module of a package begins with a comment that says where it came from.
  const modules = readdirSync(folder).flatMap(file =>
    [
      ...readFileSync(join(folder, file), 'utf8').matchAll(
        /^\/\/ (node_modules\/(?:@[^/\n]+\/)?[^/\n]+)\//gm,
      ),
    ].map(([, path = '']) => path),
  )
  const packages = [...new Set(modules)]
  assert.ok(packages.includes('node_modules/zod'))
  for (const path of packages) {
    const entry = lock.packages[path]
    assert.ok(
      forUsers.some(([of]) => of === path),
      path,
    )
    const { version } = JSON.parse(read(path, 'package.json')) as { readonly version: string }
    assert.equal(version, entry?.version)
    const [licence = ''] = readdirSync(join(packageDirectory, path)).filter(file => /^licen[cs]e/i.test(file))
    assert.ok(notices.includes(`${named(path)} ${version}\n\n${read(path, licence).trim()}\n`), path)
  }
})
