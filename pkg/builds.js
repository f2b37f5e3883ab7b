// Which of the module's two builds this host gets. It is known before anything is fetched: the loop that the SIMD build
// differs by is here, and small, so it is run and its answers are compared with plain JavaScript's.
import kernel from './wasm/kernel.js';

/** A function that makes a vector and takes a number out of it: valid where SIMD is known. */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 10, 11, 1, 9, 0, 65, 0, 253, 17, 253, 27, 0, 11];

let chosen;

/** Whether this host knows SIMD at all. */
export function knowsSimd() {
  try {
    return WebAssembly.validate(Uint8Array.from(SIMD));
  } catch {
    return false;
  }
}

/**
 * `{ build: 'simd' }`, or `{ build: 'baseline', because }`: `no-simd` where the host does not know it, `simd-differs` where
 * it computes wrongly with it (iOS 16.4 does).
 */
export function chosenBuild() {
  chosen ??= knowsSimd() ? tried(Uint8Array.from(atob(kernel), (letter) => letter.charCodeAt(0))) : { build: 'baseline', because: 'no-simd' };
  return chosen;
}

/** Runs `bytes`, the loop of the SIMD build, over rows whose products are known. */
export function tried(bytes) {
  try {
    return isRight(bytes) ? { build: 'simd' } : { build: 'baseline', because: 'simd-differs' };
  } catch {
    return { build: 'baseline', because: 'simd-differs' };
  }
}

const ROWS = 64;
const [FOUND, QUERY, CODES] = [0, 1024, 4096];

function isRight(bytes) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { next_above: nextAbove } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
  let state = 1;
  const any = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
  // 64 numbers have a loop of their own.
  return [64, 24].every((width) => {
    const codes = new Int8Array(memory.buffer, CODES, ROWS * width).map(() => any());
    const query = new Int16Array(memory.buffer, QUERY, width).map(() => (any() % 4095) - 2047);
    new Int8Array(memory.buffer).set(codes, CODES);
    new Int16Array(memory.buffer).set(query, QUERY / 2);
    const products = Array.from({ length: ROWS }, (_, row) => query.reduce((sum, factor, place) => sum + factor * codes[row * width + place], 0));
    const told = (from, to, above) => {
      const row = nextAbove(CODES, width, from, to, QUERY, 0, above, FOUND);
      return [row, new Int32Array(memory.buffer)[FOUND / 4]];
    };
    const greatest = Math.max(...products);
    const best = products.indexOf(greatest);
    return (
      products.every((product, row) => String(told(row, row + 1, product - 1)) === `${row},${product}`) &&
      String(told(0, ROWS, greatest - 1)) === `${best},${greatest}` &&
      told(0, ROWS, greatest)[0] === ROWS
    );
  });
}
