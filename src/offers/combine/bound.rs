//! What the steps still to come can gain at most.
//!
//! All steps that exclude none of the others are applied to the prices one after the other by their [`Law`]s, which take
//! off no less than the offers do. Since a lower price before a falling law never makes the one after it higher, no
//! selection of them leaves less. Of steps that exclude each other (a *choice*), and of those whose laws are not falling,
//! each counts with what it takes off at its turn, less what of that the laws after it would have taken anyway; of a
//! choice as many count as may be applied, those that gain most.

use alloc::vec::Vec;

use super::law::{Law, double, extras, laws};
use super::scratch::{Done, Places, Scratch, note_gain};
use super::search::Step;
use super::tree::Node;
use super::{Chosen, Combiner};
use crate::domain::{AddAll, Arrange, Listed};
use crate::offers::apply::{Gain, reached};
use crate::offers::offer::Offer;
use crate::offers::prepare::Case;
use crate::offers::state::State;
use crate::offers::{Mode, Rounding};

/// Of a choice that lets two through, so many steps are taken apart into their pairs.
const PAIRED: u32 = 6;

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
    /// Steps that are left out, whatever may be gained by them.
    closed: Vec<bool>,
    scratch: Scratch,
}

/// One way a choice may come out: the steps that may be applied, the others that may not.
pub(super) struct Outcome {
    pub open: Vec<usize>,
    pub closed: Vec<usize>,
}

pub(super) struct StepBound {
    pub role: Role,
    laws: Vec<StepLaw>,
    /// What it gives beside what it takes off.
    extras: Gain,
    /// For what is no single offer, the most it gains.
    flat: Option<Gain>,
}

/// A law of a step.
pub(super) struct StepLaw {
    pub law: Law,
    /// Its number among all laws.
    pub id: usize,
    /// For each law, where its cells lie.
    others: Vec<Meets>,
    /// Of a law on sets, about which share of its cells it takes: what it takes by itself, where that is less.
    pub part: f64,
    /// By how much its odd cents, which no proportion says the place of, may move what later laws take off.
    odd: f64,
}

/// Where the cells of one law lie, seen from another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meets {
    /// None is the other's.
    Nowhere,
    /// Some are.
    Across,
    /// All are.
    Inside,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
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

impl StepBound {
    /// Whether it is one of a choice of which not all may be applied.
    fn is_contested(&self, scratch: &Scratch) -> bool {
        let Role::Member(choice) = self.role else { return false };
        scratch.choices.get(choice).is_some_and(|places| places.are_contested())
    }
}

impl StepLaw {
    fn new(law: Law, state: &State) -> Self {
        let price = |cell: &usize| match cell.checked_sub(state.lines.len()) {
            None => state.lines.get(*cell).map_or(0, |line| line.left),
            Some(method) => state.shipping.get(method).copied().unwrap_or(0),
        };
        let before: f64 = law.cells.iter().map(|cell| double(price(cell))).sum();
        let part = if before > 0.0 { law.share().min(law.cap / before) } else { 0.0 };
        StepLaw { law, id: 0, others: Vec::new(), part, odd: 0.0 }
    }

    /// Where the cells of the law `id` lie.
    pub fn meets(&self, id: usize) -> Meets {
        self.others.get(id).copied().unwrap_or(Meets::Across)
    }
}

