// What a value does to an element. Nothing here makes script out of text.

/**
 * | the element has, or the value is | then |
 * |---|---|
 * | `<template data-regulars-value="...">` inside | the content of the one for this value takes the place of what is there |
 * | `data-regulars-attribute="href"` | the attribute is set |
 * | `true`, `false` | it is shown, hidden |
 * | a text or a number | it is the element's text |
 * | an object | `text`, `hidden`, `class`, `style: {...}`, `attributes: {...}` each do what they say |
 * | `null`, or a template for no such value | it stays as the page has it |
 */
export function apply(element, value) {
  if (value === null || value === undefined) return;
  const templates = [...element.children].filter((child) => child.localName === 'template' && child.hasAttribute('data-regulars-value'));
  if (templates.length > 0) {
    const wanted = typeof value === 'object' ? JSON.stringify(value) : String(value);
    const meant = templates.find((template) => template.getAttribute('data-regulars-value') === wanted);
    if (meant) {
      element.textContent = '';
      element.append(meant.content.cloneNode(true));
    }
    return;
  }
  const attribute = element.getAttribute('data-regulars-attribute');
  if (attribute) setAttribute(element, attribute, value);
  else if (typeof value === 'boolean') element.hidden = !value;
  else if (typeof value === 'object') applyObject(element, value);
  else element.textContent = String(value);
}

function applyObject(element, { text, hidden, class: name, style, attributes }) {
  if (text !== undefined && text !== null) element.textContent = String(text);
  if (typeof hidden === 'boolean') element.hidden = hidden;
  if (typeof name === 'string') element.classList.add(...name.split(/\s+/).filter(Boolean));
  for (const [property, given] of Object.entries(style ?? {})) element.style.setProperty(property, String(given));
  for (const [attribute, given] of Object.entries(attributes ?? {})) setAttribute(element, attribute, given);
}

const ADDRESSES = new Set(['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster']);

function setAttribute(element, attribute, value) {
  const name = attribute.toLowerCase();
  const text = String(value);
  // Browsers skip these in front of a scheme.
  const scheme = text.replace(/[\u0000-\u0020]/g, '').toLowerCase();
  const runs = name.startsWith('on') || name === 'srcdoc' || (ADDRESSES.has(name) && /^(javascript|data|vbscript):/.test(scheme));
  if (runs) return;
  if (value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : text);
}
