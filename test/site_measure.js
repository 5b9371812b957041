// In the browser: by how much the page is wider than the window, and texts whose contrast with what is behind them is below
// 4.5 to 1. The value of this file is the answer.
;(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgb = color => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const light = color => {
    const [r, g, b] = color.map(value => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor)
      if (color[3] === 255) return color
    }
    return [255, 255, 255, 255]
  }
  const faint = new Set()
  for (const element of document.querySelectorAll('main *, header *, nav *')) {
    const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
    if (!hasText || element.closest('svg') || !element.checkVisibility()) continue
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))]
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (contrast < 4.5)
      faint.add(`${element.tagName} ${element.textContent.slice(0, 30)} ${contrast.toFixed(2)}`)
  }
  return { over: document.documentElement.scrollWidth - innerWidth, faint: [...faint] }
})()
