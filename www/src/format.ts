import type { Currency } from 'regulars';

import { locale } from './words';

/** The catalogue's; set when it is known. */
let currency: Currency = { code: 'USD', minorUnits: 2 };

export function useCurrency(known: Currency): void {
  currency = known;
}

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${locale.value}${JSON.stringify(options)}`;
  let format = made.get(key) as Intl.NumberFormat | undefined;
  if (!format) made.set(key, (format = new Intl.NumberFormat(locale.value, options)));
  return format;
}

/** Minor units as an amount of money. */
export function money(minor: number): string {
  const digits = currency.minorUnits;
  const format = number({ style: 'currency', currency: currency.code, currencyDisplay: 'narrowSymbol', minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(minor / 10 ** digits);
}

export function count(value: number): string {
  return number({ maximumFractionDigits: 0 }).format(value);
}

/** A share in [0, 1]. */
export function percent(share: number): string {
  return number({ style: 'percent', maximumFractionDigits: 2 }).format(share);
}

/** A calendar day in the shop's zone: the year only where it is not the one of `now`. */
export function day(at: number, now: number, timeZone: string): string {
  const year = (instant: number) => new Intl.DateTimeFormat('en', { year: 'numeric', timeZone }).format(instant);
  const options: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', timeZone };
  if (year(at) !== year(now)) options.year = 'numeric';
  const key = `d${locale.value}${JSON.stringify(options)}`;
  let format = made.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) made.set(key, (format = new Intl.DateTimeFormat(locale.value, options)));
  return format.format(at);
}

/** The last calendar day before `at`: what ends at midnight is good for the day before, and for no more. */
export function lastDay(at: number, now: number, timeZone: string): string {
  return day(at - 1, now, timeZone);
}

/** Milliseconds as a short duration: microseconds below one millisecond. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1) return `${number({ maximumFractionDigits: 0 }).format(milliseconds * 1000)} µs`;
  return `${number({ maximumFractionDigits: milliseconds < 10 ? 1 : 0 }).format(milliseconds)} ms`;
}
