// What a cart costs, and where every offer stands.
export const title = 'Quotes';
export const about = 'The shop of the demo: its own offers and the coupons mailed to the household, about ninety. Carts of what the household buys again.';

const SIZES = [1, 5, 20, 50];

export async function latencies({ shopOf, members, now }) {
  const engine = await shopOf();
  const carts = members.map((member) => {
    engine.loadMember(member);
    return engine.recommend({ strategy: 'for-you', limit: 50, now }).items.map(({ id }, place) => ({ item: id, quantity: (place % 3) + 1 }));
  });
  const ask = (size, call) => members.map((member, place) => ({ before: () => engine.loadMember(member), call: () => call(carts[place].slice(0, size)) }));
  const quotes = SIZES.map((size) => ({ name: `quote, ${size} line${size > 1 ? 's' : ''}`, calls: ask(size, (lines) => engine.quote({ lines, now })) }));
  return [...quotes, { name: 'offers, 20 lines', calls: ask(20, (cart) => engine.offers({ cart, now })) }];
}
