import type { Client } from './index.js';

/** Whether this page is shown by a mini-program. */
export function inMiniProgram(): boolean;

/** What the mini-program wrote behind the `#` of the page's address (`#regulars=` and JSON); it is taken off the address. */
export function handedOver(): Record<string, unknown>;

/**
 * Gives the mini-program, by `wx` of the JSSDK, the batches that wait whenever the page is hidden. They stay here as well: the
 * server takes each once by its id. Returns a function that stops it.
 */
export function handOverEvents(client: Client, wx?: unknown): () => void;
