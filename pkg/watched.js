// An engine that tells what was done with it.

/** Methods after which there may be something to keep or send. */
const CHANGING = ['track', 'feature', 'experiment', 'recommend', 'quote', 'offers', 'nextActions', 'setPrivacy', 'forgetTag'];

/** Methods by which the page tells what answers follow from, and what is not kept. */
const TELLING = ['setLocale', 'setExperimentContext', 'loadFeatures'];

/**
 * The engine. `changed` hears after each call that may have changed what is to be kept or sent, `told` what the page told it
 * otherwise, `freed` before it is freed.
 */
export function watched(engine, { changed, told, freed }) {
  const { free } = engine;
  Object.defineProperty(engine, 'free', {
    value() {
      freed();
      free.call(engine);
    },
  });
  for (const name of CHANGING) {
    const method = engine[name];
    if (typeof method !== 'function') continue;
    Object.defineProperty(engine, name, {
      value(...given) {
        const before = engine.eventsWaiting();
        const answer = method.apply(engine, given);
        if (name.startsWith('set') || name.startsWith('forget') || engine.eventsWaiting() !== before || name === 'track') changed(given[0]?.type);
        return answer;
      },
    });
  }
  for (const name of TELLING) {
    const method = engine[name];
    if (typeof method !== 'function') continue;
    Object.defineProperty(engine, name, {
      value(...given) {
        const answer = method.apply(engine, given);
        told(name, given[0]);
        return answer;
      },
    });
  }
  return engine;
}
