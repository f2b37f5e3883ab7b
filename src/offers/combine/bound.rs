//! What the steps still to come can gain at most.
//!
//! All of them that are not excluded yet are applied to the prices, ignoring what they exclude among each other: since
//! a lower price never makes the price after such an offer higher, what remains is no more than what remains after any
//! selection of them. Offers for which this does not hold (they need a total that earlier ones may break, or choose
//! pieces), and all but the best of offers that exclude each other, count with the most they can save by themselves.

use alloc::vec::Vec;

use super::search::Step;
use super::tree::Node;
use super::{Chosen, Combiner};
use crate::offers::apply::{Gain, apply};
use crate::offers::offer::{Discount, Effect, Kind};
use crate::offers::prepare::{Case, LiveEffect, LiveOffer};
use crate::offers::state::State;
use crate::offers::{Measure, Mode, Overrun, PriceBase, Rounding, Target, ThresholdBase};

/// What is known of the steps of a search before it begins.
pub(super) struct Bound {
    /// For each step.
    steps: Vec<StepBound>,
    /// How many cliques there are: of a clique's steps one is applied at most.
    cliques: usize,
}

struct StepBound {
    /// The most it gains by itself.
    most: Gain,
    /// What it does to prices, where a lower price never makes the price after it higher.
    falling: Option<Falling>,
    clique: usize,
}

/// A reduction that a lower price makes no higher.
enum Falling {
    /// Each cell by itself.
    Cells(Vec<(usize, Reduction)>),
    /// The goods of these lines together.
    Together(Vec<usize>, Reduction),
}

#[derive(Clone, Copy)]
enum Reduction {
    /// As the discount says.
    Off(Discount),
    /// A percentage of each of so many pieces.
    PercentOfPieces(crate::offers::Rate, u32),
    /// A price for each of so many pieces.
    PriceOfPieces(i64, u32),
}

impl Bound {
    pub fn new(combiner: &Combiner<'_>, steps: &[Step<'_>], state: &State) -> Self {
        let case = combiner.case;
        let mut cliques: Vec<Vec<usize>> = Vec::new();
        let bounds = steps
            .iter()
            .enumerate()
            .map(|(place, step)| {
                let apart = |other: &usize| {
                    let others = steps.get(*other).map_or(&[][..], |other| &other.members);
                    let all = |left: &usize| others.iter().all(|right| combiner.conflicts.get(*left).is_some_and(|row| row.has(*right)));
                    step.members.iter().all(all)
                };
                let known = cliques.iter().position(|clique| clique.iter().all(apart));
                let clique = known.unwrap_or(cliques.len());
                match cliques.get_mut(clique) {
                    Some(members) => members.push(place),
                    None => cliques.push(alloc::vec![place]),
                }
                StepBound { most: most(combiner, step.node, state), falling: falling(case, step.node), clique }
            })
            .collect();
        Bound { steps: bounds, cliques: cliques.len() }
    }

    /// What the steps from `from` on gain at most on the prices of `state`.
    pub fn upper(&self, combiner: &Combiner<'_>, steps: &[Step<'_>], from: usize, state: &State, chosen: &Chosen) -> Gain {
        let open = |place: &usize| steps.get(*place).is_some_and(|step| step.members.iter().any(|live| combiner.may_apply(*live, chosen)));
        let open: Vec<usize> = (from..self.steps.len()).filter(open).collect();
        let mut members = alloc::vec![0_u32; self.cliques];
        let clique_of = |place: usize| self.steps.get(place).map_or(0, |step| step.clique);
        for place in &open {
            if let Some(count) = members.get_mut(clique_of(*place)) {
                *count = count.saturating_add(1);
            }
        }
        let mut prices = Prices::new(state);
        let mut best_of: Vec<Gain> = alloc::vec![Gain::default(); self.cliques];
        let mut flat = Gain::default();
        for place in open {
            let Some(step) = self.steps.get(place) else { continue };
            let alone = members.get(step.clique) == Some(&1);
            match &step.falling {
                Some(falling) if alone => prices.apply(falling, combiner.case.book.stacking.rounding),
                _ if alone => flat = flat.plus(step.most),
                _ => {
                    if let Some(best) = best_of.get_mut(step.clique) {
                        *best = (*best).max(step.most);
                    }
                }
            }
        }
        let flat = best_of.into_iter().fold(flat, Gain::plus);
        let saving = prices.saved();
        let all = flat.plus(Gain { worth: saving, extras: 0, saving });
        // Nothing costs less than nothing.
        let total = prices.before;
        let surplus = all.saving.saturating_sub(total).max(0);
        Gain { saving: all.saving.saturating_sub(surplus), worth: all.worth.saturating_sub(surplus), ..all }
    }
}

