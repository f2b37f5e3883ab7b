//! The legal selection that gains most, by branch and bound.
//!
//! Steps are decided in turn, 'applied' before 'left out', on the prices that the steps before have left. A branch is
//! given up where even the bound on everything still to come cannot beat the best found, so that what is left at the
//! end is proved best; where the budget ends first, the bounds of what was not looked at say how much could be missed.
//! Of selections that gain the same, the first found stays: the one that applies the earlier steps.

use alloc::vec::Vec;

use super::bound::Bound;
use super::tree::{Node, members};
use super::{Chosen, Combiner};
use crate::offers::apply::{Entry, Gain};
use crate::offers::state::State;

/// What is decided together.
pub(super) struct Step<'n> {
    pub node: &'n Node,
    /// The offers in it.
    pub members: Vec<usize>,
}

/// Where a search stands.
struct Search<'n> {
    steps: Vec<Step<'n>>,
    bound: Bound,
    best: Gain,
    best_picks: Vec<usize>,
    picks: Vec<usize>,
}

impl Combiner<'_> {
    /// Applies the selection of `nodes` that gains most.
    pub(super) fn best(&mut self, nodes: &[Node], state: &mut State, chosen: &mut Chosen, mut record: Option<&mut Vec<Entry>>) -> Gain {
        let step = |node| {
            let mut live = Vec::new();
            members(core::slice::from_ref(node), &mut live);
            Step { node, members: live }
        };
        let steps: Vec<Step<'_>> = nodes.iter().map(step).collect();
        let bound = Bound::new(self, &steps, state);
        let mut search = Search { steps, bound, best: Gain::default(), best_picks: Vec::new(), picks: Vec::new() };
        self.descend(&mut search, 0, state, chosen, Gain::default());
        let mut total = Gain::default();
        for pick in search.best_picks {
            if let Some(step) = search.steps.get(pick) {
                total = total.plus(self.node(step.node, state, chosen, record.as_deref_mut()));
            }
        }
        total
    }

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
            let possible = gained.plus(search.bound.upper(self, &search.steps, from, state, chosen));
            if possible <= search.best {
                return;
            }
            let Some(left) = self.budget.checked_sub(1) else {
                self.cut_off = true;
                self.gap = self.gap.max(possible.saving.saturating_sub(search.best.saving));
                return;
            };
            self.budget = left;
            let Some(step) = search.steps.get(from) else { return };
            let (mut next_state, mut next_chosen) = (state.clone(), chosen.clone());
            let gain = self.node(step.node, &mut next_state, &mut next_chosen, None);
            if !gain.is_nothing() {
                search.picks.push(from);
                self.descend(search, from.saturating_add(1), &next_state, &next_chosen, gained.plus(gain));
                search.picks.pop();
            }
            // What is left out: the same prices, one step further.
            from = from.saturating_add(1);
        }
    }
}
