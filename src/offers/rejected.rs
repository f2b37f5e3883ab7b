//! Why offers were left out.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::apply::{What, apply};
use super::combine::{Choice, Combiner, Conflict, conflict, keep_apart};
use super::eligibility::Obstacle;
use super::prepare::{Case, LiveOffer};
use super::quote::over_budget;
use super::shortfall::shortfall;
use super::state::State;
use super::{Mode, Selection, ThresholdBase};
use crate::domain::{AddAll, Arrange, Listed, Reason};

/// An offer that was left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Rejected {
    /// The offer's id.
    pub offer: String,
    /// What it saves on this cart alone; `null` where it is not eligible.
    pub would_save: Option<i64>,
    /// Why it was left out: what keeps it from being eligible, or one of the reasons below.
    ///
    /// | code | facts | when |
    /// |---|---|---|
    /// | `better-combination` | `wouldSave`, `instead`, `insteadSaves`, `total`, `withIt` | the combination that was chosen saves `total`, the best that was found with this offer in it `withIt`, which is told of the six that save most alone |
    /// | `exclusive` | `offer` | it, or the applied `offer`, goes together with none |
    /// | `class-conflict` | `offer` | its class does not go together with that of the applied `offer` |
    /// | `group-limit` | `offer`, `group` | the group lets one through, and that is the applied `offer` |
    /// | `group-full` | `group`, `limit` | enough of its group apply |
    /// | `line-taken` | `offer` | on the lines it is for, the applied `offer` saves more, and the two may not meet on one |
    /// | `pool-full` | `pool`, `limit` | the shared limit is used up |
    /// | `below-amount` | `needed`, `actual`, `missing` | too little is left after the offers before it, or its first step is not reached |
    /// | `below-quantity` | `needed`, `actual`, `missing` | the cart does not fill one of its sets |
    /// | `over-budget` | `left`, `amount` | it, or what it takes off a line, would save more than its budget has left |
    /// | `no-effect` | | there is nothing it could take off |
    /// | `nothing-left` | | the offers before it leave nothing it could take off |
    /// | `not-listed` | | the request names the offers to apply |
    pub reasons: Vec<Reason>,
}

/// Offers that lost of which it is told what the order would save with them: those that save most alone.
const TRIED: usize = 6;

/// Every offer of the book that `choice` leaves out.
pub(super) fn rejected(case: &Case<'_>, choice: &Choice) -> Vec<Rejected> {
    let mut rejected = Vec::new();
    let mut beaten: Vec<(core::cmp::Reverse<i64>, usize, usize)> = Vec::new();
    for (place, (offer, standing)) in case.book.offers.iter().zip(&case.standings).enumerate() {
        let live = case.live.iter().position(|live| live.place == place);
        if live.is_some_and(|live| choice.applied.contains(&live)) {
            continue;
        }
        let reason = |obstacle: &Obstacle| obstacle.reason.clone();
        let (would_save, reasons) = match live.and_then(|place| case.live.get(place).map(|live| (place, live))) {
            None => (None, standing.obstacles.iter().map(reason).listed()),
            Some((place, live)) => {
                let alone = apply(case, live, &mut State::new(case), None);
                let reasons = lost(case, choice, place, live, alone.saving);
                if reasons.first().is_some_and(|reason| reason.code == "better-combination") {
                    beaten.push((core::cmp::Reverse(alone.saving), rejected.len(), live.place));
                }
                (Some(alone.saving), reasons)
            }
        };
        rejected.push(Rejected { offer: offer.id.clone(), would_save, reasons });
    }
    beaten.arrange();
    beaten.truncate(TRIED);
    if !beaten.is_empty() {
        let applied: Vec<usize> = choice.applied.iter().filter_map(|live| case.live.get(*live)).map(|live| live.place).listed();
        let mut combiner = Combiner::new(case);
        for (_, row, place) in beaten {
            let with_it = combiner.near(&applied, place, false).gain.saving;
            if let Some(reason) = rejected.get_mut(row).and_then(|rejected: &mut Rejected| rejected.reasons.first_mut()) {
                reason.facts.push(("withIt", with_it.into()));
            }
        }
    }
    rejected
}

