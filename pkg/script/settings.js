// What the tag says of itself, in `data-` attributes.

import { knowsSimd } from '../builds.js';

/** Milliseconds after which what is undecided stays as the page has it. */
const CAP = 400;

/** Reads the tag's attributes; `null` where there is no tag, or it names nothing to load. */
export function settings(document) {
  const tag = document.currentScript ?? document.querySelector('script[data-features][src*="regulars"], script[data-catalog][src*="regulars"]');
  if (!tag?.src) return null;
  const { features, catalog, member, events, id, cap, wasm, locale, domain, layer, publicKey, decryptionKey } = tag.dataset;
  if (!features && !catalog) return null;
  const address = (given) => (given ? new URL(given, document.baseURI).href : undefined);
  const milliseconds = Number(cap);
  return {
    features: address(features),
    catalog: address(catalog),
    member: address(member),
    events: address(events),
    wasm: address(wasm) ?? new URL(knowsSimd() ? 'wasm/regulars_bg.wasm' : 'wasm/baseline/regulars_bg.wasm', tag.src).href,
    attributes: json(tag.dataset.attributes) ?? {},
    id,
    cap: cap !== undefined && milliseconds >= 0 ? Math.min(milliseconds, 5_000) : CAP,
    locale,
    domain,
    layer,
    publicKeys: publicKey ? publicKey.split(/\s+/).map(bytes) : undefined,
    decryptionKey,
    nonce: tag.nonce || undefined,
  };
}

function json(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));

/**
 * Values of features set by the address, for looking at them: `?regulars-features={"banner":"bold"}`. Arms of experiments
 * are set as GrowthBook does it, `?my-experiment=1`, which the engine reads itself.
 */
export function featuresInAddress(search) {
  return json(new URLSearchParams(search).get('regulars-features')) ?? {};
}
