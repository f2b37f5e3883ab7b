//! What the steps still to come can gain at most.
//!
//! All steps that exclude none of the others are applied to the prices one after the other by their [`Law`]s, which take
//! off no less than the offers do. Since a lower price before a falling law never makes the one after it higher, no
//! selection of them leaves less. Of steps that exclude each other (a *choice*), and of those whose laws are not falling,
//! each counts with what it takes off at its turn, less what of that the laws after it would have taken anyway; of a
//! choice as many count as may be applied, those that gain most.

use alloc::vec::Vec;

use super::law::{Law, Price, extras, laws};
use super::search::Step;
use super::tree::Node;
use super::{Chosen, Combiner};
use crate::domain::Arrange;
use crate::offers::apply::{Gain, reached};
use crate::offers::offer::{Kind, Offer, Threshold};
use crate::offers::prepare::Case;
use crate::offers::state::State;
use crate::offers::{Mode, Rounding, ThresholdBase};

/// What is known of the steps of a search before it begins.
pub(super) struct Bound {
    steps: Vec<StepBound>,
    choices: Vec<Choice>,
    /// For each choice, whether all its members are applied one after the other: which bounds better where what they
    /// reduce is small beside what the others leave.
    chained: Vec<bool>,
    /// Whether no offer makes pieces of a line cost differently.
    even: bool,
    /// Whether percentages are rounded to the nearest, a half up.
    half_up: bool,
    scratch: Scratch,
}

struct StepBound {
    role: Role,
    laws: Vec<StepLaw>,
    /// What it gives beside what it takes off.
    extras: Gain,
    /// For what is no single offer, the most it gains.
    flat: Option<Gain>,
}

struct StepLaw {
    law: Law,
    /// By how much its odd cents, which no proportion says the place of, may move what later laws take off.
    odd: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Goes together with none.
    Alone,
    /// One of a choice, perhaps the only one.
    Member(usize),
}

/// Steps of which only so many are applied.
enum Choice {
    /// One.
    Clique(Vec<usize>),
    /// As many as the group lets through: its place, and how many.
    Group(usize, u32),
}

/// What is worked with, kept from one bound to the next.
#[derive(Default)]
struct Scratch {
    /// For each cell, its price, what it is at most, whether a law has been applied to it.
    now: Vec<f64>,
    most: Vec<f64>,
    touched: Vec<bool>,
    even: Vec<bool>,
    weights: Vec<f64>,
    open: Vec<usize>,
    /// For each choice, its open members.
    members: Vec<u32>,
    done: Vec<Done>,
    /// What flat steps take off each of their cells, one step after the other; and the same before their caps.
    flat: Vec<f64>,
    shares: Vec<f64>,
    /// For each flat step: the step, its choice, what it gains, and what of that by taking whole pieces.
    gains: Vec<(usize, usize, f64, f64)>,
    /// For each cell, the most that its pieces can save in any set.
    claimed: Vec<f64>,
}

/// One law at its turn.
enum Done {
    /// Applied: the step, the law, what of a fall before it is left after it, whether its cells depend on each other.
    Applied(usize, usize, f64, bool),
    /// Counted: the step, the law, where in `flat` what it takes off begins.
    Counted(usize, usize, usize),
}