/// Why the eligible offer at `place` of [`Case::live`] lost, which alone saves `alone`.
fn lost(case: &Case<'_>, choice: &Choice, place: usize, live: &LiveOffer, alone: i64) -> Vec<Reason> {
    let Some(offer) = case.offer(live) else { return Vec::new() };
    if let Selection::Listed(ids) = case.input.selection
        && !ids.contains(&offer.id)
    {
        return alloc::vec![Reason::new("not-listed")];
    }
    let id = |live: usize| case.live.get(live).and_then(|live| case.offer(live)).map_or("", |offer| offer.id.as_str());
    let saved_by = |live: usize| {
        let book_place = case.live.get(live).map(|live| live.place);
        let own = choice.entries.iter().filter(|entry| Some(entry.offer) == book_place);
        own.map(|entry| entry.what.saving()).fold(0, i64::saturating_add)
    };
    let rivals: Vec<(usize, Conflict)> =
        choice.applied.iter().filter_map(|applied| conflict(case, place, *applied).map(|why| (*applied, why))).listed();
    let mut reasons = Vec::new();
    let best_rival = rivals.iter().max_by_key(|(rival, _)| (saved_by(*rival), core::cmp::Reverse(*rival)));
    let searched = case.book.stacking.mode == Mode::Best && matches!(case.input.selection, Selection::Programme);
    if searched && alone > 0 {
        let mut reason = Reason::new("better-combination").with("wouldSave", alone);
        if let Some((rival, _)) = best_rival {
            reason = reason.with("instead", id(*rival)).with("insteadSaves", saved_by(*rival));
        }
        reasons.push(reason.with("total", choice.gain.saving));
    }
    if let Some((rival, why)) = best_rival {
        let group_id =
            |group: &Option<usize>| group.and_then(|group| case.book.stacking.groups.get(group)).map_or("", |group| group.id.as_str());
        reasons.push(match why {
            Conflict::Exclusive => Reason::new("exclusive").with("offer", id(*rival)),
            Conflict::Class => Reason::new("class-conflict").with("offer", id(*rival)),
            Conflict::Group(group) => Reason::new("group-limit").with("offer", id(*rival)).with("group", group_id(group)),
        });
        return reasons;
    }
    if let Some(rival) = choice.applied.iter().find(|applied| keep_apart(case, place, **applied)) {
        reasons.push(Reason::new("line-taken").with("offer", id(*rival)));
    }
    reasons.add_all(shortage(case, choice, live));
    if alone == 0 {
        reasons.add_all(shortfall(case, live));
    }
    if reasons.is_empty() {
        reasons.push(Reason::new(if alone > 0 { "nothing-left" } else { "no-effect" }));
    }
    reasons
}

/// What the applied offers leave too little of for `live`.
fn shortage(case: &Case<'_>, choice: &Choice, live: &LiveOffer) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let (Some(offer), Some(state)) = (case.offer(live), &choice.state) else { return reasons };
    for (pool, amount) in &offer.pools {
        let Some(known) = case.book.stacking.pools.get(*pool) else { continue };
        let taken = choice.applied.iter().filter_map(|applied| case.live.get(*applied)).filter_map(|applied| case.offer(applied));
        let taken =
            taken.flat_map(|offer| &offer.pools).filter(|(other, _)| other == pool).map(|(_, amount)| *amount).fold(0, u32::saturating_add);
        if taken.saturating_add(*amount) > known.max {
            reasons.push(Reason::new("pool-full").with("pool", known.id.as_str()).with("limit", known.max));
        }
    }
    for threshold in &offer.thresholds {
        let (Some(needed), false) = (threshold.amount, threshold.base == ThresholdBase::Original) else { continue };
        let price = |line: &usize| {
            let line = state.lines.get(*line);
            line.map_or(0, |line| if threshold.base == ThresholdBase::Running { line.left } else { line.activity })
        };
        let actual = case.goods(threshold.goods).iter().map(price).fold(0, i64::saturating_add);
        if actual < needed {
            let missing = needed.saturating_sub(actual);
            reasons.push(Reason::new("below-amount").with("needed", needed).with("actual", actual).with("missing", missing));
        }
    }
    let mut alone = Vec::new();
    apply(case, live, &mut State::new(case), Some(&mut alone));
    reasons.add_all(alone.iter().filter_map(|entry| match entry.what {
        What::OverBudget(amount) => Some(over_budget(offer, amount)),
        _ => None,
    }));
    let group = offer.group.and_then(|group| case.book.stacking.groups.get(group));
    if let Some((group, limit)) = group.and_then(|group| group.limit().map(|limit| (group, limit))) {
        let others = choice.applied.iter().filter_map(|applied| case.live.get(*applied)).filter_map(|applied| case.offer(applied));
        if others.filter(|other| other.group == offer.group).count() >= limit as usize {
            reasons.push(Reason::new("group-full").with("group", group.id.as_str()).with("limit", limit));
        }
    }
    reasons
}
