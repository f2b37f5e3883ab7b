// Tier, points, calendar: a year of orders and points each.
export const title = 'Membership';
export const about = 'Every call anew from the ledger and the orders: nothing is kept between calls.';

export async function latencies({ shopOf, members, now }) {
  const engine = await shopOf();
  return [
    {
      name: `membership, ${members.length} households`,
      calls: members.map((member) => ({ before: () => engine.loadMember(member), call: () => engine.membership({ now }) })),
    },
  ];
}
