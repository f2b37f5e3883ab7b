//! Lists for households, made by the engine's own recommendations.

use regulars::domain::{Catalog, Item, ItemColumns, StringColumn};
use regulars::recommend::{Knowledge, Request, Scratch, Signals, Strategy, recommend};

use super::Household;
use super::learn::DAY;

/// A catalog that has ids and nothing else.
pub fn bare_catalog(ids: &[String]) -> Catalog {
    Catalog { items: ItemColumns { ids: StringColumn::owned(ids), ..ItemColumns::default() }, ..Catalog::default() }
}

/// What recommendations may know of `household`: its baskets, the item at place `p` being `items[p]`.
pub fn signals(household: &Household, items: &[Option<Item>]) -> Signals {
    let mut signals = Signals::default();
    for (day, basket) in &household.baskets {
        signals.add_basket(day * DAY, basket.iter().filter_map(|item| Some((items[*item as usize]?, 1))));
    }
    signals
}

/// The day of the list for `household`, where it is not given: the day after its last basket, or the end of what was
/// learned from, whichever is later; with mere order, the next number.
pub fn day_of_list(household: &Household, until: i64, mere_order: bool) -> i64 {
    let next = household.baskets.last().map_or(0, |(day, _)| day + 1);
    if mere_order { next } else { next.max(until) }
}

/// The best `limit` items of `strategy` on `day`.
pub fn predict(
    catalog: &Catalog,
    knowledge: &Knowledge,
    signals: &Signals,
    strategy: Strategy,
    day: i64,
    limit: usize,
    scratch: &mut Scratch,
) -> Vec<Item> {
    let request = Request::new(strategy, limit, day * DAY);
    recommend(catalog, knowledge, signals, &request, scratch).items.into_iter().map(|found| found.item).collect()
}
