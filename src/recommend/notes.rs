//! What there is to say of a list.

use alloc::vec::Vec;

use super::eligibility::{Barrier, HeldBack};
use super::strategy::{Anchors, Candidates};
use super::{Request, Strategy};
use crate::domain::Reason;

/// The notes of a list of `found` items.
///
/// | code | facts | means |
/// |---|---|---|
/// | `no-history` | | nothing is known that the member bought: `buy-again` is empty, other personal lists show what is popular |
/// | `no-anchor` | | `similar` and `bought-together` need an item or a cart |
/// | `in-cart`, `excluded`, `durable`, `out-of-stock`, `filtered` | `count` | the list is short, and so many candidates were left out: in the cart already; excluded for this member; bought and lasting for years; none left; not as `where` asks |
/// | `no-match` | `query` | the list is empty: nothing answers the query |
/// | `few-candidates` | `count` | the list is short: there are no more candidates |
pub(super) fn notes(request: &Request, baskets: u32, anchored: bool, found: usize, held_back: &HeldBack) -> Vec<Reason> {
    let mut notes = Vec::new();
    let strategy = request.strategy;
    let personal = matches!(strategy, Strategy::ForYou | Strategy::NextBasket | Strategy::BuyAgain | Strategy::Discover);
    if personal && baskets == 0 {
        notes.push(Reason::new("no-history"));
    }
    if strategy.anchors() == Anchors::Asked && !anchored {
        notes.push(Reason::new("no-anchor"));
    }
    if found >= request.limit {
        return notes;
    }
    let barriers = [
        ("in-cart", Barrier::InCart),
        ("excluded", Barrier::Excluded),
        ("durable", Barrier::Durable),
        ("out-of-stock", Barrier::OutOfStock),
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
    match request.query {
        Some(query) if found == 0 && !any_held_back && strategy.candidates() == Candidates::All => {
            notes.push(Reason::new("no-match").with("query", query))
        }
        _ => notes.push(Reason::new("few-candidates").with("count", u32::try_from(found).unwrap_or(u32::MAX))),
    }
    notes
}
