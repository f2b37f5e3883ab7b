// What outlives a page: texts under names. Storage may be refused (private modes, frames of other sites, policies): then
// everything lasts as long as the page, and nothing throws.

const PREFIX = 'regulars.';

export function openStore(window) {
  const memory = new Map();
  const parsed = new Map();
  let local = null;
  try {
    local = window.localStorage;
    local.setItem(`${PREFIX}probe`, '1');
    local.removeItem(`${PREFIX}probe`);
  } catch {
    local = null;
  }
  return {
    /** Whether what is kept is there on the next page. */
    lasts: local !== null,
    /** What is kept under `name`, not to be changed; the same object while nothing is written. */
    get(name) {
      try {
        if (local) {
          const text = local.getItem(PREFIX + name) ?? 'null';
          // Other tabs write too, so the text is asked for each time; it is read again only where it is another.
          if (parsed.get(name)?.text !== text) parsed.set(name, { text, value: JSON.parse(text) });
          return parsed.get(name).value;
        }
      } catch {
        return null; // refused from now on, or written by somebody else
      }
      return memory.get(name) ?? null;
    },
    set(name, value) {
      try {
        if (local) return void local.setItem(PREFIX + name, JSON.stringify(value));
      } catch {
        // full, or refused from now on
      }
      memory.set(name, value);
    },
  };
}

const DAYS = 365;

/**
 * The visitor's id: what the page gives, else the one kept here or in a cookie (which other hosts of `domain` see too,
 * so that a redirect between them keeps it). Without any place to keep it there is none: a new id on each page would put
 * the same person into every arm.
 */
export function visitor(window, store, given, domain) {
  if (given) return given;
  const known = cookie(window.document) ?? store.get('id');
  const id = typeof known === 'string' && known ? known : drawn(window);
  store.set('id', id);
  try {
    const scope = domain ? `; domain=${domain}` : '';
    const secure = window.location.protocol === 'https:' ? '; secure' : '';
    window.document.cookie = `regulars_id=${encodeURIComponent(id)}; path=/; max-age=${DAYS * 86_400}; samesite=lax${scope}${secure}`;
  } catch {
    // a sandboxed frame
  }
  return store.lasts || cookie(window.document) === id ? id : undefined;
}

function cookie(document) {
  try {
    const found = document.cookie.split('; ').find((pair) => pair.startsWith('regulars_id='));
    return found && decodeURIComponent(found.slice('regulars_id='.length));
  } catch {
    return undefined;
  }
}

function drawn(window) {
  const bytes = window.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
