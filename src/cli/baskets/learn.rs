//! Knowledge learned from baskets alone, in plain counting; the formulas are those of [`KnowledgeWire`].

use regulars::snapshot::wire::knowledge::{KNOWLEDGE_FORMAT, KnowledgeWire, NeighboursWire};

use super::Histories;

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// Ages up to which a basket is of the recent past, of the last week, and of the past that the recent is compared with: in days and,
/// with mere order, in baskets of its household.
const DATED: Ages = Ages { recent: 28, week: 7, before: 28 + 84 };
const ORDERED: Ages = Ages { recent: 3, week: 1, before: 12 };
/// Baskets, gaps, members that evidence is drawn to zero or to the mean by.
const DAMPING: f64 = 10.0;
const FEWEST_GAPS: usize = 5;
const MEAN_BUYERS: f64 = 5.0;
/// How many times in how many baskets an item is thought to be bought again before anything is known.
const USUAL_REBUY: (f64, f64) = (3.0, 60.0);
/// Pairs seen less often are no neighbours.
const FEWEST_PAIRS: u32 = 3;
/// Baskets ahead that count as 'next'.
const AHEAD: usize = 2;

/// How knowledge is learned.
#[derive(Clone, Copy, Debug)]
pub struct Learning {
    /// Days after which a basket counts half in popularity.
    pub half_life: f64,
    /// Neighbours kept for each item, in each list.
    pub neighbours: usize,
    /// Companions kept for each item: what the ranker asks.
    pub companions: usize,
}

struct Ages {
    recent: i64,
    week: i64,
    before: i64,
}

/// A basket, and how old it is: days before the end of what is learned from or, with mere order, 1 for its household's last, 2 for the
/// one before, ...
type Aged<'a> = (i64, &'a [u32]);

fn aged(histories: &Histories, until: i64) -> Vec<Aged<'_>> {
    let of = |household: &'_ super::Household| household.baskets.partition_point(|(day, _)| *day < until);
    let each = histories.households.iter().flat_map(|household| {
        let count = of(household);
        household.baskets.iter().take(count).zip((1..=count as i64).rev()).map(|((day, items), last)| {
            let age = if histories.mere_order { last } else { until - day };
            (age, items.as_slice())
        })
    });
    each.collect()
}

/// What the baskets before day `until` teach.
pub fn learn(histories: &Histories, until: i64, learning: Learning) -> KnowledgeWire {
    let items = histories.items.len();
    let baskets = aged(histories, until);
    let ages = if histories.mere_order { ORDERED } else { DATED };
    let half_life = (!histories.mere_order).then_some(learning.half_life);
    let (popularity, recent, trend) = popularity(&baskets, items, &ages, half_life);
    let (rhythm_days, rhythm_spread) = rhythm(histories, items, until);
    let bought = Bought::of(histories, items, until);
    let members = histories.households.iter().filter(|household| household.baskets.first().is_some_and(|(day, _)| *day < until)).count();
    KnowledgeWire {
        format: KNOWLEDGE_FORMAT,
        until: until * DAY,
        baskets: baskets.len() as u64,
        members: members as u64,
        items: histories.items.iter().map(super::Id::text).collect(),
        popularity,
        recent,
        trend,
        rhythm_days,
        rhythm_spread,
        repeat_rate: bought.repeat_rate(),
        buyers: bought.buyers.clone(),
        week: week(&baskets, items, &ages),
        rebuy: bought.rebuy(histories, until),
        bought_together: together(&baskets, items, learning.neighbours),
        in_sequence: sequence(histories, items, until, &bought, learning.neighbours),
        similar: similar(&baskets, &bought, items, learning.neighbours),
        companions: companions(&bought, items, learning.companions),
        ..KnowledgeWire::default()
    }
}

