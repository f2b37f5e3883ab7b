//! What there is to say of a list.

use alloc::vec::Vec;

use super::eligibility::{Barrier, HeldBack};
use super::strategy::{Anchors, Candidates};
use super::{Gathered, Request, Strategy};
use crate::domain::Reason;

/// The notes of a list of `found` items.
///
/// | code | facts | means |
/// |---|---|---|
/// | `no-history` | | nothing is known that the member bought: `buy-again` is empty, other personal lists show what is popular |
/// | `no-anchor` | | `similar` and `bought-together` need an item or a cart |
/// | `in-cart`, `excluded`, `durable`, `out-of-stock`, `hidden`, `filtered` | `count` | the list is short, and so many candidates were left out: in the cart already; excluded for this member; bought and lasting for years; none left; hidden by a rule of the retailer; not as `where` asks |
/// | `capped` | `count` | the list is short, and so many candidates were left out because there are enough of their brand or class |
/// | `no-visit` | | `session` needs something looked at or in the cart |
/// | `no-match` | `query` | the list is empty: nothing answers the query |
/// | `few-candidates` | `count` | the list is short: there are no more candidates |
pub(super) fn notes(request: &Request, gathered: &Gathered, found: usize, held_back: &HeldBack, capped: u32) -> Vec<Reason> {
    let mut notes = Vec::new();
    let strategy = request.strategy;
    let personal = matches!(strategy, Strategy::ForYou | Strategy::NextBasket | Strategy::BuyAgain | Strategy::Discover);
    if personal && gathered.baskets == 0 {
        notes.push(Reason::new("no-history"));
    }
    match strategy.anchors() {
        Anchors::Asked if !gathered.anchored => notes.push(Reason::new("no-anchor")),
        Anchors::Visit if !gathered.anchored => notes.push(Reason::new("no-visit")),
        _ => {}
    }
    if found >= request.limit {
        return notes;
    }
    let barriers = [
        ("in-cart", Barrier::InCart),
        ("excluded", Barrier::Excluded),
        ("durable", Barrier::Durable),
        ("out-of-stock", Barrier::OutOfStock),
        ("hidden", Barrier::Hidden),
        ("filtered", Barrier::Filtered),
    ];
    let mut any_held_back = false;
    for (code, barrier) in barriers {
        let count = held_back.count(barrier);
        if count > 0 {
            any_held_back = true;
            notes.push(Reason::new(code).with("count", count));
        }
    }
    if capped > 0 {
        any_held_back = true;
        notes.push(Reason::new("capped").with("count", capped));
    }
    match request.query {
        Some(query) if found == 0 && !any_held_back && strategy.candidates() == Candidates::All => {
            notes.push(Reason::new("no-match").with("query", query))
        }
        _ => notes.push(Reason::new("few-candidates").with("count", u32::try_from(found).unwrap_or(u32::MAX))),
    }
    notes
}
