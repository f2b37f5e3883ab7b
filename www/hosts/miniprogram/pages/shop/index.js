// A page of the mini-program itself. `regulars/` is pkg/miniprogram of the package, copied into the code package.
const { open } = require('../../regulars/regulars.js');

const app = getApp();

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
    });
    this.client.on('snapshot', () => this.show());
    this.show();
  },

  show() {
    const { engine, status } = this.client;
    const ids = engine.recommend({ strategy: 'new-arrivals', limit: 5 }).items.map(({ id }) => id);
    this.setData({ items: engine.items(ids), stale: status.stale });
  },

  tapped({ currentTarget }) {
    this.client.engine.track({ type: 'click', item: currentTarget.dataset.id });
  },

  async onUnload() {
    await this.client.close();
  },
});
