//! What the visible member and this device's events tell recommendations, by the catalog's items.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::{Device, MemberEvent};
use crate::domain::{Catalog, Item, Listed, Member};
use crate::recommend::{ItemSet, MerchandisingRule, Scratch, Search, Signals, Touch, find};
use crate::rules::ItemBinding;
use crate::snapshot::Snapshot;

/// Views, clicks and changes of the cart that count; older ones don't.
const LATEST_TOUCHES: usize = 500;
/// Searches that count; older ones don't.
const LATEST_SEARCHES: usize = 5;
/// How much more than a view it tells that an item was put into the cart.
const INTO_CART: f64 = 2.0;

/// Signals and memory kept from one request to the next.
#[derive(Default)]
pub(super) struct Recommender {
    known: Option<Known>,
    /// The items of each of the retailer's rules, for a catalog.
    goods: Option<(Rc<Catalog>, Rc<[ItemSet]>)>,
    pub scratch: Scratch,
}

struct Known {
    catalog: Rc<Catalog>,
    member: Rc<Member>,
    signals: Signals,
    cart: Vec<Item>,
}

impl Recommender {
    /// Lets go of the catalog, which is about to change.
    pub fn let_go(&mut self) {
        self.known = None;
        self.goods = None;
    }

    /// Whether it was asked for something since the catalog is in use.
    pub const fn is_asked(&self) -> bool {
        self.known.is_some()
    }

    /// The items of each of the retailer's rules, found anew only where the catalog has changed.
    pub fn goods(&mut self, snapshot: &Snapshot) -> Rc<[ItemSet]> {
        let catalog = &snapshot.catalog;
        let fresh = |known: &(Rc<Catalog>, Rc<[ItemSet]>)| Rc::ptr_eq(&known.0, catalog);
        let known = self.goods.take().filter(fresh).unwrap_or_else(|| {
            let binding = ItemBinding::new(&snapshot.list_attributes, catalog);
            let set = |rule: &MerchandisingRule| ItemSet::of(catalog, |item| rule.goods.matches(&binding.item(catalog, item)));
            (catalog.clone(), snapshot.merchandising.iter().map(set).collect())
        });
        self.goods.insert(known).1.clone()
    }

    /// The signals and the cart that events left, made anew only where catalog or member have changed.
    pub fn signals(&mut self, catalog: &Rc<Catalog>, member: &Rc<Member>, device: &Device) -> (&Signals, &[Item], &mut Scratch) {
        let fresh = |known: &Known| Rc::ptr_eq(&known.catalog, catalog) && Rc::ptr_eq(&known.member, member);
        let known = self.known.take().filter(fresh).unwrap_or_else(|| {
            let (signals, cart) = signals_of(catalog, member, device);
            Known { catalog: catalog.clone(), member: member.clone(), signals, cart }
        });
        let known = self.known.insert(known);
        (&known.signals, &known.cart, &mut self.scratch)
    }
}

/// What `member` and the events of `device` tell, and the cart that events left: items put in and neither taken out nor
/// bought since. Items that the catalog does not have tell nothing, but their baskets count as baskets.
fn signals_of(catalog: &Catalog, member: &Member, device: &Device) -> (Signals, Vec<Item>) {
    let mut signals = Signals::default();
    for basket in &member.history {
        let lines = basket.lines.iter().filter(|line| line.quantity > 0);
        signals.add_basket(basket.at, lines.filter_map(|line| Some((catalog.find(&line.item)?, line.quantity))));
    }
    member.excluded.iter().filter_map(|id| catalog.find(id)).for_each(|item| signals.exclude(item));
    let mut cart: Vec<Item> = Vec::new();
    for event in &device.events {
        take_event(event, catalog, &mut signals, &mut cart);
    }
    let old = signals.touches.len().saturating_sub(LATEST_TOUCHES);
    signals.touches.drain(..old);
    let searches = device.events.iter().rev().filter_map(|event| Some((event.at, (event.kind == "search").then(|| event.text("query"))??)));
    signals.searches =
        searches.take(LATEST_SEARCHES).map(|(at, query)| Search { at, query: query.into(), found: found(catalog, query) }).listed();
    signals.searches.reverse();
    (signals, cart)
}

fn found(catalog: &Catalog, query: &str) -> Vec<Item> {
    find(catalog, query).into_iter().map(|(item, _)| item).listed()
}

fn take_event(event: &MemberEvent, catalog: &Catalog, signals: &mut Signals, cart: &mut Vec<Item>) {
    if let Some(basket) = event.basket() {
        cart.retain(|item| basket.lines.iter().all(|line| line.item != catalog.id(*item)));
        return;
    }
    let Some(item) = event.item.as_deref().and_then(|id| catalog.find(id)) else { return };
    match event.kind.as_str() {
        "view" | "click" => signals.touches.push(Touch { at: event.at, item, weight: 1.0 }),
        "add-to-cart" => {
            signals.touches.push(Touch { at: event.at, item, weight: INTO_CART });
            if !cart.contains(&item) {
                cart.push(item);
            }
        }
        "remove-from-cart" => {
            cart.retain(|known| *known != item);
            if let Some(place) = signals.touches.iter().rposition(|touch| touch.item == item && touch.weight == INTO_CART) {
                signals.touches.remove(place);
            }
        }
        // From 1 (worst) to 5 (best).
        "rate" => {
            if let Some(rating) = event.field("rating").and_then(crate::domain::Value::as_f64) {
                signals.rate(item, (rating - 3.0) / 2.0);
            }
        }
        _ => {}
    }
}
