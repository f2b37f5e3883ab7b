//! Choosing among the offers that take part.

mod agreement;
mod bits;
mod bound;
mod contest;
mod dual;
mod law;
mod packing;
mod scratch;
mod search;
mod start;
mod tree;

use alloc::vec::Vec;

pub(super) use agreement::{Conflict, conflict, keep_apart};
pub(super) use bits::Bits;
use tree::Node;

use super::apply::{Entry, Gain, What, apply};
use super::prepare::Case;
use super::state::State;
use super::{Exclusive, Mode, Scope, Selection};
use crate::domain::{AddAll, Listed};

/// Ways to make room for one offer more that are tried.
const TRIED: usize = 2;

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
    /// Combinations looked at.
    pub looked_at: u32,
}

/// What is applied so far.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    applied: Bits,
    order: Vec<usize>,
    pools: Vec<u32>,
    stopped: bool,
    /// For each group, how many offers in it are applied.
    in_group: Vec<u32>,
    /// For each line, the offers that reduced it; kept only where some may not meet on one line.
    on_line: Vec<Bits>,
}

/// Chooses among the offers of a case.
pub(super) struct Combiner<'a> {
    case: &'a Case<'a>,
    conflicts: Vec<Bits>,
    /// For each offer, those that may not meet it on one line.
    apart: Vec<Bits>,
    /// For each offer, the groups around it that let only so many through.
    limits: Vec<Vec<(usize, u32)>>,
    /// Whether any may not meet on one line.
    has_line_rules: bool,
    /// Combinations that may still be looked at.
    budget: u32,
    /// What a combination that was not looked at could gain more than the one found.
    gap: i64,
    cut_off: bool,
}

impl<'a> Combiner<'a> {
    pub fn new(case: &'a Case<'a>) -> Self {
        Self::with_budget(case, case.book.search_budget(case))
    }

    /// One that looks at no more than `budget` combinations.
    pub fn with_budget(case: &'a Case<'a>, budget: u32) -> Self {
        let sorts = agreement::Sorts::of(case);
        let apart = sorts.apart_on_line(case);
        Combiner {
            case,
            conflicts: sorts.conflicts(case),
            limits: (0..case.live.len()).map(|live| agreement::limits_around(case, live)).listed(),
            has_line_rules: !apart.iter().all(Bits::is_empty),
            apart,
            budget,
            gap: 0,
            cut_off: false,
        }
    }

    /// As if nothing had been looked at yet.
    pub fn begin_again(&mut self) {
        (self.budget, self.gap, self.cut_off) = (self.case.book.search_budget(self.case), 0, false);
    }

    /// What the offers at `places` of the book gain, as far as they go together, with the one at `with` added and what it
    /// does not go together with left out; or without it where that gains more and `or_without` lets it. Nothing is
    /// searched; where the programme leaves no choice, it is what the programme says.
    pub fn near(&mut self, places: &[usize], with: usize, or_without: bool) -> Choice {
        let nodes = self.nodes();
        let live_of = |node: &Node| match node {
            Node::Offer(live) => self.case.live.get(*live).map(|live| live.place),
            _ => None,
        };
        let kept: Vec<bool> = nodes.iter().map(|node| live_of(node).is_none_or(|place| places.contains(&place))).listed();
        let added = nodes.iter().position(|node| live_of(node) == Some(with));
        let steps: Vec<search::Step<'_>> = nodes.iter().map(search::Step::new).listed();
        let mut tries = added.map_or_else(Vec::new, |added| self.changes(&steps, &kept, added, &self.nothing_chosen()));
        tries.truncate(TRIED);
        if or_without || tries.is_empty() {
            tries.push(kept);
        }
        let mut best = Choice::default();
        for picked in tries {
            let (mut state, mut chosen, mut entries) = (State::new(self.case), self.nothing_chosen(), Vec::new());
            let mut gain = Gain::default();
            for (node, picked) in nodes.iter().zip(picked) {
                if picked {
                    gain = gain.plus(self.node(node, &mut state, &mut chosen, Some(&mut entries)));
                }
            }
            if gain > best.gain || best.state.is_none() {
                best = Choice { entries, applied: chosen.order, gain, state: Some(state), cut_off: true, ..Choice::default() };
            }
        }
        best
    }

    /// Chooses as the programme says, or as the request lists.
    pub fn choose(mut self) -> Choice {
        let budget = self.budget;
        let nodes = self.nodes();
        let listed = self.case.input.selection != Selection::Programme;
        let mode = if listed { Mode::Stack } else { self.case.book.stacking.mode };
        let (mut state, mut chosen, mut entries) = (State::new(self.case), self.nothing_chosen(), Vec::new());
        let gain = self.level(&nodes, mode, None, &mut state, &mut chosen, Some(&mut entries));
        let looked_at = budget.saturating_sub(self.budget);
        Choice { entries, applied: chosen.order, gain, state: Some(state), gap: self.gap, cut_off: self.cut_off, looked_at }
    }

