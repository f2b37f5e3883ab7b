// The specification's flags as a GrowthBook payload: a flag's variant is the id of the rule that gives it.
import { readFileSync } from 'node:fs';

const flags = JSON.parse(readFileSync(new URL('../../vectors/openfeature/test-flags.json', import.meta.url)));

/** What the specification's expressions (CEL) say, as conditions. */
const CONDITIONS = {
  "email == 'ballmer@macrosoft.com' ? 'zero' : ''": ['zero', { email: 'ballmer@macrosoft.com' }],
  "!customer && email == 'ballmer@macrosoft.com' && age > 10 ? 'internal' : ''": [
    'internal',
    { customer: { $ne: true }, email: 'ballmer@macrosoft.com', age: { $gt: 10 } },
  ],
};

/** A flag of the first, older suite, which names no expression for it. */
const CONTEXT_AWARE = {
  defaultValue: 'EXTERNAL',
  rules: [{ id: 'internal', condition: { fn: 'Sulisław', ln: 'Świętopełk', age: 29, customer: false }, force: 'INTERNAL' }],
};

export function payload() {
  const features = { 'context-aware': CONTEXT_AWARE };
  for (const [key, flag] of Object.entries(flags)) {
    const { variants, defaultVariant, contextEvaluator, disabled, flagMetadata: metadata } = flag;
    if (disabled || !defaultVariant) {
      features[key] = { defaultValue: null };
    } else if (contextEvaluator) {
      const [variant, condition] = CONDITIONS[contextEvaluator];
      features[key] = { defaultValue: variants[defaultVariant], rules: [{ id: variant, condition, force: variants[variant] }], metadata };
    } else {
      features[key] = { defaultValue: null, rules: [{ id: defaultVariant, force: variants[defaultVariant] }], metadata };
    }
  }
  return { features };
}
