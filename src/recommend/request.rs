//! What a recommendation is asked for.

use super::{Ruling, Strategy, Weights};
use crate::domain::Item;

/// What a recommendation is asked for.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The kind of list.
    pub strategy: Strategy,
    /// Items wanted at most.
    pub limit: usize,
    /// The instant, in milliseconds since 1970.
    pub now: i64,
    /// Anchor of [`Strategy::Similar`] and [`Strategy::BoughtTogether`].
    pub item: Option<Item>,
    /// What is in the cart.
    pub cart: &'a [Item],
    /// Words searched for: only items that answer them are shown.
    pub query: Option<&'a str>,
    /// Only items for which this is true are shown.
    pub filter: Option<&'a dyn Fn(Item) -> bool>,
    /// What the scores of the best are multiplied with, above 0: what suits the member comes first.
    pub preference: Option<&'a dyn Fn(Item) -> f64>,
    /// The retailer's rules that hold for this request.
    pub rulings: &'a [Ruling<'a>],
    /// Weights in the place of the knowledge's own. Where they differ in what the learned ranker was trained with, lists are
    /// ranked by weights alone.
    pub weights: Option<&'a Weights>,
    /// Equal scores are broken by a number drawn from this seed, so that no item always loses; without a seed, by
    /// ascending item.
    pub seed: Option<u64>,
}

impl Request<'_> {
    /// Asks for `limit` items of `strategy` at instant `now`, and nothing else.
    pub fn new(strategy: Strategy, limit: usize, now: i64) -> Self {
        Request {
            strategy,
            limit,
            now,
            item: None,
            cart: &[],
            query: None,
            filter: None,
            preference: None,
            rulings: &[],
            weights: None,
            seed: None,
        }
    }

    /// What decides between equal scores of items.
    pub(super) fn tie(&self, item: Item) -> u64 {
        // SplitMix64's finaliser: a bijection, so that the order is one of all orders.
        let Some(seed) = self.seed else { return 0 };
        let mut mixed = seed ^ u64::from(item.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
