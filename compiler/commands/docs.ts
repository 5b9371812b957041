// seshat docs build, seshat docs serve: the documentation of a project as a folder of pages, and a look at it.

import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { cwd } from 'node:process'
import { postgresDialect } from '../../adapters/postgres/dialect.js'
import { checkProject } from '../check/check.js'
import { compilePlan } from '../compile.js'
import { fail, warning } from '../diagnostics.js'
import type { Project } from '../project.js'
import { keepLineage, knownLineage, type ProjectLineage } from '../project_lineage.js'
import { parseJson, type RunResults, resultsFile, runResultsSchema } from '../run_results.js'
import { serveFolder } from '../site/serve.js'
import { siteFiles } from '../site/site.js'
import { StateCache } from '../state_cache.js'
import { holdsSources } from '../target_folder.js'
import { writeFolder } from '../text_folder.js'
import { cacheDirectory, resolvePath, targetDirectory } from './folders.js'
import {
  type CommandContext,
  type CommonOptions,
  compileOptions,
  everyTarget,
  openProject,
} from './session.js'

export interface DocsOptions extends CommonOptions {
  readonly output?: string
  /** false: no database is opened to trace columns. */
  readonly lineage: boolean
  readonly port: number
}

export async function docsCommand(
  words: readonly string[],
  options: DocsOptions,
  context: CommandContext,
): Promise<number> {
  const [action] = words
  if (words.length !== 1 || (action !== 'build' && action !== 'serve'))
    return fail('bad-usage', 'docs takes one of two words: build or serve', {
      hint: 'seshat docs build writes the pages, seshat docs serve also shows them.',
    })
  const folder = await build(options, context)
  return action === 'serve' && !options.dryRun ? serve(folder, options, context) : 0
}

async function build(options: DocsOptions, { reporter }: CommandContext): Promise<string> {
  const project = openProject(options)
  const target = targetDirectory(project, options)
  const folder = options.output === undefined ? join(target, 'docs') : resolvePath(options.output)
  refuseOthers(project.directory, folder)
  reporter.waiting('compiling')
  const compiled = new Map(
    everyTarget().map(({ name, dialect }) => [
      name,
      compilePlan(project, {
        ...compileOptions(options, dialect, name),
        tests: 'all',
        standardUnitTests: true,
      }),
    ]),
  )
  const cache = new StateCache(cacheDirectory(options))
  const isTraced = options.lineage && !options.dryRun
  if (isTraced) reporter.waiting('tracing columns')
  const traced = isTraced ? await traceColumns(project, options, cache) : untraced
  if (traced.findings > 0)
    reporter.say(`Columns of some models are not traced: see seshat check`, 'not_traced', {
      findings: traced.findings,
    })
  const run = lastRun(target)
  if (run === 'unreadable')
    reporter.faults([
      warning('unreadable-results', `${resultsFile} is not of this version's format: pages tell of no run`),
    ])
  const files = siteFiles({
    compiled,
    lineage: traced.lineage,
    lastRun: run === 'unreadable' ? undefined : run,
    drawn: (picture, draw) =>
      options.dryRun ? '' : cache.valueOf('picture', [project.settings.name, picture], draw),
  })
  const pages = files.filter(({ path }) => path.endsWith('.html')).length
  const shown = relative(cwd(), folder) || '.'
  if (options.dryRun) {
    reporter.answer(`seshat docs would write ${pages} pages to ${shown}`, 'dry_run', {
      command: 'docs',
      folder,
      pages,
    })
    reporter.say('Nothing was written.', 'hint')
    return folder
  }
  try {
    writeFolder(folder, files)
  } catch (cause) {
    fail('unwritable-file', `${folder} cannot be written`, { cause: (cause as Error).message })
  }
  reporter.say(`Wrote ${pages} pages to ${shown}; open ${join(shown, 'index.html')}`, 'docs', {
    folder,
    pages,
  })
  return folder
}

/** Everything else in the folder goes away, so it must be one of ours, or none yet. */
function refuseOthers(project: string, folder: string): void {
  if (holdsSources(project, folder))
    fail('not-a-docs-folder', `${folder} holds files that are no pages`, {
      hint: 'Name a folder of its own.',
    })
  if (!existsSync(folder) || existsSync(join(folder, 'data', 'nodes.js'))) return
  if (statSync(folder).isDirectory() && readdirSync(folder).length === 0) return
  fail('not-a-docs-folder', `${folder} is there, and it is not the work of docs build`, {
    hint: 'Name a new folder or an empty one: docs build removes what else is in it.',
  })
}

const untraced: ProjectLineage = { lineage: undefined, findings: 0 }

async function traceColumns(
  project: Project,
  options: DocsOptions,
  cache: StateCache,
): Promise<ProjectLineage> {
  const known = knownLineage(project, options.vars, cache)
  if (known) return known
  const { lineage, diagnostics } = await checkProject(project, {
    select: [],
    exclude: [],
    dialects: [postgresDialect],
  })
  return keepLineage(project, options.vars, cache, { lineage, findings: diagnostics.length })
}

function lastRun(target: string): RunResults | 'unreadable' | undefined {
  const path = join(target, resultsFile)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined
  const parsed = runResultsSchema.safeParse(parseJson(readFileSync(path, 'utf8')))
  return parsed.success ? parsed.data : 'unreadable'
}

async function serve(
  folder: string,
  { port }: DocsOptions,
  { reporter, signal }: CommandContext,
): Promise<number> {
  const server = await serveFolder(folder, port)
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}/`
  reporter.answer(`Serving on ${url} until Ctrl-C`, 'serving', { url })
  if (!signal.aborted) await once(signal, 'abort')
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  return 0
}
