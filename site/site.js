// On every page: the list of all nodes, the search, tabs of SQL, and buttons that copy it. Pages are whole without it.
{
  const root = document.documentElement.dataset.root
  const [id, kind, label, box, page] = [0, 1, 2, 3, 4]
  const nodes = seshat.nodes
  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties)
    made.append(...children)
    return made
  }

  // All nodes, by module
  const all = document.querySelector('#all')
  const here = decodeURI(location.pathname).split('/').slice(-2).join('/')
  const current = nodes.find(node => node[page] === here)
  const boxes = [...new Set(nodes.map(node => node[box]))]
  for (const name of boxes) {
    const inside = nodes.filter(node => node[box] === name)
    const details = element('details', {}, element('summary', {}, name))
    const list = element('ul')
    details.append(list)
    const fill = () => {
      if (list.firstChild) return
      for (const node of inside) {
        const link = element('a', { href: root + node[page], className: node[kind] }, node[id])
        if (node === current) link.setAttribute('aria-current', 'page')
        list.append(element('li', {}, link))
      }
    }
    details.addEventListener('toggle', fill)
    if (current?.[box] === name || (!current && inside.length < 40)) {
      fill()
      details.open = true
    }
    all.append(details)
  }
  const menu = document.querySelector('button.menu')
  const openMenu = open => {
    menu.setAttribute('aria-expanded', String(open))
    document.body.classList.toggle('menu-open', open)
    if (open) all.querySelector('a, summary')?.focus()
  }
  menu.addEventListener('click', () => openMenu(menu.getAttribute('aria-expanded') !== 'true'))
  all.querySelector('[aria-current]')?.scrollIntoView({ block: 'center' })
  addEventListener('keydown', event => {
    if (event.key === 'Escape' && menu.getAttribute('aria-expanded') === 'true') {
      openMenu(false)
      menu.focus()
    }
  })

  // Search: its texts are loaded when it is first opened
  const dialog = document.querySelector('dialog.search')
  const input = dialog.querySelector('input')
  const results = dialog.querySelector('#found')
  const hint = dialog.querySelector('.hint')
  let texts
  const load = () => {
    if (texts) return
    texts = []
    const source = element('script', { src: `${root}data/search.js` })
    source.addEventListener('load', () => {
      texts = seshat.search
      show()
    })
    document.head.append(source)
  }
  const open = () => {
    load()
    if (!dialog.open) dialog.showModal()
    input.select()
    show()
  }

  /** How well a node answers: the smaller the better; undefined: not at all. */
  const rank = (index, words) => {
    const name = nodes[index][id].toLowerCase()
    const [description = '', ...columns] = texts[index] ?? []
    let sum = 0
    let column
    for (const word of words) {
      if (name === word) sum += 0
      else if (name.startsWith(word)) sum += 1
      else if (name.includes(word)) sum += 2
      else {
        const found = columns.find(other => other === word) ?? columns.find(other => other.includes(word))
        if (found !== undefined) {
          column ??= found
          sum += found === word ? 3 : 4
        } else if (description.toLowerCase().includes(word)) sum += 6
        else if (nodes[index][box].includes(word) || nodes[index][label].includes(word)) sum += 8
        else return undefined
      }
    }
    const isLife = ['step', 'complete', 'test'].includes(nodes[index][kind])
    return { index, column, sum: sum + (isLife ? 0.5 : 0) + name.length / 1000 }
  }
  const most = 40
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    const found =
      words.length === 0
        ? []
        : nodes
            .map((_, index) => rank(index, words))
            .filter(Boolean)
            .sort((a, b) => a.sum - b.sum)
    results.replaceChildren(...found.slice(0, most).map(option))
    hint.textContent =
      words.length === 0
        ? `${nodes.length} tables and steps`
        : found.length === 0
          ? 'Nothing has all of these words.'
          : found.length > most
            ? `The best ${most} of ${found.length}`
            : `${found.length} found`
    input.setAttribute('aria-expanded', String(found.length > 0))
    choose(0)
  }
  const option = ({ index, column }, place) => {
    const node = nodes[index]
    const href = root + node[page] + (column ? `#column-${column}` : '')
    const line = element('li', { id: `found-${place}`, role: 'option' })
    const link = element('a', { href, tabIndex: -1, className: node[kind] }, node[id])
    if (column) link.append(element('span', { className: 'column' }, `.${column}`))
    line.append(link, element('small', {}, ` ${node[label]} · ${node[box]}`))
    const description = texts[index]?.[0]
    if (description) line.append(element('p', {}, description))
    line.addEventListener('click', event => {
      if (!event.target.closest('a')) go(line)
    })
    return line
  }
  let chosen = 0
  const choose = place => {
    const lines = [...results.children]
    chosen = Math.max(0, Math.min(place, lines.length - 1))
    for (const [index, line] of lines.entries()) line.setAttribute('aria-selected', String(index === chosen))
    if (lines.length > 0) input.setAttribute('aria-activedescendant', `found-${chosen}`)
    else input.removeAttribute('aria-activedescendant')
    lines[chosen]?.scrollIntoView({ block: 'nearest' })
  }
  const go = line => {
    if (!line) return
    dialog.close()
    location.href = line.querySelector('a').href
  }
  input.addEventListener('input', show)
  input.addEventListener('keydown', event => {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }
    if (event.key in moves) choose(chosen + moves[event.key])
    else if (event.key === 'Enter') go(results.children[chosen])
    else return
    event.preventDefault()
  })
  results.addEventListener('click', event => {
    if (event.target.closest('a')) dialog.close()
  })
  dialog.addEventListener('click', event => {
    if (event.target === dialog) dialog.close()
  })
  document.querySelector('button.find').addEventListener('click', open)
  addEventListener('keydown', event => {
    const isTyping = event.target.closest?.('input, textarea, select')
    const asks = (event.key === '/' && !isTyping) || (event.key === 'k' && (event.ctrlKey || event.metaKey))
    if (!asks) return
    event.preventDefault()
    open()
  })

  // SQL: one panel at a time; the one that was looked at last comes first
  for (const tabs of document.querySelectorAll('.tabs')) {
    const panels = [...tabs.querySelectorAll('.panel')]
    const bar = element('div', { className: 'tab-bar', role: 'tablist' })
    bar.setAttribute('aria-label', 'SQL')
    const buttons = panels.map(panel => {
      const button = element(
        'button',
        { type: 'button', role: 'tab', id: `tab-${panel.id}` },
        panel.dataset.title,
      )
      button.setAttribute('aria-controls', panel.id)
      panel.setAttribute('role', 'tabpanel')
      panel.setAttribute('aria-labelledby', button.id)
      panel.querySelector('h3').hidden = true
      const copy = element('button', { type: 'button', className: 'copy' }, 'Copy')
      copy.addEventListener('click', async () => {
        const code = panel.querySelector('code')
        try {
          await navigator.clipboard.writeText(code.textContent)
          copy.textContent = 'Copied'
        } catch {
          getSelection().selectAllChildren(code) // Not allowed to copy: it is marked, for Ctrl-C.
          copy.textContent = 'Marked'
        }
        setTimeout(() => (copy.textContent = 'Copy'), 1500)
      })
      panel.querySelector('.note').append(copy)
      return button
    })
    const turn = index => {
      for (const [other, panel] of panels.entries()) {
        panel.hidden = other !== index
        buttons[other].setAttribute('aria-selected', String(other === index))
        buttons[other].tabIndex = other === index ? 0 : -1
      }
    }
    for (const [index, button] of buttons.entries()) {
      button.addEventListener('click', () => turn(index))
      button.addEventListener('keydown', event => {
        const moves = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: panels.length - 1 }
        if (!(event.key in moves)) return
        event.preventDefault()
        const next = (moves[event.key] + panels.length) % panels.length
        turn(next)
        buttons[next].focus()
      })
    }
    bar.append(...buttons)
    tabs.prepend(bar)
    turn(0)
  }
}
