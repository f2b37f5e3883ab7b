//! Where a member stands: tier, why, what is missing to rise and to keep.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Calm, Change, Ladder, Step, Track};
use crate::domain::{DAY, Reason, TierState, Zone};
use crate::loyalty::MemberView;
use crate::loyalty::measure::{Frame, Measures};

/// How far ahead the end of a tier is looked for, where it has none of its own: 3 years of 365 days.
const FORESIGHT: i64 = DAY * 365 * 3;

/// Where a member stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// The place of the tier.
    pub tier: usize,
    /// Since when; `None` where it is not known.
    pub since: Option<i64>,
    /// When it ends or is looked at again, if the member does nothing more; `None` where it does not.
    pub until: Option<i64>,
    /// Why it is this tier.
    pub reasons: Vec<Reason>,
    /// The next tier up.
    pub next: Option<NextTier>,
    /// What it takes to keep the tier; `None` where it can't be lost.
    pub keep: Option<TierKeep>,
    /// What happened to the tier that was earned, in order of time.
    pub past: Vec<Step>,
    /// What will happen to the tier up to the horizon, if the member does nothing more.
    pub ahead: Vec<Step>,
    /// For which instants and horizons this holds.
    pub calm: Calm,
}

/// The next tier up.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct NextTier {
    /// Its id.
    pub id: String,
    /// What is missing; nothing where it was reached and begins later.
    pub missing: Vec<Reason>,
    /// When it begins, where it was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<i64>,
}

/// What it takes to keep the tier.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct TierKeep {
    /// What is missing; nothing where enough was done.
    pub missing: Vec<Reason>,
    /// Before this instant.
    pub by: i64,
    /// Whether the tier is only kept for the grace by now.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub grace: bool,
}

/// What buying the cart would do to the tier.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CartEffect {
    /// The tier that it would bring, where that is a higher one.
    pub tier: Option<String>,
    /// When that tier would begin.
    pub starts_at: Option<i64>,
    /// What would be missing to the next one.
    pub next: Option<NextTier>,
    /// What would be missing to keep the tier.
    pub keep: Option<TierKeep>,
    /// Points that it would earn.
    pub points: i64,
}

/// A tier held because it was given, bought or tried.
struct Grant {
    place: usize,
    since: Option<i64>,
    until: Option<i64>,
}

impl Ladder {
    /// Where a member stands at `now`, to whom the tiers in `open` are open; what is ahead up to `horizon`.
    ///
    /// | reason | facts | means |
    /// |---|---|---|
    /// | `tier-base` | | everybody has it |
    /// | `reached-...` | `have`, `need` | a criterion that was met when the tier began |
    /// | `tier-confirmed` | | the server says so |
    /// | `tier-granted` | `access` | it was given (`invited`), bought (`paid`) or is tried (`trial`) |
    /// | `tier-in-grace` | `until` | not deserved any more, kept until then |
    /// | `tier-never-lost` | | once reached, it stays |
    pub fn standing(&self, view: &MemberView, measures: &Measures, open: &[bool], zone: &Zone, now: i64, horizon: i64) -> Standing {
        let mut track = Track::new(self, measures, open, zone);
        if let Some(confirmed) = view.tier.filter(|tier| tier.since.is_none_or(|since| since <= now)) {
            track = track.confirmed(confirmed);
        }
        track.advance(now);
        let mut calm = Calm::new(&track, view, zone, now);
        let grant = self.grant(view, zone, now).filter(|grant| grant.place > track.state.tier);
        let state = track.state;
        let mut standing = Standing { tier: state.tier, since: state.since, ..Standing::default() };
        standing.next = self.next(&track, grant.as_ref().map_or(state.tier, |grant| grant.place), now);
        match grant {
            Some(grant) => {
                standing.tier = grant.place;
                standing.since = grant.since;
                standing.until = grant.until;
                let access = self.tiers.get(grant.place).map(|tier| tier.access).unwrap_or_default();
                standing.reasons.push(Reason::new("tier-granted").with("access", access.name()));
            }
            None => {
                standing.reasons = self.why(&track, view);
                standing.keep = self.keep(&track, now, &mut calm);
                let kept = state.grace.map(|(_, end)| end).or(state.until).filter(|_| !track.is_safe());
                standing.until = kept.or(standing.keep.as_ref().map(|keep| keep.by));
            }
        }
        standing.past = track.steps.clone();
        standing.ahead = track.foresee(horizon, |_| false).to_vec();
        (calm.after, calm.up_to) = (track.seen(), track.next_instant().unwrap_or(i64::MAX));
        standing.calm = calm;
        standing
    }

