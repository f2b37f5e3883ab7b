//! The legal selection that gains most, by branch and bound.
//!
//! The search starts from a good selection ([`start`](super::start)), and tries some near it. Then choices of which only some
//! may be applied are narrowed to each way they may come out, one after the other, which bounds closely what all take off
//! together; for a part of the budget. Where that proves nothing, steps are decided in turn, each first as the best selection
//! does, on the prices that the steps before have left. A branch is given up where even the bound on everything still to come
//! cannot beat the best found, so that what is left at the end is proved best; where the budget ends first, the bounds of what
//! was not looked at say how much could be missed. Of selections that gain the same, the first found stays.

use alloc::vec::Vec;

use super::bound::Bound;
use super::tree::{Node, members};
use super::{Chosen, Combiner};
use crate::domain::Listed;
use crate::offers::apply::{Entry, Gain};
use crate::offers::state::State;

/// Runs of pieces that cost as much time as one combination.
const RUNS_A_STEP: u32 = 32;

/// Of so few offers no selections near the first are tried.
const FEW: usize = 8;
/// Rounds of such tries, how many there are in each, and how many combinations one costs as much time as.
const ROUNDS: usize = 3;
const NEAR: usize = 4;
const A_TRY: u32 = 10;

/// The part of the budget that is spent on narrowing choices.
const NARROWING: u32 = 3;

/// What is decided together.
pub(super) struct Step<'n> {
    pub node: &'n Node,
    /// The offers in it.
    pub members: Vec<usize>,
}

impl<'n> Step<'n> {
    pub fn new(node: &'n Node) -> Self {
        let mut live = Vec::new();
        members(core::slice::from_ref(node), &mut live);
        Step { node, members: live }
    }
}

/// Where a search stands.
struct Search<'n> {
    steps: Vec<Step<'n>>,
    bound: Bound,
    /// The selection it starts from.
    start: Vec<bool>,
    best: Gain,
    best_picks: Vec<usize>,
    picks: Vec<usize>,
    /// The most that what was not looked at could save; nothing where all was.
    missed: Option<i64>,
}

impl Search<'_> {
    /// For each step, whether the best selection so far has it.
    fn picked(&self) -> Vec<bool> {
        (0..self.steps.len()).map(|place| self.best_picks.contains(&place)).listed()
    }
}

