// The nearest of a catalogue's vectors: the engine's loop against plain JavaScript and the libraries that people use.
import { onnx } from '../onnx.mjs';

export const title = 'The nearest vectors';
export const about =
  'One query against every item, 64 numbers each, the best 20: exact search in one thread. The vectors are made up, and the same for all. `regulars` is the whole call, `nearest()` with its JSON in and out, from a snapshot. Its answer and that of plain JavaScript over the same bytes are checked to be the same before anything is timed; the libraries, which reckon with 32-bit floats, must agree on 18 of 20 or more. The bound is benches/scan.c, compiled for this very processor, run natively just before and after the page.';
/** The peers are libraries for pages. */
export const pagesOnly = true;

export const SIZES = [100_000, 1_000_000];
/** Sizes of the curve. */
export const GROWING = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];
export const WIDTH = 64;
const LIMIT = 20;
const QUERIES = 16;

/** The made-up numbers of item after item, in [-127, 127]: a linear congruence, the same in every language. */
export function numbers(count) {
  const made = new Int8Array(count * WIDTH);
  let state = 12345;
  for (let at = 0; at < made.length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    made[at] = ((state >>> 16) % 255) - 127;
  }
  return made;
}

/** Vectors of length 1, and their codes as the engine makes them. */
function prepared(raw) {
  const count = raw.length / WIDTH;
  const lengths = new Float64Array(count);
  let greatest = 0;
  for (let item = 0; item < count; item += 1) {
    let sum = 0;
    let most = 0;
    for (let at = item * WIDTH; at < (item + 1) * WIDTH; at += 1) {
      sum += raw[at] * raw[at];
      most = Math.max(most, Math.abs(raw[at]));
    }
    lengths[item] = Math.sqrt(sum);
    greatest = Math.max(greatest, most / lengths[item]);
  }
  const step = Math.fround(greatest / 127);
  const floats = new Float32Array(raw.length);
  const codes = new Int8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) {
    const length = lengths[Math.floor(at / WIDTH)];
    floats[at] = raw[at] / length;
    const code = raw[at] / (length * step);
    codes[at] = Math.sign(code) * Math.round(Math.abs(code));
  }
  return { floats, codes };
}

/** A query in whole numbers as the engine makes it. */
function factors(query) {
  const greatest = query.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  return Int16Array.from(query, (number) => Math.sign(number) * Math.round((Math.abs(number) * 2047) / greatest));
}

/** The plainest fast loop: no allocation per item, one comparison an item. */
function best(values, query, limit, width) {
  const items = new Int32Array(limit).fill(-1);
  const scores = new Float64Array(limit).fill(-Infinity);
  const count = values.length / width;
  let worst = -Infinity;
  for (let item = 0, at = 0; item < count; item += 1) {
    let sum = 0;
    for (let place = 0; place < width; place += 1, at += 1) sum += values[at] * query[place];
    if (sum > worst) {
      let place = limit - 1;
      while (place > 0 && scores[place - 1] < sum) {
        scores[place] = scores[place - 1];
        items[place] = items[place - 1];
        place -= 1;
      }
      scores[place] = sum;
      items[place] = item;
      worst = scores[limit - 1];
    }
  }
  return items;
}
// A function for each kind of array, so that each is compiled for the one it gets.
const [bestOfBytes, bestOfFloats] = [0, 1].map(() => new Function(`return ${best}`)());