    /// When a paid or trial tier ends by itself.
    pub(super) fn lapse_of(&self, tier: &TierState, zone: &Zone) -> Option<i64> {
        let lasts = self.tiers.get(self.find(&tier.id)?)?.lasts.filter(|span| !span.is_zero())?;
        Some(lasts.after(zone, tier.since?))
    }

    fn grant(&self, view: &MemberView, zone: &Zone, now: i64) -> Option<Grant> {
        let given = |tier: &TierState| {
            let place = self.find(&tier.id)?;
            let until = tier.until.or_else(|| self.lapse_of(tier, zone));
            let holds = tier.since.is_none_or(|since| since <= now) && until.is_none_or(|until| now < until);
            holds.then_some(Grant { place, since: tier.since, until })
        };
        let confirmed = view.tier.filter(|tier| {
            self.find(&tier.id).and_then(|place| self.tiers.get(place)).is_some_and(|tier| tier.access != super::Access::Criteria)
        });
        // Of several the highest, and of those the one that lasts longest.
        confirmed.into_iter().chain(view.grants).filter_map(given).max_by_key(|grant| (grant.place, grant.until.unwrap_or(i64::MAX)))
    }

    fn why(&self, track: &Track, view: &MemberView) -> Vec<Reason> {
        let state = track.state;
        let mut reasons = Vec::new();
        if let (Some(tier), Some(since)) = (self.tiers.get(state.tier).filter(|_| state.tier > 0), state.since) {
            reasons = tier.criteria.reached(&track.gauge(), Frame::At(since));
        }
        let confirmed = view.tier.is_some_and(|tier| self.find(&tier.id) == Some(state.tier) && tier.since == state.since);
        if confirmed || state.held {
            reasons.push(Reason::new("tier-confirmed"));
        }
        if state.tier == 0 {
            reasons.push(Reason::new("tier-base"));
        } else if state.floor == state.tier {
            reasons.push(Reason::new("tier-never-lost"));
        }
        if let Some((_, end)) = state.grace {
            reasons.push(Reason::new("tier-in-grace").with("until", end));
        }
        reasons
    }

    fn next(&self, track: &Track, held: usize, now: i64) -> Option<NextTier> {
        if let Some((tier, start)) = track.state.pending.filter(|(tier, _)| *tier > held) {
            return Some(NextTier { id: self.id(tier).to_string(), missing: Vec::new(), starts_at: Some(start) });
        }
        let place = (held.saturating_add(1)..self.tiers.len()).find(|place| track.earned(*place))?;
        let missing = self.tiers.get(place)?.criteria.missing(&track.gauge(), Frame::At(now));
        Some(NextTier { id: self.id(place).to_string(), missing, starts_at: None })
    }

    fn keep(&self, track: &Track, now: i64, calm: &mut Calm) -> Option<TierKeep> {
        if track.is_safe() {
            return None;
        }
        let state = track.state;
        let continuous = self.validity == super::Validity::WhileMet;
        let (frame, by) = match (state.grace, state.until) {
            (Some((_, end)), _) if continuous => (Frame::At(now), end),
            (Some((ended, end)), _) => (Frame::Extended(ended, now), end),
            (None, Some(until)) if continuous => (Frame::At(until), until),
            (None, Some(until)) => (Frame::Ended(until), until),
            (None, None) => {
                let mut ahead = track.resumed(state, now);
                let is_loss = |step: &Step| matches!(step.change, Change::Grace | Change::Fall);
                let lost = ahead.foresee(now.saturating_add(FORESIGHT), is_loss).iter().find(|step| is_loss(step)).map(|step| step.at);
                if lost.is_none() {
                    // What lies beyond is seen once it is near enough.
                    let next = ahead.next_instant().map_or(i64::MAX, |at| at.saturating_sub(FORESIGHT).saturating_add(1));
                    calm.end_at(next.max(now.saturating_add(1)));
                }
                let lost = lost?;
                (Frame::At(lost), lost)
            }
        };
        let missing = self.tiers.get(state.tier)?.keep.missing(&track.gauge(), frame);
        Some(TierKeep { missing, by, grace: state.grace.is_some() })
    }
}
