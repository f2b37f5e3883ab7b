// Dates and times as people write them, on the shop's clock, to milliseconds since 1970, and back.

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?$/;

const formats = new Map();
function parts(zone, at) {
  if (!formats.has(zone)) {
    const two = '2-digit';
    formats.set(zone, new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: two, day: two, hour: two, minute: two, second: two }));
  }
  return Object.fromEntries(formats.get(zone).formatToParts(at).map(({ type, value }) => [type, value]));
}

/** How many milliseconds the clock of `zone` is ahead of UTC at `at`. */
function offset(zone, at) {
  const { year, month, day, hour, minute, second } = parts(zone, at);
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}

/**
 * Milliseconds since 1970 of `2026-06-18`, `2026-06-18T20:00` or `2026-06-18T20:00:30` on the clock of `zone`; `undefined`
 * where `text` is none of these.
 */
export function instant(text, zone) {
  const found = WRITTEN.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour = 0, minute = 0, second = 0] = found.slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)));
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  return local - offset(zone, local - offset(zone, local));
}

/** `at` on the clock of `zone`. */
export function written(at, zone) {
  const { year, month, day, hour, minute, second } = parts(zone, at);
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
}

/** `value` with every text that is a date or a time replaced by its milliseconds. */
export function withInstants(value, zone) {
  if (typeof value === 'string') return instant(value, zone) ?? value;
  if (Array.isArray(value)) return value.map((element) => withInstants(element, zone));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withInstants(inner, zone)]));
}