#[allow(clippy::type_complexity)]
fn popularity(baskets: &[Aged], items: usize, ages: &Ages, half_life: Option<f64>) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let mut decayed = vec![0.0; items];
    let (mut now, mut before) = (vec![0.0; items], vec![0.0; items]);
    let (mut all, mut all_now, mut all_before) = (0.0, 0.0, 0.0);
    for (age, basket) in baskets {
        let worth = half_life.map_or(1.0, |half_life| libm::exp2(-(*age as f64) / half_life));
        all += worth;
        let recent = *age <= ages.recent;
        let past = !recent && *age <= ages.before;
        all_now += f64::from(u8::from(recent));
        all_before += f64::from(u8::from(past));
        for item in *basket {
            let item = *item as usize;
            decayed[item] += worth;
            now[item] += f64::from(u8::from(recent));
            before[item] += f64::from(u8::from(past));
        }
    }
    let share = |counts: &[f64], all: f64| counts.iter().map(|count| if all > 0.0 { (count / all) as f32 } else { 0.0 }).collect();
    let trend = now.iter().zip(&before).map(|(now, before)| {
        if all_before == 0.0 || *before == 0.0 { 0.0 } else { ((now + DAMPING) / (before / all_before * all_now + DAMPING) - 1.0) as f32 }
    });
    (share(&decayed, all), share(&now, all_now), trend.collect())
}

/// Shares of the baskets of the last week.
fn week(baskets: &[Aged], items: usize, ages: &Ages) -> Vec<f32> {
    let mut counts = vec![0.0; items];
    let mut all = 0.0_f64;
    for (_, basket) in baskets.iter().filter(|(age, _)| *age <= ages.week) {
        all += 1.0;
        basket.iter().for_each(|item| counts[*item as usize] += 1.0);
    }
    counts.iter().map(|count| (count / all.max(1.0)) as f32).collect()
}

fn rhythm(histories: &Histories, items: usize, until: i64) -> (Vec<f32>, Vec<f32>) {
    let mut gaps: Vec<Vec<i64>> = vec![Vec::new(); items];
    let mut last: Vec<(usize, i64)> = vec![(usize::MAX, 0); items];
    for (number, household) in histories.households.iter().enumerate() {
        for (day, basket) in household.baskets.iter().filter(|(day, _)| *day < until) {
            for item in basket {
                let known = &mut last[*item as usize];
                if known.0 == number {
                    gaps[*item as usize].push(day - known.1);
                }
                *known = (number, *day);
            }
        }
    }
    let each = gaps.iter_mut().map(|gaps| {
        if gaps.len() < FEWEST_GAPS {
            return (0.0, 0.0);
        }
        gaps.sort_unstable();
        let median = quantile(gaps, 0.5);
        let spread = if median > 0.0 { (quantile(gaps, 0.75) - quantile(gaps, 0.25)) / 2.0 / median } else { 0.0 };
        (median as f32, spread as f32)
    });
    each.unzip()
}

/// Between the two nearest of sorted numbers, linearly.
fn quantile(sorted: &[i64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let low = place as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] as f64 + (sorted[high] - sorted[low]) as f64 * (place - low as f64)
}

/// Who bought what.
struct Bought {
    /// For each household its items, ascending, with how many baskets hold each.
    households: Vec<Vec<(u32, u32)>>,
    buyers: Vec<u32>,
    again: Vec<u32>,
}

impl Bought {
    fn of(histories: &Histories, items: usize, until: i64) -> Self {
        let (mut buyers, mut again) = (vec![0; items], vec![0; items]);
        let households = histories.households.iter().map(|household| {
            let baskets = household.baskets.iter().filter(|(day, _)| *day < until);
            let mut all: Vec<u32> = baskets.flat_map(|(_, items)| items).copied().collect();
            all.sort_unstable();
            let bought: Vec<(u32, u32)> = all.chunk_by(|one, other| one == other).map(|chunk| (chunk[0], chunk.len() as u32)).collect();
            for (item, times) in &bought {
                buyers[*item as usize] += 1;
                again[*item as usize] += u32::from(*times >= 2);
            }
            bought
        });
        let households = households.collect();
        Bought { households, buyers, again }
    }

