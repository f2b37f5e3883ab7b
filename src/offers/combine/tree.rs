//! Offers and groups of a level, in the order of their turns.

use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::domain::{AddAll, Arrange};
use crate::offers::offer::{Discount, Kind, Offer};
use crate::offers::prepare::Case;
use crate::offers::{Mode, Scope, Within};

/// What stands on a level: offers by their place in [`Case::live`], and groups with what is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Offer(usize),
    Group {
        group: usize,
        nodes: Vec<Node>,
    },
    /// Offers that may both apply, but not on one line; how each line chooses among them.
    Contest {
        members: Vec<usize>,
        mode: Mode,
    },
}

/// Class, kind, priority (falling), id.
type TurnKey<'a> = (usize, u8, Reverse<i32>, &'a str);

/// The nodes of the level inside `parent`. A group that chooses the best is no node of its own where the level around
/// it chooses the best as well, unless it is about pieces: its members take their turns there, and its limit is a limit of that search.
pub(super) fn level(case: &Case<'_>, parent: Option<usize>) -> Vec<Node> {
    let mut nodes = Vec::new();
    collect(case, parent, mode_of(case, parent), &mut nodes);
    nodes.arrange_by(|left, right| turn_key(case, left).cmp(&turn_key(case, right)));
    nodes
}

pub(super) fn mode_of(case: &Case<'_>, group: Option<usize>) -> Mode {
    group.and_then(|group| case.book.stacking.groups.get(group)).map_or(case.book.stacking.mode, |group| group.mode)
}

fn collect(case: &Case<'_>, parent: Option<usize>, mode: Mode, nodes: &mut Vec<Node>) {
    let members = case.live.iter().enumerate().filter(|(_, live)| case.offer(live).is_some_and(|offer| offer.group == parent));
    nodes.add_all(members.map(|(place, _)| Node::Offer(place)));
    for (place, group) in case.book.stacking.groups.iter().enumerate().filter(|(_, group)| group.parent == parent) {
        if mode == Mode::Best && group.mode == Mode::Best && group.scope != Scope::Unit {
            collect(case, Some(place), mode, nodes);
        } else {
            let inner = level(case, Some(place));
            if !inner.is_empty() {
                nodes.push(Node::Group { group: place, nodes: inner });
            }
        }
    }
}

fn turn_key<'a>(case: &'a Case<'_>, node: &Node) -> TurnKey<'a> {
    match node {
        Node::Offer(live) => {
            let offer = case.live.get(*live).and_then(|live| case.offer(live));
            offer.map_or((usize::MAX, u8::MAX, Reverse(i32::MIN), ""), |offer| offer_key(case, offer))
        }
        Node::Group { group, nodes } => {
            let first = nodes.iter().map(|node| turn_key(case, node)).map(|(rank, kind, ..)| (rank, kind)).min().unwrap_or_default();
            let (priority, id) = case.book.stacking.groups.get(*group).map_or((0, ""), |group| (group.priority, group.id.as_str()));
            (first.0, first.1, Reverse(priority), id)
        }
        // Made after the order is settled.
        Node::Contest { .. } => (usize::MAX, u8::MAX, Reverse(i32::MIN), ""),
    }
}

fn offer_key<'a>(case: &Case<'_>, offer: &'a Offer) -> TurnKey<'a> {
    (case.book.stacking.rank(offer.class), kind_rank(case.book.stacking.within, offer), Reverse(offer.priority), &offer.id)
}

/// The turn of the kind of an offer's first effect inside its class.
fn kind_rank(within: Within, offer: &Offer) -> u8 {
    let discount = offer.effects.first().map(|effect| match &effect.kind {
        Kind::Off(discount) => *discount,
        Kind::Ladder { steps, .. } | Kind::NthPiece { steps, .. } => steps.first().map_or(Discount::Amount(0), |(_, discount)| *discount),
        Kind::BuyGet(terms) => terms.discount,
        Kind::Bundle(terms) => terms.discount,
        Kind::EachFull { .. } | Kind::Gift { .. } | Kind::NextOrderCoupon { .. } => Discount::Amount(0),
    });
    match (within, discount) {
        (Within::Priority, _) | (_, Some(Discount::Price(_))) => 0,
        (Within::PercentFirst, Some(Discount::Percent(_))) | (Within::AmountFirst, Some(Discount::Amount(_))) => 1,
        _ => 2,
    }
}

/// The offers under `nodes`.
pub(super) fn members(nodes: &[Node], found: &mut Vec<usize>) {
    for node in nodes {
        match node {
            Node::Offer(live) => found.push(*live),
            Node::Group { nodes, .. } => members(nodes, found),
            Node::Contest { members, .. } => found.extend(members),
        }
    }
}