/// Numbers all laws, and sees for each where the others' cells lie.
fn compare(bounds: &mut [StepBound]) {
    let cells: Vec<Vec<usize>> = bounds.iter().flat_map(|step| &step.laws).map(|own| own.law.cells.clone()).listed();
    for (id, own) in bounds.iter_mut().flat_map(|step| &mut step.laws).enumerate() {
        own.id = id;
        own.others = cells
            .iter()
            .map(|other| match other.iter().filter(|cell| own.law.cells.binary_search(cell).is_ok()).count() {
                0 => Meets::Nowhere,
                shared if shared == other.len() => Meets::Inside,
                _ => Meets::Across,
            })
            .listed();
    }
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
                    let laws = laws.into_iter().map(|law| StepLaw::new(law, state)).listed();
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
        compare(&mut bounds);
        let half_up = case.book.stacking.rounding == Rounding::HalfUp;
        let chained = alloc::vec![false; choices.len()];
        let closed = alloc::vec![false; bounds.len()];
        Bound { steps: bounds, choices, chained, even, half_up, closed, scratch: Scratch::default() }
    }

    /// Sees for each choice which way it bounds better at the start of the search.
    pub fn tighten(&mut self, combiner: &Combiner<'_>, steps: &[Step<'_>], state: &State, chosen: &Chosen) {
        let mut best = self.upper(combiner, steps, 0, state, chosen, i64::MIN).worth;
        for choice in 0..self.choices.len() {
            let flip = |chained: &mut Vec<bool>| chained.get_mut(choice).into_iter().for_each(|flag| *flag = !*flag);
            flip(&mut self.chained);
            let bound = self.upper(combiner, steps, 0, state, chosen, i64::MIN).worth;
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

    /// What the steps from `from` on gain at most on the prices of `state`, but for those that go together with none. Where
    /// that is no more than `enough`, it is not looked at more closely.
    #[allow(clippy::too_many_arguments)] // where a search stands
    pub fn upper(&mut self, combiner: &Combiner<'_>, steps: &[Step<'_>], from: usize, state: &State, chosen: &Chosen, enough: i64) -> Gain {
        let mut scratch = core::mem::take(&mut self.scratch);
        scratch.load(state, self.even);
        self.see(&mut scratch, combiner, steps, from, state, chosen);
        // Where all is applied one after the other, percentages can be rounded as they are in truth.
        let falling = |place: &usize| self.steps.get(*place).is_some_and(|step| step.laws.iter().all(|own| own.law.falling));
        let rounded = !scratch.contested && self.half_up && scratch.open.iter().all(falling);
        let (mut slack, mut gain) = (0.0, Gain::default());
        let before: f64 = scratch.now.iter().sum();
        for at in 0..scratch.open.len() {
            let Some(place) = scratch.open.get(at).copied() else { continue };
            let Some(step) = self.steps.get(place) else { continue };
            if let Some(flat) = step.flat {
                gain = gain.plus(flat);
                continue;
            }
            let one_of_many = step.is_contested(&scratch);
            if !one_of_many {
                gain = gain.plus(step.extras);
            }
            for (place_of_law, own) in step.laws.iter().enumerate() {
                if one_of_many || !own.law.falling {
                    let start = scratch.flat.len();
                    let (_, more) = scratch.take(&own.law, rounded, false);
                    slack += more;
                    scratch.keep(own, own.law.kept());
                    scratch.done.push(Done::Counted { step: place, law: place_of_law, start, certain: !one_of_many });
                } else {
                    let (off, price, more) = scratch.apply(own, rounded);
                    slack += more + own.odd;
                    let carries = scratch.surplus.last().is_some_and(|(id, _)| *id == own.id);
                    let slope = if carries { 1.0 } else { own.law.slope(off, price) };
                    let coupled = own.law.together || off + 1.0 >= own.law.cap;
                    scratch.done.push(Done::Applied { step: place, law: place_of_law, slope, coupled, price });
                }
            }
        }
        let left = scratch.now.iter().sum::<f64>() + scratch.surplus.iter().map(|(_, surplus)| surplus).sum::<f64>();
        // Where all is applied one after the other, nothing is counted beside.
        let (flat, more) = if scratch.done.iter().any(|done| matches!(done, Done::Counted { .. })) || scratch.contested {
            self.weigh(&mut scratch);
            self.choose(&mut scratch)
        } else {
            scratch.gains.clear();
            (0.0, Gain::default())
        };
        gain = gain.plus(more);
        let mut possible = before - left + flat;
        if !rounded && gain.worth.saturating_add(whole((possible + slack).min(before))) > enough {
            possible = possible.min(self.dual(&mut scratch));
        }
        // Nothing costs less than nothing.
        let saving = |saving: f64| whole((saving + slack).min(before));
        let together = saving(possible);
        let total = gain.plus(Gain { worth: together, extras: 0, saving: together });
        let total_before = whole(before);
        let surplus = total.saving.saturating_sub(total_before).max(0);
        self.scratch = scratch;
        Gain { saving: total.saving.saturating_sub(surplus), worth: total.worth.saturating_sub(surplus), ..total }
    }

    /// Writes down which steps are open, and for each choice how many of them, and how many of those may be applied.
    #[allow(clippy::too_many_arguments)] // what `upper` is given
    fn see(&self, scratch: &mut Scratch, combiner: &Combiner<'_>, steps: &[Step<'_>], from: usize, state: &State, chosen: &Chosen) {
        scratch.open.clear();
        scratch.choices.clear();
        scratch.choices.add_all((0..self.choices.len()).map(|choice| Places {
            open: 0,
            room: self.room(choice, chosen),
            chained: self.is_chained(choice),
        }));
        for place in from..self.steps.len() {
            let (Some(step), Some(bound)) = (steps.get(place), self.steps.get(place)) else { continue };
            let may_apply = |live: &usize| combiner.may_apply(*live, chosen) && reachable(combiner.case, *live, state);
            if bound.role == Role::Alone || self.is_closed(place) || !step.members.iter().any(may_apply) {
                continue;
            }
            scratch.open.push(place);
            if let Role::Member(choice) = bound.role
                && let Some(places) = scratch.choices.get_mut(choice)
            {
                places.open = places.open.saturating_add(1);
            }
        }
        scratch.contested = scratch.choices.iter().any(|places| places.are_contested());
    }

    /// Whether the step at `place` is left out for now.
    pub fn is_closed(&self, place: usize) -> bool {
        self.closed.get(place) == Some(&true)
    }

    /// Whether the step at `place` takes whole pieces, which no other that does may take.
    pub fn takes_pieces(&self, place: usize) -> bool {
        self.steps.get(place).is_some_and(|step| step.laws.iter().any(|own| own.law.claims))
    }

    /// Leaves steps out, or no more.
    pub fn close(&mut self, places: &[usize], closed: bool) {
        for place in places {
            if let Some(known) = self.closed.get_mut(*place) {
                *known = closed;
            }
        }
    }

    /// The ways in which one choice may come out, of those that the last bound left open: the one that adds most to it.
    /// None where there is none, or one with too many ways. Ways of more steps in `picked` come first.
    pub fn outcomes(&self, picked: &[bool]) -> Vec<Outcome> {
        let scratch = &self.scratch;
        let gain_of = |step: usize| scratch.gains.iter().filter(|flat| flat.step == step).map(|flat| flat.gain).sum::<f64>();
        let members = |choice: usize| -> Vec<usize> {
            let own = |place: &&usize| self.steps.get(**place).is_some_and(|step| step.role == Role::Member(choice));
            scratch.open.iter().filter(own).copied().listed()
        };
        let mut widest: Option<(f64, usize, u32)> = None;
        for (choice, places) in scratch.choices.iter().enumerate() {
            let narrow = places.room == 1 || (places.room == 2 && places.open <= PAIRED);
            if narrow && places.open > places.room {
                let gain: f64 = members(choice).into_iter().map(gain_of).sum();
                if widest.is_none_or(|(most, ..)| gain > most) {
                    widest = Some((gain, choice, places.room));
                }
            }
        }
        let Some((_, choice, room)) = widest else { return Vec::new() };
        let members = members(choice);
        let mut ways: Vec<(usize, f64, Vec<usize>)> = Vec::new();
        for (place, one) in members.iter().enumerate() {
            let others = if room == 1 { &[][..] } else { members.get(place.saturating_add(1)..).unwrap_or_default() };
            let mut add = |open: Vec<usize>| {
                let known = open.iter().filter(|step| picked.get(**step) == Some(&true)).count();
                let gain = open.iter().map(|step| gain_of(*step)).sum();
                ways.push((known, gain, open));
            };
            if room == 1 {
                add(alloc::vec![*one]);
            }
            others.iter().for_each(|other| add(alloc::vec![*one, *other]));
        }
        ways.arrange_by(|one, other| other.0.cmp(&one.0).then(other.1.total_cmp(&one.1)));
        let outcome = |(_, _, open): (usize, f64, Vec<usize>)| {
            let closed = members.iter().copied().filter(|member| !open.contains(member)).listed();
            Outcome { open, closed }
        };
        ways.into_iter().map(outcome).listed()
    }

    /// Whether the step at `place` goes together with no other.
    pub fn is_alone(&self, place: usize) -> bool {
        self.steps.get(place).is_some_and(|step| step.role == Role::Alone)
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
            let Some((bound, own)) = self.law(done) else { continue };
            let heaviest = |weights: &[f64]| own.law.cells.iter().filter_map(|cell| weights.get(*cell)).copied().fold(0.0, f64::max);
            match done {
                Done::Applied { slope, coupled, .. } => {
                    let all = if *coupled && *slope >= 1.0 { Some(heaviest(weights)) } else { None };
                    for cell in &own.law.cells {
                        if let Some(weight) = weights.get_mut(*cell) {
                            *weight = all.unwrap_or(*weight * slope);
                        }
                    }
                }
                Done::Counted { step, start, .. } => {
                    let offs = scratch.flat.get(*start..).unwrap_or_default();
                    let each = own.law.cells.iter().zip(offs);
                    let gain: f64 = if own.law.falling {
                        each.map(|(cell, off)| off * weights.get(*cell).copied().unwrap_or(1.0)).sum()
                    } else {
                        each.map(|(_, off)| off).sum::<f64>() * heaviest(weights)
                    };
                    let Role::Member(choice) = bound.role else { continue };
                    let by_pieces = if own.law.claims { gain } else { 0.0 };
                    note_gain(&mut scratch.gains, *step, choice, gain, by_pieces);
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

    /// The step and the law of `done`.
    pub(super) fn law(&self, done: &Done) -> Option<(&StepBound, &StepLaw)> {
        let (Done::Applied { step, law, .. } | Done::Counted { step, law, .. }) = done;
        let bound = self.steps.get(*step)?;
        Some((bound, bound.laws.get(*law)?))
    }

    /// The most that the flat steps gain together, as many of each choice as may be applied, and no piece taken twice.
    fn choose(&self, scratch: &mut Scratch) -> (f64, Gain) {
        let taken_twice = scratch.best_of_choices(|gain| gain.gain);
        let without_pieces = scratch.best_of_choices(|gain| gain.gain - gain.by_pieces);
        let of_pieces: f64 = scratch.claimed.iter().sum();
        let mut extra = Gain::default();
        for (choice, places) in scratch.choices.iter().enumerate() {
            if places.are_contested() {
                let members =
                    scratch.open.iter().filter_map(|place| self.steps.get(*place)).filter(|step| step.role == Role::Member(choice));
                let most = members.fold(Gain::default(), |most, step| best_of(most, step.extras));
                (0..places.room).for_each(|_| extra = extra.plus(most));
            }
        }
        (taken_twice.min(without_pieces + of_pieces), extra)
    }

    /// About what the steps of `picked` save together, applied to the prices of `state`.
    pub fn estimate(&mut self, combiner: &Combiner<'_>, steps: &[Step<'_>], picked: &[bool], state: &State) -> f64 {
        let mut scratch = core::mem::take(&mut self.scratch);
        scratch.load(state, self.even);
        scratch.claimed.clear();
        scratch.claimed.resize(scratch.now.len(), 0.0);
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
                if !own.law.falling {
                    scratch.form_sets(own);
                    continue;
                }
                scratch.touched.fill(false);
                scratch.most.clone_from(&scratch.now);
                scratch.surplus.clear();
                scratch.apply(own, false);
            }
        }
        let left: f64 = scratch.now.iter().sum();
        self.scratch = scratch;
        before - left + beside
    }
}

/// Whole units: a saving is never a fraction, so what is more than that many is not reached.
#[allow(clippy::cast_possible_truncation)] // saturates
fn whole(amount: f64) -> i64 {
    // A hair for the arithmetic of doubles.
    f64::floor(amount + 1e-3) as i64
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
    offer.picks_pieces() || offer.effects.iter().any(|effect| effect.max_pieces.is_some() || effect.max_quantity.is_some())
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
    let roles = roles.listed();
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
