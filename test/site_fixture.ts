// A project with what the pages have to cope with: descriptions, a declared source, a column that nobody can trace, and text
// that would be markup if it were not escaped.

import { modulesOff } from './support.js'

export const shopFiles: Readonly<Record<string, string>> = {
  'seshat.yml': `name: shop\n${modulesOff('base', 'page_views')}`,
  'models/shop.yml': `
sources:
  - name: shop
    description: The orders of the shop.
    tables:
      - name: orders
        columns:
          - {name: order_id, type: varchar(36), description: The order.}
          - {name: amount, type: int}
models:
  - name: orders
    description: "Orders, with \`code\` and <script>alert('no')</script> & more."
    config: {tags: [daily], meta: {owner: Anna}}
    columns:
      - {name: total, description: The amount of the order.}
  - name: session_orders
    description: Sessions beside orders.
unit_tests:
  - name: orders_cost_one_more
    model: orders
    description: One is <b>added</b>.
    expect: {rows: []}
`,
  'models/orders.sql':
    "{{ config(materialized='table') }}\nselect o.order_id, o.amount + 1 as total from {{ source('shop', 'orders') }} as o\n",
  'models/session_orders.sql':
    "{{ config(materialized='table') }}\n-- of all sessions\nselect s.domain_sessionid, s.page_views, o.total\nfrom {{ ref('sessions') }} as s\ninner join {{ ref('orders') }} as o on o.order_id = s.user_id\n",
  'models/guesses.sql':
    "{{ config(materialized='table') }}\nselect e.guess from {{ source('unknown_schema', 'undeclared') }} as e\n",
}
