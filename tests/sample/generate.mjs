// Makes the synthetic sample; see README.md. Same seed, same bytes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DAY = 86_400_000;
const START = Date.UTC(2025, 5, 1);
const DAYS = 140;
const MEMBERS = 36;

// mulberry32: a small generator with a 32-bit state
let state = 20_250_601;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
const below = (count) => Math.floor(random() * count);
const chance = (share) => random() < share;

// id, English, Chinese, department, category, type, size, brand, price in cents
const PRODUCTS = `
milk|Milk|牛奶|chilled|dairy|milk|1 L|Meadow|189
yogurt-plain|Plain yogurt|原味酸奶|chilled|dairy|yogurt|500 ML|Meadow|219
yogurt-berry|Berry yogurt|莓果酸奶|chilled|dairy|yogurt|500 ML|Hillside|239
butter|Butter|黄油|chilled|dairy|butter|250 GM|Meadow|279
cheese|Cheese|奶酪|chilled|dairy|cheese|200 GM|Hillside|349
eggs|Eggs|鸡蛋|chilled|eggs|eggs|10 CT|Hillside|299
tofu|Tofu|豆腐|chilled|tofu|tofu|400 GM|Bamboo|159
bread|Bread|面包|bakery|bread|bread||Oven|249
rolls|Rolls|小餐包|bakery|bread|rolls|6 CT|Oven|199
cake|Cake|蛋糕|bakery|cake|cake||Oven|1299
bananas|Bananas|香蕉|produce|fruit|bananas||Orchard|129
apples|Apples|苹果|produce|fruit|apples|1 KG|Orchard|329
oranges|Oranges|橙子|produce|fruit|oranges|1 KG|Orchard|299
tomatoes|Tomatoes|番茄|produce|vegetables|tomatoes|500 GM|Orchard|219
greens|Greens|青菜|produce|vegetables|greens|300 GM|Bamboo|149
potatoes|Potatoes|土豆|produce|vegetables|potatoes|2 KG|Orchard|259
rice|Rice|大米|pantry|staples|rice|5 KG|Bamboo|899
noodles|Noodles|面条|pantry|staples|noodles|500 GM|Bamboo|179
pasta|Pasta|意面|pantry|staples|pasta|500 GM|Piazza|149
sauce|Tomato sauce|番茄酱|pantry|sauces|sauce|400 GM|Piazza|229
soy-sauce|Soy sauce|酱油|pantry|sauces|soy sauce|500 ML|Bamboo|319
oil|Oil|食用油|pantry|staples|oil|1 L|Piazza|599
sugar|Sugar|白糖|pantry|staples|sugar|1 KG|Bamboo|169
coffee|Coffee|咖啡|drinks|hot drinks|coffee|500 GM|Harbour|899
filters|Coffee filters|咖啡滤纸|drinks|hot drinks|filters|100 CT|Harbour|199
tea|Tea|茶叶|drinks|hot drinks|tea|100 GM|Bamboo|459
lemonade|Lemonade|柠檬水|drinks|cold drinks|lemonade|1 L|Harbour|179
cola|Cola|可乐|drinks|cold drinks|cola|1.5 L|Harbour|159
water|Water|矿泉水|drinks|cold drinks|water|6/1.5 L|Harbour|299
beer|Beer|啤酒|drinks|alcohol|beer|6/330 ML|Harbour|699
detergent|Detergent|洗衣液|household|laundry|detergent|2 L|Tide Pool|1099
softener|Softener|柔顺剂|household|laundry|softener|1 L|Tide Pool|499
dish-soap|Dish soap|洗洁精|household|cleaning|dish soap|500 ML|Tide Pool|229
paper|Toilet paper|卫生纸|household|paper|toilet paper|10 CT|Cloud|799
tissues|Tissues|抽纸|household|paper|tissues|6 CT|Cloud|449
soap|Soap|香皂|care|washing|soap|100 GM|Cloud|149
shampoo|Shampoo|洗发水|care|washing|shampoo|400 ML|Cloud|699
toothpaste|Toothpaste|牙膏|care|teeth|toothpaste|120 GM|Cloud|329
cat-food|Cat food|猫粮|pets|cats|cat food|2 KG|Whisker|1299
cat-litter|Cat litter|猫砂|pets|cats|cat litter|10 L|Whisker|899
tent|Tent|帐篷|leisure|camping|tent||Summit|8999
sleeping-bag|Sleeping bag|睡袋|leisure|camping|sleeping bag||Summit|4999
lantern|Lantern|营灯|leisure|camping|lantern||Summit|2499
chocolate|Chocolate|巧克力|pantry|sweets|chocolate|100 GM|Harbour|249
biscuits|Biscuits|饼干|pantry|sweets|biscuits|300 GM|Oven|279
ice-cream|Ice cream|冰淇淋|chilled|ice cream|ice cream|1 L|Hillside|549
`.trim().split('\n').map((line) => {
  const [id, en, zh, department, category, type, size, brand, price] = line.split('|');
  return { id, en, zh, department, category, type, size, brand, price: Number(price) };
});
const priceOf = new Map(PRODUCTS.map(({ id, price }) => [id, price]));
const BEATS = { milk: 7, bread: 5, eggs: 10, detergent: 30, paper: 21, 'cat-food': 14, 'cat-litter': 14, coffee: 18, rice: 45 };
const OTHERS = PRODUCTS.map(({ id }) => id).filter((id) => !(id in BEATS) && !['tent', 'sleeping-bag', 'lantern', 'filters', 'yogurt-plain', 'yogurt-berry', 'lemonade'].includes(id));

