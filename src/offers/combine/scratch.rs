//! Prices while laws are applied to them, and what was done to them.

use alloc::vec::Vec;

use super::bound::{Meets, StepLaw};
use super::law::{Law, Price, double};
use crate::domain::AddAll;
use crate::offers::ThresholdBase;
use crate::offers::offer::Threshold;
use crate::offers::prepare::Case;
use crate::offers::state::State;

/// What is worked with, kept from one bound to the next.
#[derive(Default)]
pub(super) struct Scratch {
    /// For each cell, its price, what it is at most, whether a law has been applied to it.
    pub now: Vec<f64>,
    pub most: Vec<f64>,
    pub touched: Vec<bool>,
    pub even: Vec<bool>,
    pub weights: Vec<f64>,
    pub open: Vec<usize>,
    /// For each choice, how many of its members are open.
    pub choices: Vec<Places>,
    /// Whether of any choice not all are applied one after the other.
    pub contested: bool,
    /// What laws leave for sure beyond `now`: the law, and how much more its cells cost together.
    pub surplus: Vec<(usize, f64)>,
    pub done: Vec<Done>,
    /// What flat steps take off each of their cells, one step after the other; and the same before their caps.
    pub flat: Vec<f64>,
    pub shares: Vec<f64>,
    pub gains: Vec<Flat>,
    /// For each cell, the most that its pieces can save in any set.
    pub claimed: Vec<f64>,
}

/// One law at its turn.
pub(super) enum Done {
    /// Applied to the prices.
    Applied {
        step: usize,
        law: usize,
        /// What of a fall before it is left after it.
        slope: f64,
        /// Whether its cells depend on each other.
        coupled: bool,
        /// What its cells cost before.
        price: f64,
    },
    /// Counted beside the prices.
    Counted {
        step: usize,
        law: usize,
        /// Where in `flat` what it takes off begins.
        start: usize,
        /// Whether it is sure to be applied where nothing speaks against it.
        certain: bool,
    },
}

/// The open members of a choice.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub open: u32,
    /// How many of them may be applied.
    pub room: u32,
    /// Whether they are applied one after the other all the same.
    pub chained: bool,
}

impl Places {
    /// Whether only those that gain most count.
    pub fn are_contested(self) -> bool {
        !self.chained && self.open > self.room
    }
}

/// What a flat step gains.
pub(super) struct Flat {
    pub step: usize,
    pub choice: usize,
    pub gain: f64,
    /// What of that it gains by taking whole pieces.
    pub by_pieces: f64,
}

/// Adds a gain of `step`: laws of one step stand together.
pub(super) fn note_gain(gains: &mut Vec<Flat>, step: usize, choice: usize, gain: f64, by_pieces: f64) {
    match gains.last_mut() {
        Some(known) if known.step == step => {
            known.gain += gain;
            known.by_pieces += by_pieces;
        }
        _ => gains.push(Flat { step, choice, gain, by_pieces }),
    }
}

impl Scratch {
    pub fn load(&mut self, state: &State, even: bool) {
        self.now.clear();
        self.now.add_all(state.lines.iter().map(|line| double(line.left)).chain(state.shipping.iter().copied().map(double)));
        self.most.clone_from(&self.now);
        self.touched.clear();
        self.touched.resize(self.now.len(), false);
        self.even.clear();
        self.even.add_all(state.lines.iter().map(|line| even || line.is_even()));
        self.even.resize(self.now.len(), true);
        self.done.clear();
        self.flat.clear();
        self.shares.clear();
        self.surplus.clear();
    }

    pub fn price(&self, cell: usize, rounded: bool, sum: Option<(f64, bool)>) -> Price {
        let of = |list: &[f64]| list.get(cell).copied().unwrap_or(0.0);
        let untouched = self.touched.get(cell) == Some(&false);
        let (most, exact) = sum.unwrap_or((of(&self.most), untouched));
        Price { now: of(&self.now), most, exact, even: self.even.get(cell) == Some(&true), rounded }
    }

    /// The sum of a law's cells: now, at most, and whether that is exact; the latter two only where it looks at them, or
    /// `all` are asked for.
    pub fn sum(&self, law: &Law, all: bool) -> (f64, f64, bool) {
        let of = |list: &[f64]| law.cells.iter().filter_map(|cell| list.get(*cell)).sum::<f64>();
        let now = of(&self.now);
        if !(all || law.measures()) {
            return (now, now, false);
        }
        (now, of(&self.most), law.cells.iter().all(|cell| self.touched.get(*cell) == Some(&false)))
    }

