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
/** What is handed over is typed by what was asked for. */
export const prepares = () =>
  open({
    catalog: '/catalog',
    prepare: { home: (engine) => engine.recommend({ strategy: 'for-you', limit: 12 }), points: (engine) => engine.membership().points.balance },
    prepared: ({ home, points }, at) => [home?.items.map(({ id }) => id.length), points?.toFixed(0), at.toFixed(0)],
  });
