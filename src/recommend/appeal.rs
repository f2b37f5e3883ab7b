//! Which of many offers a member may use: features of a member and the goods of an offer, written once, used by training and on
//! the device.

use alloc::vec::Vec;

use super::Knowledge;
use crate::domain::{Arrange, Catalog, Column, DAY, Item, Listed, Terms, exp2};

/// Purchases count half after so many days, each way by itself.
const HALF_LIVES: [f64; 3] = [20.0, 60.0, 180.0];
/// What stands for 'never' in counts of days.
const NEVER: f64 = 999.0;

/// The names of the features, in the order of an [`OfferRow`]. The number of each is part of the form of models: new ones
/// come at the end.
pub const OFFER_FEATURES: [&str; 37] = [
    "goods, 20 days",
    "goods, 60 days",
    "goods, 180 days",
    "goods, times",
    "best of the goods",
    "different goods",
    "share of baskets",
    "days since goods",
    "days between",
    "due",
    "kinds, 60 days",
    "kinds, 180 days",
    "kinds, times",
    "days since kinds",
    "goods of kinds",
    "categories, 60 days",
    "categories, 180 days",
    "categories, times",
    "brands, 180 days",
    "brands, times",
    "place by goods",
    "place by kinds",
    "place by categories",
    "place by brands",
    "place by popularity",
    "items of the offer",
    "popularity",
    "most popular item",
    "buyers",
    "repeat rate",
    "baskets",
    "lines",
    "offers",
    "used so far",
    "used this one",
    "usual saving",
    "score by weights",
];

/// Values of all features of a member and an offer.
pub type OfferRow = [f32; OFFER_FEATURES.len()];

/// Features whose order among the offers is a feature itself, and the first of those.
const PLACED: [usize; 5] = [2, 11, 16, 18, 26];
const FIRST_PLACE: usize = 20;

/// The goods that an offer is about.
#[derive(Clone, Debug, Default)]
pub struct OfferGoods {
    /// The items, ascending.
    pub items: Vec<u32>,
    /// Their kinds, ascending.
    pub kinds: Vec<u32>,
    categories: Vec<u32>,
    brands: Vec<u32>,
    /// Of how many baskets in a thousand they are in, added up.
    pub popularity: f64,
    most_popular: f64,
    buyers: f64,
    repeat_rate: f64,
}

impl OfferGoods {
    /// What is known of `items`, which are in ascending order.
    pub fn of(catalog: &Catalog, knowledge: &Knowledge, items: Vec<u32>) -> Self {
        let classes = |column: &Column<u32>| {
            let mut classes: Vec<u32> = items.iter().map(|item| class(column, *item)).filter(|term| *term != Terms::NONE).listed();
            classes.sort_unstable(); // an offer may be on thousands of items
            classes.dedup();
            classes
        };
        let mut goods = OfferGoods {
            kinds: classes(&catalog.items.kind),
            categories: classes(&catalog.items.category),
            brands: classes(&catalog.items.brand),
            ..OfferGoods::default()
        };
        for item in &items {
            let index = *item as usize;
            let popularity = f64::from(knowledge.popularity.get(index).unwrap_or(0.0)) * 1000.0;
            goods.popularity += popularity;
            goods.most_popular = goods.most_popular.max(popularity);
            goods.buyers += f64::from(knowledge.buyers.get(index).unwrap_or(0));
            goods.repeat_rate = goods.repeat_rate.max(f64::from(knowledge.repeat_rate.get(index).unwrap_or(0.0)));
        }
        goods.items = items;
        goods
    }
}

fn class(column: &Column<u32>, item: u32) -> u32 {
    column.get(item as usize).unwrap_or(Terms::NONE)
}

/// What a member bought of one item, or of one class.
#[derive(Clone, Copy, Debug)]
struct Tally {
    key: u32,
    faded: [f64; HALF_LIVES.len()],
    times: f64,
    different: f64,
    /// The most of `faded` of one key.
    best: f64,
    first: i64,
    last: i64,
}

impl Tally {
    const NOTHING: Tally = Tally { key: 0, faded: [0.0; 3], times: 0.0, different: 0.0, best: 0.0, first: i64::MAX, last: i64::MIN };