impl Bound {
    pub fn new(combiner: &Combiner<'_>, steps: &[Step<'_>], state: &State) -> Self {
        let case = combiner.case;
        let even = !case.live.iter().filter_map(|live| case.offer(live)).any(splits_lines) && state.lines.iter().all(|line| line.is_even());
        let (roles, choices) = roles(combiner, steps);
        let mut bounds: Vec<StepBound> = Vec::with_capacity(steps.len());
        for (step, role) in steps.iter().zip(roles) {
            bounds.push(match step.node {
                Node::Offer(live) => {
                    let live = case.live.get(*live);
                    let laws = live.map_or_else(Vec::new, |live| laws(case, live, state, even));
                    let laws = laws.into_iter().map(|law| StepLaw { law, odd: 0.0 }).collect();
                    StepBound { role, laws, extras: live.map_or_else(Gain::default, |live| extras(case, live)), flat: None }
                }
                node => StepBound { role, laws: Vec::new(), extras: Gain::default(), flat: Some(most(combiner, node, state)) },
            });
        }
        let mut later: Vec<(Vec<usize>, f64)> = Vec::new();
        for step in bounds.iter_mut().rev() {
            for own in step.laws.iter_mut().rev() {
                if own.law.together {
                    own.odd = later.iter().map(|(cells, rate)| rate * moved(&own.law.cells, cells)).sum();
                }
                later.push((own.law.cells.clone(), own.law.rate()));
            }
        }
        let half_up = case.book.stacking.rounding == Rounding::HalfUp;
        let chained = alloc::vec![false; choices.len()];
        Bound { steps: bounds, choices, chained, even, half_up, scratch: Scratch::default() }
    }

    /// Sees for each choice which way it bounds better at the start of the search.
    pub fn tighten(&mut self, combiner: &Combiner<'_>, steps: &[Step<'_>], state: &State, chosen: &Chosen) {
        let mut best = self.upper(combiner, steps, 0, state, chosen).worth;
        for choice in 0..self.choices.len() {
            let flip = |chained: &mut Vec<bool>| chained.get_mut(choice).into_iter().for_each(|flag| *flag = !*flag);
            flip(&mut self.chained);
            let bound = self.upper(combiner, steps, 0, state, chosen).worth;
            if bound < best {
                best = bound;
            } else {
                flip(&mut self.chained);
            }
        }
    }

    fn is_chained(&self, choice: usize) -> bool {
        self.chained.get(choice) == Some(&true)
    }

    /// What the steps from `from` on gain at most on the prices of `state`.
    pub fn upper(&mut self, combiner: &Combiner<'_>, steps: &[Step<'_>], from: usize, state: &State, chosen: &Chosen) -> Gain {
        let mut scratch = core::mem::take(&mut self.scratch);
        scratch.load(state, self.even);
        scratch.open.clear();
        scratch.members.clear();
        scratch.members.resize(self.choices.len(), 0);
        let mut free = true;
        for place in from..self.steps.len() {
            let (Some(step), Some(bound)) = (steps.get(place), self.steps.get(place)) else { continue };
            if !step.members.iter().any(|live| combiner.may_apply(*live, chosen) && reachable(combiner.case, *live, state)) {
                continue;
            }
            scratch.open.push(place);
            if let Role::Member(choice) = bound.role
                && let Some(count) = scratch.members.get_mut(choice)
            {
                *count = count.saturating_add(1);
                free &= self.is_chained(choice) || *count <= self.room(choice, chosen);
            }
        }
        // Where all is applied one after the other, percentages can be rounded as they are in truth.
        let falling = |place: &usize| self.steps.get(*place).is_some_and(|step| step.laws.iter().all(|own| own.law.falling));
        let rounded = free && self.half_up && scratch.open.iter().all(falling);
        let mut slack = 0.0;
        let mut gain = Gain::default();
        let mut alone: (f64, Gain) = (0.0, Gain::default());
        let before: f64 = scratch.now.iter().sum();
        for at in 0..scratch.open.len() {
            let Some(place) = scratch.open.get(at).copied() else { continue };
            let Some(step) = self.steps.get(place) else { continue };
            let one_of_many = match step.role {
                Role::Alone => {
                    let untouched = |own: &StepLaw| scratch.take(&own.law, rounded, true).0;
                    let saving: f64 = step.laws.iter().map(untouched).sum();
                    alone = (alone.0.max(saving), best_of(alone.1, step.extras.plus(step.flat.unwrap_or_default())));
                    continue;
                }
                Role::Member(choice) => {
                    !self.is_chained(choice) && scratch.members.get(choice).is_some_and(|count| *count > self.room(choice, chosen))
                }
            };
            if let Some(flat) = step.flat {
                gain = gain.plus(flat);
                continue;
            }
            if !one_of_many {
                gain = gain.plus(step.extras);
            }
            for (place_of_law, own) in step.laws.iter().enumerate() {
                if one_of_many || !own.law.falling {
                    let start = scratch.flat.len();
                    let (_, more) = scratch.take(&own.law, rounded, false);
                    slack += more;
                    scratch.done.push(Done::Counted(place, place_of_law, start));
                } else {
                    let (off, price, more) = scratch.apply(&own.law, rounded);
                    slack += more + own.odd;
                    let slope = own.law.slope(off, price);
                    let coupled = own.law.together || off + 1.0 >= own.law.cap;
                    scratch.done.push(Done::Applied(place, place_of_law, slope, coupled));
                }
            }
        }
        let left: f64 = scratch.now.iter().sum();
        self.weigh(&mut scratch);
        let (flat, more) = self.choose(&mut scratch, chosen);
        gain = gain.plus(more);
        // Nothing costs less than nothing.
        let saving = |saving: f64| whole((saving + slack).min(before));
        let together = saving(before - left + flat);
        let total = best_of(gain.plus(Gain { worth: together, extras: 0, saving: together }), {
            let alone_saving = saving(alone.0);
            alone.1.plus(Gain { worth: alone_saving, extras: 0, saving: alone_saving })
        });
        let total_before = whole(before);
        let surplus = total.saving.saturating_sub(total_before).max(0);
        self.scratch = scratch;
        Gain { saving: total.saving.saturating_sub(surplus), worth: total.worth.saturating_sub(surplus), ..total }
    }

    /// How many members of a choice may still be applied.
    fn room(&self, choice: usize, chosen: &Chosen) -> u32 {
        match self.choices.get(choice) {
            Some(Choice::Group(group, limit)) => limit.saturating_sub(chosen.in_group.get(*group).copied().unwrap_or(0)),
            _ => 1,
        }
    }

    /// From the last law to the first: what flat steps take off, less what laws after them would have taken anyway.
    fn weigh(&self, scratch: &mut Scratch) {
        scratch.weights.clear();
        scratch.weights.resize(scratch.now.len(), 1.0);
        scratch.gains.clear();
        scratch.claimed.clear();
        scratch.claimed.resize(scratch.now.len(), 0.0);
        let weights = &mut scratch.weights;
        for done in scratch.done.iter().rev() {
            let (step, law) = match done {
                Done::Applied(step, law, ..) | Done::Counted(step, law, _) => (*step, *law),
            };
            let Some(bound) = self.steps.get(step) else { continue };
            let Some(own) = bound.laws.get(law) else { continue };
            let heaviest = |weights: &[f64]| own.law.cells.iter().filter_map(|cell| weights.get(*cell)).copied().fold(0.0, f64::max);
            match done {
                Done::Applied(_, _, slope, coupled) => {
                    let all = if *coupled && *slope >= 1.0 { Some(heaviest(weights)) } else { None };
                    for cell in &own.law.cells {
                        if let Some(weight) = weights.get_mut(*cell) {
                            *weight = all.unwrap_or(*weight * slope);
                        }
                    }
                }
                Done::Counted(_, _, start) => {
                    let offs = scratch.flat.get(*start..).unwrap_or_default();
                    let each = own.law.cells.iter().zip(offs);
                    let gain: f64 = if own.law.falling {
                        each.map(|(cell, off)| off * weights.get(*cell).copied().unwrap_or(1.0)).sum()
                    } else {
                        each.map(|(_, off)| off).sum::<f64>() * heaviest(weights)
                    };
                    // Laws of one step stand together.
                    let Role::Member(choice) = bound.role else { continue };
                    let by_pieces = if own.law.claims { gain } else { 0.0 };
                    match scratch.gains.last_mut() {
                        Some((known, _, sum, pieces)) if *known == step => {
                            *sum += gain;
                            *pieces += by_pieces;
                        }
                        _ => scratch.gains.push((step, choice, gain, by_pieces)),
                    }
                    if own.law.claims {
                        // What it takes off before its cap is a share of each of its cells.
                        let heaviest = heaviest(weights);
                        for (place, cell) in own.law.cells.iter().enumerate() {
                            let price = scratch.shares.get(start.saturating_add(place)).copied().unwrap_or(0.0);
                            if let Some(claimed) = scratch.claimed.get_mut(*cell) {
                                *claimed = claimed.max(price * heaviest);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The most that the flat steps gain together, as many of each choice as may be applied, and no piece taken twice.
    fn choose(&self, scratch: &mut Scratch, chosen: &Chosen) -> (f64, Gain) {
        let taken_twice = self.best_of_choices(scratch, chosen, |(.., gain, _)| *gain);
        let without_pieces = self.best_of_choices(scratch, chosen, |(.., gain, pieces)| gain - pieces);
        let of_pieces: f64 = scratch.claimed.iter().sum();
        let mut extra = Gain::default();
        for (choice, open) in scratch.members.iter().enumerate() {
            let room = self.room(choice, chosen);
            let members = scratch.open.iter().filter_map(|place| self.steps.get(*place)).filter(|step| step.role == Role::Member(choice));
            if *open > room && !self.is_chained(choice) {
                let most = members.fold(Gain::default(), |most, step| best_of(most, step.extras));
                (0..room).for_each(|_| extra = extra.plus(most));
            }
        }
        (taken_twice.min(without_pieces + of_pieces), extra)
    }

    /// The sum of `gain` over as many steps of each choice as may be applied, those that gain most.
    fn best_of_choices(&self, scratch: &mut Scratch, chosen: &Chosen, gain: impl Fn(&(usize, usize, f64, f64)) -> f64) -> f64 {
        let order = |left: &(usize, usize, f64, f64), right: &(usize, usize, f64, f64)| {
            left.1.cmp(&right.1).then(gain(right).total_cmp(&gain(left))).then(left.0.cmp(&right.0))
        };
        scratch.gains.arrange_by(order);
        let mut total = 0.0;
        let (mut choice, mut left) = (usize::MAX, 0);
        for flat in &scratch.gains {
            if flat.1 != choice {
                choice = flat.1;
                let room = self.room(choice, chosen);
                let many = !self.is_chained(choice) && scratch.members.get(choice).is_some_and(|count| *count > room);
                left = if many { room } else { u32::MAX };
            }
            if left > 0 {
                left = left.saturating_sub(1);
                total += gain(flat);
            }
        }
        total
    }

    /// About what the steps of `picked` save together, applied to the prices of `state`.
    pub fn estimate(&mut self, combiner: &Combiner<'_>, steps: &[Step<'_>], picked: &[bool], state: &State) -> f64 {
        let mut scratch = core::mem::take(&mut self.scratch);
        scratch.load(state, self.even);
        let before: f64 = scratch.now.iter().sum();
        let mut beside = 0.0;
        for ((step, bound), picked) in steps.iter().zip(&self.steps).zip(picked) {
            if let Some(flat) = bound.flat {
                beside += double(flat.worth);
            }
            if !*picked || !step.members.iter().all(|live| scratch.reached(combiner.case, *live)) {
                continue;
            }
            beside += double(bound.extras.worth);
            for own in &bound.laws {
                scratch.touched.fill(false);
                scratch.most.clone_from(&scratch.now);
                scratch.apply(&own.law, false);
            }
        }
        let left: f64 = scratch.now.iter().sum();
        self.scratch = scratch;
        before - left + beside
    }
}

impl Scratch {
    fn load(&mut self, state: &State, even: bool) {
        self.now.clear();
        self.now.extend(state.lines.iter().map(|line| double(line.left)).chain(state.shipping.iter().copied().map(double)));
        self.most.clone_from(&self.now);
        self.touched.clear();
        self.touched.resize(self.now.len(), false);
        self.even.clear();
        self.even.extend(state.lines.iter().map(|line| even || line.is_even()));
        self.even.resize(self.now.len(), true);
        self.done.clear();
        self.flat.clear();
        self.shares.clear();
    }

    fn price(&self, cell: usize, rounded: bool, sum: Option<(f64, bool)>) -> Price {
        let of = |list: &[f64]| list.get(cell).copied().unwrap_or(0.0);
        let untouched = self.touched.get(cell) == Some(&false);
        let (most, exact) = sum.unwrap_or((of(&self.most), untouched));
        Price { now: of(&self.now), most, exact, even: self.even.get(cell) == Some(&true), rounded }
    }

    /// The sum of a law's cells: now, at most, and whether that is exact; the latter two only where it looks at them, or
    /// `all` are asked for.
    fn sum(&self, law: &Law, all: bool) -> (f64, f64, bool) {
        let of = |list: &[f64]| law.cells.iter().filter_map(|cell| list.get(*cell)).sum::<f64>();
        let now = of(&self.now);
        if !(all || law.measures()) {
            return (now, now, false);
        }
        (now, of(&self.most), law.cells.iter().all(|cell| self.touched.get(*cell) == Some(&false)))
    }

    /// Writes down what `law` takes off each of its cells, with the whole, and by how much rounding may make it more.
    /// `at_start` counts it on what prices are at most.
    fn take(&mut self, law: &Law, rounded: bool, at_start: bool) -> (f64, f64) {
        let (mut sum, most, exact) = if law.measures_sum() || at_start { self.sum(law, at_start) } else { (0.0, 0.0, false) };
        let start = self.flat.len();
        let (mut total, mut slack) = (0.0, 0.0);
        if law.together {
            if at_start {
                sum = most;
            }
            let (off, more) = law.off(0, &Price { now: sum, most, exact, even: false, rounded });
            (total, slack) = (off, more);
            let list = if at_start { &self.most } else { &self.now };
            let part = if sum > 0.0 { off / sum } else { 0.0 };
            self.flat.extend(law.cells.iter().map(|cell| list.get(*cell).copied().unwrap_or(0.0) * part));
        } else {
            for (place, cell) in law.cells.iter().enumerate() {
                let mut price = self.price(*cell, rounded, law.measures_sum().then_some((most, exact)));
                if at_start {
                    price.now = self.most.get(*cell).copied().unwrap_or(0.0);
                }
                let (off, more) = law.off(place, &price);
                total += off;
                slack += more;
                self.flat.push(off);
            }
        }
        self.shares.resize(start, 0.0);
        self.shares.extend(self.flat.iter().skip(start));
        if total > law.cap {
            let part = law.cap / total;
            self.flat.iter_mut().skip(start).for_each(|off| *off *= part);
            total = law.cap;
        }
        (total, slack.min(total))
    }

    /// Applies `law`: what it takes off in all, what its cells cost before, and by how much rounding may make it more.
    fn apply(&mut self, law: &Law, rounded: bool) -> (f64, f64, f64) {
        if law.together {
            let (sum, most, exact) = self.sum(law, false);
            let (off, slack) = law.off(0, &Price { now: sum, most, exact, even: false, rounded });
            let off = off.min(law.cap);
            if off > 0.0 && sum > 0.0 {
                let left = 1.0 - off / sum;
                for cell in &law.cells {
                    if let (Some(now), Some(touched)) = (self.now.get_mut(*cell), self.touched.get_mut(*cell)) {
                        *now *= left;
                        *touched = true;
                    }
                }
            }
            return (off, sum, slack);
        }
        let start = self.flat.len();
        let (off, slack) = self.take(law, rounded, false);
        let mut before = 0.0;
        for (cell, off) in law.cells.iter().zip(self.flat.get(start..).unwrap_or_default()) {
            if let (Some(now), Some(touched)) = (self.now.get_mut(*cell), self.touched.get_mut(*cell)) {
                before += *now;
                *now = (*now - off).max(0.0);
                *touched |= *off > 0.0;
            }
        }
        self.flat.truncate(start);
        (off, before, slack)
    }

    /// Whether the thresholds of an offer on running prices are reached.
    fn reached(&self, case: &Case<'_>, live: usize) -> bool {
        let offer = case.live.get(live).and_then(|live| case.offer(live));
        offer.is_none_or(|offer| {
            offer.thresholds.iter().filter(|threshold| threshold.base != ThresholdBase::Original).all(|threshold: &Threshold| {
                let each = case.goods(threshold.goods).iter().filter_map(|line| self.now.get(*line)).copied();
                let measured: f64 = if threshold.per_line { each.fold(0.0, f64::max) } else { each.sum() };
                threshold.amount.is_none_or(|needed| double(needed) <= measured)
            })
        })
    }
}

#[allow(clippy::cast_precision_loss)] // honest amounts are exact in a double
fn double(amount: i64) -> f64 {
    amount as f64
}

/// Whole units: a saving is never a fraction, so what is more than that many is not reached.
#[allow(clippy::cast_possible_truncation)] // saturates
fn whole(amount: f64) -> i64 {
    // A hair for the arithmetic of doubles.
    libm::floor(amount + 1e-3) as i64
}

/// The larger of each.
fn best_of(left: Gain, right: Gain) -> Gain {
    Gain { worth: left.worth.max(right.worth), extras: left.extras.max(right.extras), saving: left.saving.max(right.saving) }
}

/// How far the odd cents of a discount on `own` may move the sum of `other`.
#[allow(clippy::cast_precision_loss)] // counts of lines
fn moved(own: &[usize], other: &[usize]) -> f64 {
    let both = own.iter().filter(|cell| other.binary_search(cell).is_ok()).count();
    let (both, all) = (both as f64, own.len().max(1) as f64);
    both * (all - both) / all
}

/// Whether the offer can make pieces of one line cost differently.
fn splits_lines(offer: &Offer) -> bool {
    offer.effects.iter().any(|effect| {
        let sets = matches!(effect.kind, Kind::NthPiece { .. } | Kind::BuyGet(_) | Kind::Bundle(_));
        sets || effect.max_pieces.is_some() || effect.max_quantity.is_some()
    })
}

/// Whether the running thresholds of the offer at `live` can still be reached: prices only fall.
fn reachable(case: &Case<'_>, live: usize, state: &State) -> bool {
    let offer = case.live.get(live).and_then(|live| case.offer(live));
    offer.is_none_or(|offer| offer.thresholds.iter().all(|threshold| reached(case, threshold, state)))
}

/// What part each step has, and the choices.
fn roles(combiner: &Combiner<'_>, steps: &[Step<'_>]) -> (Vec<Role>, Vec<Choice>) {
    let apart = |left: &Step<'_>, right: &Step<'_>| {
        let all = |live: &usize| right.members.iter().all(|other| combiner.conflicts.get(*live).is_some_and(|row| row.has(*other)));
        left.members.iter().all(all)
    };
    let mut choices: Vec<Choice> = Vec::new();
    let roles = steps.iter().enumerate().map(|(place, step)| {
        let mut others = steps.iter().enumerate().filter(|(other, _)| *other != place);
        if steps.len() > 1 && others.all(|(_, other)| apart(step, other)) {
            return Role::Alone;
        }
        let limit = match step.node {
            Node::Offer(live) => combiner.limits.get(*live).and_then(|limits| limits.first()).copied(),
            _ => None,
        };
        if let Some((group, limit)) = limit {
            let known = choices.iter().position(|choice| matches!(choice, Choice::Group(other, _) if *other == group));
            let choice = known.unwrap_or_else(|| {
                choices.push(Choice::Group(group, limit));
                choices.len().saturating_sub(1)
            });
            return Role::Member(choice);
        }
        let fits = |choice: &Choice| match choice {
            Choice::Clique(members) => members.iter().all(|other| steps.get(*other).is_some_and(|other| apart(step, other))),
            Choice::Group(..) => false,
        };
        let known = choices.iter().position(fits);
        let choice = known.unwrap_or_else(|| {
            choices.push(Choice::Clique(Vec::new()));
            choices.len().saturating_sub(1)
        });
        if let Some(Choice::Clique(members)) = choices.get_mut(choice) {
            members.push(place);
        }
        Role::Member(choice)
    });
    let roles = roles.collect();
    (roles, choices)
}

/// The most that `node`, which is no single offer, gains on the prices of `state`, or on any lower ones.
fn most(combiner: &Combiner<'_>, node: &Node, state: &State) -> Gain {
    let case = combiner.case;
    match node {
        Node::Offer(live) => case.live.get(*live).map_or_else(Gain::default, |live| {
            let all: f64 = laws(case, live, state, false)
                .iter()
                .map(|law| {
                    let mut scratch = Scratch::default();
                    scratch.load(state, false);
                    let (off, slack) = scratch.take(law, false, true);
                    off + slack
                })
                .sum();
            let saving = whole(all);
            extras(case, live).plus(Gain { worth: saving, extras: 0, saving })
        }),
        Node::Contest { members, mode } => {
            // By itself each line takes the most that can be had there.
            let mut chosen = combiner.nothing_chosen();
            combiner.contest(members, *mode, &mut state.clone(), &mut chosen, None)
        }
        Node::Group { group, nodes } => {
            let each = nodes.iter().map(|node| most(combiner, node, state));
            match super::tree::mode_of(case, Some(*group)) {
                Mode::Stack | Mode::Best => each.fold(Gain::default(), Gain::plus),
                Mode::ListOrder | Mode::Highest | Mode::Lowest => each.fold(Gain::default(), best_of),
            }
        }
    }
}
