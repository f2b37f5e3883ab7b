//! Offers that each take whole pieces, none of them twice: which sets to form so that all together save most.
//!
//! The problem is weighted set packing. Small carts are solved exactly: the dearest piece left goes into one of the sets
//! that can be formed with it, or into none; the same pieces left are looked at again only after a better start. Larger
//! ones are filled offer by offer, in several orders, and the bound says what could be missed.

use alloc::vec::Vec;

use super::tree::Node;
use super::{Chosen, Combiner};
use crate::domain::{AddAll, Arrange, Listed};
use crate::offers::apply::{Entry, Gain, commit_all};
use crate::offers::effects::{Cut, Shelf, Taken, Turn};
use crate::offers::offer::{Bundle, Discount, Kind, PieceSet};
use crate::offers::prepare::LiveOffer;
use crate::offers::state::State;
use crate::offers::{Filter, Measure, Overrun, Pick, Target};

/// Carts with more pieces are not solved exactly.
const PIECES: u64 = 40;
/// Of so many offers all orders are tried.
const ORDERED: usize = 4;

/// An offer as sets of pieces.
struct Sets<'a> {
    live: usize,
    offer: &'a LiveOffer,
    terms: Bundle,
}

/// Sets formed: the place of the offer, the pieces, how often.
type Plan = Vec<(usize, Taken, u32)>;

impl Combiner<'_> {
    /// Applies the offers of `nodes`, each as often as it should, no two to one piece.
    pub(super) fn packing(&mut self, nodes: &[Node], state: &mut State, chosen: &mut Chosen, mut record: Option<&mut Vec<Entry>>) -> Gain {
        let mut total = Gain::default();
        let case = self.case;
        let mut packed: Vec<Sets<'_>> = Vec::new();
        let mut others: Vec<&Node> = Vec::new();
        for node in nodes {
            let sets = match node {
                Node::Offer(live) if self.may_apply(*live, chosen) => as_sets(*live, case.live.get(*live), self),
                _ => None,
            };
            match sets {
                Some(sets) => packed.push(sets),
                None => others.push(node),
            }
        }
        let cuts = self.pack(&packed, state);
        for (sets, cuts) in packed.iter().zip(cuts) {
            let gain = commit_all(case, sets.offer, cuts, state, record.as_deref_mut());
            if !gain.is_nothing() {
                self.note(sets.live, chosen);
                total = total.plus(gain);
            }
        }
        for node in others {
            total = total.plus(self.node(node, state, chosen, record.as_deref_mut()));
        }
        total
    }

    /// What each offer takes off.
    fn pack(&mut self, packed: &[Sets<'_>], state: &State) -> Vec<Vec<Cut>> {
        let turns: Vec<Turn<'_>> = packed.iter().filter_map(|sets| Turn::of(self.case, sets.offer, state)).listed();
        let Some(first) = turns.first() else { return Vec::new() };
        let mut lines: Vec<usize> = turns.iter().flat_map(|turn| turn.live.all_lines()).listed();
        lines.arrange();
        lines.dedup();
        let shelf = Shelf::new(first, &lines, true);
        let plan = if shelf.pieces() <= PIECES { self.solve(packed, &turns, &shelf) } else { self.fill(packed, &turns, &shelf) };
        let mut cuts: Vec<Vec<Cut>> = packed.iter().map(|_| Vec::new()).listed();
        for (place, set, times) in plan {
            let (Some(turn), Some(sets), Some(cuts)) = (turns.get(place), packed.get(place), cuts.get_mut(place)) else { continue };
            let amounts = turn.set_amounts(&sets.terms, &set, times, &shelf);
            cuts.add_all(amounts.into_iter().filter_map(|(slot, count, amount)| shelf.cut(slot, count, true, amount)));
        }
        cuts
    }

    /// The best plan, by depth-first search with what was reached before.
    fn solve(&mut self, packed: &[Sets<'_>], turns: &[Turn<'_>], shelf: &Shelf) -> Plan {
        let counts: Vec<u32> = shelf.slots().iter().map(|slot| slot.count).listed();
        let bounds: Vec<i64> = shelf.slots().iter().map(|slot| most_for_piece(packed, turns, slot.line, slot.price)).listed();
        let times: Vec<u32> = packed.iter().map(|sets| sets.terms.times).listed();
        let mut search = Packing {
            packed,
            turns,
            shelf,
            bounds,
            best: 0,
            best_plan: Plan::new(),
            plan: Plan::new(),
            seen: Seen::default(),
            combiner: self,
        };
        search.descend(counts, times, 0);
        search.best_plan
    }

    /// A good plan: the offers one after the other, in the order that saves most.
    fn fill(&mut self, packed: &[Sets<'_>], turns: &[Turn<'_>], shelf: &Shelf) -> Plan {
        let mut orders: Vec<Vec<usize>> = Vec::new();
        if packed.len() <= ORDERED {
            permutations(&mut (0..packed.len()).listed(), 0, &mut orders);
        } else {
            orders.add_all(
                (0..packed.len()).map(|first| core::iter::once(first).chain((0..packed.len()).filter(|other| *other != first)).listed()),
            );
        }
        let mut best: (i64, Plan) = (0, Plan::new());
        for order in orders {
            let (mut shelf, mut plan, mut saved) = (shelf.clone(), Plan::new(), 0_i64);
            for place in order {
                let (Some(sets), Some(turn)) = (packed.get(place), turns.get(place)) else { continue };
                for (set, times) in turn.sets_from(&sets.terms, &mut shelf) {
                    let value: i64 =
                        turn.set_amounts(&sets.terms, &set, times, &shelf).iter().map(|(.., amount)| *amount).fold(0, i64::saturating_add);
                    saved = saved.saturating_add(value);
                    plan.push((place, set, times));
                }
            }
            if saved > best.0 {
                best = (saved, plan);
            }
        }
        let bound =
            |slot: &crate::offers::effects::Slot| most_for_piece(packed, turns, slot.line, slot.price).saturating_mul(slot.count.into());
        let most = shelf.slots().iter().map(bound).fold(0, i64::saturating_add);
        if most > best.0 {
            self.cut_off = true;
            self.gap = self.gap.max(most.saturating_sub(best.0));
        }
        best.1
    }
}

