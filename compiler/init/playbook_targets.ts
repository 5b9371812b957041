// The `:targets:` of a playbook -> outputs of profiles.yml. Secrets are not copied, wherever they come from.

import type { Place } from '../diagnostics.js'
import { type ConnectionAnswers, knownAdapters, outputOf } from './connections.js'
import { bareName, isMap, keyOf, type LeftOver, type Playbook } from './playbook.js'
import { templatesIn } from './playbook_text.js'
import type { Output } from './project_files.js'

const keys: Readonly<Record<string, keyof ConnectionAnswers>> = {
  host: 'host',
  port: 'port',
  username: 'user',
  database: 'database',
  account: 'account',
  warehouse: 'warehouse',
  role: 'role',
}
/** What is said elsewhere. */
const handled = new Set([...Object.keys(keys), 'name', 'type', 'region', 'password', 'ssl'])

/** Adds the outputs of a playbook to those before; of one name the first stays. */
export function readTargets(
  { yaml, text, data }: Playbook,
  outputs: Map<string, Output>,
  leftOver: LeftOver[],
): void {
  const key = keyOf(data, 'targets')
  const targets = data[key]
  if (!Array.isArray(targets)) return
  for (const [index, target] of targets.entries()) {
    if (!isMap(target)) continue
    const bare = new Map(Object.entries(target).map(([name, value]) => [bareName(name), { name, value }]))
    const placeOf = (name: string): Place => yaml.keyAt([key, index, bare.get(name)?.name ?? name])
    const leave = (name: string, what: string): void => void leftOver.push({ at: placeOf(name), what })
    const adapter = String(bare.get('type')?.value ?? '').toLowerCase()
    if (!knownAdapters.includes(adapter)) {
      leave('type', `target of type ${adapter || '(none)'}: there is no adapter for it`)
      continue
    }
    const name = targetName(bare.get('name')?.value, adapter)
    const answers: Record<string, string | number> = {}
    for (const [old, { value }] of bare) {
      const here = keys[old]
      const [template] = templatesIn(value, text)
      if (old === 'password') leave(old, 'password: not copied; profiles.yml takes it from the environment')
      else if (old === 'ssl' && isOff(value))
        leave(old, 'ssl off: TLS is on and verified but on this machine; sslmode: disable turns it off')
      else if (!handled.has(old)) leave(old, `${old}: not a key of this connection`)
      else if (here && template)
        leave(
          old,
          `${old}: its value is a template, ${template.text}; profiles.yml takes it from the environment`,
        )
      else if (here && (typeof value === 'string' || typeof value === 'number'))
        answers[here] = here === 'port' ? Number(value) : String(value)
    }
    const region = bare.get('region')?.value
    if (
      answers['account'] !== undefined &&
      typeof region === 'string' &&
      templatesIn(region, text).length === 0 &&
      region !== ''
    )
      answers['account'] = `${answers['account']}.${region}`
    const output = outputOf(name, adapter, answers)
    const earlier = outputs.get(name)
    if (!earlier) outputs.set(name, output)
    else if (JSON.stringify(earlier) !== JSON.stringify(output))
      leave('name', `target ${name}: another playbook describes it otherwise, and that one was taken`)
  }
}

const isOff = (value: unknown): boolean => value === false || value === 'false' || value === 'disable'

/** A name that --target can take: letters, digits and _. */
const targetName = (name: unknown, adapter: string): string =>
  String(name ?? '')
    .toLowerCase()
    .replaceAll(/seshat_template_\d+/g, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '') || adapter
