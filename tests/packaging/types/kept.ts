// The names and meanings that users were promised are kept: what the package exports can stand where the contract is
// expected. Checked by the type checker, never run.
import init, { Engine, RegularsError, open, type Client } from 'regulars';

import type * as contract from './contract';

export const initialises: typeof contract.default = init as (source?: unknown) => Promise<void>;
export const engine: contract.Engine = new Engine();
export const error: contract.RegularsError = new RegularsError('no-catalog', 'no catalog');
export const opens: (options: { catalog: string; member?: string }) => Promise<Client> = open;
export function client(client: Client): contract.Client {
  return client;
}
