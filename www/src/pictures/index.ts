import { food, type Drawing } from './food';
import { goods } from './goods';
import { wareRules, wares } from './wares';

const drawings: Record<string, Drawing> = { ...food, ...goods, ...wares };

/** The first rule that matches a category decides; the department where none does. Narrow rules stand first. */
const rules: [RegExp, string][] = [
  [/pizza/, 'pizza'],
  [/sausage|bacon|hot dog/, 'ham'],
  [/ice cream|sherb|novelties/, 'icecream'],
  [/pot pie|frzn|frozen (?!pie)|\bice$/, 'frozen'],
  [/cat |dog |pet |bird|litter|aquatic/, 'pet'],
  [/baby|infant|diaper/, 'baby'],
  [/litter|bleach|cleang|cleaner|air care|dishwash|broom|insect|shoe care/, 'cleaner'],
  [/laundry|fabric/, 'laundry'],
  [/tissue|towel|napkin|paper|trsh|foil|incontinen|feminine/, 'paper'],
  [/oral|dental/, 'dental'],
  [/analgesic|cold and flu|first aid|antacid|vitamin|diet|laxative|eye care|foot care|medic|smoking/, 'medicine'],
  [/hair|soap|deodorant|shav|hand.body|makeup|fragrance|skin|sun ?tan|cosmetic|bath|ethnic personal|nail/, 'care'],
  [/magazine|newspaper|greeting|stationery|book|card|photo|video|toys|party/, 'print'],
  [/cook ?ware|kitchen|bakeware|glassware|utensil|plastic house|housewares|candle|canning/, 'kitchen'],
  [/electrical|hardware|bulb|battery|home furn|automotive|lawn|glass &|domestic goods|apparel|sewing|hosiery/, 'home'],
  [/floral|rose|bouquet|plant|garden|seed|arrangement|balloon|cut flower/, 'flower'],
  [/fuel|gasoline/, 'fuel'],
  [/beer|wine|liquor|spirits|ale|cooler/, 'wine'],
  [/coffee|tea\b|teas|cocoa|creamer/, 'coffee'],
  [/juice/, 'juice'],
  [/water/, 'bottle'],
  [/soft drink|isotonic|drink|drnk|energy|soda/, 'can'],
  [/yogurt|pudding|gelatin/, 'yogurt'],
  [/cheese/, 'cheese'],
  [/margarine|butter(?!.*jel)/, 'butter'],
  [/egg/, 'eggs'],
  [/milk|dairy|cream|refrigerated$/, 'milk'],
  [/cereal|brkfst|breakfast food|granola/, 'cereal'],
  [/cookie|cracker|baked sweet|dough/, 'cookie'],
  [/cake|pie|dessert|sweet good|donut|muffin|pastry|breakfast sweets/, 'cake'],
  [/bread|bun|roll|bagel|tortilla|sandwich/, 'bread'],
  [/candy|gum|choc|marshm/, 'candy'],
  [/snack|chip|nuts|popcorn|pretzel/, 'chips'],
  [/seafood|fish|shrimp|salmon|sushi|tuna/, 'fish'],
  [/lunchmeat|deli meat|bacon|sausage|hot dog|ham|smoked|meat - misc|rw fresh|heat.serve/, 'ham'],
  [/chicken|turkey|poultry|duck/, 'chicken'],
  [/beef|pork|lamb|veal|meat/, 'beef'],
  [/soup|chili|stew/, 'soup'],
  [/salad bar|salads|prepared|dips|restaurant|chef/, 'salad'],
  [/sauce|condiment|drsng|dressing|pnt btr|jelly|jam|pickle|relish|syrup|gravy|olive|salsa|honey/, 'jar'],
  [/noodle|pasta|rice|dinner|hispanic|oriental|dry bn/, 'pasta'],
  [/shortening|oil|vinegar/, 'oil'],
  [/baking|flour|sugar|spice|extract|mix/, 'flour'],
  [/shelf stable|canned|beans|can\b/, 'tin'],
  [/banana|tropical/, 'banana'],
  [/citrus|orange|lemon/, 'citrus'],
  [/grape/, 'grapes'],
  [/berries|berry|cherr/, 'berry'],
  [/melon/, 'melon'],
  [/tomato|pepper/, 'tomato'],
  [/carrot|squash|corn/, 'carrot'],
  [/potato|onion|root/, 'potato'],
  [/mushroom/, 'mushroom'],
  [/apple|pear|stone fruit|fruit/, 'apple'],
  [/salad|vegetable|herb|broccoli|greens|organic|produce|cabbage|celery/, 'greens'],
  [/nutrition/, 'medicine'],
  [/deli/, 'ham'],
  [/drug|gm\b/, 'home'],
  [/grocery/, 'basket'],
];

const CHINESE = /[\u3040-\u9fff]/;

const known = new Map<string, string>();

/** The name of the drawing for a category of a department. */
export function drawingFor(category: string, department: string): string {
  const key = `${category}\n${department}`;
  let name = known.get(key);
  if (name === undefined) {
    const all = CHINESE.test(key) ? [...wareRules, ...rules] : rules;
    const find = (text: string) => all.find(([pattern]) => pattern.test(text.toLowerCase().replaceAll('-', ' ')))?.[1];
    name = find(category) ?? find(department) ?? 'basket';
    known.set(key, name);
  }
  return name;
}

export function drawing(name: string): Drawing {
  return drawings[name] ?? (drawings.basket as Drawing);
}

export const drawingNames = Object.keys(drawings);
