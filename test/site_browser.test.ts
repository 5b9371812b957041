// The site in a real browser, from the file system: what a reader of the pages can do. Runs where SESHAT_TEST_CHROMIUM names
// the program; .ci/run brings it.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { packageDirectory } from './command_line.js'
import { shopFiles } from './site_fixture.js'
import { temporaryProject } from './support.js'

const program = process.env['SESHAT_TEST_CHROMIUM']
if (program) browserTests(program)

function browserTests(executablePath: string): void {
  const project = temporaryProject(shopFiles)
  const measure = readFileSync(join(packageDirectory, 'test/site_measure.js'), 'utf8')
  const folder = join(project.directory, 'target/docs')
  const url = (path: string): string => `${pathToFileURL(folder).href}/${path}`
  let browser: Browser
  before(async () => {
    const built = await project.seshat('docs', 'build')
    assert.deepEqual([built.code, built.stderr], [0, ''])
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--force-prefers-reduced-motion'],
    })
  })
  after(() => browser.close())

  /** A page on which no console message, no failed request and no request beyond the file system is allowed. */
  async function withPage<T>(options: BrowserContextOptions, work: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
    const page = await context.newPage()
    const faults: string[] = []
    page.on('console', message => faults.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', error => faults.push(error.message))
    page.on('requestfailed', request => faults.push(`failed: ${request.url()}`))
    page.on('request', request => {
      if (!/^(file|data):/.test(request.url())) faults.push(`asks for ${request.url()}`)
    })
    try {
      const result = await work(page)
      assert.deepEqual(faults, [])
      return result
    } finally {
      await context.close()
    }
  }

  const looked = [
    'index.html',
    'graph.html',
    'graph.html#node=orders&column=total',
    'nodes/sessions.html',
    'nodes/orders.html',
    'nodes/sessions.complete.html',
    'nodes/sessions_times.html',
    'sources/shop.orders.html',
  ]

  describe('every kind of page', () => {
    for (const width of [390, 1440])
      for (const colorScheme of ['light', 'dark'] as const)
        test(`${width} wide, ${colorScheme}: no fault, nothing wider than the window, readable colours`, () =>
          withPage({ viewport: { width, height: 844 }, colorScheme }, async page => {
            for (const path of looked) {
              await page.goto('about:blank')
              await page.goto(url(path))
              const { over, faint } = await page.evaluate<{ over: number; faint: string[] }>(measure)
              assert.ok(over <= 0, `${path} is ${over} wider`)
              assert.deepEqual(faint, [], path)
            }
          }))

    test('every page of the site: opens without a fault, and is no wider than a window of 320 pixels', () =>
      withPage({ viewport: { width: 320, height: 700 } }, async page => {
        for (const part of ['nodes', 'sources'])
          for (const name of readdirSync(join(folder, part))) {
            await page.goto(url(`${part}/${name}`))
            const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
            assert.ok(over <= 0, `${name} is ${over} wider`)
          }
      }))

    test('every control: has a name, by the accessibility tree', () =>
      withPage({}, async page => {
        const session = await page.context().newCDPSession(page)
        for (const path of [...looked, 'index.html?search']) {
          await page.goto('about:blank')
          await page.goto(url(path))
          if (path.endsWith('?search')) {
            await page.keyboard.press('/')
            await page.keyboard.type('orders')
            await page.getByRole('option').first().waitFor()
          }
          const { nodes } = await session.send('Accessibility.getFullAXTree')
          const controls = nodes.filter(
            ({ ignored, role }) => !ignored && namedRoles.has(String(role?.value)),
          )
          assert.ok(controls.length > 5, `${path}: ${controls.length} controls`)
          assert.deepEqual(
            controls.filter(({ name }) => !String(name?.value ?? '').trim()).map(({ role }) => role?.value),
            [],
            path,
          )
        }
      }))

    test('without scripts: all SQL, all links and the picture are there', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false })
      const page = await context.newPage()
      await page.goto(url('nodes/orders.html'))
      assert.equal(await page.locator('.panel:visible').count(), 4)
      await page.goto(url('graph.html'))
      assert.ok(await page.locator('.node.custom').first().isVisible())
      await context.close()
    })
  })

  describe('the theme', () => {
    test('the switch: turns it, and it is kept on the next page', () =>
      withPage({ colorScheme: 'light' }, async page => {
        await page.goto(url('index.html'))
        const paper = () =>
          page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
        const light = await paper()
        const button = page.getByRole('button', { name: 'Dark theme' })
        assert.equal(await button.getAttribute('aria-pressed'), 'false')
        await button.click()
        assert.equal(await button.getAttribute('aria-pressed'), 'true')
        const dark = await paper()
        assert.notEqual(dark, light)
        await page.goto(url('nodes/orders.html'))
        assert.equal(await paper(), dark)
      }))
  })

  describe('search, by keyboard', () => {
    const found = (page: Page) => page.getByRole('option').allInnerTexts()

    test('a name: the best first; Enter opens its page', () =>
      withPage({}, async page => {
        await page.goto(url('index.html'))
        await page.keyboard.press('/')
        await page.keyboard.type('orders')
        await page.getByRole('option').first().waitFor()
        const names = (await found(page)).map(text => text.split(/\s/)[0])
        assert.deepEqual(names.slice(0, 3), ['orders', 'shop.orders', 'session_orders'])
        await page.keyboard.press('Enter')
        await page.waitForURL(url('nodes/orders.html'))
      }))

    test('a column: opens the page at that column', () =>
      withPage({}, async page => {
        await page.goto(url('nodes/sessions.setup.html'))
        await page.keyboard.press('Control+k')
        await page.keyboard.type('order_id')
        await page.getByRole('option').first().waitFor()
        await page.keyboard.press('ArrowDown')
        assert.match((await found(page))[1] ?? '', /^shop\.orders\.order_id/)
        await page.keyboard.press('Enter')
        await page.waitForURL(url('sources/shop.orders.html#column-order_id'))
      }))

    test('words that nothing has: says so; Escape closes it', () =>
      withPage({}, async page => {
        await page.goto(url('index.html'))
        await page.keyboard.press('/')
        await page.keyboard.type('zzzz')
        await page.getByText('Nothing has all of these words.').waitFor()
        await page.keyboard.press('Escape')
        await page.keyboard.press('Escape')
        assert.equal(await page.locator('dialog[open]').count(), 0)
      }))
  })

  describe('a page of a node', () => {
    test('tabs of SQL: arrows turn them, one panel is seen', () =>
      withPage({}, async page => {
        await page.goto(url('nodes/orders.html'))
        await page.getByRole('tab', { name: 'As written' }).focus()
        await page.keyboard.press('ArrowRight')
        await page.keyboard.press('ArrowRight')
        assert.equal(await page.getByRole('tab', { name: 'redshift' }).getAttribute('aria-selected'), 'true')
        assert.deepEqual(await page.locator('.panel:visible').evaluateAll(all => all.map(({ id }) => id)), [
          'sql-redshift',
        ])
      }))

    test('the list of all nodes: marks the page; on a narrow screen behind a button', () =>
      withPage({ viewport: { width: 390, height: 844 } }, async page => {
        await page.goto(url('nodes/orders.html'))
        const list = page.getByRole('navigation', { name: 'All tables and steps' })
        assert.equal(await list.isVisible(), false)
        await page.getByRole('button', { name: 'All tables and steps' }).click()
        assert.equal(await list.locator('[aria-current=page]').innerText(), 'orders')
        await page.keyboard.press('Escape')
        assert.equal(await list.isVisible(), false)
      }))
  })

  describe('the graph', () => {
    const chosen = (page: Page) => page.locator('.node.chosen').getAttribute('data-id')
    const lit = (page: Page) =>
      page.locator('.node.lit').evaluateAll(all => all.map(node => node.getAttribute('data-id')).sort())

    for (const width of [390, 1440])
      test(`at first sight, ${width} wide: names can be read, the first step of the first module is in view; Show all shows all`, () =>
        withPage({ viewport: { width, height: 844 } }, async page => {
          await page.goto(url('graph.html'))
          const look = () =>
            page.evaluate<{ pixels: number; first: boolean; all: boolean }>(`(() => {
              const canvas = document.querySelector('.canvas').getBoundingClientRect()
              const isIn = ({ left, right, top, bottom }) =>
                left >= canvas.left && right <= canvas.right && top >= canvas.top && bottom <= canvas.bottom
              const nodes = [...document.querySelectorAll('.node')]
              const area = node => node.getBoundingClientRect()
              const name = document.querySelector('.node text')
              return {
                pixels: parseFloat(getComputedStyle(name).fontSize) * name.getScreenCTM().a,
                first: isIn(area(nodes.find(node => node.dataset.id === 'sessions.setup'))),
                all: nodes.map(area).every(isIn),
              }
            })()`)
          const begun = await look()
          assert.ok(begun.pixels >= 11, `${begun.pixels} pixels`)
          assert.ok(begun.first, 'sessions.setup is in view')
          await page.getByRole('button', { name: 'Show all' }).click()
          assert.ok((await look()).all, 'all nodes are in view')
        }))

    test('keys: arrows go from node to node, Enter opens the page', () =>
      withPage({}, async page => {
        await page.goto(url('graph.html#node=shop.orders'))
        await page.locator('.node.chosen').focus()
        await page.keyboard.press('ArrowRight')
        const next = await chosen(page)
        assert.equal(next, 'orders')
        await page.keyboard.press('Enter')
        await page.waitForURL(url('nodes/orders.html'))
      }))

    test('a node that is clicked: what it reads and who reads it stand out and are listed', () =>
      withPage({}, async page => {
        await page.goto(url('graph.html'))
        await page.locator('.node[data-id="orders"]').click()
        assert.deepEqual(await lit(page), ['orders', 'session_orders', 'shop.orders'])
        const side = page.getByRole('region', { name: 'What is selected' })
        assert.match(
          (await side.innerText()).replaceAll(/\s+/g, ' '),
          /Reads 1 shop\.orders Read by 1 session_orders/,
        )
        await page.keyboard.press('Escape')
      }))

    test('a column: the tables on its way and no other; what is not known is said', () =>
      withPage({}, async page => {
        await page.goto(url('graph.html#node=session_orders&column=total'))
        assert.deepEqual(await lit(page), ['orders', 'session_orders', 'shop.orders'])
        const side = page.getByRole('region', { name: 'What is selected' })
        assert.match(
          (await side.innerText()).replaceAll(/\s+/g, ' '),
          /Computed from 2 orders\.total shop\.orders\.amount Goes into 0/,
        )
      }))

    test('dragging and the wheel: move and zoom the picture', () =>
      withPage({}, async page => {
        await page.goto(url('graph.html'))
        const place = async () => page.locator('.all').getAttribute('transform')
        await page.getByRole('button', { name: 'Show all' }).click()
        const start = await place()
        await page.mouse.move(500, 700)
        await page.mouse.down()
        await page.mouse.move(560, 640, { steps: 4 })
        await page.mouse.up()
        const moved = await place()
        assert.notEqual(moved, start)
        await page.mouse.wheel(0, -300)
        assert.notEqual(await place(), moved)
        await page.getByRole('button', { name: 'Show all' }).click()
        assert.equal(await place(), start)
      }))

    test('filters: a module that is switched off is not seen, nor its edges', () =>
      withPage({}, async page => {
        await page.goto(url('graph.html'))
        await page.getByRole('checkbox', { name: 'users' }).uncheck()
        assert.equal(await page.locator('.node[data-box="users"]:visible').count(), 0)
        assert.equal(await page.locator('.edge[data-to="users_batch"]:not(.off)').count(), 0)
        await page.getByRole('checkbox', { name: 'Steps of the life cycle' }).uncheck()
        assert.equal(await page.locator('.node:is(.step, .complete):visible').count(), 0)
        assert.ok((await page.locator('.node.model:visible').count()) > 2)
      }))
  })
}

const namedRoles = new Set([
  'button',
  'link',
  'checkbox',
  'combobox',
  'searchbox',
  'textbox',
  'tab',
  'tabpanel',
  'option',
  'dialog',
  'navigation',
  'region',
  'listbox',
  'tablist',
  'DisclosureTriangle',
])
