//! What is to be found: households with what they bought, and what they bought next.

use regulars::domain::{Catalog, Item};
use regulars::recommend::Signals;

use crate::baskets::{Histories, Household, Id, predict};

/// A household, and the basket to be found.
pub struct Case {
    /// Its baskets as places in the catalog; what that lacks is left out.
    pub baskets: Vec<(i64, Vec<Item>)>,
    /// The day of the basket.
    pub day: i64,
    /// What it held, ascending; items that the catalog lacks have numbers beyond it: they can't be found, and count as wanted.
    pub wanted: Vec<u32>,
    /// Those of `wanted` never bought before.
    pub new: Vec<u32>,
}

impl Case {
    /// The case of `household`, which bought `wanted` on `day`.
    pub fn of(household: &Household, histories: &Histories, catalog: &Catalog, places: &[Option<Item>], day: i64, wanted: &[Id]) -> Self {
        let mut beyond = u32::try_from(catalog.len()).unwrap_or(u32::MAX);
        let mut place = |id: &Id| {
            catalog.find(&id.text()).map_or_else(
                || {
                    beyond = beyond.saturating_add(1);
                    beyond
                },
                |item| item.0,
            )
        };
        let bought = |id: &Id| {
            let known =
                histories.items.binary_search_by(|known| known.text().cmp(&id.text())).ok().and_then(|place| u32::try_from(place).ok());
            known.is_some_and(|item| household.baskets.iter().any(|(_, basket)| basket.binary_search(&item).is_ok()))
        };
        let mut each: Vec<(u32, bool)> = wanted.iter().map(|id| (place(id), bought(id))).collect();
        each.sort_unstable();
        each.dedup_by_key(|(item, _)| *item);
        let baskets = household.baskets.iter().map(|(day, items)| (*day, items.iter().filter_map(|item| places[*item as usize]).collect()));
        Case {
            baskets: baskets.collect(),
            day,
            wanted: each.iter().map(|(item, _)| *item).collect(),
            new: each.iter().filter(|(_, bought)| !bought).map(|(item, _)| *item).collect(),
        }
    }

    /// What recommendations may know: the last `most` baskets.
    pub fn signals(&self, most: usize) -> Signals {
        let skipped = self.baskets.len().saturating_sub(most);
        let mut signals = Signals::default();
        for (day, basket) in self.baskets.iter().skip(skipped) {
            signals.add_basket(day * crate::baskets::learn::DAY, basket.iter().map(|item| (*item, 1)));
        }
        signals
    }

    /// Those of `wanted` bought before.
    pub fn known(&self) -> Vec<u32> {
        self.wanted.iter().copied().filter(|item| self.new.binary_search(item).is_err()).collect()
    }

    /// Items in the order in which the household first bought them, with the days.
    pub fn firsts(&self) -> Vec<(i64, Item)> {
        let mut firsts: Vec<(i64, Item)> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for (day, basket) in &self.baskets {
            firsts.extend(basket.iter().filter(|item| seen.insert(**item)).map(|item| (*day, *item)));
        }
        firsts
    }
}

/// Splits histories at `day`: what was bought before, and of each household the first basket from then on. Households need two
/// baskets before.
pub fn split(histories: &Histories, day: i64) -> (Histories, super::Targets) {
    let mut before = histories.before(day);
    let mut targets = super::Targets::new();
    for (known, all) in before.households.iter().zip(&histories.households) {
        if known.baskets.len() < 2 {
            continue;
        }
        if let Some((day, items)) = all.baskets.get(known.baskets.len()) {
            targets.insert(all.key.clone(), (*day, items.iter().map(|item| histories.items[*item as usize].clone()).collect()));
        }
    }
    before.households.retain(|household| targets.contains_key(&household.key));
    (before, targets)
}

/// The same with each household's last basket as what is to be found.
pub fn split_last(histories: &Histories) -> (Histories, super::Targets) {
    let mut before = histories.without_last(1);
    let mut targets = super::Targets::new();
    for (known, all) in before.households.iter().zip(&histories.households) {
        if let Some((day, items)) = all.baskets.last().filter(|_| known.baskets.len() >= 2) {
            targets.insert(all.key.clone(), (*day, items.iter().map(|item| histories.items[*item as usize].clone()).collect()));
        }
    }
    before.households.retain(|household| targets.contains_key(&household.key));
    (before, targets)
}

/// Signals of a household without a model's items.
pub fn signals_of(household: &Household, places: &[Option<Item>]) -> Signals {
    predict::signals_of(&household.baskets, |item| places[item as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baskets::details::Details;

    fn histories() -> Histories {
        let household = |key: &str, baskets: &[(i64, &[u32])]| Household {
            key: key.into(),
            baskets: baskets.iter().map(|(day, items)| (*day, items.to_vec())).collect(),
        };
        Histories {
            items: ["a", "b", "c"].map(|id| Id::Text(id.into())).into(),
            households: vec![household("h", &[(1, &[0]), (3, &[1]), (9, &[0, 2])]), household("young", &[(8, &[0]), (9, &[1])])],
            mere_order: false,
        }
    }

    #[test]
    fn households_with_too_little_before_the_cut_are_left_out() {
        let (before, targets) = split(&histories(), 5);
        assert_eq!((before.households.len(), targets.keys().map(String::as_str).collect::<Vec<_>>()), (1, vec!["h"]));
        assert_eq!(targets["h"], (9, vec![Id::Text("a".into()), Id::Text("c".into())]));
        assert_eq!(split_last(&histories()).1.len(), 1);
    }

    #[test]
    fn what_the_catalog_lacks_is_wanted_all_the_same() {
        let (before, _) = split(&histories(), 5);
        let catalog = Details::default().catalog(&["a", "b"].map(String::from));
        let places: Vec<_> = before.items.iter().map(|id| catalog.find(&id.text())).collect();
        let wanted = ["a", "c", "zz"].map(|id| Id::Text(id.into()));
        let case = Case::of(&before.households[0], &before, &catalog, &places, 9, &wanted);
        assert_eq!((case.wanted.as_slice(), case.new.as_slice()), ([0, 3, 4].as_slice(), [3, 4].as_slice()));
        assert_eq!((case.known(), case.firsts()), (vec![0], vec![(1, Item(0)), (3, Item(1))]));
        assert_eq!(case.signals(1).len(), 1);
    }
}
