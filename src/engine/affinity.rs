//! What a member buys more than anything: categories, brands, price bands.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use crate::domain::{Arrange, Catalog, Column, DAY, Item, Listed, Member, Terms};

/// Purchases older than this tell nothing any more.
const WINDOW: i64 = DAY * 365;
/// From which share on a category or brand is one of the member's own.
const OWN_SHARE: f64 = 0.1;
/// Categories and brands told at most.
const MOST_TOLD: usize = 10;

/// A category, brand or price band, and how much of the member's purchases fell on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Affinity {
    /// The category, the brand, or `low`, `middle`, `high`.
    pub name: String,
    /// The share of the lines bought in the last 365 days, in [0, 1].
    pub share: f64,
    /// How many lines.
    pub times: u32,
    /// When the last was, in milliseconds since 1970.
    pub last_at: i64,
}

/// What a member buys more than anything, most first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Affinities {
    /// Categories.
    pub categories: Vec<Affinity>,
    /// Brands.
    pub brands: Vec<Affinity>,
    /// Price bands: the lowest, middle and highest third of the prices in the category bought from.
    pub price_bands: Vec<Affinity>,
}

/// Counts by name.
#[derive(Default)]
struct Counts {
    counts: Vec<(String, u32, i64)>,
    all: u32,
}

impl Counts {
    fn add(&mut self, name: &str, at: i64) {
        self.all = self.all.saturating_add(1);
        match self.counts.iter_mut().find(|(known, ..)| known == name) {
            Some((_, times, last)) => (*times, *last) = (times.saturating_add(1), at.max(*last)),
            None => self.counts.push((name.into(), 1, at)),
        }
    }

    /// By times, then the latest, then by name.
    fn told(mut self) -> Vec<Affinity> {
        self.counts.arrange_by(|one, other| (other.1, other.2).cmp(&(one.1, one.2)).then_with(|| one.0.cmp(&other.0)));
        let all = f64::from(self.all.max(1));
        let told = self.counts.into_iter().take(MOST_TOLD);
        told.map(|(name, times, last_at)| Affinity { name, share: f64::from(times) / all, times, last_at }).listed()
    }
}

impl Affinities {
    /// What `member` bought up to `now`, of items that `catalog` has. What was given back or excluded does not count.
    pub fn of(catalog: &Catalog, member: &Member, now: i64) -> Self {
        let (mut categories, mut brands, mut bands) = (Counts::default(), Counts::default(), Counts::default());
        let mut thirds: Vec<(u32, [i64; 2])> = Vec::new();
        let recent = member.history.iter().filter(|basket| basket.at <= now && now.saturating_sub(basket.at) < WINDOW);
        for (at, line) in recent.flat_map(|basket| basket.lines.iter().map(|line| (basket.at, line))) {
            let Some(item) = catalog.find(&line.item).filter(|_| line.quantity > 0 && !member.excluded.contains(&line.item)) else {
                continue;
            };
            if let Some(brand) = name(catalog, &catalog.items.brand, item) {
                brands.add(brand, at);
            }
            let Some(category) = term(&catalog.items.category, item) else { continue };
            categories.add(catalog.terms.name(category).unwrap_or_default(), at);
            let Some(price) = catalog.price(item) else { continue };
            let known = thirds.iter().find(|(known, _)| *known == category).map(|(_, limits)| *limits);
            let limits = known.unwrap_or_else(|| {
                let limits = thirds_of(catalog, category);
                thirds.push((category, limits));
                limits
            });
            bands.add(band(price, limits), at);
        }
        Affinities { categories: categories.told(), brands: brands.told(), price_bands: bands.told() }
    }

    /// The names that are the member's own.
    pub fn own(affinities: &[Affinity]) -> impl Iterator<Item = &str> {
        affinities.iter().filter(|affinity| affinity.share >= OWN_SHARE).map(|affinity| affinity.name.as_str())
    }
}

fn term(column: &Column<u32>, item: Item) -> Option<u32> {
    column.get(item.index()).filter(|term| *term != Terms::NONE)
}

fn name<'c>(catalog: &'c Catalog, column: &Column<u32>, item: Item) -> Option<&'c str> {
    catalog.terms.name(term(column, item)?)
}

