// Plays sessions against the package's Engine, in Node and in a page: what `regulars play` does natively.

/** Calls whose argument is not an object with what is asked. */
const CALLS = {
  feature: (engine, { key, ...request }) => engine.feature(key, request),
  experiment: (engine, { key, ...request }) => engine.experiment(key, request),
};

/**
 * @param {{ Engine: new () => any }} regulars the package, instantiated
 * @param {Uint8Array} catalog
 * @param {Uint8Array} publicKey
 * @param {{ now: number, locale: string, calls: { call: string, with: any, now?: number }[] }[]} sessions
 */
export function play({ Engine }, catalog, publicKey, sessions) {
  const { now: clock } = Date;
  const { random } = Math;
  try {
    return sessions.map((session) => {
      let now = session.now;
      Date.now = () => now;
      const open = () => {
        // The number that names the device is 1, as natively.
        const dice = [0, 2 ** -32];
        Math.random = () => dice.shift() ?? 0;
        const engine = new Engine();
        engine.loadCatalog(catalog, { publicKeys: [publicKey], now });
        engine.setLocale(session.locale ?? null);
        return engine;
      };
      let engine = open();
      const outcomes = [];
      for (const { call, with: given, now: at } of session.calls) {
        now = at ?? now;
        try {
          const argument = answersIn(given, outcomes);
          let answer;
          if (call === 'reopen') {
            const state = engine.saveState();
            engine.free();
            engine = open();
            engine.restoreState(state);
          } else {
            answer = call in CALLS ? CALLS[call](engine, argument) : engine[call](argument);
          }
          outcomes.push({ answer: answer ?? null });
        } catch (error) {
          outcomes.push({ error: { code: error.code ?? 'none', message: error.message } });
        }
      }
      engine.free();
      return outcomes;
    });
  } finally {
    Date.now = clock;
    Math.random = random;
  }
}

/** `given` with each `{"$answer": n}` replaced by what the n-th call of the session answered. */
function answersIn(given, outcomes) {
  if (typeof given !== 'object' || given === null) return given;
  if (Array.isArray(given)) return given.map((element) => answersIn(element, outcomes));
  if (typeof given.$answer === 'number') return outcomes[given.$answer].answer;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, answersIn(value, outcomes)]));
}