export async function* cases({ Engine, bytes, libraries }) {
  // Only pages get that far: the bench's own process has no use for the libraries.
  const tf = await import('@tensorflow/tfjs-core');
  const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const ort = await import('onnxruntime-web/wasm');
  setWasmPaths(`${libraries}tfjs/`);
  setThreadsCount(1);
  await tf.setBackend('wasm');
  ort.env.wasm.wasmPaths = `${libraries}ort/`;
  ort.env.wasm.numThreads = 1;
  for (const count of SIZES) {
    const engine = new Engine();
    engine.loadCatalog(await bytes(`packed/vectors-${count}.rgl`), { now: 0 });
    const { floats, codes } = prepared(numbers(count));
    const raw = numbers(QUERIES * 2);
    const queries = Array.from({ length: QUERIES }, (_, place) => Array.from(raw.subarray((place + 3) * 7, (place + 3) * 7 + WIDTH)));
    const asked = queries.map((query) => ({ vector: query, whole: factors(query), floats: Float32Array.from(query) }));
    let turn = 0;
    const next = () => asked[(turn += 1) % asked.length];

    const held = tf.tensor2d(floats, [count, WIDTH]);
    const byTensorflow = ({ floats: query }) => {
      const column = tf.tensor2d(query, [WIDTH, 1]);
      const products = tf.matMul(held, column);
      const flat = tf.reshape(products, [count]);
      const { values, indices } = tf.topk(flat, LIMIT);
      const found = indices.dataSync();
      for (const tensor of [column, products, flat, values, indices]) tensor.dispose();
      return found;
    };
    const session = await ort.InferenceSession.create(onnx(floats, count, WIDTH, LIMIT), { executionProviders: ['wasm'] });
    const byOnnx = async ({ floats: query }) => {
      const { indices } = await session.run({ query: new ort.Tensor('float32', query, [WIDTH, 1]) });
      return Array.from(indices.data, Number);
    };
    const place = (id) => Number(id.slice(1));
    const ours = ({ vector }) => engine.nearest({ limit: LIMIT, vector }).items;

    for (const query of asked) {
      const wanted = Array.from(bestOfBytes(codes, query.whole, LIMIT, WIDTH));
      const found = ours(query).map(({ id }) => place(id));
      if (String(found) !== String(wanted)) throw new Error(`${count}: not the same items: ${found} and ${wanted}`);
      for (const [who, list] of Object.entries({ floats: bestOfFloats(floats, query.floats, LIMIT, WIDTH), tensorflow: byTensorflow(query), onnx: await byOnnx(query) })) {
        const both = Array.from(list).filter((item) => found.includes(item)).length;
        if (both < 18) throw new Error(`${count}: ${who} has only ${both} of the same 20 items`);
      }
    }
    yield {
      name: `the best ${LIMIT} of ${count.toLocaleString('en')} items`,
      baseline: 'plain JavaScript, Int8Array',
      rounds: count > 200_000 ? 9 : 15,
      peers: {
        'regulars': () => ours(next()),
        'plain JavaScript, Int8Array': () => {
          const { whole } = next();
          return bestOfBytes(codes, whole, LIMIT, WIDTH);
        },
        'plain JavaScript, Float32Array': () => {
          const { floats: query } = next();
          return bestOfFloats(floats, query, LIMIT, WIDTH);
        },
        'onnxruntime-web 1.30.0, wasm': () => byOnnx(next()),
        'tfjs 4.22.0, wasm': () => byTensorflow(next()),
      },
      after: async () => {
        engine.free();
        held.dispose();
        await session.release();
      },
    };
  }
}

/** The median of calls, in milliseconds. */
function median(call) {
  const times = [];
  const began = performance.now();
  call();
  while (times.length < 5 || (performance.now() - began < 100 && times.length < 400)) {
    const start = performance.now();
    call();
    times.push(performance.now() - start);
  }
  return times.sort((one, other) => one - other)[times.length >> 1];
}

export async function curves({ Engine, bytes }) {
  const points = [];
  const [vector] = [Array.from(numbers(1))];
  for (const count of GROWING) {
    const snapshot = await bytes(`packed/vectors-${count}.rgl`);
    const engine = new Engine();
    const open = median(() => engine.loadCatalog(snapshot, { now: 0 }));
    engine.loadMember({ id: 'm', history: [{ id: 'o', at: 1, lines: [{ item: 'i0000007' }, { item: 'i0000077' }] }] });
    points.push({
      x: count,
      y: {
        'open the snapshot': open,
        'nearest, the best 20': median(() => engine.nearest({ limit: LIMIT, vector })),
        'nearest of those under a condition': median(() => engine.nearest({ limit: LIMIT, vector, where: { 'item.price': { $lt: 500 } } })),
        'for-you': median(() => engine.recommend({ strategy: 'for-you', limit: 12, now: 2 })),
      },
    });
    engine.free();
  }
  const explained =
    'Items with a price and a vector. Every byte is read once for the digest when the snapshot is opened; a query reads the vectors alone, 64 bytes an item, and from some 30,000 items on (2 MB) its slope is that of memory rather than of the processor. A condition is put to every item and costs more than the products do. `for-you` does one query from what was bought and scores every item.';
  return [{ name: 'vectors', x: 'items with vectors', points, explained }];
}
