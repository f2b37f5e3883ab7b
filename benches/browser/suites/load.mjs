// Opening a catalogue: the signed binary snapshot against JSON.parse of the same catalogue as JSON.
export const title = 'Opening the catalogue';
export const about =
  'The real catalogue (see the items below). `loadCatalog` checks the signature over every byte, checks every column and compiles every rule; `JSON.parse` only parses. A page that parses must still build its look-ups: the last peer does, by id.';

export async function cases({ Engine, bytes, text, now }) {
  const catalog = await bytes('catalog.rgl');
  const key = await bytes('shop.pub');
  const json = await text('catalog.json');
  const open = (options) => () => {
    const engine = new Engine();
    const info = engine.loadCatalog(catalog, options);
    engine.free();
    return info;
  };
  const parsed = () => JSON.parse(json);
  const indexed = () => new Map(JSON.parse(json).items.map((item) => [item.id, item]));
  const { items } = open({ now })();
  if (items !== indexed().size) throw new Error('not the same catalogue');
  return [
    {
      name: `${items.toLocaleString('en')} items, binary ${catalog.length.toLocaleString('en')} bytes, JSON ${json.length.toLocaleString('en')} characters`,
      baseline: 'JSON.parse',
      rounds: 9,
      peers: { 'regulars, signature checked': open({ publicKeys: [key], now }), 'regulars, no key given': open({ now }), 'JSON.parse': parsed, 'JSON.parse and a Map by id': indexed },
    },
  ];
}
