/// <reference lib="esnext.disposable" />
// Types of requests and answers are generated from the Rust types that read and write them.
export type * from './wasm/regulars.js';
export { Engine, bucketing, matches } from './wasm/regulars.js';

import type { Engine, Reason, SnapshotInfo } from './wasm/regulars.js';

/** Where the WebAssembly module comes from: an address, a response, its bytes, or the compiled module. */
export type ModuleSource = string | URL | Request | Response | ArrayBuffer | ArrayBufferView<ArrayBuffer> | WebAssembly.Module;

/**
 * Instantiates the module once; calling it again is free. Without a source, browsers fetch the file that the package
 * carries (bundlers carry it along), and Node reads it. Calling anything before it throws `not-initialised`.
 */
export default function init(source?: ModuleSource | PromiseLike<ModuleSource>): Promise<void>;

/** Thrown by loading and misuse; decisions answer with reasons instead. */
export class RegularsError extends Error {
  constructor(code: RegularsErrorCode, message: string);
  readonly name: 'RegularsError';
  readonly code: RegularsErrorCode;
}

/** The closed set; the package's README says what each means and what to do. */
export type RegularsErrorCode =
  | 'not-initialised'
  | 'initialisation-failed'
  | 'no-webassembly'
  | 'freed'
  | 'busy'
  | 'number-too-large'
  | 'no-catalog'
  | 'no-member'
  | 'no-features'
  | 'unknown-experiment'
  | 'unknown-slot'
  | 'not-available'
  | 'malformed-request'
  | 'malformed-features'
  | 'malformed-member'
  | 'unsupported-member-format'
  | 'older-member'
  | 'expired-member'
  | 'wrong-shop'
  | 'malformed-state'
  | 'unsupported-state'
  | 'bad-encryption'
  | 'malformed-snapshot'
  | 'truncated-snapshot'
  | 'bad-digest'
  | 'unsigned-snapshot'
  | 'bad-signature'
  | 'bad-public-key'
  | 'unsupported-format'
  | 'older-snapshot'
  | 'expired-snapshot'
  | 'malformed-json';

/** Keeps bytes under keys: a web view's own storage, a test's. A promise or a plain value is fine. */
export interface Storage {
  get(key: string): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  set(key: string, bytes: Uint8Array): Promise<void> | void;
  delete(key: string): Promise<void> | void;
}

export interface OpenOptions {
  /** Address of the catalog snapshot. */
  catalog: string | URL;
  /** Address of the member's profile. */
  member?: string | URL;
  /** Keys that may have signed the catalog, 32 bytes each. */
  publicKeys?: Uint8Array[];
  /** Where to remember both: `'indexeddb'` (where absent), `'memory'`, or one's own. Falls back to memory, and `status` says so. */
  storage?: 'indexeddb' | 'memory' | Storage;
  /** How news arrive: `'poll'` asks every five minutes; `'off'` (where absent) only on `refresh()`. */
  push?: 'poll' | 'off' | 'sse' | 'message';
  /** Address that takes event batches by POST; without it events stay on the device. */
  events?: string | URL;
  /** Language of texts. */
  locale?: string;
}

/**
 * The I/O shell around `Engine`: fetches, has the engine verify, remembers, sends events. What was remembered answers
 * at once and is refreshed behind it; a document that the engine refuses never replaces the one in use.
 */
export function open(options: OpenOptions): Promise<Client>;

export interface ClientStatus {
  readonly source: 'network' | 'cache' | 'none';
  /** The catalog in use was not confirmed by the network. */
  readonly stale: boolean;
  /** What went wrong, where something did. */
  readonly reasons: Reason[];
}

export interface Client {
  readonly engine: Engine;
  readonly status: ClientStatus;
  /** Asks the network for both documents. Never rejects: `status` says how it went. */
  refresh(): Promise<void>;
  /** Sends the events that wait, and keeps the device's state. What the server does not take stays. */
  flush(): Promise<void>;
  on(event: 'snapshot', listener: (detail: { kind: 'catalog' | 'member'; info: SnapshotInfo }) => void): () => void;
  on(event: 'status', listener: (detail: ClientStatus) => void): () => void;
  on(event: 'exposure', listener: (detail: unknown) => void): () => void;
  /** Sends what waits, keeps the state, and frees the engine. */
  close(): Promise<void>;
}
