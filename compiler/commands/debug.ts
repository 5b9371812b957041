// seshat debug: goes through what a run needs, one step after another, and says which of them fails.

import { describeFindings } from '../checks.js'
import { collectFaults } from '../collect_faults.js'
import { compileGraph } from '../compile.js'
import { type Diagnostic, Faults } from '../diagnostics.js'
import { makePlan } from '../plan.js'
import {
  type CommandContext,
  type CommonOptions,
  compileOptions,
  openProfile,
  openProject,
  withDriver,
} from './session.js'

/** @returns 0 when every step succeeds, 2 otherwise */
export async function debugCommand(
  options: CommonOptions,
  { reporter, signal }: CommandContext,
): Promise<number> {
  const faults: Diagnostic[] = []
  const report = (step: string, detail: string | undefined): void => {
    const text =
      `  ${detail === undefined ? 'FAILED' : 'ok    '} ${step.padEnd(12)} ${detail ?? ''}`.trimEnd()
    reporter.answer(text, 'debug_step', { step, ok: detail !== undefined, detail: detail ?? null })
  }
  const attempt = <T>(step: string, work: () => T, detail: (value: T) => string): T | undefined => {
    const value = collectFaults(faults, work)
    report(step, value === undefined ? undefined : detail(value))
    return value
  }
  const project = attempt(
    'project',
    () => openProject(options),
    found => `${found.settings.name} in ${found.directory}`,
  )
  const profile =
    project &&
    attempt(
      'profile',
      () => openProfile(project, options, reporter),
      found => `${found.target}: ${found.adapter.describe(found.connection)}`,
    )
  const compiled =
    project &&
    profile &&
    attempt(
      'models',
      () => compileGraph(project, compileOptions(options, profile.adapter.dialect, profile.target)),
      found => `${found.models.length} models compile`,
    )
  if (project && profile && compiled) {
    try {
      await withDriver(project, profile, 'debug', signal, async driver => {
        const answer = await driver.execute('select version()')
        report('connection', String(answer.rows[0]?.[0]))
        const missing: Diagnostic[] = []
        for (const { check, sql } of makePlan(compiled.input).preflight) {
          if (check) missing.push(...describeFindings(check, 'debug', await driver.execute(sql)))
        }
        report('inputs', missing.length === 0 ? 'every table that a run reads is there' : undefined)
        faults.push(...missing)
      })
    } catch (cause) {
      if (!(cause instanceof Faults)) throw cause
      report('connection', undefined)
      faults.push(...cause.diagnostics)
    }
  }
  reporter.faults(faults)
  return faults.length === 0 ? 0 : 2
}
