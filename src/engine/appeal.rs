//! Which offers to show a member first.
//!
//! The score is what an offer saves on the cart, as a share of what the cart costs, plus what the following count for; where the
//! snapshot has trees that learned which offers members use, these in the place of the member's purchases and usual saving.
//! Without personalisation nothing of the member is read: only the saving, the popularity of the goods and the end count.

use alloc::rc::Rc;
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
        let items = if place > 0 { binding.meeting(catalog, filter) } else { Vec::new() };
        OfferGoods::of(catalog, &snapshot.knowledge, items)
    };
    filters.map(goods).listed()
}

fn kind(catalog: &Catalog, item: Item) -> Option<u32> {
    catalog.items.kind.get(item.index()).filter(|term| *term != Terms::NONE)
}

/// What offers save on the member's usual basket, by id: how much, and as a share of what that costs.
type Savings = Map<alloc::string::String, (i64, f64)>;

/// A purchase of the member: the item, its place among the different ones, when, what it counts for.
struct Bought {
    item: Item,
    place: usize,
    at: i64,
    worth: f64,
}

/// What the member bought: each purchase in the order they were made, and the places of the different items, ascending.
struct History {
    bought: Vec<Bought>,
    items: Vec<u32>,
}

impl History {
    /// For each of the items, how many purchases of it pass.
    fn counts(&self, passes: impl Fn(&Bought) -> bool) -> Vec<u32> {
        let mut counts = alloc::vec![0_u32; self.items.len()];
        for bought in self.bought.iter().filter(|bought| passes(bought)) {
            if let Some(count) = counts.get_mut(bought.place) {
                *count = count.saturating_add(1);
            }
        }
        counts
    }
}

/// What of the member's purchases an offer is about.
#[derive(Default)]
struct Own {
    /// What purchases of its goods count for.
    worth: f64,
    /// How many there are.
    times: usize,
    /// Of which item most.
    most: Option<Item>,
    /// How many purchases there are of goods of the same kinds.
    kinds: usize,
}

