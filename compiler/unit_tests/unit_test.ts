// YAML files -> UnitTests, and what is wrong with them taken together. The project's own stand in the files beside its models;
// those of the standard model are a specification of it, and are read only by commands that may run them.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Diagnostic, error, type Place } from '../diagnostics.js'
import type { GraphNode, ProjectDag } from '../graph.js'
import { nearest } from '../nearest.js'
import type { Project } from '../project.js'
import { baseName, packageDirectory, packagePrefix, readPackageFile } from '../source_file.js'
import { parseYaml, validate, type YamlFile, type YamlPath } from '../yaml_file.js'
import { type UnitTestDefinition, unitTestFileSchema } from './schema.js'

export interface UnitTest {
  /** As in selections. Those of the standard model have their module before it: `sessions.first_page`. */
  readonly id: string
  readonly standard: boolean
  readonly definition: UnitTestDefinition
  readonly yaml: YamlFile
  /** Where the definition stands in the file. */
  readonly path: YamlPath
}

export const unitTestPlace = ({ yaml, path }: UnitTest): Place => yaml.valueAt([...path, 'name'])

/** @param standard with those of the standard model */
export const unitTestsOf = (project: Project, standard: boolean): readonly UnitTest[] => [
  ...project.properties.flatMap(({ yaml, properties }) =>
    properties.unit_tests.map((definition, index) => ({
      id: definition.name,
      standard: false,
      definition,
      yaml,
      path: ['unit_tests', index],
    })),
  ),
  ...(standard ? standardUnitTests(project) : []),
]

function standardUnitTests({ modules }: Project): readonly UnitTest[] {
  return [...modules.values()]
    .filter(module => module.standard && module.enabled)
    .flatMap(({ name, folder }) => {
      const path = `${folder.slice(packagePrefix.length)}unit_tests.yml`
      if (!existsSync(join(packageDirectory, path))) return []
      const yaml = parseYaml(readPackageFile(path))
      return validate(yaml, unitTestFileSchema).unit_tests.map((definition, index) => ({
        id: `${name}.${definition.name}`,
        standard: true,
        definition,
        yaml,
        path: ['unit_tests', index],
      }))
    })
}

/**
 * Makes each a node before its model. One of a model that is switched off is left out.
 * @returns faults: names that are taken, models that are not there
 */
export function addUnitTests(
  project: Project,
  graph: ProjectDag,
  unitTests: readonly UnitTest[],
): readonly Diagnostic[] {
  const known = new Map<string, Place | undefined>(graph.nodes().map(id => [id, placeOfNode(graph.node(id))]))
  const models = graph.nodes().filter(id => graph.node(id).kind === 'model')
  const off = namesSwitchedOff(project)
  return unitTests.flatMap((unitTest): readonly Diagnostic[] => {
    const { id, definition } = unitTest
    const at = unitTestPlace(unitTest)
    if (known.has(id)) return [duplicate(id, at, known.get(id))]
    known.set(id, at)
    const tested = graph.node(definition.model)
    if (tested?.kind === 'model') {
      const { module, custom } = tested
      graph.setNode(id, { id, kind: 'unit_test', module, custom, table: undefined, unitTest })
      graph.setEdge(id, definition.model, { at: undefined })
      return []
    }
    return off.has(definition.model) ? [] : [unknownModel(unitTest, models)]
  })
}

const placeOfNode = (node: GraphNode): Place | undefined => node.table?.at

/** Models and tables that the project could have. */
const namesSwitchedOff = (project: Project): ReadonlySet<string> =>
  new Set([
    ...project.models.map(baseName),
    ...[...project.modules.values()].flatMap(({ definition }) => Object.keys(definition.tables)),
  ])

function duplicate(id: string, at: Place, other: Place | undefined): Diagnostic {
  const related = other ? { related: [{ at: other, message: 'the other one' }] } : {}
  return error('duplicate-unit-test', `the name '${id}' is taken`, {
    at,
    ...related,
    hint: 'Give the unit test another name.',
  })
}

const unknownModel = ({ definition, yaml, path }: UnitTest, models: readonly string[]): Diagnostic =>
  error('unknown-model', `there is no model '${definition.model}' to test`, {
    at: yaml.valueAt([...path, 'model']),
    hint: nearest(definition.model, models).hint ?? 'seshat ls lists the models.',
  })
