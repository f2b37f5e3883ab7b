//! Which offers to show a member first.
//!
//! The score is what an offer saves on the cart, as a share of what the cart costs, plus what the following count for.
//! Without personalisation nothing of the member is read: only the saving, the popularity of the goods and the end count.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;

use super::cart::CartRequest;
use super::{CartLine, Engine};
use crate::domain::{Arrange, Catalog, DAY, Item, Reason, Terms, exp2};
use crate::offers::{Filter, OfferStatus, statuses};
use crate::rules::ItemBinding;
use crate::snapshot::Snapshot;

/// What the member's own purchases of the offer's goods count for, from 0 to this: raising it puts offers on what the
/// member buys before those that save more on this cart.
const OWN_GOODS: f64 = 1.0;
/// What the saving on the member's usual goods counts for, as a share of what these cost.
const USUAL_SAVING: f64 = 0.5;
/// What an end near by counts for: all of it on the last day, half of it for each [`SOON_DAYS`] more.
const SOON: f64 = 0.05;
const SOON_DAYS: f64 = 3.0;
/// Beside a purchase of the goods themselves (counted with half of it left after [`HALF_LIFE_DAYS`]): the logarithm of the
/// purchases of goods of the same kinds, and that of how popular the goods are with everybody.
const SAME_KIND: f64 = 0.1;
const POPULARITY: f64 = 0.001;
const HALF_LIFE_DAYS: f64 = 180.0;
/// The score of purchases that stands for half of [`OWN_GOODS`].
const HALF: f64 = 3.0;
/// Goods of which the usual basket is made at most, and days back that count for it.
const USUAL_GOODS: usize = 20;
const USUAL_DAYS: i64 = 180;

/// For each of a book's filters, what it is about in the catalog. Made once for a snapshot.
#[derive(Default)]
pub(super) struct Goods {
    made_for: Option<Rc<Catalog>>,
    filters: Vec<Scope>,
}

/// What a filter is about.
#[derive(Default)]
struct Scope {
    /// The items that pass, ascending.
    items: Vec<Item>,
    /// Their kinds, ascending.
    kinds: Vec<u32>,
    /// Of how many baskets in a thousand they are in, added up.
    popularity: f64,
}

impl Goods {
    fn of(&mut self, snapshot: &Snapshot) -> &[Scope] {
        if !self.made_for.as_ref().is_some_and(|known| Rc::ptr_eq(known, &snapshot.catalog)) {
            let catalog = &snapshot.catalog;
            let binding = ItemBinding::new(&snapshot.attributes, catalog);
            // The first filter lets everything through: no offer is about it.
            let filters = snapshot.offers.filters.iter().enumerate();
            let scope = |(place, filter): (usize, &crate::rules::Condition)| {
                let mut scope = Scope::default();
                if place > 0 {
                    scope.items = catalog.all().filter(|item| filter.matches(&binding.item(catalog, *item))).collect();
                    let popularity = |item: &Item| snapshot.knowledge.popularity.get(item.index()).unwrap_or(0.0);
                    scope.popularity = scope.items.iter().map(|item| f64::from(popularity(item)) * 1000.0).sum();
                    scope.kinds = scope.items.iter().filter_map(|item| kind(catalog, *item)).collect();
                    scope.kinds.arrange();
                    scope.kinds.dedup();
                }
                scope
            };
            self.filters = filters.map(scope).collect();
            self.made_for = Some(snapshot.catalog.clone());
        }
        &self.filters
    }
}

fn kind(catalog: &Catalog, item: Item) -> Option<u32> {
    catalog.items.kind.get(item.index()).filter(|term| *term != Terms::NONE)
}

/// A purchase of the member: the item, what it counts for, its kind.
struct Bought {
    item: Item,
    worth: f64,
    kind: Option<u32>,
}

