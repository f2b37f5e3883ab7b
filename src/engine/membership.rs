//! `membership`: tier, points, what is ahead.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::catalog::Surroundings;
use super::{Engine, EngineError, MembershipRequest};
use crate::domain::{Arrange, DAY, Reason, Zone};
use crate::loyalty::{Change, Ledger, Lot, MemberView, NextTier, Programme, Standing, TierKeep};
use crate::rules::Attributes;
use crate::snapshot::Snapshot;

/// How far the calendar looks ahead where the request does not say, and at most.
const HORIZON_DAYS: (u32, u32) = (90, 1_000);

/// Where a member stands.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The tier held.
    pub tier: TierHeld,
    /// The next tier up; `null` at the top.
    pub next: Option<NextTier>,
    /// What it takes to keep the tier; `null` where it can't be lost.
    pub keep: Option<TierKeep>,
    /// Points of the programme's first wallet.
    pub points: PointsHeld,
    /// The stage of the membership; empty where it is not known or may not be read.
    pub lifecycle: String,
    /// Segments the member is in; none without personalisation.
    pub segments: Vec<String>,
    /// Recency, frequency and monetary value.
    pub value: MemberWorth,
    /// What will happen up to the horizon, by time, if the member does nothing more.
    pub calendar: Vec<Ahead>,
    /// What there is to say of the answer: `no-programme` where the snapshot has none, `snapshot-expired`.
    pub notes: Vec<Reason>,
}

/// The tier held.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct TierHeld {
    /// Its id; empty where there are no tiers.
    pub id: String,
    /// Since when, in milliseconds since 1970.
    pub since: Option<i64>,
    /// When it ends or is looked at again, if the member does nothing more.
    pub until: Option<i64>,
    /// Ids of the benefits it brings.
    pub benefits: Vec<String>,
    /// Why it is this tier.
    pub reasons: Vec<Reason>,
}

/// Points held.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct PointsHeld {
    /// Points that can be spent now; below 0 where points are owed.
    pub balance: i64,
    /// Points that can be spent later.
    pub pending: i64,
    /// Lots, first-expiring first.
    pub lots: Vec<HeldLot>,
    /// What ends within the programme's warning time, by time.
    pub expiring: Vec<Expiring>,
}

/// A lot of points.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct HeldLot {
    /// Points left.
    pub amount: i64,
    /// When they end (exclusive); never where `null`.
    pub expires_at: Option<i64>,
    /// When they can first be spent, where that is still to come.
    pub available_at: Option<i64>,
}

/// Points that end together.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Expiring {
    /// How many.
    pub amount: i64,
    /// When.
    pub at: i64,
}

/// Recency, frequency and monetary value, from the purchases known; nothing without personalisation.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct MemberWorth {
    /// Whole days since the last purchase.
    pub recency_days: Option<i64>,
    /// Purchases.
    pub frequency: u32,
    /// What they cost, in minor units.
    pub monetary: i64,
    /// Scores from 1 to 5, where the programme has bounds for them.
    pub rfm: Option<String>,
    /// In [0, 1], where it is known.
    pub churn_risk: Option<f64>,
}

/// Something that will happen.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Ahead {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What.
    ///
    /// | code | facts |
    /// |---|---|
    /// | `points-expire`, `points-available` | `amount`, `at` |
    /// | `tier-rises`, `tier-falls`, `tier-renewed`, `tier-grace` | `tier`, `at` |
    pub event: Reason,
}

impl Engine {
    /// Where the member stands: tier and points are facts of the contract, and told with personalisation off too.
    ///
    /// # Errors
    /// `no-catalog`, `no-member`.
    pub fn membership(&self, request: &MembershipRequest, clock: i64) -> Result<Membership, EngineError> {
        let snapshot = self.snapshot()?;
        let member = self.member()?;
        let now = self.now(request.now, clock);
        let days = request.horizon_days.unwrap_or(HORIZON_DAYS.0).min(HORIZON_DAYS.1);
        let horizon = now.saturating_add(i64::from(days).saturating_mul(DAY));
        let programme = &snapshot.programme;
        let price = |item: &str| snapshot.catalog.find(item).and_then(|item| snapshot.catalog.price(item));
        let view = MemberView::new(&member, &[], &price);
        let attributes = self.attributes(&snapshot, now, Surroundings::default());
        let seen = Seen { programme, view: &view, zone: &snapshot.info.zone, now, horizon };
        let segments = self.segments(now);
        let mut answer = seen.membership(&attributes, &segments);
        if self.is_personalised() {
            answer.value = worth(&view, now);
            answer.segments = segments;
        }
        if programme.is_empty() {
            answer.tier.id = member.tier.as_ref().map(|tier| tier.id.clone()).unwrap_or_default();
            answer.notes.push(Reason::new("no-programme"));
        }
        if let Some(at) = snapshot.info.expires_at.filter(|at| *at <= now) {
            answer.notes.push(Reason::new("snapshot-expired").with("at", at));
        }
        self.put_into_words(answer.reasons());
        Ok(answer)
    }

