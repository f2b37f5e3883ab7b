// What the case shops sell beside food.
import type { Drawing } from './food';

export const wares: Record<string, Drawing> = {
  phone: {
    tint: 'sky',
    shapes:
      '<rect x="20" y="8" width="24" height="46" rx="4" fill="#3b4a55"/><rect x="38" y="8" width="6" height="46" rx="3" fill="#2a363f"/><rect x="23" y="13" width="18" height="33" rx="1" fill="#bcd6e2"/><path fill="#dfeef4" d="M23 13h12L23 36z"/><circle cx="32" cy="50" r="1.800" fill="#8ea0ab"/>',
  },
  headphones: {
    tint: 'lilac',
    shapes:
      '<path fill="none" stroke="#51456b" stroke-width="4" stroke-linecap="round" d="M14 40v-6c0-11 8-19 18-19s18 8 18 19v6"/><rect x="10" y="36" width="11" height="18" rx="4" fill="#7a68a3"/><rect x="43" y="36" width="11" height="18" rx="4" fill="#7a68a3"/><rect x="16" y="36" width="5" height="18" rx="2.500" fill="#51456b"/><rect x="49" y="36" width="5" height="18" rx="2.500" fill="#51456b"/>',
  },
  lipstick: {
    tint: 'peach',
    shapes:
      '<path fill="#c63d55" d="M26 26V14c0-3 6-6 12-7v19z"/><path fill="#a22f45" d="M34 26V8.500L38 7v19z"/><rect x="25" y="26" width="14" height="10" fill="#e8c987"/><rect x="34" y="26" width="5" height="10" fill="#cba85c"/><rect x="22" y="36" width="20" height="18" rx="2" fill="#3f3038"/><rect x="35" y="36" width="7" height="18" rx="2" fill="#2c2127"/>',
  },
  cream: {
    tint: 'peach',
    shapes:
      '<path fill="#f4e4dc" d="M14 32h36v16c0 4-2 6-6 6H20c-4 0-6-2-6-6z"/><path fill="#e2c9bd" d="M42 32h8v16c0 4-2 6-6 6h-5c2-1 3-3 3-6z"/><rect x="12" y="22" width="40" height="11" rx="3" fill="#b9796a"/><rect x="42" y="22" width="10" height="11" rx="3" fill="#99604f"/><path fill="#b9796a" d="M22 41h18v2H22zM26 45h10v1.500H26z"/>',
  },
  shirt: {
    tint: 'sky',
    shapes:
      '<path fill="#5f8fb0" d="M22 12l-12 7 4 12 6-3v26h24V28l6 3 4-12-12-7c-2 4-6 6-10 6s-8-2-10-6z"/><path fill="#48738f" d="M38 17c2-1 3-3 4-5l12 7-4 12-6-3v26h-6z"/><path fill="none" stroke="#e5eff5" stroke-width="2" stroke-linecap="round" d="M22 12c2 4 6 6 10 6s8-2 10-6"/>',
  },
  dress: {
    tint: 'lilac',
    shapes:
      '<path fill="#a2688f" d="M24 8l3 9c3 2 7 2 10 0l3-9 4 4c-1 6-3 10-4 15l10 27H14l10-27c-1-5-3-9-4-15z"/><path fill="#824e71" d="M37 17l3-9 4 4c-1 6-3 10-4 15l10 27H40c1-10-1-22-3-37z"/><path fill="#e7c9dc" d="M23 27h18v3H23z"/>',
  },
  trousers: {
    tint: 'sky',
    shapes:
      '<path fill="#4b6487" d="M20 10h24l4 44H37l-5-28-5 28H16z"/><path fill="#39506f" d="M38 10h6l4 44H37l-3-17z"/><path fill="#2f4360" d="M20 10h24v4H20z"/><path fill="none" stroke="#7f97b8" stroke-width="1.500" d="M25 15c0 4-2 6-5 6M39 15c0 4 2 6 5 6"/>',
  },
  shoe: {
    tint: 'sand',
    shapes:
      '<path fill="#d9694a" d="M10 26c4 4 10 3 13-2l4-3c6 9 13 14 24 16 4 1 5 4 5 9H10z"/><path fill="#b8543a" d="M37 32c4 3 9 4 14 5 4 1 5 4 5 9H40c-4-4-5-9-3-14z"/><path fill="#f7efe5" d="M9 46h48c0 5-2 8-6 8H14c-4 0-6-3-5-8z"/><path fill="none" stroke="#f7efe5" stroke-width="2" stroke-linecap="round" d="M27 29l5-3M31 34l5-3"/>',
  },
  hat: {
    tint: 'sage',
    shapes:
      '<path fill="#4f7a5b" d="M14 42c0-14 8-24 18-24s18 10 18 24z"/><path fill="#3c6147" d="M38 19c7 3 12 12 12 23h-8c0-9-1-17-4-23z"/><path fill="#2f4d38" d="M12 42h32c7 0 12 3 14 8-10 1-16-2-22-2H14c-3 0-4-6-2-6z"/><circle cx="32" cy="17" r="2.500" fill="#2f4d38"/>',
  },
  scarf: {
    tint: 'butter',
    shapes:
      '<path fill="#c9503f" d="M12 14h40v14c-12 6-28 6-40 0z"/><path fill="#a83f31" d="M34 30c6 0 12-1 18-3v27H34z"/><path fill="#c9503f" d="M22 30c4 1 8 1 12 1v21H22z"/><path fill="#f3d3a5" d="M12 19h40v3H12zM22 44h12v3H22zM34 47h18v3H34z"/>',
  },
  glasses: {
    tint: 'sand',
    shapes:
      '<path fill="#2e2a33" d="M8 24h20c0 10-3 18-11 18S8 34 8 24zM36 24h20c0 10-1 18-9 18s-11-8-11-18z"/><path fill="#5d5568" d="M12 27h9l-7 9c-1-3-2-6-2-9zM40 27h9l-7 9c-1-3-2-6-2-9z"/><path fill="none" stroke="#2e2a33" stroke-width="3" d="M27 27c3-3 7-3 10 0"/>',
  },
  fridge: {
    tint: 'sky',
    shapes:
      '<rect x="17" y="7" width="30" height="47" rx="3" fill="#dbe4e8"/><rect x="39" y="7" width="8" height="47" rx="3" fill="#b9c7ce"/><path fill="#9fb0b8" d="M17 24h30v2H17z"/><rect x="21" y="13" width="3" height="8" rx="1.500" fill="#6b7e88"/><rect x="21" y="30" width="3" height="12" rx="1.500" fill="#6b7e88"/>',
  },
  washer: {
    tint: 'sky',
    shapes:
      '<rect x="12" y="10" width="40" height="44" rx="3" fill="#e3eaee"/><rect x="44" y="10" width="8" height="44" rx="3" fill="#c2ced5"/><circle cx="31" cy="36" r="13" fill="#6f8b9b"/><circle cx="31" cy="36" r="10" fill="#a9cfe0"/><path fill="#7fb2c9" d="M21 36c4-3 7 3 10 0s7-3 10 0c0 6-4 10-10 10s-10-4-10-10z"/><circle cx="19" cy="16" r="2" fill="#6b7e88"/><path fill="#8ea0ab" d="M34 14h12v4H34z"/>',
  },
  teapot: {
    tint: 'sand',
    shapes:
      '<path fill="#8d4f38" d="M17 30c0-6 7-10 16-10s16 4 16 10c0 12-4 24-16 24S17 42 17 30z"/><path fill="#6f3c2a" d="M41 22c5 2 8 5 8 8 0 12-4 24-16 24 7-5 10-20 8-32z"/><path fill="none" stroke="#8d4f38" stroke-width="4" d="M18 28c-8-1-10 9-1 13"/><path fill="#6f3c2a" d="M47 38c4-2 5-8 9-10l2 4c-4 3-5 9-11 11z"/><path fill="#a9694f" d="M25 19c2-3 14-3 16 0v2H25z"/><circle cx="33" cy="15" r="3" fill="#6f3c2a"/>',
  },
  ticket: {
    tint: 'butter',
    shapes:
      '<path fill="#d98a3d" d="M8 20h48v8c-4 0-6 2-6 5s2 5 6 5v10H8V38c4 0 6-2 6-5s-2-5-6-5z"/><path fill="#b86f2a" d="M42 20h14v8c-4 0-6 2-6 5s2 5 6 5v10H42z"/><path fill="none" stroke="#f8e3c4" stroke-width="2" stroke-dasharray="3 3" d="M42 22v24"/><path fill="#f8e3c4" d="M26 26l2 5 5 .4-4 3.300 1.300 5-4.300-2.800-4.300 2.800 1.300-5-4-3.300 5-.4z"/>',
  },
  meal: {
    tint: 'peach',
    shapes:
      '<path fill="#c9503f" d="M8 32h48c0 12-8 20-18 22H26C16 52 8 44 8 32z"/><path fill="#a83f31" d="M46 32h10c0 12-8 20-18 22h-5c8-4 13-12 13-22z"/><ellipse cx="32" cy="32" rx="24" ry="6" fill="#f0c987"/><circle cx="24" cy="31" r="3" fill="#fdf3dd"/><path fill="#5f9a5a" d="M34 29c4-2 8-1 9 2-3 2-7 1-9-2z"/><g fill="none" stroke="#c7b29c" stroke-width="2.500" stroke-linecap="round"><path d="M24 22c-3-4 3-6 0-10M34 22c-3-4 3-6 0-10"/></g>',
  },
  suitcase: {
    tint: 'sky',
    shapes:
      '<path fill="none" stroke="#3b4a55" stroke-width="3" d="M25 20v-9h14v9"/><rect x="14" y="19" width="36" height="33" rx="4" fill="#4f86a0"/><rect x="41" y="19" width="9" height="33" rx="4" fill="#3a6a82"/><path fill="#9cc4d6" d="M21 19h4v33h-4zM35 19h4v33h-4z"/><path fill="#3b4a55" d="M18 52h6v3h-6zM40 52h6v3h-6z"/>',
  },
  book: {
    tint: 'sage',
    shapes:
      '<path fill="#3f7a66" d="M14 12c6-2 12-1 18 3v38c-6-4-12-5-18-3z"/><path fill="#2f5f4e" d="M50 12c-6-2-12-1-18 3v38c6-4 12-5 18-3z"/><path fill="#f3ecdc" d="M18 16c4-1 8 0 12 2v30c-4-2-8-3-12-2zM46 16c-4-1-8 0-12 2v30c4-2 8-3 12-2z"/><path fill="none" stroke="#b9ae97" stroke-width="1.500" d="M20 23c3 0 6 0 8 1M20 29c3 0 6 0 8 1M36 24c2-1 5-1 8-1M36 30c2-1 5-1 8-1"/>',
  },
  umbrella: {
    tint: 'sky',
    shapes:
      '<path fill="#3f6ea5" d="M6 34C8 20 19 11 32 11s24 9 26 23c-3-3-6-3-9 0-3-3-6-3-9 0-3-3-13-3-16 0-3-3-6-3-9 0-3-3-6-3-9 0z"/><path fill="#2f557f" d="M32 11c13 0 24 9 26 23-3-3-6-3-9 0-3-3-6-3-9 0 0-10-3-18-8-23z"/><path fill="none" stroke="#4a3d33" stroke-width="3" stroke-linecap="round" d="M32 33v16c0 6-8 6-8 0"/>',
  },
  pillow: {
    tint: 'lilac',
    shapes:
      '<path fill="#cbbfe0" d="M9 20c14 4 32 4 46 0 2 10 2 20 0 30-14-4-32-4-46 0-2-10-2-20 0-30z"/><path fill="#ab9cc6" d="M47 22c3 0 5-1 8-2 2 10 2 20 0 30-3-1-5-2-8-2 2-9 2-17 0-26z"/><path fill="none" stroke="#ece5f5" stroke-width="2" stroke-linecap="round" d="M17 28c8 2 17 2 26 0"/>',
  },
};

