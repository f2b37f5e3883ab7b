//! Choosing among the offers that take part.

mod agreement;
mod bits;
mod bound;
mod search;
mod tree;

use alloc::vec::Vec;

pub(super) use agreement::{Conflict, conflict};
pub(super) use bits::Bits;
use tree::Node;

use super::apply::{Entry, Gain, apply};
use super::prepare::Case;
use super::state::State;
use super::{Exclusive, Mode, Selection};

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Choice {
    /// What was done, in order.
    pub entries: Vec<Entry>,
    /// Offers applied, by their place in [`Case::live`], in the order of their turns.
    pub applied: Vec<usize>,
    /// What they gained together.
    pub gain: Gain,
    /// What is left of the prices.
    pub state: Option<State>,
    /// What a better combination could still gain; 0 where this one is proved best.
    pub gap: i64,
    /// Whether the search was cut off.
    pub cut_off: bool,
}

/// What is applied so far.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    applied: Bits,
    order: Vec<usize>,
    pools: Vec<u32>,
    stopped: bool,
}

/// Chooses among the offers of a case.
pub(super) struct Combiner<'a> {
    case: &'a Case<'a>,
    conflicts: Vec<Bits>,
    /// Combinations that may still be looked at.
    budget: u32,
    /// What a combination that was not looked at could gain more than the one found.
    gap: i64,
    cut_off: bool,
}

impl<'a> Combiner<'a> {
    pub fn new(case: &'a Case<'a>) -> Self {
        Combiner { case, conflicts: agreement::conflicts(case), budget: case.book.stacking.search_budget, gap: 0, cut_off: false }
    }

    /// Chooses as the programme says, or as the request lists.
    pub fn choose(mut self) -> Choice {
        let nodes = self.nodes();
        let mode = if matches!(self.case.input.selection, Selection::Listed(_)) { Mode::Stack } else { self.case.book.stacking.mode };
        let (mut state, mut chosen, mut entries) = (State::new(self.case), self.nothing_chosen(), Vec::new());
        let gain = self.level(&nodes, mode, None, &mut state, &mut chosen, Some(&mut entries));
        Choice { entries, applied: chosen.order, gain, state: Some(state), gap: self.gap, cut_off: self.cut_off }
    }

    /// The outermost level.
    fn nodes(&self) -> Vec<Node> {
        let place_of = |id: &str| {
            let place = self.case.book.find(id)?;
            self.case.live.iter().position(|live| live.place == place)
        };
        if let Selection::Listed(ids) = self.case.input.selection {
            let mut listed: Vec<usize> = Vec::new();
            for live in ids.iter().filter_map(|id| place_of(id)) {
                if !listed.contains(&live) {
                    listed.push(live);
                }
            }
            return listed.into_iter().map(Node::Offer).collect();
        }
        if self.case.book.stacking.exclusive == Exclusive::First {
            let exclusive = (0..self.case.live.len()).filter_map(|live| {
                let offer = self.case.live.get(live).and_then(|live| self.case.offer(live))?;
                offer.exclusive.then_some((core::cmp::Reverse(offer.priority), live))
            });
            if let Some((_, live)) = exclusive.min() {
                return alloc::vec![Node::Offer(live)];
            }
        }
        tree::level(self.case, None)
    }

    fn nothing_chosen(&self) -> Chosen {
        let pools = self.case.book.stacking.pools.iter().map(|pool| pool.max).collect();
        Chosen { applied: Bits::new(self.case.live.len()), order: Vec::new(), pools, stopped: false }
    }

    /// Chooses among `nodes`, at most `max` of them.
    fn level(
        &mut self,
        nodes: &[Node],
        mode: Mode,
        max: Option<u32>,
        state: &mut State,
        chosen: &mut Chosen,
        record: Option<&mut Vec<Entry>>,
    ) -> Gain {
        match mode {
            Mode::Stack => self.stack(nodes, max.unwrap_or(u32::MAX), state, chosen, record),
            Mode::ListOrder => self.stack(nodes, 1, state, chosen, record),
            Mode::Highest | Mode::Lowest => self.one(nodes, mode == Mode::Highest, state, chosen, record),
            Mode::Best => self.best(nodes, state, chosen, record),
        }
    }

    /// Applies nodes in turn until `max` of them gained something.
    fn stack(&mut self, nodes: &[Node], max: u32, state: &mut State, chosen: &mut Chosen, mut record: Option<&mut Vec<Entry>>) -> Gain {
        let mut total = Gain::default();
        let mut left = max;
        for node in nodes {
            if left == 0 {
                break;
            }
            let gain = self.node(node, state, chosen, record.as_deref_mut());
            if !gain.is_nothing() {
                left = left.saturating_sub(1);
                total = total.plus(gain);
            }
        }
        total
    }

    /// Applies the node that gains most, or least; of equals the first.
    fn one(&mut self, nodes: &[Node], highest: bool, state: &mut State, chosen: &mut Chosen, record: Option<&mut Vec<Entry>>) -> Gain {
        let mut best: Option<(Gain, &Node)> = None;
        for node in nodes {
            let gain = self.node(node, &mut state.clone(), &mut chosen.clone(), None);
            let better = |known: Gain| if highest { gain > known } else { gain < known };
            if !gain.is_nothing() && best.as_ref().is_none_or(|(known, _)| better(*known)) {
                best = Some((gain, node));
            }
        }
        best.map_or_else(Gain::default, |(_, node)| self.node(node, state, chosen, record))
    }

    /// Applies one node.
    fn node(&mut self, node: &Node, state: &mut State, chosen: &mut Chosen, record: Option<&mut Vec<Entry>>) -> Gain {
        match node {
            Node::Offer(live) => self.offer(*live, state, chosen, record),
            Node::Group { group, nodes } => {
                let max = self.case.book.stacking.groups.get(*group).and_then(|group| group.max);
                self.level(nodes, tree::mode_of(self.case, Some(*group)), max, state, chosen, record)
            }
        }
    }

    /// Applies one offer, where it goes together with those applied.
    fn offer(&self, live: usize, state: &mut State, chosen: &mut Chosen, record: Option<&mut Vec<Entry>>) -> Gain {
        let Some(offer_live) = self.case.live.get(live).filter(|_| self.may_apply(live, chosen)) else { return Gain::default() };
        let gain = apply(self.case, offer_live, state, record);
        if !gain.is_nothing() {
            self.note(live, chosen);
        }
        gain
    }

    fn may_apply(&self, live: usize, chosen: &Chosen) -> bool {
        let apart = self.conflicts.get(live).is_some_and(|conflicts| conflicts.meets(&chosen.applied));
        let pools = self.case.live.get(live).and_then(|live| self.case.offer(live)).map_or(&[][..], |offer| &offer.pools);
        let fits = |(pool, amount): &(usize, u32)| chosen.pools.get(*pool).is_none_or(|left| left >= amount);
        !apart && !chosen.stopped && pools.iter().all(fits)
    }

    fn note(&self, live: usize, chosen: &mut Chosen) {
        chosen.applied.insert(live);
        chosen.order.push(live);
        let Some(offer) = self.case.live.get(live).and_then(|live| self.case.offer(live)) else { return };
        chosen.stopped |= offer.exclusive && self.case.book.stacking.exclusive == Exclusive::Stop;
        for (pool, amount) in &offer.pools {
            if let Some(left) = chosen.pools.get_mut(*pool) {
                *left = left.saturating_sub(*amount);
            }
        }
    }
}