    /// The tier that the member holds at `now`: by the programme, or where there is none as the server confirmed it.
    pub(super) fn tier_now(&self, snapshot: &Snapshot, attributes: &Attributes<'_>, now: i64) -> Option<String> {
        let confirmed = || self.member.tier.as_ref().map(|tier| tier.id.clone());
        if self.profile.is_none() || snapshot.programme.ladder.tiers.is_empty() {
            return confirmed();
        }
        let price = |item: &str| snapshot.catalog.find(item).and_then(|item| snapshot.catalog.price(item));
        let view = MemberView::new(&self.member, &[], &price);
        let seen = Seen { programme: &snapshot.programme, view: &view, zone: &snapshot.info.zone, now, horizon: now };
        let (standing, _) = seen.standing(attributes);
        Some(snapshot.programme.ladder.id(standing.tier).to_string())
    }
}

impl Engine {
    /// Ids of the programme's days that are on at `now`; a birthday only as far as it may be read.
    pub(super) fn days_on(&self, snapshot: &Snapshot, now: i64) -> Vec<String> {
        let view = MemberView::new(&self.visible, &[], &|_| None);
        let on = snapshot.programme.days.iter().filter(|day| day.is_on(&view, &snapshot.info.zone, now));
        on.map(|day| day.id.clone()).collect()
    }
}

/// One member, seen at an instant.
struct Seen<'a> {
    programme: &'a Programme,
    view: &'a MemberView<'a>,
    zone: &'a Zone,
    now: i64,
    horizon: i64,
}

impl Seen<'_> {
    fn standing(&self, member: &Attributes<'_>) -> (Standing, Vec<Ledger>) {
        let ledgers = self.programme.ledgers(self.view, self.zone, self.now);
        let measured: Vec<_> = ledgers.iter().map(|ledger| ledger.measure.clone()).collect();
        let ladder = &self.programme.ladder;
        let measures = ladder.measure(self.view, &measured, self.zone);
        (ladder.standing(self.view, &measures, member, self.zone, self.now, self.horizon), ledgers)
    }

    fn membership(&self, member: &Attributes<'_>, segments: &[String]) -> Membership {
        let (standing, ledgers) = self.standing(member);
        let ladder = &self.programme.ladder;
        let mut answer = Membership::default();
        if !ladder.tiers.is_empty() {
            answer.tier = TierHeld {
                id: ladder.id(standing.tier).to_string(),
                since: standing.since,
                until: standing.until,
                benefits: self.programme.benefits_of(standing.tier, segments, member, self.now),
                reasons: standing.reasons,
            };
            answer.next = standing.next;
            answer.keep = standing.keep;
        }
        let Some(ledger) = ledgers.first() else { return answer };
        answer.points = self.points(ledger);
        answer.calendar = self.lots_ahead(&ledger.lots);
        for step in &standing.ahead {
            let code = match step.change {
                Change::Rise => "tier-rises",
                Change::Renewal => "tier-renewed",
                Change::Grace => "tier-grace",
                Change::Fall => "tier-falls",
            };
            answer.calendar.push(Ahead { at: step.at, event: Reason::new(code).with("tier", ladder.id(step.to)).with("at", step.at) });
        }
        answer.calendar.arrange_by(|one, other| one.at.cmp(&other.at).then_with(|| one.event.code.cmp(&other.event.code)));
        answer
    }

    fn points(&self, ledger: &Ledger) -> PointsHeld {
        let warned = self.now.saturating_add(i64::from(self.programme.warning_days).saturating_mul(DAY));
        let mut expiring: Vec<Expiring> = Vec::new();
        for lot in &ledger.lots {
            let Some(at) = lot.expires_at.filter(|end| *end <= warned) else { continue };
            match expiring.last_mut().filter(|known| known.at == at) {
                Some(known) => known.amount = known.amount.saturating_add(lot.amount),
                None => expiring.push(Expiring { amount: lot.amount, at }),
            }
        }
        let held = |lot: &Lot| HeldLot {
            amount: lot.amount,
            expires_at: lot.expires_at,
            available_at: Some(lot.available_at).filter(|at| *at > self.now),
        };
        PointsHeld {
            balance: ledger.balance(self.now),
            pending: ledger.pending(self.now),
            lots: ledger.lots.iter().map(held).collect(),
            expiring,
        }
    }

    fn lots_ahead(&self, lots: &[Lot]) -> Vec<Ahead> {
        let mut ahead: Vec<Ahead> = Vec::new();
        let mut add = |code, at: i64, amount: i64| {
            if at > self.now && at < self.horizon {
                ahead.push(Ahead { at, event: Reason::new(code).with("amount", amount).with("at", at) });
            }
        };
        for lot in lots {
            if let Some(end) = lot.expires_at {
                add("points-expire", end, lot.amount);
            }
            add("points-available", lot.available_at, lot.amount);
        }
        ahead
    }
}

