// What a shop would write by itself in plain JavaScript to answer `for-you` as the engine does without a learned ranker:
// the member's faded habits, neighbours of what was bought, popularity by favoured classes, trend, novelty; the best
// `limit`, each with its heaviest reasons. Columns are typed arrays and nothing is allocated per item: fast JavaScript is
// the peer, not slow JavaScript.

const DAY = 86_400_000;
const PRIOR_PURCHASES = 10;
const LEVELS = ['kind', 'category', 'department'];

/** What a request reads, from a catalog's JSON form. */
export function prepare(catalog) {
  const items = [...catalog.items].sort((one, other) => (one.id < other.id ? -1 : 1));
  const count = items.length;
  const place = new Map(items.map(({ id }, index) => [id, index]));
  const { knowledge } = catalog;
  const known = knowledge.items.map((id) => place.get(id));
  const column = (name) => {
    const values = new Float64Array(count);
    knowledge[name]?.forEach((value, index) => known[index] !== undefined && (values[known[index]] = Math.fround(value)));
    return values;
  };
  const popularity = column('popularity');
  const recent = column('recent');
  const trend = column('trend');
  const scale = (values) => {
    const greatest = values.reduce((most, value) => Math.max(most, value), 0);
    return greatest > 0 ? 1 / greatest : 0;
  };
  const popularityScale = scale(popularity);
  const recentScale = scale(recent);
  const rising = new Float64Array(count);
  for (let item = 0; item < count; item += 1) {
    const now = recent[item] * recentScale;
    rising[item] = now > 0 ? Math.min(3, Math.max(-1, trend[item])) * Math.sqrt(now) : 0;
  }
  const terms = LEVELS.map(() => new Map());
  const classes = LEVELS.map((level, place) =>
    Int32Array.from(items, (item) => {
      if (item[level] === undefined || item[level] === null) return -1;
      const names = terms[place];
      if (!names.has(item[level])) names.set(item[level], names.size);
      return names.get(item[level]);
    }),
  );
  const expected = classes.map((column, level) => {
    const shares = new Float64Array(terms[level].size);
    let total = 0;
    column.forEach((term, item) => {
      if (term < 0) return;
      shares[term] += popularity[item];
      total += popularity[item];
    });
    return total > 0 ? shares.map((share) => share / total) : shares;
  });
  const nearness = Float64Array.from({ length: 256 }, (_, step) => 2 ** ((step - 255) / 24));
  const neighbours = (wire) => {
    const lists = Array.from({ length: count }, () => []);
    if (wire?.offsets?.length) {
      knowledge.items.forEach((_, from) => {
        if (known[from] === undefined) return;
        for (let at = wire.offsets[from]; at < wire.offsets[from + 1]; at += 1) {
          const to = known[wire.items[at]];
          const step = Math.min(255, Math.max(0, Math.round(255 + 24 * Math.log2(Math.fround(wire.scores[at])))));
          if (to !== undefined) lists[known[from]].push([to, nearness[step]]);
        }
      });
    }
    const offsets = new Int32Array(count + 1);
    lists.forEach((list, item) => (offsets[item + 1] = offsets[item] + list.length));
    const flat = lists.flat();
    return { offsets, items: Int32Array.from(flat, ([item]) => item), near: Float64Array.from(flat, ([, near]) => near) };
  };
  return {
    ids: items.map(({ id }) => id),
    place,
    terms: terms.map((names) => [...names.keys()]),
    classes,
    expected,
    popularity,
    popularityScale,
    trend,
    rising,
    addedAt: Float64Array.from(items, ({ addedAt }) => addedAt ?? 0),
    inStock: Uint8Array.from(items, ({ stock }) => (stock === undefined || stock === null || stock > 0 ? 1 : 0)),
    durable: Uint8Array.from(items, ({ attributes }) => (attributes?.durable === true ? 1 : 0)),
    together: neighbours(knowledge.boughtTogether),
    sequence: neighbours(knowledge.inSequence),
    similar: neighbours(knowledge.similar),
    weights: forYouOf(knowledge.weights),
    scratch: {
      row: new Int32Array(count),
      frequency: new Float64Array(count),
      times: new Int32Array(count),
      lastAt: new Float64Array(count),
      pull: Array.from({ length: 3 }, () => ({ sum: new Float64Array(count), loudest: new Float64Array(count), anchor: new Int32Array(count).fill(-1) })),
      touched: [],
      lifts: expected.map((shares) => new Float64Array(shares.length)),
    },
  };
}

/** The member's baskets as places of items, newest first. */
export function history(shop, member) {
  const baskets = (member.history ?? []).map(({ at, lines }) => ({
    at,
    items: [...new Set(lines.filter(({ quantity }) => (quantity ?? 1) > 0).map(({ item }) => shop.place.get(item)))].filter((item) => item !== undefined).sort((one, other) => one - other),
  }));
  return baskets.sort((one, other) => other.at - one.at);
}

function touch(scratch, item) {
  if (scratch.row[item] === 0) {
    scratch.touched.push(item);
    scratch.row[item] = scratch.touched.length;
  }
}

function forget(scratch) {
  for (const item of scratch.touched) {
    scratch.row[item] = scratch.frequency[item] = scratch.times[item] = 0;
    for (const pull of scratch.pull) {
      pull.sum[item] = pull.loudest[item] = 0;
      pull.anchor[item] = -1;
    }
  }
  scratch.touched.length = 0;
}

/** The weights as `for-you` takes them: what leads to new things counts a tenth, so that it does not drown habits. */
function forYouOf(weights) {
  const leading = Object.fromEntries(['together', 'sequence', 'similar', 'category'].map((name) => [name, 0.1 * weights[name]]));
  return { ...weights, ...leading };
}

