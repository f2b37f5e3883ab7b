/** What suites are given: the engine, the data, the shop opened. `bytes` gives a file of the bench's data. */
export async function world(Engine, bytes, { now, members }) {
  const text = async (file) => new TextDecoder().decode(await bytes(file));
  const profiles = await Promise.all(members.map(async (file) => JSON.parse(await text(file))));
  const shopOf = async () => {
    const engine = new Engine();
    engine.loadCatalog(await bytes('catalog.rgl'), { publicKeys: [await bytes('shop.pub')], now });
    engine.setLocale('en');
    return engine;
  };
  return { Engine, bytes, text, members: profiles, now, shopOf };
}
