//! A member's way through the tiers, replayed.

use alloc::vec::Vec;

use super::{Access, Downgrade, Ladder, Tier, Upgrade, Validity};
use crate::domain::{AddAll, Arrange, Zone};
use crate::loyalty::criteria::{Criteria, Gauge};
use crate::loyalty::measure::{Frame, Measures};
use crate::loyalty::period::Anchors;

/// Where a member stands on the ladder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The place of the tier.
    pub tier: usize,
    /// Since when they have it; `None` where it is not known.
    pub since: Option<i64>,
    /// When it is looked at again; `None` where that needs no date.
    pub until: Option<i64>,
    /// The end of the period that did not deserve it, and the end of the grace.
    pub grace: Option<(i64, i64)>,
    /// A tier reached that begins later, and when.
    pub pending: Option<(usize, i64)>,
    /// The highest tier had that is never lost.
    pub floor: usize,
    /// Confirmed by the server against what the facts at hand say: held until the server says otherwise.
    pub held: bool,
}

/// What can happen to a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A higher one began.
    Rise,
    /// It was looked at and kept.
    Renewal,
    /// It was not deserved any more, and is kept for the grace.
    Grace,
    /// A lower one began.
    Fall,
}

/// What happened to the tier, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: i64,
    /// What.
    pub change: Change,
    /// From this tier.
    pub from: usize,
    /// To this one.
    pub to: usize,
}

/// Replays a member's way through the ladder.
#[derive(Clone)]
pub struct Track<'a> {
    pub(super) ladder: &'a Ladder,
    pub(super) measures: &'a Measures,
    zone: &'a Zone,
    open: &'a [bool],
    rises: Vec<i64>,
    falls: Vec<i64>,
    /// Where the member stands.
    pub state: State,
    /// Everything up to and including this instant has been looked at.
    seen: i64,
    /// Changes of tier, in order of time.
    pub steps: Vec<Step>,
}

impl<'a> Track<'a> {
    /// A member who has the first tier, before anything they did. Tiers that are not `open` are out of reach.
    pub fn new(ladder: &'a Ladder, measures: &'a Measures, open: &'a [bool], zone: &'a Zone) -> Self {
        let mut rises = measures.rises();
        rises.add_all(ladder.member_days().filter_map(|days| measures.day_of_membership(days, zone)));
        rises.arrange();
        rises.dedup();
        let falls = if ladder.validity == Validity::WhileMet { measures.falls() } else { Vec::new() };
        let state = State { since: measures.began(), ..State::default() };
        let seen = rises.first().map_or(i64::MAX, |first| first.saturating_sub(1));
        Track { ladder, measures, zone, open, rises, falls, state, seen, steps: Vec::new() }
    }

    /// Starts from the tier that the server confirmed, where it is one reached by criteria. Without an end that the
    /// server names, the tier's own validity holds, if the facts at hand explain it: otherwise it is held as confirmed.
    pub fn confirmed(mut self, tier: &crate::domain::TierState) -> Self {
        let Some(place) = self.ladder.find(&tier.id).filter(|place| self.earned(*place)) else { return self };
        if place == 0 && tier.since.is_none() && tier.until.is_none() {
            return self;
        }
        let since = tier.since.or(self.measures.began());
        self.state = State { tier: place, since, ..State::default() };
        self.raise_floor();
        match (tier.until, since) {
            (Some(until), _) => self.state.until = Some(until),
            (None, Some(since)) if self.attained(Frame::At(since)) >= place => self.state.until = self.validity_end(since),
            (None, _) => self.state.held = place > 0,
        }
        self.seen = since.unwrap_or(self.seen);
        self
    }

    /// Replays up to and including `now`.
    pub fn advance(&mut self, now: i64) {
        while let Some(at) = self.next_instant().filter(|at| *at <= now) {
            self.look(at);
            self.seen = at;
        }
        self.seen = self.seen.max(now);
    }

    /// Goes on before `horizon` as if the member did nothing more, up to the first steps among which one is `wanted`.
    /// These steps, or all there are.
    pub fn foresee(&mut self, horizon: i64, wanted: impl Fn(&Step) -> bool) -> &[Step] {
        let known = self.steps.len();
        while let Some(at) = self.next_instant().filter(|at| *at < horizon) {
            self.look(at);
            self.seen = at;
            if self.steps.get(known..).unwrap_or_default().iter().any(&wanted) {
                break;
            }
        }
        self.steps.get(known..).unwrap_or_default()
    }