impl Combiner<'_> {
    /// Applies the selection of `nodes` that gains most.
    pub(super) fn best(&mut self, nodes: &[Node], state: &mut State, chosen: &mut Chosen, mut record: Option<&mut Vec<Entry>>) -> Gain {
        let steps: Vec<Step<'_>> = nodes.iter().map(Step::new).listed();
        let mut bound = Bound::new(self, &steps, state);
        bound.tighten(self, &steps, state, chosen);
        let start = self.start(&steps, &mut bound, state, chosen);
        let mut search =
            Search { steps, bound, start: start.clone(), best: Gain::default(), best_picks: Vec::new(), picks: Vec::new(), missed: None };
        self.try_selection(&mut search, &start, state, chosen);
        self.improve(&mut search, state, chosen);
        // What goes together with none is tried by itself, once.
        for place in (0..search.steps.len()).filter(|place| search.bound.is_alone(*place)).listed() {
            let only: Vec<bool> = (0..search.steps.len()).map(|other| other == place).listed();
            self.try_selection(&mut search, &only, state, chosen);
        }
        self.explore(&mut search, state, chosen);
        let mut total = Gain::default();
        for pick in search.best_picks {
            if let Some(step) = search.steps.get(pick) {
                total = total.plus(self.node(step.node, state, chosen, record.as_deref_mut()));
            }
        }
        total
    }

    /// Tries selections near the best so far, as long as that finds a better one.
    fn improve(&mut self, search: &mut Search<'_>, state: &State, chosen: &Chosen) {
        // With few offers the search itself has seen them all as soon.
        if search.steps.len() <= FEW {
            return;
        }
        for _ in 0..ROUNDS {
            let before = search.best;
            let picked = search.picked();
            for selection in self.neighbours(&search.steps, &mut search.bound, &picked, (state, chosen), NEAR) {
                let Some(left) = self.budget.checked_sub(A_TRY) else { return };
                self.budget = left;
                self.try_selection(search, &selection, state, chosen);
            }
            if search.best == before {
                return;
            }
            search.start = search.picked();
        }
    }

    /// Remembers what `selection` gains, where that is more than the best so far.
    fn try_selection(&mut self, search: &mut Search<'_>, selection: &[bool], state: &State, chosen: &Chosen) {
        let (mut state, mut chosen, mut total) = (state.clone(), chosen.clone(), Gain::default());
        let mut picks = Vec::new();
        for (place, step) in search.steps.iter().enumerate() {
            if selection.get(place) == Some(&true) {
                let gain = self.node(step.node, &mut state, &mut chosen, None);
                if !gain.is_nothing() {
                    picks.push(place);
                    total = total.plus(gain);
                }
            }
        }
        if total > search.best {
            (search.best, search.best_picks) = (total, picks);
        }
    }

    /// Looks at all selections that may gain more than the best so far, as far as the budget lasts: first by what choices
    /// come out as, then by turns. Either proves the best where the other takes long.
    fn explore(&mut self, search: &mut Search<'_>, state: &State, chosen: &Chosen) {
        // Where there is no choice to narrow, all goes to the turns.
        let possible = search.bound.upper(self, &search.steps, 0, state, chosen, search.best.worth);
        if possible <= search.best {
            return;
        }
        let narrowing = if search.bound.outcomes(&[]).is_empty() { 0 } else { self.budget / NARROWING };
        let by_turns = self.budget.saturating_sub(narrowing);
        self.budget = self.budget.saturating_sub(by_turns);
        self.narrow(search, state, chosen);
        self.budget = self.budget.saturating_add(by_turns);
        if let Some(narrowed) = search.missed.take() {
            search.start = search.picked();
            self.descend(search, 0, state, chosen, Gain::default());
            search.missed = search.missed.map(|missed| missed.min(narrowed));
        }
        if let Some(missed) = search.missed {
            let gap = missed.saturating_sub(search.best.saving).max(0);
            self.cut_off |= gap > 0;
            self.gap = self.gap.max(gap);
        }
    }

    /// Whether so much work is left in the budget; it is taken. Where it is not, `possible` was not looked at.
    fn spend(&mut self, search: &mut Search<'_>, work: u32, possible: Gain) -> bool {
        match self.budget.checked_sub(work) {
            Some(left) => {
                self.budget = left;
                true
            }
            None => {
                search.missed = search.missed.max(Some(possible.saving));
                false
            }
        }
    }

    /// Narrows one choice after the other to each way it may come out, the best first, as long as the bound leaves that
    /// open: where of all that exclude each other one is left, the bound sees what all take off together. Then decides.
    fn narrow(&mut self, search: &mut Search<'_>, state: &State, chosen: &Chosen) {
        let possible = search.bound.upper(self, &search.steps, 0, state, chosen, search.best.worth);
        if possible <= search.best || !self.spend(search, 1, possible) {
            return;
        }
        let outcomes = search.bound.outcomes(&search.picked());
        if outcomes.is_empty() {
            return self.descend(search, 0, state, chosen, Gain::default());
        }
        for outcome in outcomes {
            let start = search.start.clone();
            for place in &outcome.open {
                search.start.get_mut(*place).into_iter().for_each(|picked| *picked = true);
            }
            search.bound.close(&outcome.closed, true);
            self.narrow(search, state, chosen);
            search.bound.close(&outcome.closed, false);
            search.start = start;
        }
    }

    /// Decides the steps from `from` on in turn, each first as the start does.
    fn descend(&mut self, search: &mut Search<'_>, from: usize, state: &State, chosen: &Chosen, gained: Gain) {
        if gained > search.best {
            search.best = gained;
            search.best_picks.clone_from(&search.picks);
        }
        let mut from = from;
        loop {
            if from >= search.steps.len() {
                return;
            }
            if search.bound.is_alone(from) || search.bound.is_closed(from) {
                from = from.saturating_add(1);
                continue;
            }
            let enough = search.best.worth.saturating_sub(gained.worth);
            let possible = gained.plus(search.bound.upper(self, &search.steps, from, state, chosen, enough));
            // Lines in pieces that cost differently take longer.
            let cost = state.pieces_apart().saturating_div(RUNS_A_STEP).saturating_add(1);
            if possible <= search.best || !self.spend(search, cost, possible) {
                return;
            }
            let Some(step) = search.steps.get(from) else { return };
            let (mut next_state, mut next_chosen) = (state.clone(), chosen.clone());
            let gain = self.node(step.node, &mut next_state, &mut next_chosen, None);
            let next = from.saturating_add(1);
            if gain.is_nothing() {
                from = next;
                continue;
            }
            if search.start.get(from) == Some(&true) {
                search.picks.push(from);
                self.descend(search, next, &next_state, &next_chosen, gained.plus(gain));
                search.picks.pop();
                // What is left out: the same prices, one step further.
                from = next;
            } else {
                self.descend(search, next, state, chosen, gained);
                search.picks.push(from);
                self.descend(search, next, &next_state, &next_chosen, gained.plus(gain));
                search.picks.pop();
                return;
            }
        }
    }
}