function bread(day) {
  return day >= DAYS - 7 ? 199 : 249;
}

const orders = []; // {member, basket, day, minute, id, store, quantity}
let baskets = 0;

function shop(number) {
  const name = `m${String(number).padStart(3, '0')}`;
  const every = [4, 6, 7, 7, 8, 10, 14][below(7)];
  const store = `s${1 + (number % 3)}`;
  const favourites = Array.from({ length: 6 }, () => OTHERS[below(OTHERS.length)]);
  const last = number % 12 === 5 ? 70 : DAYS; // some slipped away
  const first = number % 16 === 9 ? DAYS - 40 : below(20); // some are new
  const due = new Map(Object.entries(BEATS).filter(([id]) => !id.startsWith('cat') || number % 4 === 0).map(([id, beat]) => [id, first + below(beat)]));
  let camping = number % 3 === 0 ? first + 20 + below(60) : Infinity;
  let follow = false;
  for (let day = first; day < last; day += Math.max(1, every + below(3) - 1)) {
    const basket = new Set();
    for (const [id, at] of due) {
      if (at <= day) {
        basket.add(id);
        due.set(id, day + BEATS[id] + below(3) - 1);
      }
    }
    if (basket.has('coffee') && chance(0.85)) basket.add('filters');
    if (follow) {
      basket.add('sleeping-bag');
      if (chance(0.5)) basket.add('lantern');
      follow = false;
    }
    if (camping <= day) {
      basket.add('tent');
      camping = Infinity;
      follow = true;
    }
    if (chance(0.55)) basket.add(chance(0.5) ? 'yogurt-plain' : 'yogurt-berry');
    if (chance(day >= DAYS - 28 ? 0.6 : 0.2)) basket.add('lemonade');
    for (const id of favourites) if (chance(0.15)) basket.add(id);
    if (basket.size === 0) basket.add('bananas');
    baskets += 1;
    const minute = 8 * 60 + below(12 * 60);
    for (const id of basket) orders.push({ member: name, basket: `b${String(baskets).padStart(5, '0')}`, day, minute, id, store, quantity: chance(0.15) ? 2 : 1 });
  }
}

for (let number = 0; number < MEMBERS; number += 1) shop(number);
orders.push({ member: `m${String(MEMBERS).padStart(3, '0')}`, basket: 'b90000', day: DAYS - 3, minute: 600, id: 'milk', store: 's1', quantity: 1 });
// What is left out: a guest, an item that is no product, something given back whole.
orders.push({ member: '', basket: 'b90001', day: 100, minute: 600, id: 'milk', store: 's1', quantity: 1 });
orders.push({ member: 'm001', basket: 'b90002', day: 100, minute: 600, id: 'gift-card', store: 's1', quantity: 1, price: 5000 });
orders.push({ member: 'm001', basket: 'b90002', day: 100, minute: 600, id: 'tea', store: 's1', quantity: 0 });
orders.sort((one, other) => one.day - other.day || (one.basket < other.basket ? -1 : one.basket > other.basket ? 1 : 0));

const paid = ({ id, day, quantity, price }) => (price ?? (id === 'bread' ? bread(day) : priceOf.get(id))) * quantity;
const moment = ({ day, minute }) => START + day * DAY + minute * 60_000;
const stamp = (order) => new Date(moment(order)).toISOString().slice(0, 16).replace('T', ' ');
const money = (cents) => (cents / 100).toFixed(2);
const json = (value) => `${JSON.stringify(value, null, 1)}\n`;