    /// Up to when everything has been looked at.
    pub(super) fn seen(&self) -> i64 {
        self.seen
    }

    /// One that goes on from a state that was reached at `at`, with no steps behind it.
    pub(super) fn resumed(&self, state: State, at: i64) -> Self {
        Track { state, seen: at, steps: Vec::new(), ..self.clone() }
    }

    /// Measures as of the state's anchors.
    pub fn gauge(&self) -> Gauge<'a> {
        Gauge { measures: self.measures, zone: self.zone, anchors: self.anchors() }
    }

    /// The highest tier whose criteria are met in `frame`.
    pub fn attained(&self, frame: Frame) -> usize {
        self.highest(frame, |tier| &tier.criteria)
    }

    /// Whether the tier at `place` is reached by criteria and open to this member.
    pub fn earned(&self, place: usize) -> bool {
        let open = self.open.get(place).copied().unwrap_or(false);
        place == 0 || open && self.ladder.tiers.get(place).is_some_and(|tier| tier.access == Access::Criteria)
    }

    fn highest(&self, frame: Frame, criteria: impl Fn(&'a Tier) -> &'a Criteria) -> usize {
        let gauge = self.gauge();
        let met = |place: usize| self.earned(place) && self.ladder.tiers.get(place).is_some_and(|tier| criteria(tier).met(&gauge, frame));
        (1..self.ladder.tiers.len()).rev().find(|place| met(*place)).unwrap_or(0)
    }

    fn anchors(&self) -> Anchors {
        Anchors { joined: self.measures.began(), tier: self.state.since }
    }

    fn tier(&self) -> Option<&'a Tier> {
        self.ladder.tiers.get(self.state.tier)
    }

    /// Whether the tier can't be lost.
    pub fn is_safe(&self) -> bool {
        self.is_never_lost() || self.ladder.validity == Validity::Forever && self.state.until.is_none()
    }

    fn is_never_lost(&self) -> bool {
        self.state.tier <= self.state.floor || self.ladder.downgrade == Downgrade::None || self.state.held
    }

    /// Whether what was done keeps the tier, in `frame`.
    fn is_kept(&self, frame: Frame) -> bool {
        self.is_never_lost() || self.tier().is_none_or(|tier| tier.keep.met(&self.gauge(), frame))
    }

    fn is_continuous(&self) -> bool {
        self.ladder.validity == Validity::WhileMet
    }

    fn validity_end(&self, since: i64) -> Option<i64> {
        let anchors = Anchors { joined: self.measures.began(), tier: Some(since) };
        let span = match self.ladder.validity {
            Validity::WhileMet | Validity::Forever => return None,
            Validity::For(span) => Some(span),
            Validity::PeriodEnd => self.ladder.period.counts_for(),
        };
        let (end, moved) = match span {
            Some(span) => {
                let end = span.after(self.zone, since);
                (end, self.ladder.round_up.apply(self.zone, end))
            }
            // The end of a period is the end of its last day, not the day after.
            None => {
                let end = self.ladder.period.around(self.zone, since, anchors).end;
                (end, self.ladder.round_up.apply(self.zone, end.saturating_sub(1)).max(end))
            }
        };
        // At the end of the calendar's range nothing moves on any more.
        (end != i64::MAX && end > since).then_some(moved)
    }

    /// The next instant at which something can change.
    pub(super) fn next_instant(&self) -> Option<i64> {
        let after = |times: &[i64]| times.get(times.partition_point(|at| *at <= self.seen)).copied();
        let dated = [self.state.until, self.state.grace.map(|(_, end)| end), self.state.pending.map(|(_, at)| at)];
        // A date that lies in the past when it is set is looked at as soon as possible.
        let dated = dated.into_iter().flatten().map(|at| at.max(self.seen.saturating_add(1)));
        let boundary = || self.ladder.period.around(self.zone, self.seen, self.anchors()).end;
        let boundary = (self.is_continuous() && self.state.tier > 0).then(boundary).filter(|end| *end > self.seen && *end != i64::MAX);
        [after(&self.rises), after(&self.falls), boundary].into_iter().flatten().chain(dated).min()
    }

    fn look(&mut self, at: i64) {
        if let Some((tier, start)) = self.state.pending
            && start <= at
        {
            self.state.pending = None;
            if tier > self.state.tier {
                self.rise(tier, at);
            }
        }
        if self.state.until.is_some_and(|until| until <= at) {
            self.look_again(at);
        }
        let attained = self.attained(Frame::At(at));
        if attained > self.state.tier {
            match self.ladder.upgrade {
                Upgrade::AtOnce => self.rise(attained, at),
                Upgrade::NextPeriod => {
                    let start = self.ladder.period.next_start(self.zone, at, self.anchors());
                    let (tier, start) =
                        self.state.pending.map_or((attained, start), |(tier, known)| (tier.max(attained), known.min(start)));
                    self.state.pending = Some((tier, start));
                }
            }
        }
        if let Some((ended, end)) = self.state.grace {
            let frame = if self.is_continuous() { Frame::At(at) } else { Frame::Extended(ended, at) };
            if attained >= self.state.tier || at < end && self.is_kept(frame) {
                self.renew(at);
            } else if end <= at {
                self.fall(at, ended);
            }
        } else if self.is_continuous() && self.state.until.is_none() && !self.is_kept(Frame::At(at)) {
            self.lose(at, at);
        }
    }

    /// The tier's validity ends: what was done until then decides.
    fn look_again(&mut self, at: i64) {
        let ended = self.state.until.take().unwrap_or(at);
        let frame = if self.is_continuous() { Frame::At(ended) } else { Frame::Ended(ended) };
        if self.is_kept(frame) { self.renew(ended) } else { self.lose(ended, at) }
    }

    fn lose(&mut self, ended: i64, at: i64) {
        if self.ladder.grace.is_zero() {
            self.fall(at, ended);
        } else {
            let end = self.ladder.round_up.apply(self.zone, self.ladder.grace.after(self.zone, ended));
            self.state.grace = Some((ended, end));
            self.note(at, Change::Grace, self.state.tier);
        }
    }

    fn renew(&mut self, at: i64) {
        self.state.grace = None;
        self.state.until = self.validity_end(at);
        self.note(at, Change::Renewal, self.state.tier);
    }

    fn rise(&mut self, tier: usize, at: i64) {
        self.enter(tier, at, Change::Rise);
        self.raise_floor();
    }

    fn fall(&mut self, at: i64, ended: i64) {
        let frame = if self.is_continuous() { Frame::At(at) } else { Frame::Ended(ended) };
        let deserved = match self.ladder.downgrade {
            Downgrade::None => self.state.tier,
            Downgrade::OneStep => (0..self.state.tier).rev().find(|place| self.earned(*place)).unwrap_or(0),
            Downgrade::ReEvaluate => self.highest(frame, |tier| &tier.keep).max(self.attained(Frame::At(at))),
        };
        let tier = deserved.min(self.state.tier.saturating_sub(1)).max(self.state.floor);
        self.enter(tier, at, Change::Fall);
        if self.is_continuous() && self.ladder.downgrade == Downgrade::OneStep && tier > self.state.floor {
            // One step is for another period: without an end of its own the next look would come at any time.
            self.state.until = self.ladder.period.counts_for().map(|span| span.after(self.zone, at)).filter(|until| *until > at);
        }
    }

    fn enter(&mut self, tier: usize, at: i64, change: Change) {
        self.note(at, change, tier);
        let pending = self.state.pending.filter(|(pending, _)| *pending > tier);
        self.state = State { tier, since: Some(at), until: None, pending, floor: self.state.floor, ..State::default() };
        self.state.until = self.validity_end(at);
    }

    fn note(&mut self, at: i64, change: Change, to: usize) {
        self.steps.push(Step { at, change, from: self.state.tier, to });
    }

    fn raise_floor(&mut self) {
        // Whoever passes a tier that is never lost has reached it.
        let passed = self.ladder.tiers.iter().take(self.state.tier.saturating_add(1)).rposition(|tier| tier.never_lost);
        self.state.floor = self.state.floor.max(passed.filter(|place| self.earned(*place)).unwrap_or(0));
    }
}
