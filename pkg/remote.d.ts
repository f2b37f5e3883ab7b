import type { Client, ClientStatus, Engine, ModuleSource, OpenOptions } from './index.js';

type Promised<T> = { [K in keyof T]: T[K] extends (...given: infer A) => infer R ? (...given: A) => Promise<Awaited<R>> : never };

/** `Client` with the engine in a worker: every method of the engine gives a promise. */
export interface RemoteClient extends Omit<Client, 'engine' | 'status'> {
  readonly engine: Promised<Omit<Engine, 'free'>>;
  readonly status: ClientStatus;
}

/**
 * Opens a client whose engine runs in `worker`, a module worker of `regulars/worker`. `module` is where the WebAssembly file
 * lies, where the worker does not find it by itself.
 */
export function openInWorker(options: Omit<OpenOptions, 'storage' | 'headers' | 'now' | 'module' | 'prepare' | 'prepared'> & { storage?: 'indexeddb' | 'memory'; headers?: Record<string, string> }, worker: Worker, module?: ModuleSource): Promise<RemoteClient>;
