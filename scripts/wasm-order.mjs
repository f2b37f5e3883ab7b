// Names the functions of a module by the order in which they compress best, for binaryen to put them in: those of a type
// together, among them those of a size, and then those that begin alike. Three hundredths less to download.
//
//   node scripts/wasm-order.mjs IN OUT     IN must have no names
import { readFileSync, writeFileSync } from 'node:fs';
import { counted, encoded, functions } from './wasm-binary.mjs';

const [from, to] = process.argv.slice(2);
const bytes = readFileSync(from);
const { imported, bodies } = functions(bytes);
const alike = bodies.map(({ start, size, type }, place) => ({ place: imported + place, type, size: Math.floor(Math.log2(size)), body: bytes.subarray(start, start + size) }));
const ranks = new Map(alike.toSorted((one, other) => one.type - other.type || one.size - other.size || Buffer.compare(one.body, other.body)).map(({ place }, rank) => [place, rank]));
const names = alike.map(({ place }) => Buffer.concat([encoded(place), counted(Buffer.from(String(ranks.get(place)).padStart(6, '0')))]));
const section = counted(counted(Buffer.from('name')), Buffer.of(1), counted(encoded(names.length), ...names));
writeFileSync(to, Buffer.concat([bytes, Buffer.of(0), section]));
