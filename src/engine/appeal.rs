//! Which offers to show a member first.
//!
//! The score is what an offer saves on the cart, as a share of what the cart costs, plus what the following count for; where the
//! snapshot has trees that learned which offers members use, these in the place of the member's purchases and usual saving.
//! Without personalisation nothing of the member is read: only the saving, the popularity of the goods and the end count.

use alloc::vec::Vec;

use super::cart::CartRequest;
use super::{CartLine, Engine};
use crate::domain::{AddAll, Arrange, Catalog, DAY, Item, Listed, Map, Reason, Terms, exp2};
use crate::offers::{Filter, Offer, OfferStatus, statuses};
use crate::recommend::{OFFER_FEATURES, OfferFacts, OfferGoods, OfferRow, Purchases, offer_rows};
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

/// For each of a book's filters, what it is about in the catalog.
fn goods_of(snapshot: &Snapshot) -> Vec<OfferGoods> {
    let catalog = &snapshot.catalog;
    let binding = ItemBinding::new(snapshot.attributes(), catalog);
    // The first filter lets everything through: no offer is about it.
    let filters = snapshot.offers().filters.iter().enumerate();
    let goods = |(place, filter): (usize, &crate::rules::Condition)| {
        let passes = |item: &Item| place > 0 && filter.matches(&binding.item(catalog, *item));
        OfferGoods::of(catalog, &snapshot.knowledge, catalog.all().filter(passes).map(|item| item.0).listed())
    };
    filters.map(goods).listed()
}

fn kind(catalog: &Catalog, item: Item) -> Option<u32> {
    catalog.items.kind.get(item.index()).filter(|term| *term != Terms::NONE)
}

/// What offers save on the member's usual basket, by id: how much, and as a share of what that costs.
type Savings = Map<alloc::string::String, (i64, f64)>;

/// A purchase of the member: the item, when, what it counts for, its kind.
struct Bought {
    item: Item,
    at: i64,
    worth: f64,
    kind: Option<u32>,
}

impl Bought {
    fn is_about(&self, goods: &[&OfferGoods]) -> bool {
        goods.iter().any(|goods| goods.items.binary_search(&self.item.0).is_ok())
    }

    fn is_of_kind(&self, goods: &[&OfferGoods]) -> bool {
        self.kind.is_some_and(|kind| goods.iter().any(|goods| goods.kinds.binary_search(&kind).is_ok()))
    }
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
        let goods = goods.of(snapshot, goods_of);
        let bought = self.bought(&snapshot.catalog, now);
        let usual = self.usual_savings(snapshot, &bought, now);
        let facts: Vec<OfferFacts> = offers.iter().map(|status| self.facts_of(snapshot, goods, &bought, &usual, &status.id, now)).listed();
        let learned = self.likelihoods(snapshot, &bought, &facts, now);
        for (place, (status, facts)) in offers.iter_mut().zip(&facts).enumerate() {
            let is_about = |item: &Bought| item.is_about(&facts.goods);
            let kinds = bought.iter().filter(|item| item.is_of_kind(&facts.goods)).count();
            let saving = usual.get(status.id.as_str());
            status.score += learned.get(place).copied().unwrap_or(facts.score + USUAL_SAVING * facts.usual_saving);
            if let Some((saving, _)) = saving {
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

    /// What is known of the offer `id` beside its terms.
    fn facts_of<'g>(
        &self,
        snapshot: &Snapshot,
        goods: &'g [OfferGoods],
        bought: &[Bought],
        usual: &Savings,
        id: &str,
        now: i64,
    ) -> OfferFacts<'g> {
        let offer = snapshot.offers().find(id).and_then(|place| snapshot.offers().offers.get(place));
        let filters = offer.map_or_else(Vec::new, Offer::goods);
        let goods: Vec<&OfferGoods> = filters.iter().filter_map(|Filter(filter)| goods.get(*filter as usize)).listed();
        let own: f64 = bought.iter().filter(|item| item.is_about(&goods)).map(|item| item.worth).sum();
        let kinds = bought.iter().filter(|item| item.is_of_kind(&goods)).count();
        let popularity: f64 = goods.iter().map(|goods| goods.popularity).sum();
        #[allow(clippy::cast_precision_loss)] // a count of purchases
        let liking = own + SAME_KIND * libm::log1p(kinds as f64) + POPULARITY * libm::log1p(popularity);
        OfferFacts {
            used: self.member.uses.iter().filter(|used| used.offer == id && used.at < now).count(),
            usual_saving: usual.get(id).map_or(0.0, |(_, share)| *share),
            score: OWN_GOODS * liking / (liking + HALF),
            goods,
        }
    }

