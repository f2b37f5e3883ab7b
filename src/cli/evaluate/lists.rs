//! What lists are like beside being right: how much of the catalog they show, how varied, how little known, whose brands.

use regulars::domain::{Catalog, Column, Item, Terms};
use serde::Serialize;

/// What a set of lists is like.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Likeness {
    /// Share of the catalog that is in any list.
    pub coverage: f64,
    /// How unevenly items are shown, by Gini: 0 where each is shown as often, 1 where one is shown alone.
    pub gini: f64,
    /// Share of the pairs of a list that are of different kinds; of different categories where there are no kinds.
    pub diversity: f64,
    /// How little known the items are: the mean of the binary logarithm of 1 over their share of baskets.
    pub novelty: f64,
    /// Share of the shown items that are of each brand, where brands are known and few.
    pub brands: Vec<(String, f64)>,
}

/// How often each item is shown.
pub fn exposures(lists: &[Vec<Item>], items: usize) -> Vec<u32> {
    let mut shown = vec![0; items];
    lists.iter().flatten().for_each(|item| shown[item.index()] += 1);
    shown
}

/// What `lists` are like, where `popularity` is the share of baskets with each item.
pub fn likeness(lists: &[Vec<Item>], catalog: &Catalog, popularity: &Column<f32>) -> Likeness {
    let shown = exposures(lists, catalog.len());
    let total: f64 = shown.iter().map(|count| f64::from(*count)).sum::<f64>().max(1.0);
    let classes =
        if catalog.items.kind.as_slice().iter().any(|term| *term != Terms::NONE) { &catalog.items.kind } else { &catalog.items.category };
    let class = |item: &Item| classes.get(item.index()).unwrap_or(Terms::NONE);
    let (mut apart, mut pairs) = (0.0, 0.0);
    for list in lists {
        for (place, one) in list.iter().enumerate() {
            for other in &list[place + 1..] {
                pairs += 1.0;
                apart += f64::from(u8::from(class(one) != class(other) || class(one) == Terms::NONE));
            }
        }
    }
    // An item that nobody bought counts as one that one basket in ten thousand has.
    let known = |item: &Item| f64::from(popularity.get(item.index()).unwrap_or(0.0)).max(1e-4);
    Likeness {
        coverage: shown.iter().filter(|count| **count > 0).count() as f64 / (catalog.len() as f64).max(1.0),
        gini: gini(&shown),
        diversity: apart / f64::max(pairs, 1.0),
        novelty: lists.iter().flatten().map(|item| -libm::log2(known(item))).sum::<f64>() / total,
        brands: brands(catalog, |item| f64::from(shown[item.index()])),
    }
}

/// More brands than this are no classes of brands.
const MOST_BRANDS: usize = 10;

/// The share of each brand, where there are at most [`MOST_BRANDS`], each item counting as `weight` says.
pub fn brands(catalog: &Catalog, weight: impl Fn(Item) -> f64) -> Vec<(String, f64)> {
    let mut shares: Vec<(u32, f64)> = Vec::new();
    let mut total = 0.0;
    for item in catalog.all() {
        let term = catalog.items.brand.get(item.index()).unwrap_or(Terms::NONE);
        if term == Terms::NONE {
            continue;
        }
        let weight = weight(item);
        total += weight;
        match shares.iter_mut().find(|(known, _)| *known == term) {
            Some((_, share)) => *share += weight,
            None => shares.push((term, weight)),
        }
        if shares.len() > MOST_BRANDS {
            return Vec::new();
        }
    }
    shares.sort_unstable_by_key(|(term, _)| *term);
    shares.into_iter().map(|(term, weight)| (catalog.terms.name(term).unwrap_or_default().into(), weight / f64::max(total, 1.0))).collect()
}

fn gini(counts: &[u32]) -> f64 {
    let mut sorted: Vec<f64> = counts.iter().map(|count| f64::from(*count)).collect();
    sorted.sort_by(f64::total_cmp);
    let total: f64 = sorted.iter().sum();
    let items = sorted.len() as f64;
    if total == 0.0 {
        return 0.0;
    }
    let weighted: f64 = sorted.iter().zip(1_u32..).map(|(count, place)| count * f64::from(place)).sum();
    (2.0 * weighted / total - items - 1.0) / items
}

/// How much of two lists is the same, by Jaccard.
pub fn overlap(one: &[Item], other: &[Item]) -> f64 {
    let both = one.iter().filter(|item| other.contains(item)).count() as f64;
    let all = (one.len() + other.len()) as f64 - both;
    if all > 0.0 { both / all } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baskets::details::Details;

    #[test]
    fn lists_of_one_item_are_neither_varied_nor_even() {
        let details: Details = serde_json::from_str(r#"{"items": {"a": {"kind": "k"}, "b": {"kind": "k"}, "c": {"kind": "l"}}}"#).unwrap();
        let catalog = details.catalog(&["a", "b", "c", "d"].map(String::from));
        let popularity = Column::owned(&[0.5, 0.25, 0.0, 0.0]);
        let one = likeness(&[vec![Item(0), Item(1)], vec![Item(0), Item(1)]], &catalog, &popularity);
        assert_eq!((one.coverage, one.diversity, one.novelty), (0.5, 0.0, 1.5));
        let two = likeness(&[vec![Item(0), Item(2)], vec![Item(1), Item(3)]], &catalog, &popularity);
        assert_eq!((two.coverage, two.diversity, two.gini), (1.0, 1.0, 0.0));
        assert_eq!(gini(&[0, 0, 0, 8]), 0.75);
        assert_eq!(likeness(&[], &catalog, &popularity).coverage, 0.0);
    }

    #[test]
    fn the_same_items_overlap_wholly_in_any_order() {
        assert_eq!(overlap(&[Item(1), Item(2)], &[Item(2), Item(1)]), 1.0);
        assert_eq!(overlap(&[Item(1), Item(2)], &[Item(2), Item(3)]), 1.0 / 3.0);
        assert_eq!((overlap(&[], &[]), overlap(&[Item(1)], &[])), (1.0, 0.0));
    }
}
