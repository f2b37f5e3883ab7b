// A page inside a mini-program's <web-view>: it is an ordinary page with no storage of the mini-program's. What the two say
// to each other goes through the JSSDK, one way, and is delivered when the page is left.

/** Whether this page is shown by a mini-program. */
export function inMiniProgram() {
  return globalThis.__wxjs_environment === 'miniprogram' || /miniProgram/i.test(globalThis.navigator?.userAgent ?? '');
}

/**
 * What the mini-program wrote behind the `#` of the page's address (`#regulars=...`, JSON): a token for `headers`, an address
 * of the profile. It is taken off the address, so that a shared link does not carry it.
 */
export function handedOver() {
  const { location, history } = globalThis;
  const parts = location.hash.slice(1).split('&');
  const own = parts.find((part) => part.startsWith('regulars='));
  if (!own) return {};
  const rest = parts.filter((part) => part !== own).join('&');
  history.replaceState(history.state, '', `${location.pathname}${location.search}${rest && `#${rest}`}`);
  try {
    return JSON.parse(decodeURIComponent(own.slice('regulars='.length)));
  } catch {
    return {};
  }
}

/**
 * Gives the mini-program, by `wx` of the JSSDK, the batches that wait whenever the page is hidden, so that it can send them
 * with `sendBatches` where the page does not come to it. They stay here as well: the server takes each once by its id.
 * Returns a function that stops it.
 */
export function handOverEvents(client, wx = globalThis.wx) {
  const hidden = () => {
    if (document.visibilityState !== 'hidden' || !wx?.miniProgram) return;
    const given = [];
    for (let batch = client.engine.drainEvents(100); batch.events.length > 0; batch = client.engine.drainEvents(100)) given.push(batch);
    if (given.length > 0) wx.miniProgram.postMessage({ data: { regulars: given } });
    for (const batch of given.reverse()) client.engine.returnEvents(batch);
  };
  document.addEventListener('visibilitychange', hidden);
  return () => document.removeEventListener('visibilitychange', hidden);
}
