//! What buying today's cart would do to the tier.

use super::cart::CartRequest;
use super::seen::{Seen, price};
use super::{Engine, MembershipRequest};
use crate::domain::{AddAll, Basket, BasketLine, LedgerEntry, Listed, Member};
use crate::loyalty::{CartEffect, Earned, MemberView, NextTier, Standing};
use crate::offers::quote;
use crate::rules::Attributes;
use crate::snapshot::Snapshot;

/// The order that the cart would be.
const ORDER: &str = "\u{0}cart";

impl Engine {
    /// What buying the request's cart now would do, at the price that `quote` gives; `None` where it has no cart. `before`
    /// is where the member stands without it.
    pub(super) fn cart_effect(
        &self,
        snapshot: &Snapshot,
        request: &MembershipRequest,
        member: &Member,
        attributes: &Attributes<'static>,
        before: &Standing,
        now: i64,
    ) -> Option<CartEffect> {
        if request.cart.is_empty() {
            return None;
        }
        let cart = CartRequest { lines: &request.cart, surroundings: request.surroundings(), ..CartRequest::default() };
        let ((order, movements, points), _) = self.with_cart(snapshot, cart, now, |input| {
            let quote = quote(snapshot.offers(), input);
            let view = self.view(Some(snapshot));
            let earned = self.earned_with(snapshot, input, &quote, &view);
            let lines =
                quote.lines.iter().map(|line| BasketLine { item: line.item.clone(), quantity: line.quantity, paid: Some(line.total) });
            let order = Basket { id: ORDER.into(), at: now, lines: lines.listed(), ..Basket::default() };
            let points =
                earned.iter().filter(|earned| earned.rule.wallet == 0).fold(0_i64, |sum, earned| sum.saturating_add(earned.points));
            let movements: alloc::vec::Vec<LedgerEntry> = earned.iter().map(|earned| movement(snapshot, earned, now)).listed();
            (order, movements, points)
        });
        let mut buyer = member.clone();
        buyer.history.push(order);
        buyer.ledger.add_all(movements);
        if !buyer.points.is_empty() && buyer.points_at.is_none() {
            // The confirmed lots hold everything but what the cart would earn.
            buyer.points_at = Some(now.saturating_sub(1));
        }
        let price = price(snapshot);
        let view = MemberView::new(&buyer, &[], &price);
        let seen = Seen { snapshot, view: &view, now, horizon: now, kept: None };
        let after = seen.standing(attributes);
        let after = &after.standing;
        let rises = after.tier > before.tier;
        let waiting = |standing: &Standing| standing.next.as_ref().and_then(|next| next.starts_at.map(|at| (next.id.clone(), at)));
        let begins_later = waiting(after).filter(|later| waiting(before).as_ref() != Some(later));
        let (tier, starts_at) = match begins_later {
            _ if rises => (Some(seen.tier_id(after.tier)), Some(now)),
            Some((tier, at)) => (Some(tier), Some(at)),
            None => (None, None),
        };
        let next = after.next.clone().filter(|next: &NextTier| next.starts_at.is_none());
        Some(CartEffect { tier, starts_at, next, keep: after.keep.clone(), points })
    }
}

fn movement(snapshot: &Snapshot, earned: &Earned<'_>, now: i64) -> LedgerEntry {
    LedgerEntry {
        id: [ORDER, &earned.rule.id].concat(),
        at: now,
        kind: "earn".into(),
        amount: earned.points,
        source: Some(ORDER.into()),
        rule: Some(earned.rule.id.clone()),
        wallet: snapshot.programme().wallets.get(earned.rule.wallet).map(|wallet| wallet.id.clone()),
        ..LedgerEntry::default()
    }
}
