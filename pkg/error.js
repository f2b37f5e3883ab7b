/**
 * Thrown by loading and misuse, never by a decision: decisions answer with reasons.
 *
 * `code` comes from a closed set, documented in the package's README. The WebAssembly module throws this very class.
 */
export class RegularsError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

// On the prototype, as the built-in errors have it, so that it is not listed among an error's own properties.
Object.defineProperty(RegularsError.prototype, 'name', { value: 'RegularsError', configurable: true, writable: true });

/** Runs what is the page's: its mistakes are told to the page, and stop nothing here. */
export function safely(act) {
  try {
    act();
  } catch (error) {
    if (typeof reportError === 'function') reportError(error);
    else console.error(error);
  }
}
