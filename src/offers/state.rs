//! What is left of a cart's prices while offers are applied one after the other.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::{OddCents, allocate_within};
use crate::domain::Listed;

/// Pieces of one line that cost the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// How many.
    pub count: u32,
    /// What each costs now.
    pub price: i64,
    /// Whether they belong to a set of a bundle or a buy-get already.
    pub claimed: bool,
}

/// What is left of a line's price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LineState {
    /// What the line costs now.
    pub left: i64,
    /// What it would cost with automatic offers only.
    pub activity: i64,
    /// Pieces that belong to a set, without it being said which.
    pub set_aside: u32,
    /// Its pieces, where they don't cost the same any more; empty where they do, but for the odd cents of `left`. Shared
    /// with copies of the state until one changes it.
    runs: Option<Rc<Vec<Run>>>,
}

/// What is left of a cart's prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// For each line.
    pub lines: Vec<LineState>,
    /// What each way of shipping costs now.
    pub shipping: Vec<i64>,
}

impl Run {
    /// What can be taken off its pieces before one costs less than `floor`.
    fn room(&self, floor: i64) -> i64 {
        self.price.saturating_sub(floor).max(0).saturating_mul(self.count.into())
    }
}

impl LineState {
    pub fn new(total: i64) -> Self {
        LineState { left: total, activity: total, set_aside: 0, runs: None }
    }

    /// The line's `quantity` pieces, cheapest runs last where they differ by odd cents only.
    pub fn runs(&self, quantity: u32) -> Runs<'_> {
        match &self.runs {
            None => Runs::Even(even(self.left, quantity)),
            Some(runs) => Runs::Split(runs),
        }
    }

    /// Runs of pieces that are known by themselves.
    pub fn run_count(&self) -> usize {
        self.apart().len()
    }

    fn apart(&self) -> &[Run] {
        self.runs.as_ref().map_or(&[], |runs| runs.as_slice())
    }

    /// Whether its pieces all cost the same, but for odd cents.
    pub fn is_even(&self) -> bool {
        self.runs.is_none()
    }

    /// How many of its `quantity` pieces belong to no set.
    pub fn unclaimed(&self, quantity: u32) -> u32 {
        let claimed = self.apart().iter().filter(|run| run.claimed).map(|run| run.count).fold(self.set_aside, u32::saturating_add);
        quantity.saturating_sub(claimed)
    }

    /// What can be taken off before a piece costs less than `floor`.
    pub fn capacity(&self, quantity: u32, floor: i64) -> i64 {
        if self.is_even() {
            return self.left.saturating_sub(floor.saturating_mul(quantity.into())).max(0);
        }
        self.apart().iter().map(|run| run.room(floor)).fold(0, i64::saturating_add)
    }

    /// Takes `amount` off the line as a whole, in proportion to what its pieces cost, none of them below `floor`.
    pub fn reduce(&mut self, amount: i64, floor: i64) {
        self.left = self.left.saturating_sub(amount);
        if self.is_even() {
            return;
        }
        let weights: Vec<i64> = self.apart().iter().map(|run| run.price.saturating_mul(run.count.into())).listed();
        let rooms: Vec<i64> = self.apart().iter().map(|run| run.room(floor)).listed();
        for (place, share) in allocate_within(amount, &weights, &rooms, OddCents::LargestRemainder).into_iter().enumerate() {
            self.reduce_run(place, share);
        }
        self.merge();
    }

    /// Splits the line into runs, so that some of its pieces can be reduced alone.
    pub fn split(&mut self, quantity: u32) {
        if self.is_even() {
            self.runs = Some(Rc::new(even(self.left, quantity).into_iter().filter(|run| run.count > 0).listed()));
        }
    }

    /// Makes one run of equal ones. The places of runs change.
    pub fn merge(&mut self) {
        let Some(runs) = &mut self.runs else { return };
        if runs.len() < 2 {
            return;
        }
        let equal = |one: &Run, other: &Run| one.price == other.price && one.claimed == other.claimed;
        let alike = |place: usize, run: &Run| runs.iter().take(place).any(|other| equal(other, run));
        if !runs.iter().enumerate().any(|(place, run)| alike(place, run)) {
            return;
        }
        let runs = Rc::make_mut(runs);
        let mut merged: Vec<Run> = Vec::with_capacity(runs.len());
        for run in runs.iter() {
            match merged.iter_mut().find(|known| equal(known, run)) {
                Some(known) => known.count = known.count.saturating_add(run.count),
                None => merged.push(*run),
            }
        }
        *runs = merged;
    }

    fn apart_mut(&mut self) -> Option<&mut Vec<Run>> {
        self.runs.as_mut().map(Rc::make_mut)
    }

    /// Makes `count` pieces of run `place` a run of their own, and gives its place; the others stay where they are.
    pub fn carve(&mut self, place: usize, count: u32) -> usize {
        let Some(runs) = self.apart_mut() else { return place };
        match runs.get_mut(place) {
            Some(run) if count < run.count => {
                let carved = Run { count, ..*run };
                run.count = run.count.saturating_sub(count);
                runs.push(carved);
                runs.len().saturating_sub(1)
            }
            _ => place,
        }
    }

    /// Marks run `place` as belonging to a set.
    pub fn claim(&mut self, place: usize) {
        if let Some(run) = self.apart_mut().and_then(|runs| runs.get_mut(place)) {
            run.claimed = true;
        }
    }

    /// Takes `amount` off the pieces of run `place`, spread evenly, the odd cents to the first. The line's total is the
    /// caller's to reduce.
    pub fn reduce_run(&mut self, place: usize, amount: i64) {
        if amount == 0 {
            return;
        }
        let Some(runs) = self.apart_mut() else { return };
        let Some(run) = runs.get_mut(place) else { return };
        let (Some(each), Some(odd)) = (amount.checked_div(run.count.into()), amount.checked_rem(run.count.into())) else { return };
        let odd = u32::try_from(odd).unwrap_or(0);
        let others = Run { count: run.count.saturating_sub(odd), price: run.price.saturating_sub(each), ..*run };
        if odd == 0 {
            *run = others;
        } else {
            *run = Run { count: odd, price: others.price.saturating_sub(1), ..*run };
            runs.push(others);
        }
    }
}

/// Equal pieces, the odd cents on the first: two runs, of which the first may be empty.
fn even(total: i64, quantity: u32) -> [Run; 2] {
    let (Some(price), Some(odd)) = (total.checked_div(quantity.into()), total.checked_rem(quantity.into())) else {
        return [Run { count: 0, price: 0, claimed: false }; 2];
    };
    let odd = u32::try_from(odd).unwrap_or(0);
    let run = |count, price| Run { count, price, claimed: false };
    [run(odd, price.saturating_add(1)), run(quantity.saturating_sub(odd), price)]
}

/// See [`LineState::runs`].
pub(super) enum Runs<'a> {
    Even([Run; 2]),
    Split(&'a [Run]),
}

impl Runs<'_> {
    /// The runs, none of them empty, with their places.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Run)> + '_ {
        let (runs, even) = match self {
            Runs::Even(runs) => (runs.as_slice(), true),
            Runs::Split(runs) => (*runs, false),
        };
        // An even line's places are those it has after `split`.
        let skipped = usize::from(even && runs.first().is_some_and(|run| run.count == 0));
        runs.iter().skip(skipped).copied().enumerate().filter(|(_, run)| run.count > 0)
    }
}
