// For bundlers that only carry files that are imported: the address is handed to `init`.
import wasmUrl from 'regulars/regulars.wasm';

import { ask } from './ask.js';

const page = globalThis as unknown as { answer: Promise<unknown> };
page.answer = fetch('./small.json')
  .then((response) => response.arrayBuffer())
  .then((bytes) => ask(new Uint8Array(bytes), wasmUrl));