    /// Of the baskets of the buyers of each item after the first that held it, the share that held it again.
    fn rebuy(&self, histories: &Histories, until: i64) -> Vec<f32> {
        let items = self.buyers.len();
        let (mut held, mut all) = (vec![USUAL_REBUY.0; items], vec![USUAL_REBUY.1; items]);
        let mut first = vec![usize::MAX; items];
        for household in &histories.households {
            let baskets = household.baskets.partition_point(|(day, _)| *day < until);
            let mut seen = Vec::new();
            for (place, (_, basket)) in household.baskets[..baskets].iter().enumerate() {
                for item in basket {
                    let item = *item as usize;
                    if first[item] == usize::MAX {
                        first[item] = place;
                        seen.push(item);
                    } else {
                        held[item] += 1.0;
                    }
                }
            }
            for item in seen {
                all[item] += (baskets - 1 - first[item]) as f64;
                first[item] = usize::MAX;
            }
        }
        held.iter().zip(&all).map(|(held, all)| (held / all) as f32).collect()
    }

    /// The items of each household, and the households of each of `items` items.
    fn sides(&self, items: usize) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
        let owned: Vec<Vec<u32>> = self.households.iter().map(|household| household.iter().map(|(item, _)| *item).collect()).collect();
        let buyers = held_by(owned.iter().map(|items| items.iter()), items);
        (owned, buyers)
    }

    fn repeat_rate(&self) -> Vec<f32> {
        let sum = |counts: &[u32]| counts.iter().map(|count| f64::from(*count)).sum::<f64>();
        let buyers = sum(&self.buyers);
        let mean = if buyers > 0.0 { sum(&self.again) / buyers } else { 0.0 };
        let rate = |(again, buyers): (&u32, &u32)| (f64::from(*again) + MEAN_BUYERS * mean) / (f64::from(*buyers) + MEAN_BUYERS);
        self.again.iter().zip(&self.buyers).map(|pair| rate(pair) as f32).collect()
    }
}

/// `count / sqrt(one * other)`, damped for thin evidence.
fn cosine(count: u32, one: u32, other: u32) -> f64 {
    let count = f64::from(count);
    count / (f64::from(one) * f64::from(other)).sqrt() * (count / (count + DAMPING))
}

/// For each item the places of the sets that hold it.
fn held_by<'a>(sets: impl Iterator<Item = impl Iterator<Item = &'a u32>>, items: usize) -> Vec<Vec<u32>> {
    let mut held: Vec<Vec<u32>> = vec![Vec::new(); items];
    for (set, place) in sets.zip(0..) {
        for item in set {
            held[*item as usize].push(place);
        }
    }
    held
}

/// The best `most` neighbours of each item, by a function that fills in the scores of all others.
fn lists(items: usize, most: usize, mut scores_of: impl FnMut(usize, &mut Vec<(u32, f32)>)) -> NeighboursWire {
    if most == 0 {
        return NeighboursWire::default();
    }
    let mut lists = NeighboursWire { offsets: vec![0], ..NeighboursWire::default() };
    let mut scored = Vec::new();
    for item in 0..items {
        scored.clear();
        scores_of(item, &mut scored);
        scored.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        scored.truncate(most);
        lists.items.extend(scored.iter().map(|(item, _)| *item));
        lists.scores.extend(scored.iter().map(|(_, score)| *score));
        lists.offsets.push(lists.items.len() as u32);
    }
    lists
}

/// Counts each other item of the sets that hold an item; a counter used again for each item.
struct Counter {
    counts: Vec<u32>,
    seen: Vec<u32>,
}

impl Counter {
    fn new(items: usize) -> Self {
        Counter { counts: vec![0; items], seen: Vec::new() }
    }

    fn add(&mut self, item: u32) {
        if self.counts[item as usize] == 0 {
            self.seen.push(item);
        }
        self.counts[item as usize] += 1;
    }

    /// What was counted, by ascending item; the counter is empty afterwards.
    fn take(&mut self) -> Vec<(u32, u32)> {
        self.seen.sort_unstable();
        let counts = &mut self.counts;
        self.seen.drain(..).map(|item| (item, std::mem::take(&mut counts[item as usize]))).collect()
    }
}

