//! One offer at its turn.

use alloc::string::String;
use alloc::vec::Vec;

use super::effects::{Cut, Place, Turn};
use super::offer::{Kind, Offer, Threshold};
use super::prepare::{Case, LiveOffer};
use super::state::{LineState, State};
use super::{Overrun, ThresholdBase, allocate_within};
use crate::domain::Listed;

/// What an offer did, in the order it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The offer's place in the book.
    pub offer: usize,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// So much off a line.
    Line(usize, i64),
    /// So much off a way of shipping.
    Shipping(usize, i64),
    /// An item beside the order.
    Gift(String, u32),
    /// A coupon of another offer, once the order is paid.
    Coupon(String),
    /// Nothing, because it would have overrun the budget: what it would have taken off.
    OverBudget(i64),
}

impl Cut {
    /// As it is written down; nothing where it takes nothing off.
    fn what(&self) -> Option<What> {
        (self.amount > 0).then_some(match self.place {
            Place::Line(line) | Place::Some { line, .. } | Place::Pieces { line, .. } => What::Line(line, self.amount),
            Place::Shipping(method) => What::Shipping(method, self.amount),
        })
    }
}

impl What {
    /// Minor units saved.
    pub fn saving(&self) -> i64 {
        match self {
            What::Line(_, amount) | What::Shipping(_, amount) => *amount,
            What::Gift(..) | What::Coupon(_) | What::OverBudget(_) => 0,
        }
    }
}

/// What applying gained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gain {
    /// Minor units saved, and what gifts and coupons count for beside them.
    pub worth: i64,
    /// Gifts and coupons.
    pub extras: u32,
    /// Minor units saved.
    pub saving: i64,
}

impl Gain {
    pub fn is_nothing(self) -> bool {
        self.worth <= 0 && self.extras == 0
    }

    #[must_use]
    pub fn plus(self, other: Gain) -> Gain {
        Gain {
            worth: self.worth.saturating_add(other.worth),
            extras: self.extras.saturating_add(other.extras),
            saving: self.saving.saturating_add(other.saving),
        }
    }
}

impl State {
    /// The cart's prices before any offer.
    pub fn new(case: &Case<'_>) -> Self {
        let shipping = (0..case.input.shipping.len()).map(|method| case.shipping_price(method)).listed();
        State { lines: case.subtotals().iter().map(|subtotal| LineState::new(*subtotal)).listed(), shipping }
    }

    /// Runs of pieces that are known by themselves.
    pub fn pieces_apart(&self) -> u32 {
        let runs = self.lines.iter().map(LineState::run_count).fold(0, usize::saturating_add);
        u32::try_from(runs).unwrap_or(u32::MAX)
    }

    /// What all of it costs now.
    pub fn total(&self) -> i64 {
        let goods = self.lines.iter().map(|line| line.left);
        goods.chain(self.shipping.iter().copied()).fold(0, i64::saturating_add)
    }
}

/// Applies `live` to `state`, writes down what it does, and says what it gains: nothing where its thresholds are not
/// reached on what is left, or nothing is left to take off.
pub(super) fn apply(case: &Case<'_>, live: &LiveOffer, state: &mut State, record: Option<&mut Vec<Entry>>) -> Gain {
    let Some(offer) = case.offer(live) else { return Gain::default() };
    if !offer.thresholds.iter().all(|threshold| reached(case, threshold, state)) {
        return Gain::default();
    }
    if offer.limits.overrun == Overrun::Refuse && offer.limits.budget_left.is_some() {
        let gain = run(case, offer, live, &mut state.clone(), None);
        if offer.limits.budget_left.is_some_and(|left| gain.saving > left) {
            if let Some(record) = record {
                record.push(Entry { offer: live.place, what: What::OverBudget(gain.saving) });
            }
            return Gain::default();
        }
    }
    run(case, offer, live, state, record)
}