    /// The outermost level.
    fn nodes(&self) -> Vec<Node> {
        let place_of = |id: &str| {
            let place = self.case.book.find(id)?;
            self.case.live.iter().position(|live| live.place == place)
        };
        if let Selection::Listed(ids) | Selection::Held(ids) = self.case.input.selection {
            let mut listed: Vec<usize> = Vec::new();
            for live in ids.iter().filter_map(|id| place_of(id)) {
                if !listed.contains(&live) {
                    listed.push(live);
                }
            }
            return listed.into_iter().map(Node::Offer).listed();
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
        self.arranged(tree::level(self.case, None), None)
    }

    /// The same nodes, on each level with those together that contend for lines.
    fn arranged(&self, nodes: Vec<Node>, group: Option<usize>) -> Vec<Node> {
        if !self.has_line_rules {
            return nodes;
        }
        let inner = |node| match node {
            Node::Group { group, nodes } => Node::Group { group, nodes: self.arranged(nodes, Some(group)) },
            other => other,
        };
        self.with_contests(nodes.into_iter().map(inner).listed(), tree::mode_of(self.case, group))
    }

    fn nothing_chosen(&self) -> Chosen {
        let pools = self.case.book.stacking.pools.iter().map(|pool| pool.max).listed();
        let count = self.case.live.len();
        let lines = if self.has_line_rules { self.case.input.lines.len() } else { 0 };
        Chosen {
            applied: Bits::new(count),
            order: Vec::new(),
            pools,
            stopped: false,
            in_group: alloc::vec![0; self.case.book.stacking.groups.len()],
            on_line: (0..lines).map(|_| Bits::new(count)).listed(),
        }
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
            Node::Contest { members, mode } => self.contest(members, *mode, state, chosen, record),
            Node::Group { group, nodes } => {
                let known = self.case.book.stacking.groups.get(*group);
                let max = known.and_then(|group| group.max);
                let mode = tree::mode_of(self.case, Some(*group));
                match known.map_or(Scope::Order, |group| group.scope) {
                    Scope::Order => self.level(nodes, mode, max, state, chosen, record),
                    // Lines choose, so all members have their turn.
                    Scope::Line => self.level(nodes, Mode::Stack, max, state, chosen, record),
                    Scope::Unit => self.packing(nodes, state, chosen, record),
                }
            }
        }
    }

    /// Applies one offer, where it goes together with those applied.
    fn offer(&self, live: usize, state: &mut State, chosen: &mut Chosen, record: Option<&mut Vec<Entry>>) -> Gain {
        if !self.may_apply(live, chosen) {
            return Gain::default();
        }
        if self.has_line_rules {
            return self.offer_on(live, |_| true, state, chosen, record);
        }
        let gain = self.case.live.get(live).map_or_else(Gain::default, |live| apply(self.case, live, state, record));
        if !gain.is_nothing() {
            self.note(live, chosen);
        }
        gain
    }

    /// Applies one offer on the lines that `wanted` and the rules about lines let through.
    fn offer_on(
        &self,
        live: usize,
        wanted: impl Fn(usize) -> bool,
        state: &mut State,
        chosen: &mut Chosen,
        record: Option<&mut Vec<Entry>>,
    ) -> Gain {
        let Some(whole) = self.case.live.get(live) else { return Gain::default() };
        let restricted = whole.restricted(|line| wanted(line) && self.line_is_free(live, line, chosen));
        let mut entries = Vec::new();
        let gain = apply(self.case, &restricted, state, Some(&mut entries));
        if gain.is_nothing() {
            return gain;
        }
        self.note(live, chosen);
        for entry in &entries {
            if let What::Line(line, _) = entry.what
                && let Some(on_line) = chosen.on_line.get_mut(line)
            {
                on_line.insert(live);
            }
        }
        if let Some(record) = record {
            record.add_all(entries);
        }
        gain
    }

    /// Whether no offer has reduced `line` that may not meet the offer `live` there.
    fn line_is_free(&self, live: usize, line: usize, chosen: &Chosen) -> bool {
        match (self.apart.get(live), chosen.on_line.get(line)) {
            (Some(apart), Some(on_line)) => !apart.meets(on_line),
            _ => true,
        }
    }

    fn may_apply(&self, live: usize, chosen: &Chosen) -> bool {
        let apart = self.conflicts.get(live).is_some_and(|conflicts| conflicts.meets(&chosen.applied));
        let pools = self.case.live.get(live).and_then(|live| self.case.offer(live)).map_or(&[][..], |offer| &offer.pools);
        let fits = |(pool, amount): &(usize, u32)| chosen.pools.get(*pool).is_none_or(|left| left >= amount);
        let has_room = |(group, limit): &(usize, u32)| chosen.in_group.get(*group).is_none_or(|count| count < limit);
        let limits = self.limits.get(live).map_or(&[][..], Vec::as_slice);
        !apart && !chosen.stopped && pools.iter().all(fits) && limits.iter().all(has_room)
    }

    fn note(&self, live: usize, chosen: &mut Chosen) {
        chosen.applied.insert(live);
        chosen.order.push(live);
        for (group, _) in self.limits.get(live).into_iter().flatten() {
            if let Some(count) = chosen.in_group.get_mut(*group) {
                *count = count.saturating_add(1);
            }
        }
        let Some(offer) = self.case.live.get(live).and_then(|live| self.case.offer(live)) else { return };
        chosen.stopped |= offer.exclusive && self.case.book.stacking.exclusive == Exclusive::Stop;
        for (pool, amount) in &offer.pools {
            if let Some(left) = chosen.pools.get_mut(*pool) {
                *left = left.saturating_sub(*amount);
            }
        }
    }
}
