// The models of a project as Postgres runs them, for the values that a unit test gives variables. Only those that are asked for
// are rendered, each once.

import { postgresDialect } from '../../adapters/postgres/dialect.js'
import type { Catalog, Table } from '../catalog.js'
import { type Diagnostic, Faults } from '../diagnostics.js'
import { modelParser, type ParsedModel } from '../parse.js'
import type { Project } from '../project.js'
import { readVariables, type Variables } from '../variables.js'
import type { UnitTest } from './unit_test.js'

/** What templates see as `target.name`. */
export const unitTestTarget = 'unit_tests'

/** The models as they are under some values of variables. */
export type RenderedModels = (table: Table) => ParsedModel | undefined

/** Gives the models for the overrides of a unit test. @throws Faults of variables; a model's, when it is asked for */
export function modelRenderer(project: Project, { tables }: Catalog): (unitTest: UnitTest) => RenderedModels {
  const parse = modelParser(project, postgresDialect, { name: unitTestTarget })
  const files = new Map(project.models.map(file => [file.path, file]))
  const sets = new Map<string, RenderedModels>()
  return unitTest => {
    const { vars = {} } = unitTest.definition.overrides
    const key = JSON.stringify([unitTest.standard, vars])
    const known = sets.get(key)
    if (known) return known
    const variables = overridden(project, unitTest)
    const rendered = new Map<string, ParsedModel>()
    const set: RenderedModels = ({ name, model }) => {
      const file = files.get(model?.file ?? '')
      if (!file || tables.get(name)?.model !== model) return undefined
      const found = rendered.get(name) ?? parse(file, variables)
      rendered.set(name, found)
      return found
    }
    sets.set(key, set)
    return set
  }
}

/** A test of the standard model says what its rules mean, whatever a project has set: it has the defaults. */
function overridden(project: Project, { standard, yaml, path, definition }: UnitTest): Variables {
  const declarations = new Map([...project.modules].map(([name, module]) => [name, module.variables]))
  const faults: Diagnostic[] = []
  const variables = standard ? readVariables(declarations, [], new Set(), faults) : project.variables
  if (definition.overrides.vars === undefined) return variables
  const source = { yaml, path: [...path, 'overrides', 'vars'] }
  const own = readVariables(declarations, [source], new Set(), faults)
  if (faults.length > 0) throw new Faults(faults)
  const from = (module: string | undefined, name: string): Variables =>
    own.place(module, name) ? own : variables
  return {
    value: (module, name) => from(module, name).value(module, name),
    place: (module, name) => from(module, name).place(module, name),
    names: module => [...new Set([...variables.names(module), ...own.names(module)])],
  }
}
