// The variables of the standard model, and which of them each of its modules takes, read from the package alone: for what
// has no project.

import { modelDefinitionSchema, moduleSchema } from './module.js'
import { readPackageFile } from './source_file.js'
import type { VariableDeclaration } from './variable_declaration.js'
import { parseYaml, validate } from './yaml_file.js'

export interface StandardVariables {
  readonly all: Readonly<Record<string, VariableDeclaration>>
  readonly modules: ReadonlyMap<string, ReadonlySet<string>>
}

/** Every module takes these, whether its module.yml lists them or not. */
const ofEveryModule = ['input_schema', 'scratch_schema', 'output_schema', 'entropy']

export function standardVariables(): StandardVariables {
  const model = validate(parseYaml(readPackageFile('models/model.yml')), modelDefinitionSchema)
  const modules = model.modules.map(name => {
    const { vars } = validate(parseYaml(readPackageFile(`models/${name}/module.yml`)), moduleSchema)
    const own = vars.filter(entry => typeof entry === 'string')
    return [name, new Set([...ofEveryModule, ...own])] as const
  })
  return { all: model.vars, modules: new Map(modules) }
}