    /// For each offer how likely the member uses it by what the snapshot's trees learned, half of [`OWN_GOODS`] standing for what is
    /// usual. Nothing where there are no trees, or nothing is known of the member: then the weights above count.
    fn likelihoods(&self, snapshot: &Snapshot, bought: &[Bought], offers: &[OfferFacts], now: i64) -> Vec<f64> {
        let forest = &snapshot.knowledge.ranker.offers;
        if forest.is_empty() || bought.is_empty() {
            return Vec::new();
        }
        let rows = self.rows_of(&snapshot.catalog, bought, offers, now);
        let mut sums = alloc::vec![0.0; rows.len()];
        forest.sums(rows.as_flattened(), OFFER_FEATURES.len(), &mut sums);
        sums.iter().map(|sum| OWN_GOODS / (1.0 + libm::exp(forest.bias() - sum))).listed()
    }

    fn rows_of(&self, catalog: &Catalog, bought: &[Bought], offers: &[OfferFacts], now: i64) -> Vec<OfferRow> {
        let lines: Vec<(Item, i64)> = bought.iter().map(|bought| (bought.item, bought.at)).listed();
        let baskets = self.visible.history.iter().filter(|basket| basket.at < now).count();
        let used = self.member.uses.iter().filter(|used| used.at < now).count();
        offer_rows(&Purchases::of(catalog, &lines, baskets, now), offers, used)
    }

    /// Ids and features of all offers, as the trees of a snapshot are learned from: what [`Engine::offers`] asks them with.
    ///
    /// # Errors
    ///
    /// `no-catalog`.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn offer_rows(&self, now: i64) -> Result<Vec<(alloc::string::String, OfferRow)>, super::EngineError> {
        let snapshot = self.snapshot()?;
        let mut goods = self.goods.borrow_mut();
        let goods = goods.of(&snapshot, goods_of);
        let bought = self.bought(&snapshot.catalog, now);
        let usual = self.usual_savings(&snapshot, &bought, now);
        let ids: Vec<alloc::string::String> = snapshot.offers().offers.iter().map(|offer| offer.id.clone()).listed();
        let facts: Vec<OfferFacts> = ids.iter().map(|id| self.facts_of(&snapshot, goods, &bought, &usual, id, now)).listed();
        let rows = self.rows_of(&snapshot.catalog, &bought, &facts, now);
        Ok(ids.into_iter().zip(rows).listed())
    }

    /// Purchases before `now` that answers may see, in the order they were made.
    fn bought(&self, catalog: &Catalog, now: i64) -> Vec<Bought> {
        let mut bought = Vec::new();
        for basket in self.visible.history.iter().filter(|basket| basket.at < now) {
            #[allow(clippy::cast_precision_loss)] // a span of time
            let days = now.saturating_sub(basket.at) as f64 / DAY as f64;
            let worth = exp2(-days / HALF_LIFE_DAYS);
            let items = basket.lines.iter().filter(|line| line.quantity > 0).filter_map(|line| catalog.find(&line.item));
            bought.add_all(items.map(|item| Bought { item, at: basket.at, worth, kind: kind(catalog, item) }));
        }
        bought
    }

    /// For each offer that saves something on the member's usual basket, how much, and as a share of what that costs.
    fn usual_savings(&self, snapshot: &Snapshot, bought: &[Bought], now: i64) -> Savings {
        #[allow(clippy::cast_precision_loss)] // a count of days
        let oldest = exp2(-(USUAL_DAYS as f64) / HALF_LIFE_DAYS);
        let times = times(bought.iter().filter(|item| item.worth >= oldest));
        let mut usual: Vec<(core::cmp::Reverse<u32>, Item)> =
            times.into_iter().filter(|(_, times)| *times > 1).map(|(item, times)| (core::cmp::Reverse(times), item)).listed();
        usual.arrange();
        let lines: Vec<CartLine> = usual
            .iter()
            .take(USUAL_GOODS)
            .map(|(_, item)| CartLine { item: snapshot.catalog.id(*item).into(), quantity: 1, ..CartLine::default() })
            .listed();
        if lines.is_empty() {
            return Map::new();
        }
        let (offers, _) = self
            .with_cart(snapshot, CartRequest { lines: &lines, ..CartRequest::default() }, now, |input| statuses(snapshot.offers(), input));
        offers
            .into_iter()
            .filter_map(|offer| offer.saving.filter(|saving| *saving > 0).map(|saving| (offer.id, (saving, offer.score))))
            .collect()
    }
}

fn count(times: usize) -> u32 {
    u32::try_from(times).unwrap_or(u32::MAX)
}

/// How often each item was bought.
fn times<'b>(bought: impl Iterator<Item = &'b Bought>) -> Map<Item, u32> {
    let mut times = Map::new();
    for item in bought {
        if let Some(known) = times.get_or_insert_with(item.item, || 0_u32) {
            *known = known.saturating_add(1);
        }
    }
    times
}

/// The item that is bought most often; of equals the first in the catalog.
fn most_bought<'b>(bought: impl Iterator<Item = &'b Bought>) -> Option<Item> {
    times(bought).into_iter().max_by_key(|(item, times)| (*times, core::cmp::Reverse(*item))).map(|(item, _)| item)
}
