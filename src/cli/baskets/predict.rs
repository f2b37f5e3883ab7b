//! Lists for households, made by the engine's own recommendations.

use regulars::domain::{Catalog, Item};
use regulars::recommend::{Knowledge, Request, Scratch, Signals, Strategy, recommend};

use super::Household;
use super::learn::DAY;

/// What recommendations may know of a household with these baskets, items at places being those that `item` says.
pub fn signals_of(baskets: &[(i64, Vec<u32>)], item: impl Fn(u32) -> Option<Item>) -> Signals {
    let mut signals = Signals::default();
    for (day, basket) in baskets {
        signals.add_basket(day * DAY, basket.iter().filter_map(|place| Some((item(*place)?, 1))));
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
