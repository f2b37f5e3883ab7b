//! What a quote may propose to put into the cart: for the goods that sets and thresholds ask for, and of which the cart
//! holds none, one item each.

use alloc::vec::Vec;

use super::Engine;
use crate::domain::{AddAll, Arrange, Item, Listed};
use crate::offers::{Filter, Kind, Offer};
use crate::rules::ItemBinding;
use crate::snapshot::Snapshot;

/// So many of the shop's most popular items are looked through.
const POPULAR: usize = 400;
/// So many different items that the member bought last are looked through before them.
const OWN: usize = 60;
/// For so many kinds of goods something is proposed at most.
const PROPOSED: usize = 24;

/// The most popular items of a catalog.
#[derive(Default)]
pub(super) struct Popular {
    items: Vec<Item>,
    /// For each filter, once it was asked about, the first of these that passes it and can be had.
    first: Vec<Option<Option<Item>>>,
}

fn popular_of(snapshot: &Snapshot) -> Popular {
    let popularity = |item: Item| snapshot.knowledge.popularity.get(item.index()).unwrap_or(0.0);
    let mut items: Vec<(f32, Item)> = snapshot.catalog.all().map(|item| (popularity(item), item)).listed();
    let order = |one: &(f32, Item), other: &(f32, Item)| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1));
    if items.len() > POPULAR {
        items.select_nth_unstable_by(POPULAR, order);
        items.truncate(POPULAR);
    }
    items.arrange_by(order);
    let first = alloc::vec![None; snapshot.offers().filters.len()];
    Popular { items: items.into_iter().map(|(_, item)| item).listed(), first }
}

impl Engine {
    /// For each of the goods that offers ask for, of which the cart of `items` holds none, what to propose: what the member
    /// bought most lately of them, else the most popular. Without personalisation always the latter.
    /// `named` is that of [`QuoteInput`](crate::offers::QuoteInput).
    pub(super) fn beside(&self, snapshot: &Snapshot, items: &[Option<Item>], named: &[Option<Vec<u32>>], now: i64) -> Vec<(Filter, Item)> {
        let catalog = &snapshot.catalog;
        let mut asked: Vec<Filter> = snapshot.offers().offers.iter().flat_map(asked_for).filter(|goods| *goods != Filter::ALL).listed();
        asked.arrange();
        asked.dedup();
        if asked.is_empty() {
            return Vec::new();
        }
        let own = self.bought_last(snapshot, now);
        let mut popular = self.popular.borrow_mut();
        let Popular { items: popular, first } = popular.of(snapshot, popular_of);
        let binding = ItemBinding::new(snapshot.attributes(), catalog);
        let mut proposed = Vec::new();
        for goods in asked {
            let place = goods.0 as usize;
            let (Some(filter), Some(named)) = (snapshot.offers().filters.get(place), named.get(place)) else { continue };
            let passes = |item: &Item| match named {
                Some(named) => named.binary_search(&item.0).is_ok(),
                None => filter.matches(&binding.item(catalog, *item)),
            };
            if proposed.len() >= PROPOSED || items.iter().flatten().any(passes) {
                continue;
            }
            let can_be_had = |item: &Item| catalog.in_stock(*item) && catalog.price(*item).is_some_and(|price| price > 0);
            let first_of = |items: &[Item]| items.iter().copied().find(|item| passes(item) && can_be_had(item));
            let of_popular = || *first.get_mut(place)?.get_or_insert_with(|| first_of(popular));
            proposed.add_all(first_of(&own).or_else(of_popular).map(|item| (goods, item)));
        }
        proposed
    }

    /// The different items that the member bought last before `now`, the latest first.
    fn bought_last(&self, snapshot: &Snapshot, now: i64) -> Vec<Item> {
        let mut own: Vec<Item> = Vec::new();
        for basket in self.visible.history.iter().rev().filter(|basket| basket.at < now) {
            for item in basket.lines.iter().filter_map(|line| snapshot.catalog.find(&line.item)) {
                if own.len() >= OWN {
                    return own;
                }
                if !own.contains(&item) {
                    own.push(item);
                }
            }
        }
        own
    }
}

/// The goods that the sets and thresholds of an offer ask for.
fn asked_for(offer: &Offer) -> Vec<Filter> {
    let mut goods: Vec<Filter> = offer.thresholds.iter().map(|threshold| threshold.goods).listed();
    for effect in &offer.effects {
        match &effect.kind {
            Kind::BuyGet(terms) => goods.add_all([terms.buy.goods, terms.get.goods]),
            Kind::Bundle(terms) => goods.add_all(terms.sets.iter().map(|set| set.goods)),
            _ => {}
        }
    }
    goods
}
