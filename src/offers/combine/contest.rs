//! Offers that may both apply, but not on one line: each line takes those that save most there.
//!
//! Only offers that treat each line by itself, whatever happens to the others, take part in a contest; then the best for
//! each line is the best for all. Offers on sets of pieces or on several lines choose their lines before.

use alloc::vec::Vec;

use super::tree::Node;
use super::{Chosen, Combiner};
use crate::domain::{Arrange, Listed};
use crate::offers::apply::{Entry, Gain, apply};
use crate::offers::offer::{Kind, Offer};
use crate::offers::state::State;
use crate::offers::{Measure, Mode, Overrun, Target, ThresholdBase};

/// Offers on one line that are tried in every combination; beyond so many, only the best of them are.
const TRIED: usize = 10;

/// Whether `offer` treats each line by itself.
pub(super) fn is_line_by_line(offer: &Offer) -> bool {
    let by_line = |measure: Measure| matches!(measure, Measure::LineAmount | Measure::LineQuantity);
    let steady = offer.thresholds.iter().all(|threshold| threshold.base == ThresholdBase::Original || threshold.amount.is_none());
    let unlimited = offer.limits.saving_limit() == i64::MAX && offer.limits.overrun != Overrun::Refuse;
    let separate = offer.effects.iter().all(|effect| {
        let kind = match &effect.kind {
            Kind::Off(_) => true,
            Kind::Ladder { by, .. } | Kind::EachFull { by, .. } | Kind::NthPiece { by, .. } => by_line(*by),
            Kind::BuyGet(terms) => terms.same_line,
            Kind::Bundle(_) | Kind::Gift { .. } | Kind::NextOrderCoupon { .. } => false,
        };
        kind && matches!(effect.target, Target::Lines | Target::Units) && effect.cap.is_none() && effect.max_pieces.is_none()
    });
    steady && unlimited && separate && offer.pools.is_empty()
}

impl Combiner<'_> {
    /// Puts the offers of `nodes` that contend for lines together, behind those that choose their lines before.
    pub(super) fn with_contests(&self, nodes: Vec<Node>, mode: Mode) -> Vec<Node> {
        let apart = |left: usize, right: usize| self.apart.get(left).is_some_and(|row| row.has(right));
        let contends = |node: &Node| match node {
            Node::Offer(live) => {
                let free = self.conflicts.get(*live).is_some_and(super::Bits::is_empty);
                let separate = self.case.live.get(*live).and_then(|live| self.case.offer(live)).is_some_and(is_line_by_line);
                let rival = nodes.iter().any(|other| matches!(other, Node::Offer(other) if apart(*live, *other)));
                (free && separate && rival).then_some(*live)
            }
            _ => None,
        };
        let members: Vec<usize> = nodes.iter().filter_map(contends).listed();
        if members.len() < 2 {
            return nodes;
        }
        let first = nodes.iter().position(|node| matches!(node, Node::Offer(live) if members.contains(live))).unwrap_or(0);
        let mut place = first;
        let mut rest = Vec::with_capacity(nodes.len());
        for node in nodes {
            if matches!(&node, Node::Offer(live) if members.contains(live)) {
                continue;
            }
            let chooses_before = matches!(&node, Node::Offer(live) if members.iter().any(|member| apart(*live, *member)));
            rest.push(node);
            if chooses_before {
                place = place.max(rest.len());
            }
        }
        rest.insert(place.min(rest.len()), Node::Contest { members, mode });
        rest
    }

    /// Applies to each line those of `members` that save most there.
    pub(super) fn contest(
        &self,
        members: &[usize],
        mode: Mode,
        state: &mut State,
        chosen: &mut Chosen,
        mut record: Option<&mut Vec<Entry>>,
    ) -> Gain {
        let members: Vec<usize> = members.iter().copied().filter(|live| self.may_apply(*live, chosen)).listed();
        let mut lines_of: Vec<Vec<usize>> = alloc::vec![Vec::new(); members.len()];
        for line in 0..state.lines.len() {
            for winner in self.winners(&members, mode, line, state, chosen) {
                if let Some(lines) = lines_of.get_mut(winner) {
                    lines.push(line);
                }
            }
        }
        let mut total = Gain::default();
        for (live, lines) in members.iter().zip(&lines_of) {
            if !lines.is_empty() {
                total = total.plus(self.offer_on(*live, |line| lines.contains(&line), state, chosen, record.as_deref_mut()));
            }
        }
        total
    }

    /// The places in `members` of those that `line` takes.
    fn winners(&self, members: &[usize], mode: Mode, line: usize, state: &State, chosen: &Chosen) -> Vec<usize> {
        let gain = |live: usize, state: &mut State| -> i64 {
            let on_line = self.case.live.get(live).map(|live| live.restricted(|other| other == line));
            on_line.map_or(0, |live| apply(self.case, &live, state, None).saving)
        };
        let mut contenders: Vec<(i64, usize)> = Vec::new();
        for (place, live) in members.iter().enumerate() {
            let allowed = self.case.live.get(*live).is_some_and(|live| live.touches(line)) && self.line_is_free(*live, line, chosen);
            let saving = if allowed { gain(*live, &mut state.clone()) } else { 0 };
            if saving > 0 {
                contenders.push((saving, place));
            }
        }
        match mode {
            Mode::ListOrder => contenders.first().map(|(_, place)| *place).into_iter().listed(),
            Mode::Lowest => contenders.iter().min().map(|(_, place)| *place).into_iter().listed(),
            Mode::Best | Mode::Highest | Mode::Stack => {
                let apart = |left: usize, right: usize| {
                    let (left, right) = (members.get(left).copied().unwrap_or(0), members.get(right).copied().unwrap_or(0));
                    self.apart.get(left).is_some_and(|row| row.has(right))
                };
                contenders.arrange_by_key(|(saving, place)| (core::cmp::Reverse(*saving), *place));
                contenders.truncate(TRIED);
                contenders.arrange_by_key(|(_, place)| *place);
                let mut best: (i64, Vec<usize>) = (0, Vec::new());
                let mut open: Vec<(i64, Vec<usize>, usize, State)> = alloc::vec![(0, Vec::new(), 0, state.clone())];
                while let Some((saved, taken, from, prices)) = open.pop() {
                    if saved > best.0 {
                        best = (saved, taken.clone());
                    }
                    for next in (from..contenders.len()).rev() {
                        let Some((_, place)) = contenders.get(next) else { continue };
                        if taken.iter().any(|other| apart(*other, *place)) {
                            continue;
                        }
                        let mut prices = prices.clone();
                        let saving = gain(members.get(*place).copied().unwrap_or(0), &mut prices);
                        let mut taken = taken.clone();
                        taken.push(*place);
                        open.push((saved.saturating_add(saving), taken, next.saturating_add(1), prices));
                    }
                }
                best.1
            }
        }
    }
}