/** `[{ id, score, reasons }]`, best first. */
export function forYou(shop, baskets, now, limit) {
  const { scratch, weights, classes, popularity, popularityScale, rising, addedAt } = shop;
  const { frequency, times, lastAt, pull, lifts } = scratch;
  forget(scratch);
  let worth = 1;
  let counted = 0;
  for (const { at, items } of baskets) {
    if (at > now) continue;
    for (const item of items) {
      touch(scratch, item);
      if (times[item] === 0) lastAt[item] = at;
      times[item] += 1;
      frequency[item] += worth;
    }
    worth *= weights.basketDecay;
    counted += 1;
  }
  const bought = scratch.touched.slice();
  if (counted > 0) {
    lifts.forEach((level, place) => {
      const column = classes[place];
      const expected = shop.expected[place];
      level.fill(0);
      let total = 0;
      for (const item of bought) {
        if (column[item] < 0) continue;
        level[column[item]] += frequency[item];
        total += frequency[item];
      }
      for (let term = 0; term < level.length; term += 1) {
        const share = expected[term];
        level[term] = share > 0 ? (level[term] + PRIOR_PURCHASES * share) / (total + PRIOR_PURCHASES) / share : 0;
      }
    });
  }
  const strengths = { together: weights.together, sequence: weights.sequence, similar: weights.similar };
  const sources = [shop.together, shop.sequence, shop.similar];
  const names = ['together', 'sequence', 'similar'];
  for (const anchor of bought) {
    const strength = frequency[anchor];
    for (let kind = 0; kind < 3; kind += 1) {
      if (!(strengths[names[kind]] > 0)) continue;
      const { offsets, items, near } = sources[kind];
      const { sum, loudest, anchor: by } = pull[kind];
      for (let at = offsets[anchor]; at < offsets[anchor + 1]; at += 1) {
        const item = items[at];
        const said = strength * near[at];
        touch(scratch, item);
        sum[item] += said;
        if (said > loudest[item]) {
          loudest[item] = said;
          by[item] = anchor;
        }
      }
    }
  }

  const lift = (item) => {
    if (counted === 0) return 1;
    let sum = 0;
    let count = 0;
    for (let level = 0; level < 3; level += 1) {
      const term = classes[level][item];
      if (term >= 0) {
        sum += lifts[level][term];
        count += 1;
      }
    }
    return count > 0 ? sum / count : 1;
  };
  const novelty = (item) => (addedAt[item] > 0 && addedAt[item] <= now ? 2 ** (-((now - addedAt[item]) / DAY) / weights.noveltyHalfLifeDays) : 0);
  const score = (item) => {
    let sum = 0;
    if (scratch.row[item] > 0) {
      sum += frequency[item];
      sum += weights.together * pull[0].sum[item];
      sum += weights.sequence * pull[1].sum[item];
      sum += weights.similar * pull[2].sum[item];
    }
    const popular = popularity[item] * popularityScale;
    if (popular > 0) sum += weights.category * (popular * lift(item));
    sum += weights.popularity * popular;
    sum += weights.trend * rising[item];
    sum += weights.novelty * novelty(item);
    return sum;
  };

  // The best so far, the best first.
  const best = [];
  for (let item = 0; item < shop.ids.length; item += 1) {
    const now = score(item);
    if (!(now > 0) || (best.length === limit && now <= best[limit - 1].score)) continue;
    if (!shop.inStock[item] || (shop.durable[item] && times[item] > 0)) continue;
    let at = best.length;
    while (at > 0 && best[at - 1].score < now) at -= 1;
    best.splice(at, 0, { item, score: now });
    if (best.length > limit) best.pop();
  }

  const reasons = (item) => {
    const popular = popularity[item] * popularityScale;
    const favoured = classes.findIndex((column, level) => counted > 0 && column[item] >= 0 && lifts[level][column[item]] > 1);
    const popularReason = () => ({ code: 'popular', facts: { share: popularity[item] } });
    const parts = [
      [frequency[item], () => (times[item] > 1 ? { code: 'bought-often', facts: { times: times[item], lastAt: lastAt[item] } } : { code: 'bought-before', facts: { lastAt: lastAt[item] } })],
      [weights.together * pull[0].sum[item], () => ({ code: 'goes-with', facts: { item: shop.ids[pull[0].anchor[item]] } })],
      [weights.sequence * pull[1].sum[item], () => ({ code: 'bought-next', facts: { item: shop.ids[pull[1].anchor[item]] } })],
      [weights.similar * pull[2].sum[item], () => ({ code: 'similar-to', facts: { item: shop.ids[pull[2].anchor[item]] } })],
      [
        weights.category * (popular * lift(item)),
        () => (favoured < 0 ? popularReason() : { code: 'from-your-category', facts: { category: shop.terms[favoured][classes[favoured][item]] } }),
      ],
      [weights.popularity * popular, popularReason],
      [weights.trend * rising[item], () => ({ code: 'trending', facts: { change: shop.trend[item] } })],
      [weights.novelty * novelty(item), () => ({ code: 'new', facts: { addedAt: addedAt[item] } })],
    ].filter(([share]) => share > 0);
    const speaking = parts.reduce((sum, [share]) => sum + share, 0);
    const given = [];
    for (const [share, reason] of parts.sort((one, other) => other[0] - one[0])) {
      if (given.length > 0 && share < 0.15 * speaking) break;
      const said = reason();
      if (given.every(({ code }) => code !== said.code)) given.push(said);
      if (given.length === 3) break;
    }
    return given;
  };
  return best.map(({ item, score }) => ({ id: shop.ids[item], score, reasons: reasons(item) }));
}
