// seshat destroy: drops every table of modules and of their custom models, after listing them and asking.

import type { Driver } from '../../adapters/driver.js'
import { compileGraph } from '../compile.js'
import { oneConnection } from '../connections.js'
import { Faults, fail } from '../diagnostics.js'
import { executePlan } from '../execute.js'
import type { ProjectGraph } from '../graph.js'
import { destroyedTables } from '../module_drops.js'
import type { ModuleLife } from '../module_life.js'
import { nearest } from '../nearest.js'
import { makeDestroyPlan } from '../plan.js'
import { sqlName } from '../relation.js'
import { standardRetries } from '../repeat.js'
import { confirmed } from './ask.js'
import { openProfile } from './open_profile.js'
import { patience } from './patience.js'
import {
  type CommandContext,
  type CommonOptions,
  compileOptions,
  lockKeys,
  openProject,
  withDriver,
} from './session.js'

export interface DestroyOptions extends CommonOptions {
  readonly yes?: boolean
}

/** @param names the modules, unless --select names them */
export async function destroyCommand(
  names: readonly string[],
  options: DestroyOptions,
  context: CommandContext,
): Promise<number> {
  const { reporter, signal } = context
  const project = openProject(options)
  const profile = openProfile(project, options, reporter)
  const { graph, input } = compileGraph(project, {
    ...compileOptions(options, profile.adapter.dialect, profile.target),
    select: [],
    exclude: [],
  })
  const lives = namedModules(graph, [...names, ...(options.select ?? [])])
  const plan = makeDestroyPlan(input, lives)
  const attempts = patience(options.wait, context)
  const work = async (driver: Driver): Promise<number> => {
    const lock = await attempts(() => driver.lock(lockKeys(project), 'destroy'))
    try {
      const present: string[] = []
      for (const { relation } of lives.flatMap(life => destroyedTables(input, life))) {
        const answer = await driver.execute(input.dialect.tableExists(relation))
        if (answer.rows[0]?.[0] === true) present.push(sqlName(relation))
      }
      const list =
        present.length === 0 ? 'none of its tables is there' : present.map(name => `  ${name}`).join('\n')
      const modules = lives.map(life => life.module.name).join(', ')
      reporter.answer(`Destroying ${modules} drops, with all rows in them:\n${list}`, 'tables', {
        modules,
        tables: present,
      })
      if (options.dryRun) return 0
      if (!options.yes && !(await confirmed('Drop them?', signal))) {
        throw new Faults([
          {
            code: 'not-confirmed',
            severity: 'error',
            message: 'nothing was dropped',
            hint: 'Answer yes, or give --yes.',
          },
        ])
      }
      const results = await executePlan(plan, {
        connections: oneConnection(driver),
        lock,
        retries: {
          most: standardRetries,
          signal,
          random: Math.random,
          told: retry => reporter.retrying(retry),
        },
        signal,
        clock: () => performance.now() / 1000,
        untilCaughtUp: false,
        compiledFolder: `${options.targetPath}/compiled/${profile.target}`,
        events: {
          started: step => reporter.stepStarted(step),
          finished: result => reporter.stepFinished(result),
          goesOn: () => undefined,
        },
      })
      return results.every(result => result.status === 'success') ? 0 : 1
    } finally {
      await lock.release()
    }
  }
  return withDriver(project, profile, 'destroy', signal, work, { attempts })
}

function namedModules(graph: ProjectGraph, names: readonly string[]): readonly ModuleLife[] {
  const words = names.flatMap(name => name.split(/\s+/)).filter(name => name !== '')
  if (words.length === 0)
    fail('bad-usage', 'destroy needs the name of a module', {
      hint: `seshat destroy sessions (modules: ${[...graph.lives.keys()].join(', ')})`,
    })
  return words.map(word => {
    const name = word.replace(/^module:/, '')
    const life = graph.lives.get(name)
    if (life) return life
    return fail('nothing-selected', `there is no module '${name}' to destroy`, {
      hint:
        nearest(name, graph.lives.keys()).hint ?? `The modules are ${[...graph.lives.keys()].join(', ')}.`,
    })
  })
}
