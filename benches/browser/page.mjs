// The entry of the page: everything that suites are given, by fetching.
import init, { Engine } from 'regulars';

import { bench } from './bench.mjs';
import suites from './suites.mjs';
import { world } from './world.mjs';

globalThis.bench = async (names, index) => {
  await init('/pkg/wasm/regulars_bg.wasm');
  const bytes = async (file) => {
    const response = await fetch(`/data/${file}`);
    if (!response.ok) throw new Error(`${file}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  return bench(suites.filter(({ name }) => names.includes(name)).map(({ suite }) => suite), { ...(await world(Engine, bytes, index)), libraries: '/libraries/' }, (title) => console.log(title));
};