export const files = {
  'products.csv': ['id,title_en,title_zh,department,category,kind,size,brand', ...PRODUCTS.map((p) => [p.id, p.en, p.zh, p.department, p.category, p.type, p.size, p.brand].join(','))].join('\n') + '\n',
  'orders.csv': ['member,basket,moment,id,store,quantity,paid', ...orders.map((o) => [o.member, o.basket, stamp(o), o.id, o.store, o.quantity, money(paid(o))].join(','))].join('\n') + '\n',
  'programme.json': json({
    id: 'sample-club',
    version: '1',
    titles: { en: 'Sample club', 'zh-CN': '样例俱乐部' },
    tiers: [
      { id: 'basic', titles: { en: 'Basic', 'zh-CN': '普通' } },
      { id: 'silver', titles: { en: 'Silver', 'zh-CN': '银卡' }, criteria: { metric: 'spend', atLeast: 30_000 } },
      { id: 'gold', titles: { en: 'Gold', 'zh-CN': '金卡' }, criteria: { metric: 'spend', atLeast: 80_000 } },
    ],
    tierPolicy: { period: { kind: 'rolling', months: 6 }, downgrade: 'one-step', grace: { days: 14 } },
    points: {
      wallets: [{ id: 'points', expiry: { kind: 'rolling', months: 3, roundUp: 'month-end' } }],
      earning: [{ id: 'base', on: 'purchase', points: 1, per: 100 }],
      redemption: { points: 100, value: 100, min: 100, step: 100, maxShare: 0.5 },
    },
    benefits: [{ id: 'free-delivery', titles: { en: 'Free delivery', 'zh-CN': '免运费' }, kind: 'free-shipping', fromTier: 'gold' }],
  }),
  'offers.json': json([
    { id: 'ladder', titles: { en: '3.00 off 20.00, 8.00 off 40.00', 'zh-CN': '满20减3，满40减8' }, effects: [{ kind: 'ladder', on: 'order', steps: [{ from: 2000, amount: 300 }, { from: 4000, amount: 800 }] }] },
    { id: 'dairy-tenth', titles: { en: '10% off dairy', 'zh-CN': '乳品9折' }, effects: [{ kind: 'percent', on: 'lines', percent: 10, where: { 'item.category': 'dairy' } }], window: { from: '2025-10-01', until: '2025-12-01' } },
    { id: 'silver-tea', titles: { en: 'Silver and gold: tea for 3.99', 'zh-CN': '银卡金卡：茶叶3.99' }, tiers: ['silver', 'gold'], effects: [{ kind: 'fixed-price', on: 'units', price: 399, where: { 'item.id': 'tea' } }] },
    { id: 'back-again', titles: { en: '5.00 off 25.00, welcome back', 'zh-CN': '欢迎回来：满25减5' }, when: { 'member.daysSinceOrder': { $gte: 60 } }, thresholds: [{ amount: 2500 }], effects: [{ kind: 'amount', on: 'order', amount: 500 }], limits: { perMember: 1 } },
    { id: 'tuesday-fruit', titles: { en: 'Fruit Tuesday: 20% off', 'zh-CN': '周二水果8折' }, schedule: { weekdays: [2] }, effects: [{ kind: 'percent', on: 'lines', percent: 20, where: { 'item.category': 'fruit' } }] },
    { id: 'cat-coupon', titles: { en: '2.00 off cat food', 'zh-CN': '猫粮立减2元' }, activation: 'wallet', effects: [{ kind: 'amount', on: 'order', amount: 200, where: { 'item.id': 'cat-food' } }], limits: { perMember: 1 } },
  ]),
};

/** The profile of one member, from the orders above. */
function profile(id, more) {
  const history = [];
  for (const order of orders.filter((order) => order.member === id && order.quantity > 0)) {
    let basket = history.find((known) => known.id === order.basket);
    if (!basket) history.push((basket = { id: order.basket, at: moment(order), store: order.store, lines: [] }));
    basket.lines.push({ item: order.id, ...(order.quantity > 1 ? { quantity: order.quantity } : {}), paid: paid(order) });
  }
  const ledger = history.map(({ id: basket, at, lines }) => ({ id: `earn-${basket}`, at, kind: 'earn', amount: Math.floor(lines.reduce((sum, line) => sum + line.paid, 0) / 100), source: basket, rule: 'base' }));
  return { id, joinedAt: history[0].at, ...more, ledger, history };
}

files['members/m000.json'] = json(profile('m000', { attributes: { householdSize: 3 }, tags: [{ tag: 'pets', source: 'orders' }], wallet: [{ offer: 'cat-coupon', receivedAt: START + 136 * DAY, usesLeft: 1 }] }));
files['members/m005.json'] = json(profile('m005', { attributes: { householdSize: 1 } }));
files['members/m009.json'] = json(profile('m009', {}));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const here = dirname(fileURLToPath(import.meta.url));
  mkdirSync(join(here, 'members'), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(here, name), content);
}
