// The suites, in the order of the report. A suite exports `title`, `about`, and any of `cases` (peers measured side by side),
// `latencies` (calls timed one by one), `curves` (cost over a growing quantity); each is given what world.mjs makes.
import * as growth from './suites/growth.mjs';
import * as load from './suites/load.mjs';
import * as membership from './suites/membership.mjs';
import * as quote from './suites/quote.mjs';
import * as recommend from './suites/recommend.mjs';
import * as rules from './suites/rules.mjs';
import * as vectors from './suites/vectors.mjs';

export default [
  { name: 'load', suite: load },
  { name: 'recommend', suite: recommend },
  { name: 'quote', suite: quote },
  { name: 'rules', suite: rules },
  { name: 'membership', suite: membership },
  { name: 'vectors', suite: vectors },
  { name: 'growth', suite: growth },
];