fn together(baskets: &[(i64, &[u32])], items: usize, most: usize) -> NeighboursWire {
    let held = held_by(baskets.iter().map(|(_, basket)| basket.iter()), items);
    let mut counter = Counter::new(items);
    lists(items, most, |item, scored| {
        for basket in &held[item] {
            baskets[*basket as usize].1.iter().filter(|other| **other as usize != item).for_each(|other| counter.add(*other));
        }
        let frequent = counter.take().into_iter().filter(|(_, count)| *count >= FEWEST_PAIRS);
        scored.extend(
            frequent.map(|(other, count)| (other, cosine(count, held[item].len() as u32, held[other as usize].len() as u32) as f32)),
        );
    })
}

fn sequence(histories: &Histories, items: usize, until: i64, bought: &Bought, most: usize) -> NeighboursWire {
    // For each item, what members came to: items bought for the first time in one of the next baskets.
    let mut followed: Vec<Vec<u32>> = vec![Vec::new(); items];
    for household in &histories.households {
        let baskets: Vec<&[u32]> = household.baskets.iter().filter(|(day, _)| *day < until).map(|(_, items)| items.as_slice()).collect();
        let mut known: Vec<u32> = Vec::new();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (place, basket) in baskets.iter().enumerate() {
            let new: Vec<u32> = basket.iter().copied().filter(|item| known.binary_search(item).is_err()).collect();
            for earlier in &baskets[place.saturating_sub(AHEAD)..place] {
                for item in *earlier {
                    pairs.extend(new.iter().map(|new| (*item, *new)));
                }
            }
            known.extend(&new);
            known.sort_unstable();
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs.iter().for_each(|(item, next)| followed[*item as usize].push(*next));
    }
    let mut counter = Counter::new(items);
    lists(items, most, |item, scored| {
        followed[item].iter().for_each(|next| counter.add(*next));
        let frequent = counter.take().into_iter().filter(|(_, count)| *count >= FEWEST_PAIRS);
        scored.extend(frequent.map(|(next, count)| (next, cosine(count, bought.buyers[item], bought.buyers[next as usize]) as f32)));
    })
}

fn companions(bought: &Bought, items: usize, most: usize) -> NeighboursWire {
    if most == 0 {
        return NeighboursWire::default();
    }
    let (owned, buyers) = bought.sides(items);
    let mut members = Counter::new(items);
    lists(items, most, |item, scored| {
        for household in &buyers[item] {
            owned[*household as usize].iter().filter(|other| **other as usize != item).for_each(|other| members.add(*other));
        }
        let frequent = members.take().into_iter().filter(|(_, count)| *count >= FEWEST_PAIRS);
        scored.extend(frequent.map(|(other, count)| (other, cosine(count, bought.buyers[item], bought.buyers[other as usize]) as f32)));
    })
}

fn similar(baskets: &[(i64, &[u32])], bought: &Bought, items: usize, most: usize) -> NeighboursWire {
    let held = held_by(baskets.iter().map(|(_, basket)| basket.iter()), items);
    let (owned, buyers) = bought.sides(items);
    let (mut members, mut both) = (Counter::new(items), Counter::new(items));
    lists(items, most, |item, scored| {
        for household in &buyers[item] {
            owned[*household as usize].iter().filter(|other| **other as usize != item).for_each(|other| members.add(*other));
        }
        for basket in &held[item] {
            baskets[*basket as usize].1.iter().for_each(|other| both.add(*other));
        }
        let in_baskets = both.take();
        for (other, count) in members.take().into_iter().filter(|(_, count)| *count >= FEWEST_PAIRS) {
            let shared = in_baskets.binary_search_by_key(&other, |(item, _)| *item).map_or(0, |place| in_baskets[place].1);
            let fewer = held[item].len().min(held[other as usize].len()) as f64;
            let apart = 1.0 - (f64::from(shared) / fewer).min(1.0);
            let score = cosine(count, bought.buyers[item], bought.buyers[other as usize]) * apart;
            if score > 0.0 {
                scored.push((other, score as f32));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baskets::{Household, Id};

    fn histories(households: &[&[(i64, &[u32])]]) -> Histories {
        let household = |(number, baskets): (usize, &&[(i64, &[u32])])| Household {
            key: number.to_string(),
            baskets: baskets.iter().map(|(day, items)| (*day, items.to_vec())).collect(),
        };
        Histories {
            items: (0..4).map(Id::Number).collect(),
            households: households.iter().enumerate().map(household).collect(),
            mere_order: false,
        }
    }

    const LEARNING: Learning = Learning { half_life: 10.0, neighbours: 5, companions: 5 };

    #[test]
    fn nothing_from_the_day_on_is_used() {
        let all: &[&[(i64, &[u32])]] = &[&[(0, &[0]), (9, &[0, 1]), (10, &[2])]];
        let known = learn(&histories(all), 10, LEARNING);
        assert_eq!(known, learn(&histories(all).before(10), 10, LEARNING));
        assert_eq!((known.baskets, known.popularity[2], known.buyers[2]), (2, 0.0, 0));
    }

    #[test]
    fn newer_baskets_count_more_in_popularity() {
        let known = learn(&histories(&[&[(0, &[0]), (10, &[1])]]), 10, LEARNING);
        assert_eq!(known.popularity, [1.0, 0.0, 0.0, 0.0]);
        let known = learn(&histories(&[&[(0, &[0]), (10, &[1])]]), 20, LEARNING);
        assert_eq!(known.popularity[..2], [(1.0 / 3.0) as f32, (2.0 / 3.0) as f32]);
    }

    #[test]
    fn with_mere_order_the_recent_past_is_each_households_own() {
        let long: &[(i64, &[u32])] = &[(0, &[0]), (1, &[1]), (2, &[1]), (3, &[1]), (4, &[2])];
        let short: &[(i64, &[u32])] = &[(0, &[0]), (1, &[3])];
        let known = learn(&Histories { mere_order: true, ..histories(&[long, short]) }, 5, LEARNING);
        assert_eq!(known.week, [0.0, 0.0, 0.5, 0.5]);
        assert_eq!(known.recent, [0.2, 0.4, 0.2, 0.2]);
        assert_eq!(known.popularity[1], (3.0 / 7.0) as f32);
        // One in two of the baskets before: 2.5 of the recent five are to be expected.
        assert_eq!(known.trend[..2], [(11.0 / 12.5 - 1.0) as f32, (12.0 / 12.5 - 1.0) as f32]);
    }

    #[test]
    fn rhythm_needs_five_gaps() {
        let weekly: &[(i64, &[u32])] = &[(0, &[0]), (7, &[0, 1]), (14, &[0]), (21, &[0]), (28, &[0]), (42, &[0, 1])];
        let known = learn(&histories(&[weekly]), 50, LEARNING);
        assert_eq!((known.rhythm_days[0], known.rhythm_spread[0], known.rhythm_days[1]), (7.0, 0.0, 0.0));
    }

    #[test]
    fn pairs_seen_thrice_are_neighbours() {
        let both: &[(i64, &[u32])] = &[(0, &[0, 1]), (1, &[2])];
        assert!(learn(&histories(&[both, both]), 9, LEARNING).bought_together.items.is_empty());
        let known = learn(&histories(&[both, both, both]), 9, LEARNING);
        assert_eq!((known.bought_together.offsets.clone(), known.bought_together.items.clone()), (vec![0, 1, 2, 2, 2], vec![1, 0]));
        assert_eq!(known.bought_together.scores[0], (3.0 / 13.0) as f32);
        assert_eq!((known.in_sequence.offsets.clone(), known.in_sequence.items.clone()), (vec![0, 1, 2, 2, 2], vec![2, 2]));
        // 0 and 1 are always in the same basket: complements. 0 and 2 never are.
        assert_eq!((known.similar.offsets.clone(), known.similar.items.clone()), (vec![0, 1, 2, 4, 4], vec![2, 2, 0, 1]));
        // All three are bought by the same members, in whatever baskets.
        assert_eq!((known.companions.offsets.clone(), known.companions.items.clone()), (vec![0, 2, 4, 6, 6], vec![1, 2, 0, 2, 0, 1]));
        assert_eq!(known.companions.scores, [(3.0 / 13.0) as f32; 6]);
        assert!(learn(&histories(&[both, both, both]), 9, Learning { companions: 0, ..LEARNING }).companions.offsets.is_empty());
    }
}
