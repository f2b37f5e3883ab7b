// Numbers, amounts and dates as people write them, by the host's `Intl`. The engine asks for each fact of a text; what is
// thrown here (a locale, a currency or a zone that this host does not know) makes it write plainly.

const made = new Map();

/** A formatter, made once for each kind and locale: making one is a thousand times dearer than using it. */
function formatter(kind, locale, options) {
  const key = [kind, locale, ...Object.values(options)].join();
  let known = made.get(key);
  if (!known) {
    known = new Intl[kind](locale, options);
    made.set(key, known);
  }
  return known;
}

const chinese = (locale) => /^zh\b/i.test(locale);

const words = {
  number: (locale, number) => formatter('NumberFormat', locale, {}).format(number),

  /** Chinese sentences name the currency (12.00元, 12.00美元); others take the sign it has at home. */
  money(locale, minor, currency, decimals) {
    const currencyDisplay = chinese(locale) ? 'name' : 'narrowSymbol';
    const options = { style: 'currency', currency, currencyDisplay, minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    const text = formatter('NumberFormat', locale, options).format(minor / 10 ** decimals);
    return text.replace('人民币', '元').replace('人民幣', '元');
  },

  date(locale, at, timeZone, withTime) {
    const time = withTime ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : {};
    return formatter('DateTimeFormat', locale, { year: 'numeric', month: 'short', day: 'numeric', timeZone: timeZone || 'UTC', ...time }).format(at);
  },

  isOne: (locale, count) => formatter('PluralRules', locale, {}).select(count) === 'one',
};

/** `null` where the host has no `Intl`, as older mini-program runtimes. */
export const hostWords = typeof Intl === 'object' && typeof Intl.NumberFormat === 'function' ? words : null;
