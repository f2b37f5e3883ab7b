//! A good selection to start a search from: greedy, then improved one step at a time, on estimates.

use alloc::vec::Vec;

use super::bound::Bound;
use super::search::Step;
use super::{Chosen, Combiner};
use crate::domain::{Arrange, Listed};
use crate::offers::state::State;

/// Rounds of improvement at most.
const ROUNDS: usize = 6;

impl Combiner<'_> {
    /// For each step, whether the selection has it.
    pub(super) fn start(&self, steps: &[Step<'_>], bound: &mut Bound, state: &State, chosen: &Chosen) -> Vec<bool> {
        let mut alone: Vec<(f64, usize)> = Vec::with_capacity(steps.len());
        let mut picked = alloc::vec![false; steps.len()];
        // What goes together with none is tried by itself.
        for place in (0..steps.len()).filter(|place| !bound.is_alone(*place)).listed() {
            set(&mut picked, place, true);
            alone.push((bound.estimate(self, steps, &picked, state), place));
            set(&mut picked, place, false);
        }
        alone.arrange_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        for (_, place) in &alone {
            set(&mut picked, *place, true);
            if !self.is_legal(steps, &picked, chosen) {
                set(&mut picked, *place, false);
            }
        }
        let mut best = bound.estimate(self, steps, &picked, state);
        for _ in 0..ROUNDS {
            let mut found: Option<(f64, Vec<bool>)> = None;
            for (_, place) in &alone {
                for changed in self.moves(steps, bound, &picked, *place, chosen) {
                    let value = bound.estimate(self, steps, &changed, state);
                    if value > best + 0.5 && found.as_ref().is_none_or(|(known, _)| value > *known) {
                        found = Some((value, changed));
                    }
                }
            }
            let Some((value, changed)) = found else { break };
            (best, picked) = (value, changed);
        }
        picked
    }

    /// Selections that differ from `picked` in one offer, and what that asks for: those that gain most by the estimate, at
    /// most so many.
    pub(super) fn neighbours(
        &self,
        steps: &[Step<'_>],
        bound: &mut Bound,
        picked: &[bool],
        (state, chosen): (&State, &Chosen),
        count: usize,
    ) -> Vec<Vec<bool>> {
        let mut found: Vec<(f64, Vec<bool>)> = Vec::new();
        for place in 0..steps.len() {
            if bound.is_alone(place) {
                continue;
            }
            for changed in self.moves(steps, bound, picked, place, chosen) {
                found.push((bound.estimate(self, steps, &changed, state), changed));
            }
        }
        found.arrange_by(|left, right| right.0.total_cmp(&left.0));
        found.truncate(count);
        found.into_iter().map(|(_, changed)| changed).listed()
    }

    /// See [`Self::changes`]; beside these, the selections that have `place`, where it takes whole pieces, instead of another
    /// that does.
    fn moves(&self, steps: &[Step<'_>], bound: &Bound, picked: &[bool], place: usize, chosen: &Chosen) -> Vec<Vec<bool>> {
        let mut moves = self.changes(steps, picked, place, chosen);
        if picked.get(place) == Some(&true) || !bound.takes_pieces(place) {
            return moves;
        }
        for at in 0..moves.len() {
            for other in (0..steps.len()).filter(|other| *other != place && bound.takes_pieces(*other)) {
                let changed = moves.get(at).filter(|changed| changed.get(other) == Some(&true));
                if let Some(mut changed) = changed.cloned() {
                    set(&mut changed, other, false);
                    moves.push(changed);
                }
            }
        }
        moves
    }

    /// The selections that have `place` changed: without it; or with it, and without what it does not go together with,
    /// or without one other where a limit asks for that.
    pub(super) fn changes(&self, steps: &[Step<'_>], picked: &[bool], place: usize, chosen: &Chosen) -> Vec<Vec<bool>> {
        let mut changed = picked.to_vec();
        if picked.get(place) == Some(&true) {
            set(&mut changed, place, false);
            return alloc::vec![changed];
        }
        set(&mut changed, place, true);
        let own = steps.get(place).map_or(&[][..], |step| &step.members);
        let apart = |other: &Step<'_>| {
            let row = |live: &usize| self.conflicts.get(*live);
            own.iter().any(|live| row(live).is_some_and(|row| other.members.iter().any(|other| row.has(*other))))
        };
        for (other, step) in steps.iter().enumerate() {
            if other != place && apart(step) {
                set(&mut changed, other, false);
            }
        }
        if self.is_legal(steps, &changed, chosen) {
            return alloc::vec![changed];
        }
        let shares = |other: &Step<'_>| own.iter().any(|live| other.members.iter().any(|other| self.share_limit(*live, *other)));
        let others = steps.iter().enumerate().filter(|(other, step)| *other != place && changed.get(*other) == Some(&true) && shares(step));
        let without = |(other, _): (usize, &Step<'_>)| {
            let mut changed = changed.clone();
            set(&mut changed, other, false);
            self.is_legal(steps, &changed, chosen).then_some(changed)
        };
        others.filter_map(without).listed()
    }

    /// Whether two offers take of one limit.
    fn share_limit(&self, left: usize, right: usize) -> bool {
        let limits = |live: usize| self.limits.get(live).map_or(&[][..], Vec::as_slice);
        let pools = |live: usize| self.case.live.get(live).and_then(|live| self.case.offer(live)).map_or(&[][..], |offer| &offer.pools);
        limits(left).iter().any(|(group, _)| limits(right).iter().any(|(other, _)| group == other))
            || pools(left).iter().any(|(pool, _)| pools(right).iter().any(|(other, _)| pool == other))
    }

    /// Whether the steps of `picked` go together.
    fn is_legal(&self, steps: &[Step<'_>], picked: &[bool], chosen: &Chosen) -> bool {
        let mut chosen = chosen.clone();
        for (step, picked) in steps.iter().zip(picked) {
            // What a group lets through is its own matter.
            if let (true, [live]) = (*picked, step.members.as_slice()) {
                if !self.may_apply(*live, &chosen) {
                    return false;
                }
                self.note(*live, &mut chosen);
            }
        }
        true
    }
}

fn set(picked: &mut [bool], place: usize, value: bool) {
    if let Some(picked) = picked.get_mut(place) {
        *picked = value;
    }
}
