// A page of the mini-program itself. `regulars/` is pkg/miniprogram of the package, copied into the code package.
const { open } = require('../../regulars/regulars.js');

const app = getApp();

/** What the page shows: some items, with what people read of them. */
const list = (engine) => engine.items(engine.recommend({ strategy: 'new-arrivals', limit: 5 }).items.map(({ id }) => id));

Page({
  data: { items: [], stale: true },

  async onLoad() {
    const { server, publicKeys, token } = app.globalData;
    this.client = await open({
      catalog: `${server}/catalog`,
      member: `${server}/member`,
      events: `${server}/events`,
      headers: { authorization: `Bearer ${token}` },
      publicKeys,
      push: 'poll',
      locale: 'zh-CN',
      // Left by the page before, and shown before the module is read.
      prepare: { list },
      prepared: ({ list }) => list && this.setData({ items: list }),
    });
    this.client.on('snapshot', () => this.show());
    this.show();
  },

  show() {
    const { engine, status } = this.client;
    this.setData({ items: list(engine), stale: status.stale });
  },

  tapped({ currentTarget }) {
    this.client.engine.track({ type: 'click', item: currentTarget.dataset.id });
  },

  async onUnload() {
    await this.client.close();
  },
});