impl Engine {
    /// Adds to the score of each offer what the member's purchases and its end count for, and says so.
    ///
    /// | code | facts | means |
    /// |---|---|---|
    /// | `usual-goods` | `item`, `times` | it is about goods that the member bought so often, `item` most |
    /// | `usual-kinds` | `times` | it is about kinds of goods that the member bought so often |
    /// | `usual-saving` | `amount` | what it saves on what the member usually buys |
    /// | `ends-soon` | `at` | it ends within three days |
    pub(super) fn add_appeal(&self, snapshot: &Snapshot, now: i64, offers: &mut [OfferStatus]) {
        let mut goods = self.goods.borrow_mut();
        let scopes = goods.of(snapshot);
        let bought = self.bought(&snapshot.catalog, now);
        let usual = self.usual_savings(snapshot, &bought, now);
        for status in offers {
            let filters = snapshot
                .offers
                .find(&status.id)
                .and_then(|place| snapshot.offers.offers.get(place))
                .map_or_else(Vec::new, |offer| offer.goods());
            let about: Vec<&Scope> = filters.iter().filter_map(|Filter(filter)| scopes.get(*filter as usize)).collect();
            let is_about = |item: &Bought| about.iter().any(|scope| scope.items.binary_search(&item.item).is_ok());
            let is_of_kind =
                |item: &Bought| item.kind.is_some_and(|kind| about.iter().any(|scope| scope.kinds.binary_search(&kind).is_ok()));
            let own: f64 = bought.iter().filter(|item| is_about(item)).map(|item| item.worth).sum();
            let kinds = bought.iter().filter(|item| is_of_kind(item)).count();
            let popularity: f64 = about.iter().map(|scope| scope.popularity).sum();
            #[allow(clippy::cast_precision_loss)] // a count of purchases
            let liking = own + SAME_KIND * libm::log1p(kinds as f64) + POPULARITY * libm::log1p(popularity);
            status.score += OWN_GOODS * liking / (liking + HALF);
            if let Some((saving, share)) = usual.get(status.id.as_str()) {
                status.score += USUAL_SAVING * share;
                status.appeal.push(Reason::new("usual-saving").with("amount", *saving));
            }
            let times = bought.iter().filter(|item| is_about(item)).count();
            if let Some(item) = most_bought(bought.iter().filter(|item| is_about(item))) {
                status.appeal.push(Reason::new("usual-goods").with("item", snapshot.catalog.id(item)).with("times", count(times)));
            } else if kinds > 0 {
                status.appeal.push(Reason::new("usual-kinds").with("times", count(kinds)));
            }
            if let Some(at) = status.ends_at {
                #[allow(clippy::cast_precision_loss)] // a span of time
                let days = at.saturating_sub(now).max(0) as f64 / DAY as f64;
                status.score += SOON * exp2(-days / SOON_DAYS);
                if days <= SOON_DAYS && at > now {
                    status.appeal.push(Reason::new("ends-soon").with("at", at));
                }
            }
        }
    }

    /// Purchases before `now` that answers may see, in the order they were made.
    fn bought(&self, catalog: &Catalog, now: i64) -> Vec<Bought> {
        let mut bought = Vec::new();
        for basket in self.visible.history.iter().filter(|basket| basket.at < now) {
            #[allow(clippy::cast_precision_loss)] // a span of time
            let days = now.saturating_sub(basket.at) as f64 / DAY as f64;
            let worth = exp2(-days / HALF_LIFE_DAYS);
            let items = basket.lines.iter().filter(|line| line.quantity > 0).filter_map(|line| catalog.find(&line.item));
            bought.extend(items.map(|item| Bought { item, worth, kind: kind(catalog, item) }));
        }
        bought
    }

    /// For each offer that saves something on the member's usual basket, how much, and as a share of what that costs.
    fn usual_savings(&self, snapshot: &Snapshot, bought: &[Bought], now: i64) -> BTreeMap<alloc::string::String, (i64, f64)> {
        #[allow(clippy::cast_precision_loss)] // a count of days
        let oldest = exp2(-(USUAL_DAYS as f64) / HALF_LIFE_DAYS);
        let mut times: BTreeMap<Item, u32> = BTreeMap::new();
        for item in bought.iter().filter(|item| item.worth >= oldest) {
            let known = times.entry(item.item).or_default();
            *known = known.saturating_add(1);
        }
        let mut usual: Vec<(core::cmp::Reverse<u32>, Item)> =
            times.into_iter().filter(|(_, times)| *times > 1).map(|(item, times)| (core::cmp::Reverse(times), item)).collect();
        usual.arrange();
        let lines: Vec<CartLine> = usual
            .iter()
            .take(USUAL_GOODS)
            .map(|(_, item)| CartLine { item: snapshot.catalog.id(*item).into(), quantity: 1, ..CartLine::default() })
            .collect();
        if lines.is_empty() {
            return BTreeMap::new();
        }
        let (offers, _) = self
            .with_cart(snapshot, CartRequest { lines: &lines, ..CartRequest::default() }, now, |input| statuses(&snapshot.offers, input));
        offers
            .into_iter()
            .filter_map(|offer| offer.saving.filter(|saving| *saving > 0).map(|saving| (offer.id, (saving, offer.score))))
            .collect()
    }
}

fn count(times: usize) -> u32 {
    u32::try_from(times).unwrap_or(u32::MAX)
}

/// The item that is bought most often; of equals the first in the catalog.
fn most_bought<'b>(bought: impl Iterator<Item = &'b Bought>) -> Option<Item> {
    let mut times: BTreeMap<Item, u32> = BTreeMap::new();
    for item in bought {
        let known = times.entry(item.item).or_default();
        *known = known.saturating_add(1);
    }
    times.into_iter().max_by_key(|(item, times)| (*times, core::cmp::Reverse(*item))).map(|(item, _)| item)
}
