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
  | 'unchecked-signature'
  | 'bad-public-key'
  | 'unsupported-format'
  | 'older-snapshot'
  | 'malformed-delta'
  | 'delta-gap'
  | 'delta-mismatch'
  | 'expired-snapshot'
  | 'malformed-json';

/**
 * Keeps bytes under keys: a mini-program's own storage, a test's. A promise or a plain value is fine. What else a storage
 * can do, it says by having the method.
 */
export interface Storage {
  get(key: string): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  set(key: string, bytes: Uint8Array): Promise<void> | void;
  delete(key: string): Promise<void> | void;
  /** Several changes at once or not at all; `undefined` deletes. Without it they are made in an order that a crash cannot break. */
  write?(changes: [key: string, bytes: Uint8Array | undefined][]): Promise<void> | void;
  /** The keys that begin with `start`. */
  keys?(start: string): Promise<string[]> | string[];
}

/** What a server, a host page or a mini-program pushes. */
export type PushMessage =
  | { type: 'refresh' | 'member' }
  | { type: 'catalog'; version?: number }
  /** A file made by `regulars delta` or `regulars pack`; as text it is base64. */
  | { type: 'delta' | 'snapshot'; bytes: Uint8Array | ArrayBuffer | string }
  | { type: 'profile'; profile: object };

export type Push = 'poll' | 'sse' | 'message';

export interface OpenOptions<Prepare extends Record<string, (engine: Engine) => unknown> = Record<string, (engine: Engine) => unknown>> {
  /** Address of the catalog snapshot. */
  catalog: string | URL;
  /** Address of the member's profile. */
  member?: string | URL;
  /** Keys that may have signed the catalog and deltas, 32 bytes each. To change keys, give both until the old one is gone. */
  publicKeys?: Uint8Array[];
  /** The shop the catalog must be for; where absent, the one it was for the first time. */
  shop?: string;
  /** Where to remember: `'indexeddb'` (where absent), `'memory'`, or one's own. Falls back to memory, and `status` says so. */
  storage?: 'indexeddb' | 'memory' | Storage;
  /**
   * How news arrive: `'poll'` asks every five minutes; `'sse'` listens to `stream`; `'message'` to `postMessage` of
   * `{ regulars: PushMessage }` from `pushOrigins`; `'off'` (where absent) only on `refresh()`.
   */
  push?: Push | 'off' | Push[];
  /** Address of server-sent events, each a `PushMessage` as JSON; for `push: 'sse'`. */
  stream?: string | URL;
  /** Who may push by message: origins; where absent, the page's own. */
  pushOrigins?: string[];
  /** Folder of deltas: the one from a snapshot lies at its digest in hexadecimal digits. */
  deltas?: string | URL;
  /** Address that takes event batches by POST; without it events stay on the device. */
  events?: string | URL;
  /** Sent along with requests for the profile and with events: who is there, where cookies do not say it. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
  /** Language of texts. */
  locale?: string;
  /** How long an answer of the network may take, in milliseconds: 10,000 where absent. */
  timeout?: number;
  /**
   * The page's own clock, in milliseconds since 1970, for a page that lives at another time (a demo on last year's data) or
   * knows it better than the device. The engine goes by it in place of the device's clock, and the server's time does not
   * correct it: what has expired, what is due and what is told of time are as good as this clock is.
   */
  now?: () => number;
  /** What `init` would get: where the module lies, for bundlers that do not find it by themselves. */
  module?: ModuleSource;
  /**
   * What the next page shows first, by names of the page's own: functions that only ask the engine. They are asked whenever something
   * has happened and the page is idle, and nothing of it counts as exposure; the answers are kept as JSON, sealed like the profile,
   * for this catalog and member, and forgotten with them. Give an answer another name when its form changes.
   */
  prepare?: Prepare;
  /**
   * Gets what the page before prepared, before the module is even fetched: at most once, and only what nothing has happened
   * to since, was made ready within the last half hour (`at`, milliseconds since 1970), holds until neither catalog nor profile have
   * ended, and is in the language `locale`. Show it, and ask the engine for the same when `open` resolves.
   */
  prepared?: (answers: Partial<{ [Name in keyof Prepare]: ReturnType<Prepare[Name]> }>, at: number) => void;
}

/**
 * The I/O shell around `Engine`: fetches, has the engine verify, remembers, listens, sends events. What was remembered
 * answers at once and is refreshed behind it; a document that the engine refuses never replaces the one in use.
 */
export function open<Prepare extends Record<string, (engine: Engine) => unknown>>(options: OpenOptions<Prepare>): Promise<Client>;

export interface ClientStatus {
  /** Where the catalog in use was confirmed last. */
  readonly source: 'network' | 'cache' | 'none';
  /** The documents in use were not confirmed by the network, or have expired. */
  readonly stale: boolean;
  /** Why, and what else the page should know: the package's README lists the codes. */
  readonly reasons: Reason[];
}

export interface ClientInfo {
  readonly catalog: SnapshotInfo | null;
  readonly member: SnapshotInfo | null;
}

export interface Client {
  readonly engine: Engine;
  readonly status: ClientStatus;
  /** What is in use: version, dates, warnings of the catalog and of the member's profile. */
  readonly info: ClientInfo;
  /** Asks the network for both documents. Never rejects: `status` says how it went. */
  refresh(): Promise<void>;
  /** Sends the events that wait, and keeps the device's state. What the server does not take stays. */
  flush(): Promise<void>;
  /** Resolves when everything that has happened so far is kept, and survives a crash. */
  saved(): Promise<void>;
  /** The page may not come back: what waits is handed to the browser, and kept. Pages do this by themselves. */
  leave(): Promise<void>;
  /**
   * Somebody signs in: the profile at this address is theirs. What they did on this device before counts at once. Of
   * whoever was here before nothing is shown any more.
   */
  signIn(member: string | URL): Promise<void>;
  /** The person leaves: profile, state and their key are gone from all tabs of this device. The catalog stays. */
  signOut(): Promise<void>;
  on(event: 'snapshot', listener: (detail: { kind: 'catalog' | 'member'; info: SnapshotInfo | null }) => void): () => void;
  on(event: 'status', listener: (detail: ClientStatus) => void): () => void;
  on(event: 'exposure', listener: (detail: unknown) => void): () => void;
  /** Sends what waits, keeps the state, and frees the engine. */
  close(): Promise<void>;
}
