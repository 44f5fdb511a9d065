// Light or dark: as the system has it, or as somebody chose; remembered where
// the browser lets a page do so. An address may ask for one: #theme=dark

const kThemeKey = 'platter.theme';

function rememberedTheme() {
  try {
    return localStorage.getItem(kThemeKey) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function rememberTheme(theme) {
  try {
    localStorage.setItem(kThemeKey, theme);
  } catch {
    // A page of a file, or in a private window, may not: it is chosen anew then.
  }
}

const themeButtons = document.querySelectorAll('[data-theme-choice]');

function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
  for (const button of themeButtons) {
    button.setAttribute('aria-pressed', String(button.dataset.themeChoice === theme));
  }
  const behind = getComputedStyle(document.documentElement).backgroundColor;
  document.querySelector('meta[name=theme-color]').content = behind;
}

for (const button of themeButtons) {
  button.addEventListener('click', () => {
    rememberTheme(button.dataset.themeChoice);
    changeView({ theme: '' });
  });
}

const themeOf = ({ theme }) => (['auto', 'light', 'dark'].includes(theme) ? theme : rememberedTheme());
onView((shown) => applyTheme(themeOf(shown)));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => applyTheme(themeOf(view)));
