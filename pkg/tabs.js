// The tabs of one shop on this device: one of them leads, all of them hear what the others know.

/** Where there are no locks, a tab that was silent for this long counts as closed. */
const CLOSED_AFTER = 90_000;

/**
 * Joins the tabs called `name`. Where the host has no locks or this tab shares nothing with others, it leads by itself.
 */
export function joinTabs(name, { shared }) {
  const locks = shared ? globalThis.navigator?.locks : undefined;
  const id = shared ? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}` : 'main';
  const channel = !shared ? undefined : typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : storageChannel(name);
  const leaving = new AbortController();
  let leads = false;
  /** What came before somebody listened. */
  const waiting = [];
  let heard = (message) => waiting.push(message);

  const held = () => new Promise((resolve) => leaving.signal.addEventListener('abort', resolve));
  const ignored = () => {}; // the request is given up when the tab leaves

  channel?.unref?.();
  if (channel) channel.onmessage = ({ data }) => heard(data);
  // A lock is let go of by the browser however a tab ends: that is how others know.
  const present = locks?.request(`${name} tab ${id}`, { signal: leaving.signal }, held);
  present?.catch(ignored);

  return {
    id,
    get leads() {
      return leads;
    },

    /** `listener` gets what others `tell`, from the beginning on. */
    hear(listener) {
      heard = listener;
      for (const message of waiting.splice(0)) heard(message);
    },

    /**
     * From now on this tab may be asked to lead: one tab at a time, and another as soon as the leader is closed or killed.
     * Then `lead` is called.
     */
    begin(lead) {
      const start = () => {
        if (leaving.signal.aborted) return;
        leads = true;
        lead();
      };
      if (!locks) return start();
      const request = locks.request(`${name} leader`, { signal: leaving.signal }, () => {
        start();
        return held();
      });
      request.catch(ignored);
    },

    tell(message) {
      // What was on its way when the tab left is no news any more, and the channel is closed.
      if (!leaving.signal.aborted) channel?.postMessage({ ...message, tab: id });
    },

    /** Runs `act` while no other tab runs one. */
    alone(act) {
      return locks ? locks.request(`${name} alone`, act) : act();
    },

    /** The other tabs that are open, where the host can tell. */
    async others() {
      if (!locks) return [];
      const start = `${name} tab `;
      const { held: alive } = await locks.query();
      return alive.filter((lock) => lock.name.startsWith(start) && lock.name !== start + id).map((lock) => lock.name.slice(start.length));
    },

    /** Calls `act` when the tab `other` is closed or killed, where the host can tell. */
    async whenClosed(other, act) {
      if (!locks || other === id) return;
      // The lock is given when the tab lets go of it. Only then is it one that nobody holds.
      await locks.request(`${name} tab ${other}`, { signal: leaving.signal }, () => {}).then(act, ignored);
    },

    /** Those of `ids` whose tab is closed. `lastSeen` tells when one was last heard of. */
    async closed(ids, lastSeen) {
      const others = ids.filter((other) => other !== id);
      if (!shared) return others;
      if (!locks) return others.filter((other) => Date.now() - lastSeen(other) > CLOSED_AFTER);
      const { held: alive } = await locks.query();
      const open = new Set(alive.map((lock) => lock.name));
      return others.filter((other) => !open.has(`${name} tab ${other}`));
    },

    leave() {
      leaving.abort();
      leads = false;
      channel?.close();
    },
  };
}

/**
 * For hosts without `BroadcastChannel` (iOS below 15.4): plain news go by the events of `localStorage`. States do not, for
 * they would lie there in the open; other tabs find them, sealed, when they are opened.
 */
function storageChannel(name) {
  let local;
  try {
    local = globalThis.localStorage;
  } catch {
    return undefined; // refused
  }
  if (!local || typeof globalThis.addEventListener !== 'function') return undefined;
  const channel = {
    onmessage: null,
    postMessage(message) {
      if (message.bytes) return;
      try {
        local.setItem(name, JSON.stringify({ ...message, once: Math.random() }));
        local.removeItem(name);
      } catch {
        // Full, or refused: the other tabs hear when they ask the network.
      }
    },
    close: () => globalThis.removeEventListener('storage', heard),
  };
  const heard = ({ key, newValue }) => key === name && newValue && channel.onmessage?.({ data: JSON.parse(newValue) });
  globalThis.addEventListener('storage', heard);
  return channel;
}

/**
 * What tabs left behind: `found` gives their `states` and which of these tabs are `closed`. Until `release` is called no
 * other tab takes anything over, so that what is taken over is kept first.
 */
export function leftBehind(tabs, person) {
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  const found = new Promise((resolve, reject) => {
    const alone = tabs.alone(async () => {
      const states = await person.states();
      // They are opened while it is found out whose tab is closed.
      const opened = states.map(([tab, sealed]) => person.opened(tab, sealed));
      for (const state of opened) state.catch(() => {}); // told of where it is awaited
      const closed = new Set(await tabs.closed(states.map(([tab]) => tab), () => 0));
      resolve({ states: states.map(([tab], place) => [tab, opened[place]]), closed });
      await released;
    });
    Promise.resolve(alone).catch(reject);
  });
  found.catch(() => {}); // told of where it is awaited
  return { found, release };
}