impl Membership {
    fn reasons(&mut self) -> impl Iterator<Item = &mut Reason> {
        let next = self.next.iter_mut().flat_map(|next| &mut next.missing);
        let keep = self.keep.iter_mut().flat_map(|keep| &mut keep.missing);
        let calendar = self.calendar.iter_mut().map(|ahead| &mut ahead.event);
        self.tier.reasons.iter_mut().chain(next).chain(keep).chain(calendar).chain(&mut self.notes)
    }
}

fn worth(view: &MemberView, now: i64) -> MemberWorth {
    let past = || view.receipts.iter().filter(|receipt| receipt.at <= now);
    MemberWorth {
        recency_days: past().map(|receipt| receipt.at).max().map(|last| now.saturating_sub(last).div_euclid(DAY)),
        frequency: u32::try_from(past().count()).unwrap_or(u32::MAX),
        monetary: past().fold(0, |sum, receipt| sum.saturating_add(receipt.paid)),
        rfm: None,
        churn_risk: None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::{Value, from_value};
    use crate::engine::{CatalogSource, PrivacySettings};
    use crate::rules::NativeRegex;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    /// A shop with two tiers by spend over 12 months and points that end after a year.
    fn engine() -> Engine {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let catalog = value(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "USD"}, "items": [],
                "segments": [{"id": "golden", "condition": {"member.tier": "gold"}}],
                "programme": {"id": "club",
                  "tiers": [{"id": "base"}, {"id": "gold", "criteria": {"metric": "spend", "atLeast": 1000}}, {"id": 3}],
                  "tierPolicy": {"period": {"kind": "rolling", "months": 12}},
                  "points": {"wallets": [{"id": "points", "expiry": {"kind": "rolling", "months": 12}}]},
                  "benefits": [{"id": "returns", "fromTier": "gold"}, {"id": "card"}]}}"#,
        );
        let info = engine.load_catalog(CatalogSource::Json(&catalog), &[], 0).unwrap();
        assert!(info.warnings.iter().any(|warning| warning.code == "programme-part-disabled"));
        engine
    }

    const MEMBER: &str = r#"{"id": "m", "joinedAt": 0,
        "history": [{"id": "o", "at": 86400000, "lines": [{"item": "a", "paid": 600}]}],
        "ledger": [{"id": "p", "at": 86400000, "kind": "earn", "amount": 60}]}"#;

    fn ask(engine: &Engine, days: i64) -> Membership {
        engine.membership(&from_value(&value("{}")).unwrap(), days * DAY).unwrap()
    }

    #[test]
    fn there_is_no_membership_without_catalog_or_member() {
        let empty = Engine::new(1, Rc::new(NativeRegex));
        assert_eq!(empty.membership(&MembershipRequest::default(), 0).unwrap_err().code, "no-catalog");
        assert_eq!(engine().membership(&MembershipRequest::default(), 0).unwrap_err().code, "no-member");
    }

    #[test]
    fn what_is_missing_to_rise_is_told_and_a_purchase_here_counts_at_once() {
        let mut engine = engine();
        engine.load_member(&value(MEMBER), 0).unwrap();
        let before = ask(&engine, 10);
        assert_eq!((before.tier.id.as_str(), before.points.balance), ("base", 60));
        assert_eq!(before.tier.benefits, ["card"]);
        let next = before.next.unwrap();
        assert_eq!(
            (next.id.as_str(), next.missing[0].code.as_ref(), next.missing[0].integer("missing")),
            ("gold", "missing-spend", Some(400))
        );
        engine
            .track(value(r#"{"type": "purchase", "order": "o2", "at": 432000000, "lines": [{"item": "b", "paid": 400}]}"#), 10 * DAY)
            .unwrap();
        let after = ask(&engine, 10);
        assert_eq!((after.tier.id.as_str(), after.tier.since), ("gold", Some(5 * DAY)));
        assert_eq!(after.tier.benefits, ["returns", "card"]);
        assert_eq!(engine.segments(10 * DAY), ["golden"]);
    }

    #[test]
    fn the_calendar_tells_what_ends() {
        let mut engine = engine();
        engine.load_member(&value(MEMBER), 0).unwrap();
        let year = ask(&engine, 350);
        assert_eq!(year.calendar.iter().map(|ahead| ahead.event.code.as_ref()).collect::<Vec<_>>(), ["points-expire"]);
        assert_eq!((year.points.expiring[0].amount, year.points.expiring[0].at), (60, 367 * DAY));
        assert_eq!(ask(&engine, 367).points.balance, 0);
    }

    #[test]
    fn facts_of_the_contract_are_told_without_personalisation_and_nothing_else() {
        let mut engine = engine();
        engine.load_member(&value(MEMBER), 0).unwrap();
        engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
        let answer = ask(&engine, 10);
        assert_eq!((answer.points.balance, answer.next.unwrap().missing[0].integer("missing")), (60, Some(400)));
        assert_eq!((answer.value.frequency, answer.segments.len(), answer.lifecycle.as_str()), (0, 0, ""));
    }
}
