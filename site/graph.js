// The graph: moving and zooming, choosing a node or a column, and hiding what is not wanted.
{
  const canvas = document.querySelector('.canvas')
  const svg = canvas.querySelector('svg')
  const layer = svg.querySelector('.all')
  const side = document.querySelector('.selected')
  const nodes = new Map([...svg.querySelectorAll('.node')].map(node => [node.dataset.id, node]))
  const edges = [...svg.querySelectorAll('.edge')]
  const places = new Map(
    [...nodes].map(([id, node]) => {
      const [x, y, width, height] = ['x', 'y', 'width', 'height'].map(name =>
        Number(node.firstElementChild.getAttribute(name)),
      )
      return [id, { x: x + width / 2, y: y + height / 2, width, height }]
    }),
  )
  const whole = { width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height }
  svg.removeAttribute('viewBox')
  svg.setAttribute('width', '100%')
  svg.setAttribute('height', '100%')
  canvas.classList.add('alive')

  // Where it stands
  /** At this scale names are 11 pixels high. */
  const readable = 0.9
  const view = { x: 0, y: 0, scale: 1 }
  const draw = () => layer.setAttribute('transform', `translate(${view.x} ${view.y}) scale(${view.scale})`)
  const size = () => canvas.getBoundingClientRect()
  const zoom = (factor, x = size().width / 2, y = size().height / 2) => {
    const scale = Math.min(3, Math.max(0.02, view.scale * factor))
    view.x = x - ((x - view.x) * scale) / view.scale
    view.y = y - ((y - view.y) * scale) / view.scale
    view.scale = scale
    draw()
  }
  const fit = () => {
    const { width, height } = size()
    view.scale = Math.min(1.2, (width - 24) / whole.width, (height - 24) / whole.height)
    view.x = (width - whole.width * view.scale) / 2
    view.y = (height - whole.height * view.scale) / 2
    draw()
  }
  /** Where names would be too small to read, the picture begins with the first module: its first step, at the top. */
  const begin = () => {
    fit()
    if (view.scale >= readable) return
    const first = svg.querySelector('.node.step') ?? svg.querySelector('.node')
    const { x, y } = places.get(first.dataset.id)
    view.scale = readable
    view.x = size().width / 2 - x * view.scale
    view.y = 72 - y * view.scale
    draw()
  }
  const center = id => {
    const { width, height } = size()
    const place = places.get(id)
    view.scale = Math.max(view.scale, 0.75)
    view.x = width / 2 - place.x * view.scale
    view.y = height / 2 - place.y * view.scale
    draw()
  }
  const isInView = id => {
    const { width, height } = size()
    const place = places.get(id)
    const [x, y] = [place.x * view.scale + view.x, place.y * view.scale + view.y]
    return view.scale > 0.5 && x > 60 && y > 30 && x < width - 60 && y < height - 30
  }

  const pointers = new Map()
  let moved = false
  const spread = () => {
    const [a, b] = [...pointers.values()]
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0
  }
  canvas.addEventListener('pointerdown', event => {
    if (event.target.closest('button') || event.button !== 0) return
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    moved = false
  })
  addEventListener('pointermove', event => {
    const before = pointers.get(event.pointerId)
    if (!before) return
    const apart = spread()
    const now = { x: event.clientX, y: event.clientY }
    if (!moved && Math.hypot(now.x - before.x, now.y - before.y) < 4) return
    moved = true
    canvas.classList.add('moving')
    pointers.set(event.pointerId, now)
    if (pointers.size > 1) {
      const { left, top } = size()
      zoom(spread() / apart, now.x - left, now.y - top)
    } else {
      view.x += now.x - before.x
      view.y += now.y - before.y
      draw()
    }
  })
  for (const name of ['pointerup', 'pointercancel'])
    addEventListener(name, event => {
      pointers.delete(event.pointerId)
      canvas.classList.remove('moving')
    })
  svg.addEventListener('dragstart', event => event.preventDefault())
  canvas.addEventListener(
    'wheel',
    event => {
      event.preventDefault()
      const { left, top } = size()
      zoom(Math.exp(-event.deltaY / 500), event.clientX - left, event.clientY - top)
    },
    { passive: false },
  )
  const zooms = { in: () => zoom(1.3), out: () => zoom(1 / 1.3), fit }
  for (const button of canvas.querySelectorAll('[data-zoom]'))
    button.addEventListener('click', () => zooms[button.dataset.zoom]())

  // Who reads whom
  const readers = new Map([...nodes.keys()].map(id => [id, []]))
  const reads = new Map([...nodes.keys()].map(id => [id, []]))
  for (const { dataset, classList } of edges) {
    if (!classList.contains('data')) continue
    readers.get(dataset.from).push(dataset.to)
    reads.get(dataset.to).push(dataset.from)
  }
  const reach = (start, next) => {
    const found = new Set([start])
    for (const id of found) for (const other of next(id)) found.add(other)
    return found
  }

  // Columns: where each comes from, and what is computed from it
  const key = (table, column) => `${table} ${column}`
  const columns = new Map(seshat.lineage)
  const from = new Map()
  const into = new Map()
  for (const [table, list] of seshat.lineage)
    for (const [column, above] of list) {
      from.set(key(table, column), above)
      for (const [t, c] of above || []) {
        const source = key(t, c)
        into.set(source, [...(into.get(source) ?? []), key(table, column)])
      }
    }
  const above = column => (from.get(column) || []).map(([table, name]) => key(table, name))

  // What is chosen
  let chosen
  const light = (ids, between) => {
    svg.classList.toggle('has-choice', ids !== undefined)
    for (const [id, node] of nodes) node.classList.toggle('lit', ids?.has(id) ?? false)
    for (const edge of edges)
      edge.classList.toggle('lit', ids !== undefined && between(edge.dataset.from, edge.dataset.to))
  }
  const choose = (id, column) => {
    chosen = id
    for (const [other, node] of nodes) {
      node.classList.toggle('chosen', other === id)
      node.setAttribute('tabindex', other === id ? '0' : '-1')
    }
    if (id === undefined) {
      light(undefined)
      const [first] = shown()
      if (first) nodes.get(first).setAttribute('tabindex', '0')
      side.replaceChildren(
        make(
          'p',
          { className: 'none' },
          'Choose a node to see what it reads, who reads it, and where its columns come from.',
        ),
      )
      replaceHash(' ')
      return
    }
    if (column) {
      const up = reach(key(id, column), above)
      const down = reach(key(id, column), name => into.get(name) ?? [])
      const tables = new Set([...up, ...down].map(name => name.split(' ')[0]))
      const pairs = new Set()
      for (const name of [...up, ...down])
        for (const source of above(name))
          if (up.has(source) || down.has(source)) pairs.add(`${source.split(' ')[0]} ${name.split(' ')[0]}`)
      light(tables, (a, b) => pairs.has(`${a} ${b}`))
      tellColumn(id, column, up, down)
    } else {
      const up = reach(id, other => reads.get(other))
      const down = reach(id, other => readers.get(other))
      light(new Set([...up, ...down]), (a, b) => (up.has(a) && up.has(b)) || (down.has(a) && down.has(b)))
      tellNode(id)
    }
    replaceHash(`#node=${id}${column ? `&column=${column}` : ''}`)
  }
  const replaceHash = hash => history.replaceState(null, '', hash === ' ' ? location.pathname : hash)

  const make = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties)
    made.append(...children)
    return made
  }
  const jump = (id, column) => {
    const text = column ? `${id}.${column}` : id
    const button = make('button', { type: 'button', className: 'jump' }, text)
    button.addEventListener('click', () => {
      if (!nodes.has(id)) return
      choose(id, column)
      if (!isInView(id)) center(id)
      side.querySelector('h2')?.focus()
    })
    return make('li', {}, button)
  }
  const listing = (title, items) => {
    const part = make('section', {}, make('h3', {}, `${title} `, make('small', {}, String(items.length))))
    part.append(items.length > 0 ? make('ul', {}, ...items) : make('p', { className: 'none' }, 'nothing'))
    return part
  }
  const heading = (id, column) => {
    const node = nodes.get(id)
    const href = node.getAttribute('href') + (column ? `#column-${column}` : '')
    const head = make('h2', { tabIndex: -1 }, column ? `${id}.${column}` : id)
    return [
      head,
      make('p', {}, make('a', { href }, 'Open its page'), ` · ${node.querySelector('.label').textContent}`),
    ]
  }
  const tellNode = id => {
    const own = columns.get(id) ?? []
    side.replaceChildren(
      ...heading(id),
      listing(
        'Reads',
        reads.get(id).map(other => jump(other)),
      ),
      listing(
        'Read by',
        readers.get(id).map(other => jump(other)),
      ),
      ...(own.length > 0
        ? [
            listing(
              'Columns',
              own.map(([name]) => columnChoice(id, name)),
            ),
          ]
        : []),
    )
  }
  const columnChoice = (id, name) => {
    const button = make('button', { type: 'button', className: 'jump' }, name)
    button.addEventListener('click', () => {
      choose(id, name)
      side.querySelector('h2').focus()
    })
    const line = make('li', {}, button)
    if (from.get(key(id, name)) === 0) line.append(make('small', {}, ' unknown'))
    return line
  }
  const tellColumn = (id, column, up, down) => {
    const own = key(id, column)
    const asJumps = names => [...names].filter(name => name !== own).map(name => jump(...name.split(' ')))
    const unknown = [...up].filter(name => from.get(name) === 0).map(name => name.replace(' ', '.'))
    const back = make('button', { type: 'button', className: 'jump' }, `All of ${id}`)
    back.addEventListener('click', () => choose(id))
    side.replaceChildren(
      ...heading(id, column),
      back,
      ...(unknown.length > 0
        ? [
            make(
              'p',
              { className: 'warn' },
              `Where ${unknown.join(', ')} comes from is unknown, so there may be more.`,
            ),
          ]
        : []),
      listing('Computed from', asJumps(up)),
      listing('Goes into', asJumps(down)),
    )
  }

  // Keys and clicks
  const shown = () => [...nodes.keys()].filter(id => !nodes.get(id).classList.contains('off'))
  const directions = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }
  /** The nearest node wholly that way; what lies to the side counts as further away, what it reads or is read by as nearer. */
  const towards = (id, [dx, dy]) => {
    const start = places.get(id)
    let best
    for (const other of shown()) {
      const place = places.get(other)
      const [x, y] = [place.x - start.x, place.y - start.y]
      const ahead = x * dx + y * dy
      const beside = dx !== 0 ? (start.width + place.width) / 2 : (start.height + place.height) / 2
      if (other === id || ahead < beside) continue
      const isLinked = reads.get(id).includes(other) || readers.get(id).includes(other)
      const far = (ahead + 2.5 * Math.abs(x * dy + y * dx)) * (isLinked ? 0.4 : 1)
      if (!best || far < best.far) best = { other, far }
    }
    return best?.other
  }
  const focusNode = id => {
    choose(id)
    if (!isInView(id)) center(id)
    nodes.get(id).focus({ preventScroll: true })
  }
  svg.addEventListener('click', event => {
    const node = event.target.closest('.node')
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    // A click that Enter makes has no place and opens the page.
    if (event.detail === 0) return
    event.preventDefault()
    if (moved) return
    if (node && event.detail > 1) location.href = node.getAttribute('href')
    else choose(node?.dataset.id)
  })
  svg.addEventListener('focusin', event => {
    const id = event.target.closest('.node')?.dataset.id
    if (id && id !== chosen && event.target.matches(':focus-visible')) focusNode(id)
  })
  canvas.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const actions = { '+': zooms.in, '=': zooms.in, '-': zooms.out, 0: fit, Escape: () => choose(undefined) }
    const direction = directions[event.key]
    const id = event.target.closest('.node')?.dataset.id
    if (direction && id) {
      const next = towards(id, direction)
      if (next) focusNode(next)
    } else if (actions[event.key]) actions[event.key]()
    else return
    event.preventDefault()
  })

  // What is shown
  const kinds = { step: ['step', 'complete'], outside: ['source', 'seed', 'external'] }
  const kindOf = node =>
    Object.keys(kinds).find(kind => kinds[kind].some(name => node.classList.contains(name)))
  const boxes = [...document.querySelectorAll('input[name="box"], input[name="kind"]')]
  const filter = () => {
    const off = name => new Set(boxes.filter(box => box.name === name && !box.checked).map(box => box.value))
    const [hiddenBoxes, hiddenKinds] = [off('box'), off('kind')]
    for (const node of nodes.values())
      node.classList.toggle('off', hiddenBoxes.has(node.dataset.box) || hiddenKinds.has(kindOf(node)))
    const isOff = id => nodes.get(id).classList.contains('off')
    for (const edge of edges) edge.classList.toggle('off', isOff(edge.dataset.from) || isOff(edge.dataset.to))
    const used = new Set(shown().map(id => nodes.get(id).dataset.box))
    for (const box of svg.querySelectorAll('.box')) box.classList.toggle('off', !used.has(box.dataset.box))
    if (chosen && isOff(chosen)) choose(undefined)
    else if (!chosen) choose(undefined)
  }
  for (const box of boxes) box.addEventListener('change', filter)
  if (matchMedia('(min-width: 60rem)').matches) document.querySelector('.filters').open = true

  begin()
  addEventListener('resize', () => !chosen && begin())
  const goTo = () => {
    const { node, column } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
    if (!nodes.has(node)) return choose(undefined)
    choose(node, column)
    center(node)
  }
  addEventListener('hashchange', goTo)
  goTo()
}
