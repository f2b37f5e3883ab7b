// Tier, points, calendar: a year of orders and points each.
export const title = 'Membership';
export const about =
  'Each call asks of another instant and answers whole: all lots, the whole calendar, as plain objects. `again` is as a page asks while nobody does anything: where the member stands was found before. `first` is what comes after a member was loaded, or did something: nothing is known yet.';

export async function latencies({ shopOf, members, now }) {
  const engine = await shopOf();
  let later = now;
  const ask = () => engine.membership({ now: (later += 1) });
  return [
    {
      name: `membership again, ${members.length} households`,
      calls: members.map((member) => ({
        before: () => {
          engine.loadMember(member);
          later = now;
        },
        call: ask,
      })),
    },
    {
      name: `membership first, ${members.length} households`,
      calls: members.map((member) => ({ before: () => (later = now), each: () => engine.loadMember(member), call: ask })),
    },
  ];
}
