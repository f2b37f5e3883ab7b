import type { Client, OpenOptions, Storage } from '../index.js';

export { Engine, RegularsError, matches } from '../index.js';

/** Instantiates the module once; `path` is its place in the code package, `/regulars/regulars_bg.wasm.br` where absent. */
export default function init(path?: string): Promise<void>;

/** As in a page, without streams; kept in user files unless `storage` says otherwise. */
export function open(options: OpenOptions): Promise<Client>;

/** `wx.setStorage`: 1 MB a key and 10 MB in all, so what is longer is cut into parts. */
export function wxStorage(): Storage;

/** User files, which have room for a large catalog. */
export function wxFiles(): Storage;
