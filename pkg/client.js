// The I/O shell around the engine: fetches, has the engine verify, remembers, listens, sends. It decides nothing.

import { PersonCache } from './cache.js';
import { CatalogSource, reasonOf } from './catalog.js';
import { Engine } from './engine.js';
import { Sender } from './events.js';
import { Listeners } from './listeners.js';
import { ask, idle, pause, persistently, serverTime } from './network.js';
import { isHidden, watchPage } from './page.js';
import { Preparation } from './prepared.js';
import { messages, poll, stream } from './push.js';
import { Status } from './status.js';
import { leftBehind } from './tabs.js';
import { watched } from './watched.js';

/** Changes of state gather for so long before they are kept. */
const SAVE_AFTER = 50;
/** The server's clock counts where it is further from the engine's than this. */
const CLOCK_TOLERANCE = 2_000;
/** Back after so long, the page asks for news. */
const AWAY = 5 * 60_000;

export class Client {
  #settings;
  #storage;
  #source;
  #person;
  #vault;
  #tabs;
  #sender;
  #listeners = new Listeners('snapshot', 'status', 'exposure');
  #status = new Status((told) => this.#listeners.emit('status', told));
  #info = Object.freeze({ catalog: null, member: null });
  #memberEtag = '';
  #keepingProfile = Promise.resolve();
  #refreshing = null;
  #refreshedAt = 0;
  #saving = Promise.resolve();
  #queued = null;
  #saveTimer;
  #preparation;
  #adopted = [];
  #seenTabs = new Map();
  #watched = new Set();
  #expiry;
  #closing = new AbortController();
  #stops = [];