/** By what the case shops call their goods, in Chinese, or in English by their ids. */
export const wareRules: [RegExp, string][] = [
  [/手机|充电|phone|charger/, 'phone'],
  [/耳机|headphone/, 'headphones'],
  [/口红|唇|lipstick|rouge/, 'lipstick'],
  [/面霜|眼霜|面膜|精华|爽肤水|乳霜|クリーム|美容液|serum|toner|mask|护肤/, 'cream'],
  [/连衣裙|dress/, 'dress'],
  [/裤|jeans|trousers/, 'trousers'],
  [/帽|\bcap\b/, 'hat'],
  [/丝巾|围巾|领带|scarf|\btie\b/, 'scarf'],
  [/眼镜|墨镜|glasses/, 'glasses'],
  [/鞋|shoe|sneaker|loafer/, 'shoe'],
  [/衬衫|西装|外套|t恤|睡衣|围裙|女装|男装|shirt|blazer|jacket/, 'shirt'],
  [/冰箱|fridge/, 'fridge'],
  [/洗衣机|washer/, 'washer'],
  [/茶壶|紫砂壶|水壶|teapot|kettle|净水/, 'teapot'],
  [/电影|票券|影城|cinema/, 'ticket'],
  [/火锅|午餐|简餐|美食|方便面|包子|restaurant/, 'meal'],
  [/酒店|火车|高铁|游船|出游|hotel|train/, 'suitcase'],
  [/文学|教材|图书|书/, 'book'],
  [/雨伞|雨具/, 'umbrella'],
  [/枕|床品|毛巾/, 'pillow'],
  [/咖啡|茶/, 'coffee'],
  [/奶粉|纸尿裤|母婴/, 'baby'],
  [/牛奶|乳品/, 'milk'],
  [/酸奶/, 'yogurt'],
  [/鸡蛋|蛋/, 'eggs'],
  [/面包|bread/, 'bread'],
  [/可乐|饮料/, 'can'],
  [/洗衣液|洗涤/, 'laundry'],
  [/水果|苹果/, 'apple'],
  [/蔬菜|青菜/, 'greens'],
  [/大米|粮/, 'flour'],
  [/玩具|礼/, 'print'],
];