/// A search under way.
struct Packing<'s, 'a, 'c> {
    packed: &'s [Sets<'a>],
    turns: &'s [Turn<'s>],
    shelf: &'s Shelf,
    /// For each slot, the most that one of its pieces can save in any set.
    bounds: Vec<i64>,
    best: i64,
    best_plan: Plan,
    plan: Plan,
    /// What was saved when these pieces, and these times of offers, were left before.
    seen: Seen,
    combiner: &'s mut Combiner<'c>,
}

/// What was saved at most when so many pieces, and so many times of offers, were left: in buckets by a hash of the counts.
#[derive(Default)]
struct Seen(Vec<Vec<(Vec<u32>, i64)>>);

/// So many that a bucket holds few: a search keeps a thousand to ten thousand counts.
const BUCKETS: usize = 1024;

impl Seen {
    /// Whether more than ever is saved with `left`; it is remembered.
    fn gains(&mut self, left: Vec<u32>, saved: i64) -> bool {
        self.0.resize_with(BUCKETS, Vec::new);
        let hash = left.iter().fold(0x811c_9dc5_u32, |hash, count| (hash ^ count).wrapping_mul(0x0100_0193));
        let Some(bucket) = self.0.get_mut(hash as usize % BUCKETS) else { return true };
        match bucket.iter_mut().find(|(known, _)| *known == left) {
            Some((_, best)) if *best >= saved => return false,
            Some((_, best)) => *best = saved,
            None => bucket.push((left, saved)),
        }
        true
    }
}

impl Packing<'_, '_, '_> {
    fn descend(&mut self, mut counts: Vec<u32>, times: Vec<u32>, saved: i64) {
        loop {
            if saved > self.best {
                self.best = saved;
                self.best_plan.clone_from(&self.plan);
            }
            let bound = |(count, bound): (&u32, &i64)| bound.saturating_mul((*count).into());
            let most = counts.iter().zip(&self.bounds).map(bound).fold(saved, i64::saturating_add);
            let Some(slot) = counts.iter().position(|count| *count > 0) else { return };
            if most <= self.best {
                return;
            }
            if !self.seen.gains(counts.iter().chain(&times).copied().listed(), saved) {
                return;
            }
            let Some(budget) = self.combiner.budget.checked_sub(1) else {
                self.combiner.cut_off = true;
                self.combiner.gap = self.combiner.gap.max(most.saturating_sub(self.best));
                return;
            };
            self.combiner.budget = budget;
            for place in 0..self.packed.len() {
                if times.get(place).is_none_or(|left| *left == 0) {
                    continue;
                }
                for set in self.sets_with(place, slot, &counts) {
                    let (Some(turn), Some(sets)) = (self.turns.get(place), self.packed.get(place)) else { continue };
                    let amounts = turn.set_amounts(&sets.terms, &set, 1, self.shelf);
                    let value = amounts.iter().map(|(.., amount)| *amount).fold(0, i64::saturating_add);
                    if value == 0 {
                        continue;
                    }
                    let (mut rest, mut left) = (counts.clone(), times.clone());
                    for (slot, count) in &set {
                        if let Some(known) = rest.get_mut(*slot) {
                            *known = known.saturating_sub(*count);
                        }
                    }
                    if let Some(left) = left.get_mut(place) {
                        *left = left.saturating_sub(1);
                    }
                    self.plan.push((place, set, 1));
                    self.descend(rest, left, saved.saturating_add(value));
                    self.plan.pop();
                }
            }
            // The other pieces of the slot stay out.
            if let Some(count) = counts.get_mut(slot) {
                *count = 0;
            }
        }
    }

    /// All sets of offer `place` that take a piece of `slot`.
    fn sets_with(&self, place: usize, slot: usize, counts: &[u32]) -> Vec<Taken> {
        let (Some(sets), Some(turn)) = (self.packed.get(place), self.turns.get(place)) else { return Vec::new() };
        let mut partial: Vec<Vec<u32>> = alloc::vec![alloc::vec![0; counts.len()]];
        for (part, terms) in sets.terms.sets.iter().enumerate() {
            let lines = turn.part_lines(part);
            let mut next = Vec::new();
            for taken in partial {
                self.choose(&taken, counts, lines, terms.quantity, 0, &mut next);
            }
            next.arrange();
            next.dedup();
            partial = next;
        }
        let with_slot = partial.into_iter().filter(|taken| taken.get(slot).is_some_and(|count| *count > 0));
        with_slot.map(|taken| taken.into_iter().enumerate().filter(|(_, count)| *count > 0).listed()).listed()
    }

    /// Adds to `found` each way to take `wanted` pieces more of `lines`, from slot `from` on.
    fn choose(&self, taken: &[u32], counts: &[u32], lines: &[usize], wanted: u32, from: usize, found: &mut Vec<Vec<u32>>) {
        if wanted == 0 {
            found.push(taken.to_vec());
            return;
        }
        let Some(slot) = self.shelf.slot(from) else { return };
        let left = |place: usize| counts.get(place).copied().unwrap_or(0).saturating_sub(taken.get(place).copied().unwrap_or(0));
        let most = if lines.contains(&slot.line) { left(from).min(wanted) } else { 0 };
        for count in 0..=most {
            let mut taken = taken.to_vec();
            if let Some(known) = taken.get_mut(from) {
                *known = known.saturating_add(count);
            }
            self.choose(&taken, counts, lines, wanted.saturating_sub(count), from.saturating_add(1), found);
        }
    }
}