fn run(case: &Case<'_>, offer: &Offer, live: &LiveOffer, state: &mut State, mut record: Option<&mut Vec<Entry>>) -> Gain {
    let mut gain = Gain::default();
    let mut note = |what: What| {
        if let Some(record) = record.as_deref_mut() {
            record.push(Entry { offer: live.place, what });
        }
    };
    for (effect, live_effect) in offer.effects.iter().zip(&live.effects) {
        if effect.at_use.is_some_and(|at| at != live.use_number) {
            continue;
        }
        match &effect.kind {
            Kind::Gift { gifts, choose, worth } => {
                for (item, quantity) in gifts.iter().take(*choose) {
                    note(What::Gift(item.clone(), *quantity));
                    gain.extras = gain.extras.saturating_add(1);
                }
                gain.worth = gain.worth.saturating_add(*worth);
            }
            Kind::NextOrderCoupon { offer, worth } => {
                note(What::Coupon(offer.clone()));
                gain.extras = gain.extras.saturating_add(1);
                gain.worth = gain.worth.saturating_add(*worth);
            }
            _ => {
                let turn = Turn { case, effect, live: live_effect, floors: case.floors(live), state };
                let mut cuts = turn.cuts();
                if offer.limits.overrun == Overrun::RefuseLine
                    && let Some(left) = offer.limits.budget_left
                {
                    cuts.iter().filter(|cut| cut.amount > left).for_each(|cut| note(What::OverBudget(cut.amount)));
                    cuts.retain(|cut| cut.amount <= left);
                }
                let most = offer.limits.saving_limit().saturating_sub(gain.saving).min(effect.cap.unwrap_or(i64::MAX));
                limit(&mut cuts, most, case);
                for cut in &cuts {
                    commit(case, live, offer.is_automatic(), cut, state);
                    gain = gain.plus(Gain { worth: cut.amount, extras: 0, saving: cut.amount });
                    cut.what().into_iter().for_each(&mut note);
                }
                merge(&cuts, state);
            }
        }
    }
    gain
}

/// Does `cuts` of the first effect of `live`, as they are.
pub(super) fn commit_all(
    case: &Case<'_>,
    live: &LiveOffer,
    cuts: Vec<Cut>,
    state: &mut State,
    mut record: Option<&mut Vec<Entry>>,
) -> Gain {
    let automatic = case.offer(live).is_some_and(Offer::is_automatic);
    let mut gain = Gain::default();
    for cut in &cuts {
        commit(case, live, automatic, cut, state);
        gain = gain.plus(Gain { worth: cut.amount, extras: 0, saving: cut.amount });
        if let (Some(record), Some(what)) = (record.as_deref_mut(), cut.what()) {
            record.push(Entry { offer: live.place, what });
        }
    }
    merge(&cuts, state);
    gain
}

/// Makes one run of equal pieces where `cuts` took pieces apart.
fn merge(cuts: &[Cut], state: &mut State) {
    let mut last = None;
    for cut in cuts {
        if let Place::Pieces { line, .. } = cut.place
            && last != Some(line)
        {
            state.lines.get_mut(line).into_iter().for_each(LineState::merge);
            last = Some(line);
        }
    }
}

/// Shrinks `cuts` in proportion, so that together they take off no more than `most`.
fn limit(cuts: &mut Vec<Cut>, most: i64, case: &Case<'_>) {
    let amounts: Vec<i64> = cuts.iter().map(|cut| cut.amount).listed();
    if amounts.iter().copied().fold(0, i64::saturating_add) <= most {
        return;
    }
    let shares = allocate_within(most, &amounts, &amounts, case.book.stacking.odd_cents);
    cuts.iter_mut().zip(shares).for_each(|(cut, share)| cut.amount = share);
    if most <= 0 {
        cuts.clear();
    }
}

fn commit(case: &Case<'_>, live: &LiveOffer, automatic: bool, cut: &Cut, state: &mut State) {
    match cut.place {
        Place::Shipping(method) => {
            if let Some(price) = state.shipping.get_mut(method) {
                *price = price.saturating_sub(cut.amount);
            }
        }
        Place::Line(line) | Place::Some { line, .. } => {
            if let Some(state) = state.lines.get_mut(line) {
                if let Place::Some { count, claim: true, .. } = cut.place {
                    state.set_aside = state.set_aside.saturating_add(count);
                }
                state.reduce(cut.amount, case.floors(live).get(line).copied().unwrap_or(0));
                state.activity = state.activity.saturating_sub(if automatic { cut.amount } else { 0 });
            }
        }
        Place::Pieces { line, run, count, claim } => {
            if let Some(state) = state.lines.get_mut(line) {
                state.split(case.quantity(line));
                let own = state.carve(run, count);
                if claim {
                    state.claim(own);
                }
                state.reduce_run(own, cut.amount);
                state.left = state.left.saturating_sub(cut.amount);
                state.activity = state.activity.saturating_sub(if automatic { cut.amount } else { 0 });
            }
        }
    }
}

/// Whether `threshold` is reached where it is measured on anything but the original price.
pub(super) fn reached(case: &Case<'_>, threshold: &Threshold, state: &State) -> bool {
    let (Some(needed), false) = (threshold.amount, threshold.base == ThresholdBase::Original) else { return true };
    let price = |line: &usize| {
        let state = state.lines.get(*line);
        state.map_or(0, |state| if threshold.base == ThresholdBase::Running { state.left } else { state.activity })
    };
    let each = case.goods(threshold.goods).iter().map(price);
    needed <= if threshold.per_line { each.max().unwrap_or(0) } else { each.fold(0, i64::saturating_add) }
}