  constructor(settings, storage, { cache, vault, person, tabs }) {
    this.#settings = settings;
    this.#storage = storage;
    this.#vault = vault;
    this.#person = person;
    this.#tabs = tabs;
    this.engine = watched(new Engine(), {
      changed: (type) => this.#changed(type),
      told: (method, given) => this.#told(method, given),
      freed: () => this.#stop(),
    });
    this.#preparation = new Preparation(this.engine, settings.prepare, {
      moment: () => this.#moment(),
      kept: () => this.#status.forget('storage-failed prepared'),
      unkept: (error) => this.#storageFailed(error, 'prepared'),
    });
    if (settings.now) this.engine.setClock(settings.now);
    if (settings.locale) this.engine.setLocale(settings.locale);
    this.#source = new CatalogSource(this.engine, cache, settings, {
      seen: (response, before) => this.#observeClock(response, before),
      unkept: (error) => this.#storageFailed(error, 'catalog'),
      kept: () => this.#status.forget('storage-failed catalog'),
    });
  }

  get status() {
    return this.#status.told;
  }

  /** What is in use: the `catalog` and the profile of the `member`, `null` where there is none. */
  get info() {
    return this.#info;
  }

  /** What was remembered answers at once, and the network is asked behind it; else its first answer is waited for. */
  async start({ recalled, profile, early, left, record }) {
    const { events, ways } = this.#settings;
    if (this.#storage.shared && !this.#vault.encrypts) this.tell('not-encrypted', {});
    this.#sender = new Sender(this.engine, events, {
      headers: this.#settings.headers,
      keep: () => this.saved(),
      seen: (response, before) => this.#observeClock(response, before),
      told: (code, facts) => this.tell(code, facts),
    });
    await this.#restore(left);
    this.#tabs.hear((message) => void this.#heardFromTab(message));
    const { info, reasons } = await this.#source.remembered(recalled).catch((error) => ({ reasons: [reasonOf(error, 'catalog')] }));
    if (info) {
      await this.#rememberedMember(profile);
      this.#loaded('catalog', info);
      this.#preparation.follows(record);
      this.#status.set('cache', true, [...reasons, { code: 'not-confirmed', facts: {} }]);
    } else {
      this.#status.set('none', true, reasons);
    }
    if (!info) await this.#firstAnswer(early);
    this.#tabs.begin(() => this.#lead());
    // Where another tab leads already, it says how things stand.
    this.#tabs.tell({ kind: 'hello' });
    if (ways.includes('message')) this.#stops.push(messages({ heard: (message) => void this.#pushed(message), origins: this.#settings.pushOrigins }));
    this.#watchPage();
    if (this.engine.eventsWaiting() > 0) this.#sender.noticed();
    void idle().then(() => this.#complete());
    this.#preparation.soon();
  }

  /** What of the catalog was left for later is compiled, and what was left out of it is told. */
  #complete() {
    const known = this.#info.catalog;
    if (!known || this.#closing.signal.aborted) return;
    const info = this.engine.catalogInfo();
    this.#info = Object.freeze({ ...this.#info, catalog: info });
    if (info.warnings.length !== known.warnings.length || info.offers !== known.offers) this.#listeners.emit('snapshot', { kind: 'catalog', info });
  }

  /** Resolves with the first answer of the network, be it a failure: asking again and keeping go on behind. */
  #firstAnswer(early) {
    return new Promise((resolve) => {
      this.refresh({ early, answered: resolve });
    });
  }

  /** This tab is the one that asks the network and takes over what closed tabs left. */
  #lead() {
    const { ways, news } = this.#settings;
    // The page shows what was kept before it asks for what is new.
    if (Date.now() - this.#refreshedAt > AWAY) void idle().then(() => this.#closing.signal.aborted || this.refresh());
    if (ways.includes('poll')) this.#stops.push(poll(() => this.refresh()));
    if (ways.includes('sse')) {
      let first = true;
      const connected = () => {
        if (!first) void this.refresh(); // something may have come while the stream was down
        first = false;
      };
      this.#stops.push(stream(news, { heard: (message) => void this.#pushed(message), connected }));
    }
    const timer = setInterval(() => void this.#adoptClosed(), 30_000);
    timer.unref?.();
    this.#stops.push(() => clearInterval(timer));
    void this.#tabs.others().then((tabs) => tabs.forEach((tab) => this.#watch(tab)));
    void this.#adoptClosed();
  }

  /** What another tab leaves is taken over as soon as it is gone. */
  #watch(tab) {
    if (this.#watched.has(tab)) return;
    this.#watched.add(tab);
    void this.#tabs.whenClosed(tab, () => this.#adoptClosed());
  }

  /** Asks the network for both documents. Never rejects: `status` says how it went. */
  refresh({ early, answered } = {}) {
    this.#refreshing ??= this.#refresh(early, answered).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(early, answered) {
    const { signal } = this.#closing;
    const reasons = [];
    const first = (error) => {
      this.#status.doubt([reasonOf(error, 'catalog')]);
      answered?.();
    };
    const catalog = this.#source.refresh({ early: early?.catalog, failed: first, signal }).then(
      (info) => {
        if (info && !signal.aborted) this.#arrived('catalog', info);
        return true;
      },
      (error) => {
        reasons.push(reasonOf(error, 'catalog'));
        return false;
      },
    );
    const member = this.#settings.member && this.#refreshMember(signal, early?.member).catch((error) => void reasons.push(reasonOf(error, 'member')));
    const confirmed = await catalog;
    await member;
    if (signal.aborted) return;
    if (confirmed) this.#refreshedAt = Date.now();
    this.#status.set(confirmed ? 'network' : this.status.source, !confirmed || reasons.length > 0, reasons);
    answered?.();
    await Promise.all([this.#source.keeping, this.#keepingProfile]);
    if (signal.aborted) return;
    this.#tellStatus(confirmed);
    void this.#settle();
  }

  #tellStatus(confirmed) {
    this.#tabs.tell({ kind: 'status', confirmed, stale: this.status.stale, reasons: this.#status.passing });
  }

  /** Keeps the file that deltas led to, when there is time. */
  async #settle() {
    await idle();
    if (this.#closing.signal.aborted) return;
    try {
      if (!(await this.#source.settle())) await this.refresh();
    } catch (error) {
      this.#storageFailed(error, 'state');
    }
  }

  async #refreshMember(signal, early) {
    const address = this.#settings.member;
    let first = early;
    const asked = async () => {
      const headers = await this.#settings.headers();
      return ask(address, { etag: this.#memberEtag, credentials: 'include', headers, wait: this.#settings.wait, signal });
    };
    await persistently(
      async () => {
        const before = Date.now();
        const request = first ?? asked();
        first = undefined;
        const answer = await request;
        this.#observeClock(answer.response, before);
        // Somebody else may have signed in, or out, while the answer was on its way.
        if (answer.unchanged || signal.aborted || this.#settings.member !== address) return;
        const info = this.engine.loadMember(answer.bytes);
        this.#memberEtag = answer.etag;
        const kept = this.#person.keepProfile(answer.bytes, answer.etag).catch((error) => this.#storageFailed(error, 'member'));
        this.#keepingProfile = kept;
        this.#arrived('member', info, kept);
      },
      { signal },
    );
  }

  async #rememberedMember(profile) {
    if (!this.#settings.member) return;
    const person = this.#person;
    try {
      const kept = await (profile ?? person.profile());
      // Somebody else may have signed in, or out, while it was read.
      if (!kept || person !== this.#person || this.#closing.signal.aborted) return;
      const info = this.engine.loadMember(kept.bytes);
      this.#memberEtag = kept.etag;
      this.#loaded('member', info);
    } catch {
      // Expired, damaged, or sealed with a key that is gone: the network has it.
      await person.forgetProfile().catch(() => {});
    }
  }

  #loaded(kind, info) {
    if (kind === 'catalog') this.#watchExpiry(info.expiresAt);
    this.#info = Object.freeze({ ...this.#info, [kind]: info });
    this.#listeners.emit('snapshot', { kind, info });
    this.#differs();
  }

  /** Other tabs are told when it is kept: they take it from there. */
  #arrived(kind, info, kept = this.#source.keeping) {
    this.#loaded(kind, info);
    void kept.then(() => this.#tabs.tell({ kind }));
  }

  /** From the end of the snapshot on what it says is stale. */
  #watchExpiry(expiresAt) {
    clearTimeout(this.#expiry);
    this.#status.renewed();
    if (expiresAt === null) return;
    const left = expiresAt - this.engine.now();
    if (left <= 0) {
      this.tell('expired-snapshot', { at: expiresAt });
      void this.refresh();
      return;
    }
    this.#expiry = setTimeout(() => this.#watchExpiry(expiresAt), Math.min(left, 60 * 60_000));
    this.#expiry.unref?.();
  }

  /** News that were pushed. */
  async #pushed(message) {
    if (!message || this.#closing.signal.aborted) return;
    try {
      switch (message.type) {
        case 'catalog':
          if (message.version && message.version <= this.#source.version) return;
          return await this.refresh();
        case 'refresh':
        case 'member':
          return await this.refresh();
        case 'delta':
          this.#arrived('catalog', await this.#source.takeDelta(message.bytes));
          return await this.#settle();
        case 'snapshot':
          this.#arrived('catalog', await this.#source.take(message.bytes));
          return this.#status.set('network', false, []);
        case 'profile':
          return this.#arrived('member', this.engine.loadMember(message.profile ?? message.bytes), Promise.resolve());
        default:
      }
    } catch (error) {
      this.#status.doubt([reasonOf(error, message.type)], this.status.stale);
      // A delta that does not fit is no reason to stay behind.
      if (message.type === 'delta') await this.refresh();
    }
  }

  async #heardFromTab(message) {
    if (this.#closing.signal.aborted) return;
    if (this.#tabs.leads) this.#watch(message.tab);
    this.#seenTabs.set(message.tab, Date.now());
    try {
      if (message.kind === 'state') {
        // Tabs in which somebody else is here, or nobody, keep to themselves.
        if (message.of !== this.#settings.member) return;
        this.engine.learnState(message.bytes);
        this.#differs();
      } else if (message.kind === 'sign-out') {
        const former = this.#nobody();
        await this.#vault.renew();
        // What was on its way to the storage when the other tab wiped it.
        await this.#kept();
        await former.forgetState(this.#tabs.id);
        await former.forgetProfile();
      } else if (message.kind === 'catalog') {
        const { info } = await this.#source.remembered();
        if (info) this.#loaded('catalog', info);
      } else if (message.kind === 'member') {
        await this.#rememberedMember();
      } else if (message.kind === 'hello') {
        if (this.#tabs.leads && this.#refreshedAt > 0) this.#tellStatus(true);
      } else if (message.kind === 'status') {
        if (message.confirmed) this.#refreshedAt = Date.now();
        this.#status.set(message.confirmed && this.#source.loaded ? 'network' : this.status.source, message.stale, message.reasons);
      }
    } catch {
      // The other tab is of another release, or was faster: what this one has still stands.
    }
  }

  /**
   * Takes what was left here: states of closed tabs are taken over, those of open ones are learned. Resolves when the engine
   * knows them; until they are kept as this tab's, no other tab takes anything over.
   */
  async #restore(left = leftBehind(this.#tabs, this.#person)) {
    try {
      const { states, closed } = await left.found;
      // From the page before this one, or of one who was here before and comes back.
      closed.add(this.#tabs.id);
      await this.#takeStates(states, closed);
      // The first answer does not wait for it.
      if (this.#adopted.length > 0) void idle().then(() => this.saved()).then(left.release);
      else left.release();
    } catch (error) {
      this.#storageFailed(error, 'state');
      left.release();
    }
  }

  async #adoptClosed() {
    if (this.#closing.signal.aborted) return;
    await this.#tabs
      .alone(async () => {
        const person = this.#person;
        const states = await person.states();
        const closed = new Set(await this.#tabs.closed(states.map(([tab]) => tab), (tab) => this.#seenTabs.get(tab) ?? Date.now()));
        const opened = states.filter(([tab]) => closed.has(tab)).map(([tab, sealed]) => [tab, person.opened(tab, sealed)]);
        for (const [, state] of opened) state.catch(() => {}); // awaited in order
        await this.#takeStates(opened, closed);
        if (this.#adopted.length > 0) await this.saved();
        if (closed.size > 0) this.#sender.noticed();
      })
      .catch((error) => this.#storageFailed(error, 'state'));
  }

  async #takeStates(states, closed) {
    const person = this.#person;
    for (const [tab, opened] of states) await this.#takeState(person, tab, opened, closed.has(tab));
  }

  async #takeState(person, tab, opened, isClosed) {
    try {
      const bytes = await opened;
      if (person !== this.#person) return; // somebody else is here by now
      if (isClosed) this.engine.adoptState(bytes);
      else this.engine.learnState(bytes);
      if (isClosed) this.#adopted.push(tab);
    } catch (error) {
      // Damaged, or sealed with a key that a sign-out threw away. What a newer release wrote is left for it.
      if (error?.code === 'unsupported-state' || !isClosed) return;
      this.tell('state-not-restored', { code: error?.code ?? null });
      await person.forgetState(tab);
    }
  }

  /** Something may have happened in the engine. */
  #changed(type) {
    if (this.#closing.signal.aborted) return;
    this.#preparation.differs();
    this.#saveTimer ??= setTimeout(() => {
      void this.saved();
      this.#tabs.tell({ kind: 'state', of: this.#settings.member, bytes: this.engine.saveState() });
    }, SAVE_AFTER);
    this.#saveTimer.unref?.();
    this.#sender?.noticed(type);
  }

  /** The page told the engine what other answers follow from. */
  #told(method, given) {
    if (method === 'setLocale') this.#settings.locale = given;
    this.#differs();
  }

  /** Answers may differ from now on, and there is nothing to keep. */
  #differs() {
    this.#preparation.differs();
    this.#preparation.soon();
  }

  /** Resolves when everything that has happened so far is kept. */
  saved() {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    this.#queued ??= this.#saving.then(() => {
      this.#queued = null;
      return this.#save();
    });
    this.#saving = this.#queued;
    return this.#queued;
  }

  async #save() {
    if (this.#closing.signal.aborted || !this.#tabs) return;
    // What was made ready before this is on its way, and goes with it.
    await this.#preparation.keeping;
    const adopted = this.#adopted;
    const { outdated } = this.#preparation;
    const bytes = this.engine.saveState();
    try {
      await this.#person.keepState(this.#tabs.id, bytes, { adopted, outdated });
      this.#adopted = this.#adopted.filter((tab) => !adopted.includes(tab));
      this.#status.forget('storage-failed state');
    } catch (error) {
      this.#storageFailed(error, 'state');
    }
    if (outdated) this.#preparation.soon();
    const dropped = this.engine.eventsDropped();
    if (dropped > 0) this.tell('events-dropped', { events: dropped });
  }

  /** Where what is shown first can be prepared: not while what has just happened is still to be kept, which leads here again. */
  #moment() {
    const { catalog, member } = this.#info;
    const known = catalog && (member || !this.#settings.member) && this.#saveTimer === undefined && !this.#closing.signal.aborted;
    // A tab that nobody sees may not know yet what others do.
    return known && !isHidden() && { locale: this.#settings.locale, documents: [catalog, member], person: this.#person };
  }

  /** Sends the events that wait. What the server does not take stays. */
  flush() {
    return this.#sender.flush();
  }

  /** The page may not come back: what waits is handed to the browser, and kept. Pages do this by themselves. */
  leave() {
    return this.#sender.leave();
  }

  /** What is to be kept is. */
  #kept() {
    return Promise.all([this.#saving, this.#source.keeping, this.#keepingProfile, this.#preparation.keeping]);
  }

  #personOf(member) {
    return new PersonCache(this.#storage, this.#vault, { catalog: this.#settings.catalog, member });
  }

  /**
   * Somebody signs in: their profile is fetched from `member`. What they did on this device before counts at once, and what
   * somebody did whom nobody knew yet is theirs from now on. Whoever was here before is not seen any more; what they did is
   * kept for when they come back, and what waits of theirs is still sent.
   */
  async signIn(member) {
    const address = String(member);
    if (address === this.#settings.member) return this.refresh();
    await this.#refreshing;
    const wasKnown = this.#settings.member !== undefined || this.#info.member !== null;
    if (wasKnown) await Promise.race([this.flush(), pause(2_000, this.#closing.signal)]);
    await this.saved();
    await this.#kept();
    if (this.#closing.signal.aborted) return;
    const [former, left] = [this.#person, wasKnown ? this.engine.saveState() : undefined];
    this.#nobody(address, { forget: wasKnown });
    const earlier = this.#refreshing; // does not ask for them
    await this.#restore();
    // Whoever was here before is known without network too.
    await this.#rememberedMember();
    await earlier;
    await this.refresh();
    if (this.#closing.signal.aborted || this.#settings.member !== address) return;
    // Their batches go on under their own ids; what they did stays theirs.
    if (left && this.#info.member) this.engine.adoptState(left);
    await this.saved();
    if (!wasKnown) await former.forgetState(this.#tabs.id).catch((error) => this.#storageFailed(error, 'state'));
    if (this.engine.eventsWaiting() > 0) this.#sender.noticed();
  }

  /**
   * The person leaves: what waits is sent if the server answers within two seconds; then the profile, the state of all
   * tabs and the key they were sealed with are gone. The catalog stays.
   */
  async signOut() {
    await Promise.race([this.flush(), pause(2_000, this.#closing.signal)]);
    // What happens from now on is nobody's.
    const former = this.#nobody();
    this.#tabs.tell({ kind: 'sign-out' });
    await this.#kept();
    await former.forget();
  }

  /** The person of `member`, nobody where absent, takes the place of the one who was here: they are given back. */
  #nobody(member, { forget = true } = {}) {
    const former = this.#person;
    this.#settings.member = member;
    this.#memberEtag = '';
    this.#person = this.#personOf(member);
    this.#adopted = [];
    this.#differs();
    if (forget) {
      this.engine.forgetMember();
      this.#loaded('member', null);
    }
    return former;
  }

  on(event, listener) {
    return this.#listeners.on(event, listener);
  }

  /** Sends what waits, keeps the state, and frees the engine. */
  async close() {
    if (this.#closing.signal.aborted) return;
    await this.#sender.flush();
    await Promise.all([this.saved(), this.#source.keeping, this.#keepingProfile]);
    this.engine.free();
  }

  /** The engine is freed: nothing goes on. */
  #stop() {
    this.#closing.abort();
    for (const stop of this.#stops) stop();
    this.#sender?.stop();
    this.#tabs?.leave();
    clearTimeout(this.#saveTimer);
    clearTimeout(this.#expiry);
  }

  #watchPage() {
    const away = () => this.#tabs.leads && Date.now() - this.#refreshedAt > AWAY;
    const stop = watchPage({
      hidden: () => void this.#sender.leave(),
      left: () => void this.#sender.leave(),
      seen: () => void (away() && this.refresh()),
      online: () => {
        this.#sender.retry();
        if (this.#tabs.leads) void this.refresh();
      },
      clockSet: () => void this.refresh(),
    });
    this.#stops.push(stop);
  }

  /** The server's clock counts, within a bound that the engine keeps. */
  #observeClock(response, before) {
    // A page that has a clock of its own vouches for it.
    if (this.#settings.now) return;
    const server = serverTime(response, before);
    if (server === undefined || this.#closing.signal.aborted || Math.abs(server - this.engine.now()) <= CLOCK_TOLERANCE) return;
    const by = server - Date.now();
    if (this.engine.observeServerTime(server)) this.#status.forget('clock-implausible');
    else this.tell('clock-implausible', { by });
  }

  #storageFailed(error, what) {
    this.tell('storage-failed', { document: what, error: error?.name ?? 'Error' }, `storage-failed ${what}`);
  }

  /** Adds to the status what the page should know and what does not go by with the next refresh. */
  tell(code, facts, name) {
    this.#status.tell(code, facts, name);
  }
}