    fn add(&mut self, other: &Tally) {
        for (sum, more) in self.faded.iter_mut().zip(other.faded) {
            *sum += more;
        }
        self.times += other.times;
        self.different += 1.0;
        self.best = self.best.max(other.faded[2]);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    /// Days from the last purchase to `now`.
    fn since(&self, now: i64) -> f64 {
        if self.times > 0.0 { days(self.last, now) } else { NEVER }
    }

    /// Days between purchases; 0 where there was one or none.
    fn gap(&self) -> f64 {
        if self.times > 1.0 { days(self.first, self.last) / (self.times - 1.0) } else { 0.0 }
    }
}

/// A member's purchases, as offers are ranked by.
#[derive(Clone, Debug)]
pub struct Purchases {
    now: i64,
    items: Vec<Tally>,
    kinds: Vec<Tally>,
    categories: Vec<Tally>,
    brands: Vec<Tally>,
    baskets: f64,
    lines: f64,
}

impl Purchases {
    /// Of `lines`, each an item and when it was bought, before `now`, in `baskets` baskets.
    pub fn of(catalog: &Catalog, lines: &[(Item, i64)], baskets: usize, now: i64) -> Self {
        let by = |column: &Column<u32>| {
            let keys = lines.iter().map(|(item, at)| (class(column, item.0), *at)).filter(|(term, _)| *term != Terms::NONE);
            tallies(keys.listed(), now)
        };
        Purchases {
            now,
            items: tallies(lines.iter().map(|(item, at)| (item.0, *at)).listed(), now),
            kinds: by(&catalog.items.kind),
            categories: by(&catalog.items.category),
            brands: by(&catalog.items.brand),
            baskets: length(baskets),
            lines: length(lines.len()),
        }
    }
}

fn tallies(mut lines: Vec<(u32, i64)>, now: i64) -> Vec<Tally> {
    lines.sort_unstable(); // a history has thousands of lines
    let mut tallies: Vec<Tally> = Vec::new();
    for (key, at) in lines {
        let age = days(at, now);
        let faded = HALF_LIVES.map(|half_life| exp2(-age / half_life));
        let line = Tally { key, faded, times: 1.0, different: 0.0, best: 0.0, first: at, last: at };
        match tallies.last_mut().filter(|known| known.key == key) {
            Some(known) => known.add(&line),
            None => tallies.push(line),
        }
    }
    tallies
}

/// The sum of those of `tallies` whose keys are among `keys`; both are ascending.
fn sum(tallies: &[Tally], keys: &[u32], total: &mut Tally) {
    if keys.len() < tallies.len() {
        let known = keys.iter().filter_map(|key| tallies.get(tallies.binary_search_by_key(key, |tally| tally.key).ok()?));
        known.for_each(|tally| total.add(tally));
    } else {
        tallies.iter().filter(|tally| keys.binary_search(&tally.key).is_ok()).for_each(|tally| total.add(tally));
    }
}

/// What is known of an offer beside its goods.
#[derive(Clone, Debug, Default)]
pub struct OfferFacts<'a> {
    /// Its goods, in parts.
    pub goods: Vec<&'a OfferGoods>,
    /// How often the member used it.
    pub used: usize,
    /// What it saves on what the member usually buys, as a share of what that costs.
    pub usual_saving: f64,
    /// What weights make of the member's purchases.
    pub score: f64,
}

/// The features of each of `offers` for a member who bought `purchases` and used `used` offers so far.
pub fn offer_rows(purchases: &Purchases, offers: &[OfferFacts], used: usize) -> Vec<OfferRow> {
    let mut rows: Vec<OfferRow> = offers.iter().map(|offer| row(purchases, offer, offers.len(), used)).listed();
    for (feature, place) in PLACED.iter().zip(FIRST_PLACE..) {
        let value = |row: &OfferRow| row.get(*feature).copied().unwrap_or(0.0);
        let mut values: Vec<f32> = rows.iter().map(value).listed();
        values.arrange_by(|one, other| other.total_cmp(one));
        for row in &mut rows {
            let better = values.partition_point(|other| *other > value(row));
            if let Some(slot) = row.get_mut(place) {
                *slot = narrow(length(better));
            }
        }
    }
    rows
}

fn row(purchases: &Purchases, offer: &OfferFacts, offers: usize, used: usize) -> OfferRow {
    let [mut own, mut kinds, mut categories, mut brands] = [Tally::NOTHING; 4];
    let (mut items, mut popularity, mut most_popular, mut buyers, mut repeat_rate) = (0, 0.0, 0.0_f64, 0.0, 0.0_f64);
    for goods in &offer.goods {
        sum(&purchases.items, &goods.items, &mut own);
        sum(&purchases.kinds, &goods.kinds, &mut kinds);
        sum(&purchases.categories, &goods.categories, &mut categories);
        sum(&purchases.brands, &goods.brands, &mut brands);
        items = goods.items.len().saturating_add(items);
        popularity += goods.popularity;
        most_popular = most_popular.max(goods.most_popular);
        buyers += goods.buyers;
        repeat_rate = repeat_rate.max(goods.repeat_rate);
    }
    let Purchases { now, baskets, lines, .. } = *purchases;
    let since = own.since(now);
    let gap = own.gap();
    [
        own.faded[0],
        own.faded[1],
        own.faded[2],
        own.times,
        own.best,
        own.different,
        own.times / baskets.max(1.0),
        since,
        gap,
        if gap > 0.0 { since / gap } else { -1.0 },
        kinds.faded[1],
        kinds.faded[2],
        kinds.times,
        kinds.since(now),
        own.faded[2] / (kinds.faded[2] + 0.1),
        categories.faded[1],
        categories.faded[2],
        categories.times,
        brands.faded[2],
        brands.times,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        length(items),
        popularity,
        most_popular,
        buyers,
        repeat_rate,
        baskets,
        lines,
        length(offers),
        length(used),
        length(offer.used),
        offer.usual_saving,
        offer.score,
    ]
    .map(narrow)
}