/// The prices at which the middle and the highest third of a category begin.
fn thirds_of(catalog: &Catalog, category: u32) -> [i64; 2] {
    let all = catalog.all().filter(|item| term(&catalog.items.category, *item) == Some(category));
    let mut prices: Vec<i64> = all.filter_map(|item| catalog.price(item)).listed();
    prices.sort_unstable(); // a category may have thousands
    let at = |third: usize| prices.get(prices.len().saturating_mul(third).div_euclid(3)).copied().unwrap_or(i64::MAX);
    [at(1), at(2)]
}

fn band(price: i64, [middle, high]: [i64; 2]) -> &'static str {
    if price >= high {
        "high"
    } else if price >= middle {
        "middle"
    } else {
        "low"
    }
}

/// As rules read them: the names that are the member's own, and the price band bought from most.
pub(super) fn for_rules(affinities: &Affinities) -> (Vec<String>, Vec<String>, Option<String>) {
    let own = |all: &[Affinity]| Affinities::own(all).map(ToString::to_string).listed();
    (own(&affinities.categories), own(&affinities.brands), affinities.price_bands.first().map(|band| band.name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{shop, value};
    use crate::engine::{Engine, PrivacySettings};

    const NOON: i64 = 1_773_748_800_000;

    fn engine() -> Engine {
        let catalog = r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"},
            "items": [{"id": "cheap", "price": 100, "category": "tea", "brand": "A"}, {"id": "fair", "price": 200, "category": "tea", "brand": "A"},
                      {"id": "dear", "price": 900, "category": "tea", "brand": "B"}, {"id": "cup", "price": 500, "category": "ware"}],
            "segments": [{"id": "tea-drinkers", "condition": {"member.tags": {"$in": ["tea-lover"]}}}],
            "programme": {"id": "club", "tags": [{"id": "tea-lover", "when": {"member.topCategories": {"$in": ["tea"]}, "member.priceBand": "high"}},
                                                 {"id": "never", "when": {"member.topBrands": {"$in": ["Z"]}}}]}}"#;
        let mut engine = shop(catalog);
        let day = |days: i64| NOON - days * DAY;
        let member = alloc::format!(
            r#"{{"id": "m", "tags": [{{"tag": "vip", "source": "server"}}], "history": [{{"id": "1", "at": {}, "lines": [{{"item": "cup"}}]}},
                {{"id": "2", "at": {}, "lines": [{{"item": "dear"}}, {{"item": "fair"}}, {{"item": "gone"}}]}}, {{"id": "3", "at": {}, "lines": [{{"item": "dear"}}]}}]}}"#,
            day(400),
            day(30),
            day(3)
        );
        engine.load_member(&value(&member), NOON).unwrap();
        engine
    }

    #[test]
    fn purchases_of_a_year_make_affinities() {
        let engine = engine();
        let found = Affinities::of(&engine.snapshot().unwrap().catalog, &engine.visible_member(), NOON);
        let short = |all: &[Affinity]| all.iter().map(|one| (one.name.clone(), one.times)).collect::<Vec<_>>();
        assert_eq!(short(&found.categories), [("tea".into(), 3)]);
        assert_eq!(short(&found.brands), [("B".into(), 2), ("A".into(), 1)]);
        assert_eq!(short(&found.price_bands), [("high".into(), 2), ("middle".into(), 1)]);
        assert_eq!(found.categories[0].last_at, NOON - 3 * DAY);
    }

    #[test]
    fn tags_are_worked_out_on_the_device_and_can_be_deleted() {
        let mut engine = engine();
        let tags = |engine: &Engine| engine.tags_at(NOON).into_iter().map(|tag| (tag.tag, tag.source)).collect::<Vec<_>>();
        assert_eq!(tags(&engine), [("vip".into(), "server".into()), ("tea-lover".into(), "device".into())]);
        assert_eq!(engine.tags_at(NOON)[1].used_for, ["segment:tea-drinkers"]);
        assert_eq!(engine.segments(NOON), ["tea-drinkers"]);
        engine.track(serde_json::from_str(r#"{"type": "dismiss", "item": "dear"}"#).unwrap(), NOON).unwrap();
        assert!(engine.segments(NOON).is_empty(), "what is refused makes no taste");
        let mut again = self::engine();
        again.forget_tag("tea-lover");
        assert_eq!((tags(&again).len(), again.segments(NOON).len()), (1, 0));
        let mut off = self::engine();
        off.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
        assert!(tags(&off).is_empty() && off.segments(NOON).is_empty());
    }
}