/// The offer as sets of pieces, where it is no more than that.
fn as_sets<'a>(live: usize, offer: Option<&'a LiveOffer>, combiner: &Combiner<'a>) -> Option<Sets<'a>> {
    let offer = offer?;
    let known = combiner.case.offer(offer)?;
    let [effect] = known.effects.as_slice() else { return None };
    let limited = effect.cap.is_some() || known.limits.saving_limit() != i64::MAX || known.limits.overrun != Overrun::Trim;
    if limited || effect.max_quantity.is_some() || effect.at_use.is_some() || !matches!(effect.target, Target::Lines | Target::Units) {
        return None;
    }
    let one = |discount: Discount, quantity: u32, discounted: Option<u32>, times: u32| Bundle {
        sets: alloc::vec![PieceSet { quantity, goods: Filter::ALL, amount: None }],
        discount,
        discounted,
        times,
        pick: Pick::Best,
    };
    let terms = match &effect.kind {
        Kind::Bundle(terms) => terms.clone(),
        Kind::Off(discount) if effect.target == Target::Units || !matches!(discount, Discount::Amount(_)) => {
            one(*discount, 1, Some(1), effect.max_pieces.unwrap_or(u32::MAX))
        }
        Kind::BuyGet(terms)
            if terms.buy.goods == terms.get.goods && terms.buy.amount.is_none() && !terms.same_line && terms.pick == Pick::Best =>
        {
            one(terms.discount, terms.buy.quantity.saturating_add(terms.get.quantity), Some(terms.get.quantity), terms.times)
        }
        Kind::NthPiece { steps, by: Measure::Amount | Measure::Quantity, cycle: Some(cycle), pick: Pick::Best } => match steps.as_slice() {
            [(from, discount)] => {
                let full = u32::try_from(*from).unwrap_or(u32::MAX);
                one(*discount, *cycle, Some(cycle.saturating_sub(full).saturating_add(1)), u32::MAX)
            }
            _ => return None,
        },
        _ => return None,
    };
    Some(Sets { live, offer, terms })
}

/// The most that a piece of `line` at `price` can save in any set: its share where the discount is shared out in
/// proportion, and never more than itself.
fn most_for_piece(packed: &[Sets<'_>], turns: &[Turn<'_>], line: usize, price: i64) -> i64 {
    let share = |(sets, turn): (&Sets<'_>, &Turn<'_>)| {
        if !turn.live.all_lines().contains(&line) {
            return 0;
        }
        // A unit more for what rounding may give.
        match sets.terms.discount {
            Discount::Percent(_) if sets.terms.discounted.is_some() => turn.discount_on(price, sets.terms.discount),
            Discount::Percent(_) => turn.discount_on(price, sets.terms.discount).saturating_add(1).min(price),
            Discount::Amount(_) | Discount::Price(_) => price,
        }
    };
    packed.iter().zip(turns).map(share).max().unwrap_or(0)
}

fn permutations(items: &mut Vec<usize>, from: usize, found: &mut Vec<Vec<usize>>) {
    if from >= items.len() {
        found.push(items.clone());
        return;
    }
    for other in from..items.len() {
        items.swap(from, other);
        permutations(items, from.saturating_add(1), found);
        items.swap(from, other);
    }
}
