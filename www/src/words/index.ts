import { signal } from '@preact/signals';

import { keep, kept } from '../kept';
import { en } from './en';
import { zh } from './zh';

export type Locale = 'zh-CN' | 'en';
export type Words = typeof en;

const KEPT = 'shop.locale';

function preferred(): Locale {
  const before = kept(KEPT);
  if (before === 'zh-CN' || before === 'en') return before;
  return navigator.languages.some((language) => language.startsWith('zh')) ? 'zh-CN' : 'en';
}

export const locale = signal<Locale>(preferred());

export function words(): Words {
  return locale.value === 'en' ? en : zh;
}

export function switchLocale(): void {
  locale.value = locale.value === 'en' ? 'zh-CN' : 'en';
  keep(KEPT, locale.value);
}
