// All cells, in the order of the table.
import { bytes } from './bytes.mjs';
import { clock } from './clock.mjs';
import { deltas } from './deltas.mjs';
import { events } from './events.mjs';
import { network } from './network.mjs';
import { prepared } from './prepared.mjs';
import { storage } from './storage.mjs';
import { manyTabs } from './tabs.mjs';

export const cells = [...network, ...bytes, ...deltas, ...storage, ...prepared, ...clock, ...manyTabs, ...events].map((cell) => ({ ...cell, title: `${cell.group}: ${cell.name}` }));
