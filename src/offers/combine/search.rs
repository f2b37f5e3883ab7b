//! The legal selection that gains most, by branch and bound.
//!
//! The search starts from a good selection ([`start`](super::start)). Steps are then decided in turn, each first as that
//! selection does, on the prices that the steps before have left. A branch is given up where even the bound on everything
//! still to come cannot beat the best found, so that what is left at the end is proved best; where the budget ends first,
//! the bounds of what was not looked at say how much could be missed. Of selections that gain the same, the first found
//! stays.

use alloc::vec::Vec;

use super::bound::Bound;
use super::tree::{Node, members};
use super::{Chosen, Combiner};
use crate::offers::apply::{Entry, Gain};
use crate::offers::state::State;

/// Runs of pieces that cost as much time as one combination.
const RUNS_A_STEP: u32 = 32;

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
}

impl Combiner<'_> {
    /// Applies the selection of `nodes` that gains most.
    pub(super) fn best(&mut self, nodes: &[Node], state: &mut State, chosen: &mut Chosen, mut record: Option<&mut Vec<Entry>>) -> Gain {
        let steps: Vec<Step<'_>> = nodes.iter().map(Step::new).collect();
        let mut bound = Bound::new(self, &steps, state);
        bound.tighten(self, &steps, state, chosen);
        let start = self.start(&steps, &mut bound, state, chosen);
        let mut search = Search { steps, bound, start: start.clone(), best: Gain::default(), best_picks: Vec::new(), picks: Vec::new() };
        self.try_selection(&mut search, &start, state, chosen);
        // What goes together with none is tried by itself, once.
        for place in (0..search.steps.len()).filter(|place| search.bound.is_alone(*place)).collect::<Vec<_>>() {
            let only: Vec<bool> = (0..search.steps.len()).map(|other| other == place).collect();
            self.try_selection(&mut search, &only, state, chosen);
        }
        self.descend(&mut search, 0, state, chosen, Gain::default());
        let mut total = Gain::default();
        for pick in search.best_picks {
            if let Some(step) = search.steps.get(pick) {
                total = total.plus(self.node(step.node, state, chosen, record.as_deref_mut()));
            }
        }
        total
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

    /// Whether so much work is left in the budget; it is taken. Where it is not, `possible` was not looked at.
    fn spend(&mut self, work: u32, possible: Gain, best: Gain) -> bool {
        match self.budget.checked_sub(work) {
            Some(left) => self.budget = left,
            None => {
                self.cut_off = true;
                self.gap = self.gap.max(possible.saving.saturating_sub(best.saving));
                return false;
            }
        }
        true
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
            if search.bound.is_alone(from) {
                from = from.saturating_add(1);
                continue;
            }
            let enough = search.best.worth.saturating_sub(gained.worth);
            let possible = gained.plus(search.bound.upper(self, &search.steps, from, state, chosen, enough));
            // Lines in pieces that cost differently take longer.
            let cost = state.pieces_apart().saturating_div(RUNS_A_STEP).saturating_add(1);
            if possible <= search.best || !self.spend(cost, possible, search.best) {
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
