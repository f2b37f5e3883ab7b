// Visual changes, as GrowthBook's editor makes them: styles and mutations of elements, but no scripts.

import mutate from 'dom-mutator';

/** Makes the changes of an arm. */
export function changePage(window, { css, domMutations }) {
  if (typeof css === 'string' && css) addStyles(window, css);
  for (const mutation of Array.isArray(domMutations) ? domMutations : []) {
    if (String(mutation.attribute).toLowerCase().startsWith('on')) continue;
    try {
      mutate.declarative(mutation);
    } catch {
      // a selector that this browser does not know
    }
  }
}

function addStyles(window, css) {
  const { document } = window;
  try {
    const sheet = new window.CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  } catch {
    const style = document.createElement('style');
    style.textContent = css;
    document.head.append(style);
  }
}