#[allow(clippy::cast_precision_loss)] // a span of time
fn days(from: i64, to: i64) -> f64 {
    to.saturating_sub(from) as f64 / DAY as f64
}

fn length(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::MAX, f64::from)
}

#[allow(clippy::cast_possible_truncation)] // features are compared with thresholds of 8 bits of mantissa
fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemColumns, StringColumn};

    /// Four items: two of kind 1, one of kind 2, one of none.
    fn catalog() -> Catalog {
        let items = ItemColumns {
            ids: StringColumn::owned(["a", "b", "c", "d"]),
            kind: Column::owned(&[1, 1, 2, Terms::NONE]),
            ..ItemColumns::default()
        };
        Catalog { items, ..Catalog::default() }
    }

    fn value(row: &OfferRow, name: &str) -> f32 {
        row[OFFER_FEATURES.iter().position(|known| *known == name).unwrap()]
    }

    #[test]
    fn of_nothing_bought_only_the_goods_speak() {
        let (catalog, knowledge) = (catalog(), Knowledge { popularity: Column::owned(&[0.5, 0.25, 0.0, 0.0]), ..Knowledge::default() });
        let goods = OfferGoods::of(&catalog, &knowledge, alloc::vec![0, 1]);
        let rows =
            offer_rows(&Purchases::of(&catalog, &[], 0, 0), &[OfferFacts { goods: alloc::vec![&goods], ..OfferFacts::default() }], 0);
        let told: Vec<&str> = OFFER_FEATURES.iter().zip(rows[0]).filter(|(_, value)| *value != 0.0).map(|(name, _)| *name).collect();
        let expected = ["days since goods", "due", "days since kinds", "items of the offer", "popularity", "most popular item", "offers"];
        assert_eq!(told, expected);
        assert_eq!((value(&rows[0], "popularity"), value(&rows[0], "most popular item")), (750.0, 500.0));
        assert!(offer_rows(&Purchases::of(&catalog, &[], 0, 0), &[], 0).is_empty());
    }

    #[test]
    fn purchases_count_for_items_and_their_kinds() {
        let (catalog, knowledge) = (catalog(), Knowledge::default());
        let bought = [(Item(0), 0), (Item(0), 20 * DAY), (Item(3), 30 * DAY)];
        let purchases = Purchases::of(&catalog, &bought, 3, 40 * DAY);
        let [own, kind, other] =
            [alloc::vec![0], alloc::vec![1], alloc::vec![2, 3]].map(|items| OfferGoods::of(&catalog, &knowledge, items));
        let facts = [&own, &kind, &other].map(|goods| OfferFacts { goods: alloc::vec![goods], used: 2, usual_saving: 0.25, score: 0.5 });
        let rows = offer_rows(&purchases, &facts, 5);
        assert_eq!(
            ["goods, times", "kinds, times", "days since goods", "days between", "due"].map(|name| value(&rows[0], name)),
            [2.0, 2.0, 20.0, 20.0, 1.0]
        );
        assert_eq!(value(&rows[0], "goods, 20 days"), 0.75);
        assert_eq!(
            ["goods, times", "kinds, times", "days since goods", "days since kinds"].map(|name| value(&rows[1], name)),
            [0.0, 2.0, 999.0, 20.0]
        );
        assert_eq!(
            ["goods, times", "kinds, times", "used so far", "used this one", "usual saving"].map(|name| value(&rows[2], name)),
            [1.0, 0.0, 5.0, 2.0, 0.25]
        );
        assert_eq!([0, 1, 2].map(|offer| value(&rows[offer], "place by goods")), [0.0, 2.0, 1.0]);
        assert_eq!([0, 1, 2].map(|offer| value(&rows[offer], "place by kinds")), [0.0, 0.0, 2.0]);
    }
}