/// The most that `node` gains on the prices of `state`, or on any lower ones.
fn most(combiner: &Combiner<'_>, node: &Node, state: &State) -> Gain {
    let case = combiner.case;
    match node {
        Node::Offer(live) => case.live.get(*live).map_or_else(Gain::default, |live| most_of_offer(case, live, state)),
        Node::Contest { members, mode } => {
            // By itself each line takes the most that can be had there.
            let mut chosen = combiner.nothing_chosen();
            combiner.contest(members, *mode, &mut state.clone(), &mut chosen, None)
        }
        Node::Group { group, nodes } => {
            let each = nodes.iter().map(|node| most(combiner, node, state));
            match super::tree::mode_of(case, Some(*group)) {
                Mode::Stack | Mode::Best => each.fold(Gain::default(), Gain::plus),
                Mode::ListOrder | Mode::Highest | Mode::Lowest => each.max().unwrap_or_default(),
            }
        }
    }
}

fn most_of_offer(case: &Case<'_>, live: &LiveOffer, state: &State) -> Gain {
    let gain = apply(case, live, &mut state.clone(), None);
    let Some(offer) = case.offer(live) else { return gain };
    let shifting = |(effect, lines): (&Effect, &LiveEffect)| picks_may_shift(effect, lines);
    // More than one effect may undo each other's order; the sum of what each takes at most is on the safe side.
    if !offer.effects.iter().zip(&live.effects).any(shifting) && offer.effects.len() <= 1 {
        return gain;
    }
    let each = offer.effects.iter().zip(&live.effects).map(|(effect, lines)| {
        let cells = if effect.is_shipping() {
            lines.methods.iter().filter_map(|method| state.shipping.get(*method).copied()).fold(0, i64::saturating_add)
        } else {
            let all = lines.all_lines();
            all.iter().filter_map(|line| state.lines.get(*line)).map(|line| line.left).fold(0, i64::saturating_add)
        };
        cells.min(effect.cap.unwrap_or(i64::MAX))
    });
    let saving = each.fold(0, i64::saturating_add).min(offer.limits.saving_limit());
    let extra = gain.worth.saturating_sub(gain.saving);
    Gain { worth: saving.saturating_add(extra), saving, ..gain }
}

/// Whether pieces taken by earlier offers can make it choose dearer ones.
fn picks_may_shift(effect: &Effect, lines: &LiveEffect) -> bool {
    use crate::offers::Pick::{Best, Dearest};
    match &effect.kind {
        Kind::BuyGet(terms) => {
            let simple = lines.set(0) == lines.set(1) || !lines.set(0).iter().any(|line| lines.set(1).contains(line));
            !(simple && matches!(terms.pick, Best | Dearest))
        }
        Kind::Bundle(terms) => !(terms.sets.len() == 1 && matches!(terms.pick, Best | Dearest)),
        _ => false,
    }
}

/// What `node` does to prices, where it is one offer with one effect that a lower price makes no higher, under no cap.
fn falling(case: &Case<'_>, node: &Node) -> Option<Falling> {
    let Node::Offer(live) = node else { return None };
    let live = case.live.get(*live)?;
    let offer = case.offer(live)?;
    let ([effect], [lines]) = (offer.effects.as_slice(), live.effects.as_slice()) else { return None };
    let steady = offer.thresholds.iter().all(|threshold| threshold.base == ThresholdBase::Original || threshold.amount.is_none());
    let unlimited = effect.cap.is_none() && offer.limits.saving_limit() == i64::MAX && offer.limits.overrun == Overrun::Trim;
    let plain = effect.at_use.is_none() && effect.max_pieces.is_none() && effect.max_quantity.is_none();
    let running = effect.base != PriceBase::Original;
    if !(steady && unlimited && plain && running) {
        return None;
    }
    let discount = match &effect.kind {
        Kind::Off(discount) => *discount,
        Kind::Ladder { steps, by: Measure::Quantity } => {
            let pieces = lines.lines.iter().map(|line| i64::from(case.quantity(*line))).fold(0, i64::saturating_add);
            steps.iter().rev().find(|(from, _)| *from <= pieces)?.1
        }
        _ => return None,
    };
    let shipping_cell = |method: &usize| case.input.lines.len().saturating_add(*method);
    let pieces = |line: &usize| {
        let quantity = case.quantity(*line);
        let reduction = match discount {
            Discount::Percent(rate) if effect.target == Target::Units => Reduction::PercentOfPieces(rate, quantity),
            Discount::Amount(amount) if effect.target == Target::Units => {
                Reduction::Off(Discount::Amount(amount.saturating_mul(quantity.into())))
            }
            Discount::Price(price) => Reduction::PriceOfPieces(price, quantity),
            other => Reduction::Off(other),
        };
        (*line, reduction)
    };
    Some(match effect.target {
        Target::Lines | Target::Units => Falling::Cells(lines.lines.iter().map(pieces).collect()),
        Target::Order => Falling::Together(lines.lines.clone(), Reduction::Off(discount)),
        Target::Shipping => Falling::Cells(lines.methods.iter().map(|method| (shipping_cell(method), Reduction::Off(discount))).collect()),
        Target::ShippingTotal => Falling::Together(lines.methods.iter().map(shipping_cell).collect(), Reduction::Off(discount)),
    })
}

