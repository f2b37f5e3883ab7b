import { ask } from './ask.js';

const page = globalThis as unknown as { answer: Promise<unknown> };
page.answer = fetch('./small.json')
  .then((response) => response.arrayBuffer())
  .then((bytes) => ask(new Uint8Array(bytes)));
