// The tag: decides features and slots that a page declares in its own HTML, before it is painted where that was decided
// before, and within a cap of milliseconds else. Whatever fails, the page stays as it is.

import { Engine, initialise } from '../engine.js';
import { apply } from './apply.js';
import { Outbox } from './outbox.js';
import { featuresInAddress, settings } from './settings.js';
import { openStore, visitor } from './store.js';
import { eachPlace, veil } from './veil.js';
import { changePage } from './visual.js';

/** How long documents may take before the tag gives up on them; the page has been let be long before. */
const WAIT_FOR_RESPONSE = 10_000;
const STATE_LETTERS = 32_768;
/** How long a page may lead away without being asked again, where the other page has no tag. */
const REDIRECTS_LAST = 3_600_000;

/** A policy may have WebAssembly without allowing it: only trying tells. */
function hasWebAssembly(window) {
  try {
    return Boolean(new window.WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)));
  } catch {
    return false;
  }
}

function start(window) {
  const { document } = window;
  const given = settings(document);
  if (!given) return null;
  if (!hasWebAssembly(window)) return { status: 'no-webassembly', ready: Promise.resolve(null) };
  const tag = new Tag(window, given);
  tag.begin();
  return tag.surface;
}

class Tag {
  #window;
  #given;
  #store;
  #outbox;
  #lift = () => {};
  #engine = null;
  /** Decisions by `feature` and `slot`: a value, and what counts when it is shown. */
  #decided = { feature: new Map(), slot: new Map() };
  #waiting = new Set();
  #expired = false;
  #id;
  #overrides;
  surface;

