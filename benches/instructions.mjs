// Counts the instructions of answers, natively: a count hardly depends on what else the machine does, so a test can hold it.
//
//   node benches/instructions.mjs            fails where an answer costs a tenth more than benches/instructions.json says
//   node benches/instructions.mjs --update   writes down what it costs now
//
// The command line is run under valgrind with some members and with more; the difference is what the members cost, without
// opening the snapshot. Opening is counted by itself.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const data = `${root}www/public/data`;
const budget = `${root}benches/instructions.json`;
const TOLERANCE = 1.1;
const FEW = 2;
const MORE = 12;

const { now, households } = JSON.parse(readFileSync(`${data}/index.json`, 'utf8'));
const members = households.map(({ file }) => `${data}/${file}`);
const cart = JSON.parse(readFileSync(members[0], 'utf8'))
  .history.flatMap(({ lines }) => lines)
  .slice(0, 20)
  .map(({ item }, place) => ({ item, quantity: (place % 3) + 1 }));

function instructions(...words) {
  const said = execFileSync('sh', ['-c', 'exec valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$@" 2>&1 >/dev/null', 'sh', `${root}target/release/regulars`, ...words], { encoding: 'utf8' });
  return Number(/I\s+refs:\s+([\d,]+)/.exec(said)[1].replaceAll(',', ''));
}

const asked = (question, request, count) => [question, `${data}/catalog.rgl`, '--now', new Date(now).toISOString(), '--request', JSON.stringify(request), ...members.slice(0, count).flatMap((file) => ['--member', file])];
const each = (question, request) => Math.round((instructions(...asked(question, request, MORE)) - instructions(...asked(question, request, FEW))) / (MORE - FEW));

const found = {
  'open the snapshot': instructions('verify', `${data}/catalog.rgl`, '--key', `${data}/shop.pub`, '--now', new Date(now).toISOString()),
  'a member and for-you': each('recommend', { strategy: 'for-you', limit: 12 }),
  'a member and next-basket': each('recommend', { strategy: 'next-basket', limit: 12 }),
  'a member and discover': each('recommend', { strategy: 'discover', limit: 12 }),
  'a member and a quote of 20 lines': each('quote', { lines: cart }),
  'a member and offers': each('offers', { cart }),
  'a member and membership': each('membership', {}),
};

if (process.argv.includes('--update') || !existsSync(budget)) {
  writeFileSync(budget, `${JSON.stringify(found, null, 2)}\n`);
  console.log('written to benches/instructions.json');
}
const allowed = JSON.parse(readFileSync(budget, 'utf8'));
let failed = 0;
for (const [name, count] of Object.entries(found)) {
  const ratio = count / allowed[name];
  const wrong = !(ratio <= TOLERANCE);
  failed += wrong ? 1 : 0;
  console.log(`${wrong ? 'TOO MANY' : 'ok'}  ${name}: ${count.toLocaleString('en')} instructions, ${(100 * (ratio - 1)).toFixed(1)} % against ${allowed[name]?.toLocaleString('en')}`);
}
if (failed > 0) {
  console.error('an answer costs a tenth more than before: make it cheaper, or run node benches/instructions.mjs --update and say why');
  process.exit(1);
}
