// The page of the standard variables.

import { standardVariables } from '../standard_variables.js'
import type { VariableDeclaration } from '../variable_declaration.js'
import { code, page, table } from './markdown.js'

export function variablesPage(): string {
  const { all, modules } = standardVariables()
  const takenBy = (name: string): string => {
    const takers = [...modules].filter(([, names]) => names.has(name)).map(([module]) => module)
    return takers.length === modules.size ? 'all' : takers.join(', ')
  }
  const rows = Object.entries(all).map(([name, declaration]) => [
    code(name),
    declaration.default === undefined ? 'none' : code(JSON.stringify(declaration.default)),
    allowed(declaration),
    takenBy(name),
    `${declaration.description}${declaration.project_wide ? ' The same for all modules of a run.' : ''}`,
  ])
  return page(
    'Variables of the standard model',
    'How they are set, and which value wins, is in [the guide](../guide/variables.md).',
    table(['variable', 'default', 'allowed', 'modules', 'meaning'], rows),
  )
}

function allowed({ type, min, max, above, values, nullable }: VariableDeclaration): string {
  const words: Readonly<Record<VariableDeclaration['type'], string>> = {
    string: 'a text',
    identifier: 'a name: letters, digits, `_`, `$`',
    suffix: 'letters, digits, `_`',
    date: 'a day, or a time on one',
    integer: 'a whole number',
    number: 'a number',
    boolean: '`true` `false`',
    choice: (values ?? []).map(value => code(String(value))).join(' '),
    list: 'a list of texts',
    columns: 'a list of column names',
  }
  const limits = [
    min === undefined ? '' : `at least ${min}`,
    above === undefined ? '' : `more than ${above}`,
    max === undefined ? '' : `at most ${max}`,
    nullable ? 'or `null`' : '',
  ].filter(limit => limit !== '')
  return [words[type], ...limits].join(', ')
}