impl Own {
    fn of(goods: &[&OfferGoods], catalog: &Catalog, history: &History) -> Self {
        let is_about = |item: u32| goods.iter().any(|goods| goods.items.binary_search(&item).is_ok());
        let is_of_kind = |kind: u32| goods.iter().any(|goods| goods.kinds.binary_search(&kind).is_ok());
        // Each item is looked up once, however often it was bought.
        let touched: Vec<(bool, bool)> =
            history.items.iter().map(|item| (is_about(*item), kind(catalog, Item(*item)).is_some_and(is_of_kind))).listed();
        let touched = |bought: &Bought| touched.get(bought.place).copied().unwrap_or_default();
        let mut own = Own::default();
        for (is_about, is_of_kind, worth) in history.bought.iter().map(|bought| (touched(bought).0, touched(bought).1, bought.worth)) {
            own.kinds = own.kinds.saturating_add(is_of_kind.into());
            if is_about {
                own.worth += worth;
                own.times = own.times.saturating_add(1);
            }
        }
        let counts = history.counts(|bought| touched(bought).0);
        // Of equals the first in the catalog.
        let bought = counts.iter().zip(&history.items).filter(|(count, _)| **count > 0);
        own.most = bought.max_by_key(|(count, item)| (**count, core::cmp::Reverse(**item))).map(|(_, item)| Item(*item));
        own
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
        let goods = &*self.goods(snapshot);
        let bought = self.bought(&snapshot.catalog, now);
        let usual = self.usual_savings(snapshot, &bought, now);
        let (mut facts, mut owns) = (Vec::with_capacity(offers.len()), Vec::with_capacity(offers.len()));
        for status in offers.iter() {
            let (of_offer, own) = self.facts_of(snapshot, goods, &bought, &usual, &status.id, now);
            facts.push(of_offer);
            owns.push(own);
        }
        let learned = self.likelihoods(snapshot, &bought, &facts, now);
        for (place, ((status, facts), own)) in offers.iter_mut().zip(&facts).zip(&owns).enumerate() {
            let saving = usual.get(status.id.as_str());
            status.score += learned.get(place).copied().unwrap_or(facts.score + USUAL_SAVING * facts.usual_saving);
            if let Some((saving, _)) = saving {
                status.appeal.push(Reason::new("usual-saving").with("amount", *saving));
            }
            if let Some(item) = own.most {
                status.appeal.push(Reason::new("usual-goods").with("item", snapshot.catalog.id(item)).with("times", count(own.times)));
            } else if own.kinds > 0 {
                status.appeal.push(Reason::new("usual-kinds").with("times", count(own.kinds)));
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

    /// For each filter of the book, what it is about: worked out once for a catalog.
    fn goods(&self, snapshot: &Snapshot) -> Rc<Vec<OfferGoods>> {
        self.goods.borrow_mut().of(snapshot, |snapshot| Rc::new(goods_of(snapshot))).clone()
    }

    /// What is known of the offer `id` beside its terms.
    fn facts_of<'g>(
        &self,
        snapshot: &Snapshot,
        goods: &'g [OfferGoods],
        history: &History,
        usual: &Savings,
        id: &str,
        now: i64,
    ) -> (OfferFacts<'g>, Own) {
        let offer = snapshot.offers().find(id).and_then(|place| snapshot.offers().offers.get(place));
        let filters = offer.map_or_else(Vec::new, Offer::goods);
        let goods: Vec<&OfferGoods> = filters.iter().filter_map(|Filter(filter)| goods.get(*filter as usize)).listed();
        let own = Own::of(&goods, &snapshot.catalog, history);
        let popularity: f64 = goods.iter().map(|goods| goods.popularity).sum();
        #[allow(clippy::cast_precision_loss)] // a count of purchases
        let liking = own.worth + SAME_KIND * libm::log1p(own.kinds as f64) + POPULARITY * libm::log1p(popularity);
        let facts = OfferFacts {
            used: self.member.uses.iter().filter(|used| used.offer == id && used.at < now).count(),
            usual_saving: usual.get(id).map_or(0.0, |(_, share)| *share),
            score: OWN_GOODS * liking / (liking + HALF),
            goods,
        };
        (facts, own)
    }

    /// For each offer how likely the member uses it by what the snapshot's trees learned, half of [`OWN_GOODS`] standing for what is
    /// usual. Nothing where there are no trees, or nothing is known of the member: then the weights above count.
    fn likelihoods(&self, snapshot: &Snapshot, history: &History, offers: &[OfferFacts], now: i64) -> Vec<f64> {
        let forest = &snapshot.knowledge.ranker.offers;
        if forest.is_empty() || history.bought.is_empty() {
            return Vec::new();
        }
        let rows = self.rows_of(&snapshot.catalog, history, offers, now);
        let mut sums = alloc::vec![0.0; rows.len()];
        forest.sums(rows.as_flattened(), OFFER_FEATURES.len(), &mut sums);
        sums.iter().map(|sum| OWN_GOODS / (1.0 + libm::exp(forest.bias() - sum))).listed()
    }

    fn rows_of(&self, catalog: &Catalog, history: &History, offers: &[OfferFacts], now: i64) -> Vec<OfferRow> {
        let lines: Vec<(Item, i64)> = history.bought.iter().map(|bought| (bought.item, bought.at)).listed();
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
        let goods = &*self.goods(&snapshot);
        let bought = self.bought(&snapshot.catalog, now);
        let usual = self.usual_savings(&snapshot, &bought, now);
        let ids: Vec<alloc::string::String> = snapshot.offers().offers.iter().map(|offer| offer.id.clone()).listed();
        let facts: Vec<OfferFacts> = ids.iter().map(|id| self.facts_of(&snapshot, goods, &bought, &usual, id, now).0).listed();
        let rows = self.rows_of(&snapshot.catalog, &bought, &facts, now);
        Ok(ids.into_iter().zip(rows).listed())
    }

    /// Purchases before `now` that answers may see, in the order they were made.
    fn bought(&self, catalog: &Catalog, now: i64) -> History {
        let mut bought = Vec::new();
        for basket in self.visible.history.iter().filter(|basket| basket.at < now) {
            #[allow(clippy::cast_precision_loss)] // a span of time
            let days = now.saturating_sub(basket.at) as f64 / DAY as f64;
            let worth = exp2(-days / HALF_LIFE_DAYS);
            let items = basket.lines.iter().filter(|line| line.quantity > 0).filter_map(|line| catalog.find(&line.item));
            bought.add_all(items.map(|item| Bought { item, place: 0, at: basket.at, worth }));
        }
        let mut items: Vec<u32> = bought.iter().map(|bought| bought.item.0).listed();
        items.sort_unstable(); // there may be thousands
        items.dedup();
        for bought in &mut bought {
            bought.place = items.binary_search(&bought.item.0).unwrap_or_default();
        }
        History { bought, items }
    }

    /// For each offer that saves something on the member's usual basket, how much, and as a share of what that costs.
    fn usual_savings(&self, snapshot: &Snapshot, history: &History, now: i64) -> Savings {
        #[allow(clippy::cast_precision_loss)] // a count of days
        let oldest = exp2(-(USUAL_DAYS as f64) / HALF_LIFE_DAYS);
        let times = history.counts(|bought| bought.worth >= oldest);
        let mut usual: Vec<(core::cmp::Reverse<u32>, Item)> = times
            .into_iter()
            .zip(&history.items)
            .filter(|(times, _)| *times > 1)
            .map(|(times, item)| (core::cmp::Reverse(times), Item(*item)))
            .listed();
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
