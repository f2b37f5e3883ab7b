// No flicker, and never a blank page: only what waits for a decision is invisible, in its place, and not for long.

const WAITING = '[data-regulars-feature]:not([data-regulars-done]),[data-regulars-slot]:not([data-regulars-done])';
const RULE = `${WAITING}{visibility:hidden!important}`;

/** Hides what waits until `lift` is called. A sheet made by script needs no permission of a content security policy. */
export function veil(window, nonce) {
  const { document } = window;
  let lift = () => {};
  try {
    const sheet = new window.CSSStyleSheet();
    sheet.replaceSync(RULE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    lift = () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((known) => known !== sheet);
    };
  } catch {
    const style = document.createElement('style');
    if (nonce) style.nonce = nonce;
    style.textContent = RULE;
    (document.head ?? document.documentElement).append(style);
    lift = () => style.remove();
  }
  return () => {
    lift();
    lift = () => {};
  };
}

/** Calls `visit` with each place of a feature or slot, those to come included, before it is painted. */
export function eachPlace(window, visit) {
  const { document } = window;
  const PLACES = '[data-regulars-feature],[data-regulars-slot]';
  const look = (node) => {
    if (node.nodeType !== 1) return;
    if (node.matches(PLACES)) visit(node);
    node.querySelectorAll(PLACES).forEach(visit);
  };
  const observer = new window.MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(look)));
  observer.observe(document.documentElement, { childList: true, subtree: true });
  document.querySelectorAll(PLACES).forEach(visit);
  return () => observer.disconnect();
}