  constructor(window, given) {
    this.#window = window;
    this.#given = given;
    this.#store = openStore(window);
    this.#id = visitor(window, this.#store, given.id, given.domain);
    this.#overrides = this.#setByHand();
    this.#outbox = new Outbox(window, this.#store, given.events, (event) => this.#tell(event));
    const tag = this;
    this.surface = {
      status: 'loading',
      ready: null,
      /** A feature's result, counted as exposure; `undefined` before `ready`. */
      feature(key) {
        const result = tag.#engine?.feature(key);
        if (result) tag.#drain();
        return result;
      },
      /** Sets values of features and arms of experiments by hand, for this tab. */
      override(overrides) {
        tag.#keepByHand(overrides);
        window.location.reload();
      },
      /** Tells what happened: a reward of a slot, a purchase. */
      track(event) {
        tag.#engine?.track(event);
        tag.#drain();
      },
      get overrides() {
        return tag.#overrides;
      },
      get decisions() {
        return record(tag.#decided.feature);
      },
      get engine() {
        return tag.#engine;
      },
    };
  }

  begin() {
    const { location, document } = this.#window;
    const kept = this.#kept();
    const redirect = kept?.redirects?.[location.href.split('#')[0]];
    if (redirect && redirect.until > Date.now()) {
      this.#outbox.take(redirect.exposures.map((event) => ({ ...event, at: Date.now() })));
      this.#outbox.send(true);
      location.replace(redirect.to);
      return;
    }
    for (const kind of ['feature', 'slot']) for (const [key, decision] of Object.entries(kept?.[kind] ?? {})) this.#decided[kind].set(key, decision);
    this.#lift = veil(this.#window, this.#given.nonce);
    eachPlace(this.#window, (element) => this.#visit(element));
    this.#window.setTimeout(() => this.#expire(), this.#given.cap);
    document.addEventListener('click', (event) => this.#clicked(event), true);
    this.surface.ready = this.#load().then(
      (engine) => this.#loaded(engine),
      (error) => {
        this.surface.status = error?.code ?? 'failed';
        this.#expire();
        return null;
      },
    );
  }

  /** What was decided on an earlier page, where it was for the same visitor, attributes and overrides. */
  #kept() {
    const kept = this.#store.get('decided');
    return kept && kept.for === this.#whom() ? kept : null;
  }

  #whom() {
    const { features, catalog, attributes } = this.#given;
    return JSON.stringify([features ?? catalog, this.#id ?? null, attributes, this.#overrides, this.#window.location.search]);
  }

  /** An element that shows a feature or a slot, as soon as it is there. */
  #visit(element) {
    if (this.#waiting.has(element) || element.hasAttribute('data-regulars-done')) return;
    this.#waiting.add(element);
    if (this.#expired) this.#finish(element);
    else this.#decide(element);
  }

  #decide(element) {
    const key = element.getAttribute('data-regulars-feature');
    const [kind, name] = key === null ? ['slot', element.getAttribute('data-regulars-slot')] : ['feature', key];
    const decision = this.#decided[kind].get(name);
    if (!decision) {
      if (this.#engine) this.#finish(element);
      return;
    }
    apply(element, decision.value);
    this.#finish(element);
    if (kind === 'slot') element.setAttribute('data-regulars-arm', decision.arm);
    if (decision.counted) return;
    decision.counted = true;
    this.#outbox.take(decision.exposures.map((event) => ({ ...event, at: Date.now() })));
    this.#count(kind, name, decision);
    this.#sendSoon();
  }

  /** Has the engine count what was shown: its state goes to the next page, and exposures are counted once anyway. */
  #count(kind, name, decision) {
    if (!this.#engine) return;
    if (kind === 'feature') {
      // What is decided by now may differ from what was shown, which is in the outbox already.
      const [shown, now] = [decision.exposures, exposuresOf(name, this.#engine.feature(name, { peek: true }))].map((exposures) => exposures[0]);
      if (shown?.variation === now?.variation && shown?.hashValue === now?.hashValue) this.#engine.feature(name);
    }
    if (kind === 'slot') this.#engine.track({ type: 'impression', slot: name, arm: decision.arm, version: decision.version });
    this.#drain();
  }

  #finish(element) {
    this.#waiting.delete(element);
    element.setAttribute('data-regulars-done', '');
  }

  /** The cap is reached: what is undecided stays as the page has it, and is nobody's exposure. */
  #expire() {
    if (this.#expired) return;
    this.#expired = true;
    for (const element of [...this.#waiting]) this.#finish(element);
    this.#lift();
  }

  async #load() {
    const { features, catalog, member, wasm, publicKeys, decryptionKey, locale } = this.#given;
    const fetched = (address) => this.#fetched(address);
    const [payload, snapshot, profile] = await Promise.all([
      features && fetched(features).then((response) => response.json()),
      catalog && fetched(catalog).then((response) => response.arrayBuffer()),
      member && fetched(member).then((response) => response.json(), () => null),
      initialise(undefined, () => wasm),
    ]);
    const engine = new Engine();
    this.#restore(engine);
    if (locale) engine.setLocale(locale);
    if (snapshot) engine.loadCatalog(new Uint8Array(snapshot), { publicKeys });
    if (payload) engine.loadFeatures(payload, { decryptionKey });
    if (profile) engine.loadMember(profile);
    return engine;
  }

  async #fetched(address) {
    const abort = new AbortController();
    const timer = this.#window.setTimeout(() => abort.abort(), WAIT_FOR_RESPONSE);
    try {
      const response = await this.#window.fetch(address, { signal: abort.signal, credentials: 'same-origin' });
      if (!response.ok) throw new Error(`status ${response.status} of ${address}`);
      return response;
    } finally {
      this.#window.clearTimeout(timer);
    }
  }

  #loaded(engine) {
    const attributes = this.#id === undefined ? this.#given.attributes : { ...this.#given.attributes, id: this.#id };
    engine.setExperimentContext({ attributes, url: this.#window.location.href, overrides: this.#overrides });
    this.#engine = engine;
    const redirect = this.#runPage();
    this.#remember(redirect);
    if (redirect && !this.#expired) {
      this.#outbox.send(true);
      this.#window.location.replace(redirect.to);
      return engine;
    }
    // What was shown before the engine was there is counted by it now; what waits is shown.
    for (const kind of ['feature', 'slot']) {
      for (const [name, decision] of this.#decided[kind]) if (decision.counted) this.#count(kind, name, decision);
    }
    if (!this.#expired) {
      this.#decideAnew();
      for (const element of [...this.#waiting]) this.#decide(element);
      this.#lift();
    }
    this.#drain();
    this.surface.status = 'ready';
    this.#window.document.dispatchEvent(new CustomEvent('regulars:ready'));
    return engine;
  }

  /** The page's own experiments. After the cap they are not run: nobody sees them, and nobody is exposed. */
  #runPage() {
    const here = this.#window.location.href;
    const looked = this.#engine.pageExperiments({ peek: true, url: here });
    if (looked.length === 0) return null;
    const to = looked.find(({ redirect }) => redirect)?.redirect;
    if (this.#expired) return null;
    const all = this.#engine.pageExperiments({ url: here });
    const exposures = this.#drain();
    for (const { change, result } of all) if (change === 'visual' && result.inExperiment) changePage(this.#window, result.value);
    return to ? { to, exposures } : null;
  }

  /** All decisions, for what is not decided yet on this page. */
  #decideAnew() {
    for (const [key, decision] of this.#decisions('feature')) if (!this.#decided.feature.has(key)) this.#decided.feature.set(key, decision);
    for (const [key, decision] of this.#decisions('slot')) if (!this.#decided.slot.has(key)) this.#decided.slot.set(key, decision);
  }

  #decisions(kind) {
    if (kind === 'slot') return this.#engine.slotKeys().map((key) => [key, this.#drawn(key)]);
    return Object.entries(this.#engine.features()).map(([key, result]) => [key, { value: result.value, exposures: exposuresOf(key, result) }]);
  }

  #drawn(key) {
    const { value, arm, version } = this.#engine.slot(key, { peek: true });
    return { value, arm, version, exposures: [] };
  }

  /** Keeps the decisions for the next page's first paint. */
  #remember(redirect) {
    const redirects = {};
    const until = Date.now() + REDIRECTS_LAST;
    // Pages that led away before are looked at again from here: their own tag leaves before it could.
    for (const [page, { exposures }] of Object.entries(this.#kept()?.redirects ?? {})) {
      const to = this.#engine.pageExperiments({ peek: true, url: page }).find((found) => found.redirect)?.redirect;
      if (to) redirects[page] = { to, exposures, until };
    }
    if (redirect) redirects[this.#window.location.href.split('#')[0]] = { ...redirect, until };
    this.#store.set('decided', {
      for: this.#whom(),
      feature: record(this.#decisions('feature')),
      slot: record(this.#decisions('slot')),
      redirects,
    });
  }

  /** Moves what the engine has to tell into the outbox, and keeps the engine's state. */
  #drain() {
    const told = [];
    for (let batch = this.#engine.drainEvents(100); batch.events.length > 0; batch = this.#engine.drainEvents(100)) {
      told.push(...batch.events);
      this.#engine.confirmEvents(batch);
    }
    if (told.length === 0) return told;
    this.#outbox.take(told);
    this.#keepState();
    this.#sendSoon();
    return told.filter(({ type }) => type === 'exposure');
  }

  #keepState() {
    let text = '';
    const state = this.#engine.saveState();
    for (let at = 0; at < state.length; at += STATE_LETTERS) text += String.fromCharCode(...state.subarray(at, at + STATE_LETTERS));
    this.#store.set('state', this.#window.btoa(text));
  }

  #restore(engine) {
    const kept = this.#store.get('state');
    try {
      if (kept) engine.restoreState(Uint8Array.from(this.#window.atob(kept), (letter) => letter.charCodeAt(0)));
    } catch {
      // damaged, or of another version: begin anew
    }
  }

  #sending = 0;

  #sendSoon() {
    this.#sending ||= this.#window.setTimeout(() => {
      this.#sending = 0;
      this.#outbox.send();
    }, 50);
  }

  #clicked({ target }) {
    const place = target?.closest?.('[data-regulars-arm]');
    if (!place || !this.#engine) return;
    this.#engine.track({ type: 'click', slot: place.getAttribute('data-regulars-slot'), arm: place.getAttribute('data-regulars-arm') });
    this.#drain();
  }

  /** Others on the page hear of exposures too: analytics, tag managers. */
  #tell(event) {
    if (event.type !== 'exposure') return;
    const { document } = this.#window;
    document.dispatchEvent(new CustomEvent('regulars:exposure', { detail: event }));
    const { layer } = this.#given;
    if (layer) (this.#window[layer] ??= []).push({ event: 'experiment_viewed', experiment_id: event.experiment, variation_id: event.key });
  }

  #setByHand() {
    let kept = {};
    try {
      kept = JSON.parse(this.#window.sessionStorage.getItem('regulars.overrides') ?? '{}');
    } catch {
      // refused
    }
    const overrides = { features: { ...kept.features, ...featuresInAddress(this.#window.location.search) }, variations: { ...kept.variations } };
    return Object.keys(overrides.features).length + Object.keys(overrides.variations).length > 0 ? overrides : undefined;
  }

  #keepByHand(overrides) {
    try {
      if (overrides) this.#window.sessionStorage.setItem('regulars.overrides', JSON.stringify(overrides));
      else this.#window.sessionStorage.removeItem('regulars.overrides');
    } catch {
      // refused
    }
  }
}

/** `Object.fromEntries`, which Chrome below 73 lacks. */
function record(pairs) {
  const made = {};
  for (const [key, value] of pairs) made[key] = value;
  return made;
}

/** What counts when the result is shown: as the engine would tell it, but for the time. */
function exposuresOf(feature, { experimentResult: result, experiment }) {
  if (!result?.inExperiment || !result.hashUsed) return [];
  const { variationId: variation, key, hashAttribute, hashValue } = result;
  return [{ type: 'exposure', experiment: experiment.key, variation, key, hashAttribute, hashValue, feature }];
}

if (typeof window !== 'undefined' && !window.regulars) {
  try {
    window.regulars = start(window) ?? undefined;
  } catch {
    // The page stays as it is.
  }
}
