// A number of models -> the same graph as a project of Seshat and as one of Dataform: each model has a config, three refs and a
// group by of five columns; its parents are the models before it, at half and at a third of its number.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const modelName = (index: number): string => `daily_orders_${String(index).padStart(5, '0')}`

/** Numbers that are the same each time, from a seed that stays. */
function numbersBelow(limit: number): () => number {
  let state = 20_240_101
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % limit
  }
}

/** @param read how a model reads another, in the words of the template language */
function modelSelect(index: number, amount: number, read: (name: string) => string, source: string): string {
  if (index === 0)
    return `select o.customer_id, o.country, o.order_day, sum(o.amount) as amount, count(*) as orders
from ${source} as o
group by o.customer_id, o.country, o.order_day
`
  const [before, half, third] = [index - 1, Math.floor(index / 2), Math.floor(index / 3)]
  return `select
    a.customer_id,
    a.country,
    a.order_day,
    sum(a.amount + b.amount) as amount,
    count(c.orders) as orders
from ${read(modelName(before))} as a
inner join ${read(modelName(half))} as b on b.customer_id = a.customer_id
left join ${read(modelName(third))} as c on c.customer_id = a.customer_id
where a.amount > ${amount}
group by a.customer_id, a.country, a.order_day
`
}

function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** A hundred models lie in each folder. */
const fileOf = (index: number, ending: string): string =>
  `group_${String(Math.floor(index / 100)).padStart(3, '0')}/${modelName(index)}.${ending}`

/** @param text what stands in the file of a model, given its number and a number drawn for it */
function modelFiles(
  count: number,
  path: (index: number) => string,
  text: (i: number, drawn: number) => string,
) {
  const draw = numbersBelow(1_000)
  return new Map(Array.from({ length: count }, (_, index) => [path(index), text(index, draw())]))
}

export function writeSeshatProject(folder: string, count: number): void {
  const config = "{{ config(materialized='table', tags=['daily']) }}\n\n"
  const models = modelFiles(
    count,
    index => `models/${fileOf(index, 'sql')}`,
    (index, drawn) =>
      config + modelSelect(index, drawn, name => `{{ ref('${name}') }}`, "{{ source('shop', 'orders') }}"),
  )
  writeFiles(folder, new Map([['seshat.yml', 'name: bench\nvars:\n  start_date: 2024-01-01\n'], ...models]))
}

/** One file of the project says something else than before; what is read stays the same. */
export function changeSeshatProject(folder: string, count: number, edition: number): void {
  const index = Math.floor(count / 2)
  const select = modelSelect(index, 1_000 + edition, name => `{{ ref('${name}') }}`, '')
  writeFileSync(
    join(folder, `models/${fileOf(index, 'sql')}`),
    `{{ config(materialized='table', tags=['daily']) }}\n\n${select}`,
  )
}

/** @param packages the node_modules that hold @dataform/core */
export function writeDataformProject(folder: string, count: number, packages: string): void {
  const config = 'config { type: "table", tags: ["daily"] }\n\n'
  const models = modelFiles(
    count,
    index => `definitions/${fileOf(index, 'sqlx')}`,
    (index, drawn) => config + modelSelect(index, drawn, name => `\${ref("${name}")}`, '`shop.orders`'),
  )
  const settings = 'defaultProject: bench\ndefaultLocation: EU\ndefaultDataset: bench\n'
  const dependencies = { '@dataform/core': '3.0.52' }
  writeFiles(
    folder,
    new Map([
      ['workflow_settings.yaml', settings],
      ['package.json', `${JSON.stringify({ name: 'bench', dependencies })}\n`],
      ...models,
    ]),
  )
  symlinkSync(packages, join(folder, 'node_modules'))
}