impl Reduction {
    fn of(self, price: i64, rounding: Rounding) -> i64 {
        match self {
            Reduction::Off(Discount::Percent(rate)) => rate.of(price, rounding),
            Reduction::Off(Discount::Amount(amount)) => amount.min(price),
            Reduction::Off(Discount::Price(target)) => price.saturating_sub(target),
            Reduction::PercentOfPieces(rate, pieces) => {
                // Equal pieces, the odd cents on the first: a cent less on the line is a cent less on one piece.
                let pieces = i64::from(pieces);
                let (Some(each), Some(odd)) = (price.checked_div(pieces), price.checked_rem(pieces)) else { return 0 };
                let dearer = rate.of(each.saturating_add(1), rounding).saturating_mul(odd);
                dearer.saturating_add(rate.of(each, rounding).saturating_mul(pieces.saturating_sub(odd)))
            }
            Reduction::PriceOfPieces(target, pieces) => price.saturating_sub(target.saturating_mul(pieces.into())),
        }
        .max(0)
    }
}

/// Prices while the bound is worked out. Once goods have been reduced together, only their sum is known.
struct Prices<'a> {
    state: &'a State,
    before: i64,
    cells: Vec<i64>,
    /// Cells known by their sum only, and the sum.
    together: Option<(Vec<usize>, i64)>,
    /// Savings that are in neither.
    flat: i64,
}

impl<'a> Prices<'a> {
    fn new(state: &'a State) -> Self {
        let cells: Vec<i64> = state.lines.iter().map(|line| line.left).chain(state.shipping.iter().copied()).collect();
        Prices { state, before: state.total(), cells, together: None, flat: 0 }
    }

    /// What the cell costs before any of the steps still to come.
    fn now(&self, cell: usize) -> i64 {
        let lines = self.state.lines.len();
        match cell.checked_sub(lines) {
            Some(method) => self.state.shipping.get(method).copied().unwrap_or(0),
            None => self.state.lines.get(cell).map_or(0, |line| line.left),
        }
    }

    fn apply(&mut self, falling: &Falling, rounding: Rounding) {
        match falling {
            Falling::Cells(cells) => {
                for (cell, reduction) in cells {
                    // Pieces of a line that cost differently: rounding them one by one may give half a unit more each.
                    let slack = match (reduction, self.state.lines.get(*cell)) {
                        (Reduction::PercentOfPieces(_, pieces), Some(line)) if !line.is_even() => i64::from(*pieces),
                        (Reduction::PriceOfPieces(target, pieces), Some(line)) if !line.is_even() => {
                            target.saturating_mul(i64::from(*pieces))
                        }
                        _ => 0,
                    };
                    let now = self.now(*cell);
                    let folded = self.together.as_mut().filter(|(known, _)| known.binary_search(cell).is_ok());
                    if let Some((_, sum)) = folded {
                        let off = reduction.of(now, rounding).saturating_add(slack).min(now);
                        *sum = sum.saturating_sub(off).max(0);
                    } else if let Some(price) = self.cells.get_mut(*cell) {
                        let off = reduction.of(*price, rounding).saturating_add(slack).min(*price);
                        *price = price.saturating_sub(off);
                    }
                }
            }
            Falling::Together(cells, reduction) => {
                if self.together.is_none() {
                    let sum = cells.iter().filter_map(|cell| self.cells.get(*cell)).copied().fold(0, i64::saturating_add);
                    self.together = Some((cells.clone(), sum));
                }
                match &mut self.together {
                    Some((known, sum)) if known == cells => *sum = sum.saturating_sub(reduction.of(*sum, rounding)),
                    _ => {
                        let now = cells.iter().map(|cell| self.now(*cell)).fold(0, i64::saturating_add);
                        self.flat = self.flat.saturating_add(reduction.of(now, rounding));
                    }
                }
            }
        }
    }

    fn saved(&self) -> i64 {
        let folded = |cell: usize| self.together.as_ref().is_some_and(|(known, _)| known.binary_search(&cell).is_ok());
        let single = self.cells.iter().enumerate().filter(|(cell, _)| !folded(*cell)).map(|(_, price)| *price);
        let left = single.fold(self.together.as_ref().map_or(0, |(_, sum)| *sum), i64::saturating_add);
        self.before.saturating_sub(left).saturating_add(self.flat)
    }
}
