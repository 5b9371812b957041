// Before anything is drawn: the theme that was chosen here last. Without one, that of the system.
{
  const root = document.documentElement
  const stored = () => {
    try {
      return localStorage.getItem('seshat-theme')
    } catch {
      return null // A browser may keep a page of the file system from storing anything.
    }
  }
  const chosen = stored()
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen

  const system = matchMedia('(prefers-color-scheme: dark)')
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches)
  addEventListener('DOMContentLoaded', () => {
    const button = document.querySelector('button.theme')
    const tell = () => button.setAttribute('aria-pressed', String(isDark()))
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark'
      try {
        localStorage.setItem('seshat-theme', root.dataset.theme)
      } catch {
        // Then it holds for this page alone.
      }
      tell()
    })
    system.addEventListener('change', tell)
    tell()
  })
}