    /// Writes down what `law` takes off each of its cells, with the whole, and by how much rounding may make it more.
    /// `at_start` counts it on what prices are at most.
    pub fn take(&mut self, law: &Law, rounded: bool, at_start: bool) -> (f64, f64) {
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
            self.flat.add_all(law.cells.iter().map(|cell| list.get(*cell).copied().unwrap_or(0.0) * part));
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

    /// Applies the law of `own`: what it takes off in all, what its cells cost before, and by how much rounding may make it
    /// more.
    pub fn apply(&mut self, own: &StepLaw, rounded: bool) -> (f64, f64, f64) {
        let law = &own.law;
        if law.together {
            let (sum, most, exact) = self.sum(law, false);
            let (off, slack) = law.off(0, &Price { now: sum, most, exact, even: false, rounded });
            let off = off.min(law.cap);
            self.carry(own, sum, off, most, rounded);
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
        self.keep(own, law.kept());
        let mut before = 0.0;
        for (cell, off) in law.cells.iter().zip(self.flat.get(start..).unwrap_or_default()) {
            if let (Some(now), Some(touched)) = (self.now.get_mut(*cell), self.touched.get_mut(*cell)) {
                before += *now;
                *now = (*now - off).max(0.0);
                *touched |= *off > 0.0;
            }
        }
        self.flat.truncate(start);
        self.shares.truncate(start);
        (off, before, slack)
    }

    /// Takes about what a law on sets takes, of the pieces that belong to no set yet.
    pub fn form_sets(&mut self, own: &StepLaw) {
        for cell in &own.law.cells {
            let (Some(now), Some(claimed)) = (self.now.get_mut(*cell), self.claimed.get_mut(*cell)) else { continue };
            *now *= 1.0 - own.part * (1.0 - *claimed);
            if own.law.claims && own.part > 0.0 {
                *claimed = 1.0;
            }
        }
    }

    /// What is left beyond `now` of each surplus on cells of `own`, of which only the part `kept` is sure to stay.
    pub fn keep(&mut self, own: &StepLaw, kept: f64) {
        for (id, surplus) in &mut self.surplus {
            if own.meets(*id) != Meets::Nowhere {
                *surplus *= kept;
            }
        }
        self.surplus.retain(|(_, surplus)| *surplus > 0.0);
    }

    /// What a law on the sum of its cells leaves beyond what `now` says after it: where a higher price before it would
    /// leave less, it leaves no less than at the best of these.
    fn carry(&mut self, own: &StepLaw, sum: f64, off: f64, most: f64, rounded: bool) {
        if self.surplus.is_empty() && !own.law.measures() {
            return;
        }
        let inside = |id: usize| own.meets(id) == Meets::Inside;
        let more: f64 = self.surplus.iter().filter(|(id, _)| inside(*id)).map(|(_, surplus)| surplus).sum();
        let left = own.law.least_left(sum + more, most, rounded) - (sum - off);
        self.surplus.retain(|(id, _)| !inside(*id));
        self.keep(own, if sum > 0.0 { own.law.kept_of_sum(off / sum) } else { 0.0 });
        if left > 1e-6 {
            self.surplus.push((own.id, left));
        }
    }

    /// The sum of `gain` over as many steps of each choice as may be applied, those that gain most.
    pub fn best_of_choices(&self, gain: impl Fn(&Flat) -> f64) -> f64 {
        let mut total = 0.0;
        for (choice, places) in self.choices.iter().enumerate() {
            let own = || self.gains.iter().filter(|flat| flat.choice == choice);
            if !places.are_contested() {
                total += own().map(&gain).sum::<f64>();
                continue;
            }
            // The one that gains most, then the next, as many as may be: there are few.
            let mut last = (f64::INFINITY, usize::MAX);
            for _ in 0..places.room {
                let behind = |flat: &&Flat| gain(flat) < last.0 || (gain(flat) <= last.0 && flat.step < last.1);
                let Some(next) =
                    own().filter(behind).max_by(|one, other| gain(one).total_cmp(&gain(other)).then(one.step.cmp(&other.step)))
                else {
                    break;
                };
                last = (gain(next), next.step);
                total += last.0.max(0.0);
            }
        }
        total
    }

    /// Whether the thresholds of an offer on running prices are reached.
    pub fn reached(&self, case: &Case<'_>, live: usize) -> bool {
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
