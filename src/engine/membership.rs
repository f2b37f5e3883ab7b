//! `membership`: tier, points, what is ahead.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::benefits::{BenefitHeld, PartnerHeld};
use super::calendar::Ahead;
use super::catalog::Surroundings;
use super::seen::{Known, Seen};
use super::wallets::{PointsHeld, WalletHeld};
use super::{Engine, EngineError, MembershipRequest};
use crate::domain::{AddAll, DAY, Listed, Reason};
use crate::loyalty::{CartEffect, MemberView, NextTier, Tier, TierKeep, Worth};
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
    /// All tiers, lowest first.
    pub tiers: Vec<TierShown>,
    /// The next tier up; `null` at the top.
    pub next: Option<NextTier>,
    /// What it takes to keep the tier; `null` where it can't be lost.
    pub keep: Option<TierKeep>,
    /// What buying the request's cart would do; `null` without one.
    pub cart: Option<CartEffect>,
    /// Points of the programme's first wallet.
    pub points: PointsHeld,
    /// All wallets, in the programme's order.
    pub wallets: Vec<WalletHeld>,
    /// Benefits that the member has, with what is left of them.
    pub benefits: Vec<BenefitHeld>,
    /// Partners whose members' the member is.
    pub partners: Vec<PartnerHeld>,
    /// The stage of the membership: `prospect`, `new`, `won-back`, `lapsed`, `slipping`, `loyal`, `active`; empty where it
    /// may not be read.
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

/// A tier of the programme.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct TierShown {
    /// Its id.
    pub id: String,
    /// How one comes to it: `criteria`, `invited`, `paid`, `trial`.
    pub access: &'static str,
    /// What it costs, where it is bought, in minor units.
    pub price: Option<i64>,
    /// Whether it is never lost once reached.
    pub never_lost: bool,
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
    /// Ids of the benefits that the member has.
    pub benefits: Vec<String>,
    /// Why it is this tier.
    pub reasons: Vec<Reason>,
}

/// Recency, frequency and monetary value, from the purchases known; nothing without personalisation.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct MemberWorth {
    /// Whole days since the last purchase.
    pub recency_days: Option<i64>,
    /// Purchases over the programme's window, 12 months where it does not say.
    pub frequency: u32,
    /// What they cost, in minor units.
    pub monetary: i64,
    /// Three digits from 1 to 5 (recency, frequency, monetary value), where the programme has limits for them.
    pub rfm: Option<String>,
    /// In [0, 1], where the programme estimates it.
    pub churn_risk: Option<f64>,
}

impl From<Worth> for MemberWorth {
    fn from(worth: Worth) -> Self {
        MemberWorth {
            recency_days: worth.recency_days,
            frequency: worth.frequency,
            monetary: worth.monetary,
            rfm: worth.rfm,
            churn_risk: worth.churn_risk,
        }
    }
}

impl MembershipRequest {
    pub(super) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { context: Some(&self.context), store: self.store.as_deref(), channel: self.channel.as_deref() }
    }
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
        let programme = snapshot.programme();
        let view = self.view(Some(&snapshot));
        let seen = Seen { snapshot: &snapshot, view: &view, now, horizon, kept: Some(&self.kept) };
        let (attributes, stood) = self.standing_at(seen, request.surroundings());
        let (standing, ledgers) = (&stood.standing, &*stood.ledgers);
        let segments = self.segments_of(&snapshot, &attributes);
        let known = Known { attributes: &attributes, segments: &segments, tier: standing.tier };
        let mut answer = Membership { wallets: seen.wallets(ledgers), ..Membership::default() };
        let has_tiers = !programme.ladder.tiers.is_empty();
        let tier = has_tiers.then(|| seen.tier_id(standing.tier));
        answer.points = seen.points(&answer.wallets, tier.as_deref());
        let expected = self.expected(&snapshot, &view, &attributes, now);
        (answer.points.expected, answer.points.reasons) = (expected.points, expected.reasons);
        answer.benefits = seen.benefits(known);
        answer.partners = seen.partners(known, ledgers);
        answer.cart = self.cart_effect(&snapshot, request, &member, &attributes, standing, now);
        let visible = MemberView::dates_of(&self.visible);
        answer.calendar = seen.calendar(standing, ledgers, known, &member, &visible);
        if has_tiers {
            let shown =
                |tier: &Tier| TierShown { id: tier.id.clone(), access: tier.access.name(), price: tier.price, never_lost: tier.never_lost };
            answer.tiers = programme.ladder.tiers.iter().map(shown).listed();
            answer.tier = TierHeld {
                id: tier.unwrap_or_default(),
                since: standing.since,
                until: standing.until,
                benefits: answer.benefits.iter().map(|benefit| benefit.id.clone()).listed(),
                reasons: standing.reasons.clone(),
            };
            (answer.next, answer.keep) = (standing.next.clone(), standing.keep.clone());
        }
        if self.is_personalised() {
            answer.value = programme.value.worth(&view, &snapshot.info.zone, now).into();
            answer.lifecycle = programme.lifecycle.stage(&view, &snapshot.info.zone, now).name().into();
        }
        answer.segments = segments;
        if programme.is_empty() {
            answer.tier.id = member.tier.as_ref().map(|tier| tier.id.clone()).unwrap_or_default();
            answer.notes.push(Reason::new("no-programme"));
        }
        if let Some(at) = snapshot.info.expires_at.filter(|at| *at <= now) {
            answer.notes.push(Reason::new("snapshot-expired").with("at", at));
        }
        self.put_into_kept_words(answer.reasons());
        Ok(answer)
    }

    /// Ids of the programme's days that are on at `now`; a birthday only as far as it may be read.
    pub(super) fn days_on(&self, snapshot: &Snapshot, now: i64) -> Vec<String> {
        if snapshot.programme().days.is_empty() {
            return Vec::new();
        }
        let view = MemberView::dates_of(&self.visible);
        let on = snapshot.programme().days.iter().filter(|day| day.is_on(&view, &snapshot.info.zone, now));
        on.map(|day| day.id.clone()).listed()
    }
}

impl Membership {
    fn reasons(&mut self) -> Vec<&mut Reason> {
        let mut all = Vec::new();
        let (cart_next, cart_keep) = self.cart.as_mut().map_or((None, None), |cart| (cart.next.as_mut(), cart.keep.as_mut()));
        all.add_all(&mut self.tier.reasons);
        for next in [self.next.as_mut(), cart_next].into_iter().flatten() {
            all.add_all(&mut next.missing);
        }
        for keep in [self.keep.as_mut(), cart_keep].into_iter().flatten() {
            all.add_all(&mut keep.missing);
        }
        all.add_all(&mut self.points.reasons);
        for ahead in &mut self.calendar {
            all.push(&mut ahead.event);
        }
        all.add_all(&mut self.notes);
        all
    }
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::from_value;
    use crate::engine::testing::{shop, value};
    use crate::engine::{CatalogSource, PrivacySettings};
    use crate::rules::NativeRegex;

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

    /// A shop whose programme is `programme`, and a member.
    fn club(programme: &str, member: &str) -> Engine {
        let catalog = r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"},
            "items": [{"id": "a", "price": 400}],
            "offers": [{"id": "flash", "window": {"from": "1970-01-20", "until": "1970-01-22"}, "effects": [{"kind": "percent", "on": "order", "percent": 10}]},
                       {"id": "gold-flash", "tiers": ["gold"], "window": {"from": "1970-01-20"}, "effects": [{"kind": "percent", "on": "order", "percent": 10}]},
                       {"id": "code", "codes": ["X"], "window": {"from": "1970-01-20"}, "effects": [{"kind": "percent", "on": "order", "percent": 10}]},
                       {"id": "coupon", "activation": "wallet", "receipt": {"validDays": 10}, "effects": [{"kind": "percent", "on": "order", "percent": 10}]}],
            "programme": PROGRAMME}"#;
        let mut engine = shop(&catalog.replace("PROGRAMME", programme));
        engine.load_member(&value(member), 0).unwrap();
        engine
    }

    fn ahead(answer: &Membership) -> Vec<(i64, &str)> {
        answer.calendar.iter().map(|ahead| (ahead.at / DAY, &*ahead.event.code)).collect()
    }

    #[test]
    fn the_calendar_has_everything_that_will_happen() {
        let programme = r#"{"id": "club", "tiers": [{"id": "base"}, {"id": "gold", "access": "paid"}],
            "points": {"wallets": [{"id": "points"}, {"id": "miles"}]},
            "benefits": [{"id": "spa", "window": {"until": "1970-02-01"}}],
            "days": [{"id": "cake", "birthday": true, "daysBefore": 1}, {"id": "member-day", "dayOfMonth": 18}]}"#;
        let member = r#"{"id": "m", "birthday": "01-26", "grants": [{"id": "gold", "since": 0, "until": 2505600000}],
            "points": [{"amount": 5, "expiresAt": 2592000000}, {"amount": 7, "availableAt": 1296000000, "wallet": "miles"}],
            "wallet": [{"offer": "coupon", "receivedAt": 0}, {"offer": "coupon", "receivedAt": 0, "usesLeft": 0}]}"#;
        let mut engine = club(programme, member);
        let expected = [
            (10, "coupon-ends"),
            (15, "points-available"),
            (17, "day"),
            (19, "offer-starts"),
            (19, "offer-starts"),
            (21, "offer-ends"),
            (24, "birthday"),
            (29, "tier-ends"),
            (30, "points-expire"),
            (31, "benefit-ends"),
            (48, "day"),
        ];
        let request = |days: u32| MembershipRequest { horizon_days: Some(days), ..MembershipRequest::default() };
        assert_eq!(ahead(&engine.membership(&request(50), DAY).unwrap()), expected);
        assert_eq!(ahead(&engine.membership(&request(10), DAY).unwrap()), expected[..1]);
        engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
        assert!(!ahead(&engine.membership(&request(50), DAY).unwrap()).iter().any(|(_, code)| *code == "birthday"));
    }

    #[test]
    fn benefits_say_what_is_left_and_partners_their_rates() {
        let programme = r#"{"id": "club", "tiers": [{"id": "base"}, {"id": "gold", "access": "invited"}],
            "points": {"wallets": [{"id": "points", "transferable": true}]},
            "benefits": [{"id": "wash", "kind": "service", "quota": {"count": 2, "per": "month"}, "quotaByTier": [{"tiers": ["gold"], "quota": {"count": 5, "per": "month"}}]},
                         {"id": "lounge", "kind": "service", "partner": "air", "when": {"context.market": "jp"}}],
            "partners": [{"id": "air", "when": {"member.cards": {"$in": ["air"]}}, "offers": ["flash"],
                          "conversions": [{"id": "miles", "from": "points", "to": "air-miles", "give": 3, "get": 2, "min": 100, "step": 100,
                                           "caps": [{"points": 500, "per": "month"}]}]}]}"#;
        let member = r#"{"id": "m", "attributes": {"cards": ["air"]}, "points": [{"amount": 450}], "pointsAt": 0,
            "activities": [{"id": "1", "at": 86400000, "kind": "benefit-used", "subject": "wash"}],
            "ledger": [{"id": "t", "at": 0, "kind": "transfer-out", "amount": 200, "rule": "miles"}]}"#;
        let mut engine = club(programme, member);
        let mut request = MembershipRequest::default();
        let answer = engine.membership(&request, 2 * DAY).unwrap();
        let quota = answer.benefits[0].quota.unwrap();
        assert_eq!((answer.benefits.len(), quota.left, quota.resets_at), (1, 1, Some(31 * DAY)));
        let rate = &answer.partners[0].conversions[0];
        assert_eq!((rate.left, rate.most, rate.makes), (Some(300), Some(300), Some(200)));
        assert!(answer.wallets[0].transferable && answer.wallets[0].spendable && !answer.wallets[0].donatable);
        request.context = value(r#"{"market": "jp"}"#);
        engine.track(value(r#"{"type": "benefit-used", "benefit": "wash"}"#), 2 * DAY).unwrap();
        let abroad = engine.membership(&request, 2 * DAY).unwrap();
        assert_eq!((abroad.benefits[0].quota.unwrap().left, abroad.benefits[1].partner.as_deref()), (0, Some("air")));
        assert_eq!(abroad.tier.benefits, ["wash", "lounge"]);
    }

    #[test]
    fn the_cart_says_what_it_would_do_to_the_tier() {
        let programme = |upgrade: &str| {
            r#"{"id": "club", "tiers": [{"id": "base"}, {"id": "gold", "criteria": {"metric": "spend", "atLeast": 1000}}, {"id": "black", "criteria": {"metric": "points", "atLeast": 100}}],
                "tierPolicy": {"period": {"kind": "calendar-year"}, "upgrade": "UPGRADE"},
                "points": {"earning": [{"id": "base", "on": "purchase", "points": 1, "per": 100}]}}"#
                .replace("UPGRADE", upgrade)
        };
        let ask = |upgrade: &str, quantity: u32| {
            let engine = club(
                &programme(upgrade),
                r#"{"id": "m", "joinedAt": 0, "points": [{"amount": 9}], "history": [{"id": "o", "at": 0, "lines": [{"item": "a", "paid": 300}]}]}"#,
            );
            let cart = alloc::vec![crate::engine::CartLine { item: "a".into(), quantity, ..crate::engine::CartLine::default() }];
            engine.membership(&MembershipRequest { cart, ..MembershipRequest::default() }, DAY).unwrap()
        };
        assert!(ask("at-once", 0).cart.is_some());
        let little = ask("at-once", 1).cart.unwrap();
        assert_eq!((little.tier, little.points), (None, 4));
        assert_eq!(little.next.unwrap().missing[0].integer("missing"), Some(300));
        let enough = ask("at-once", 2);
        assert_eq!((enough.tier.id.as_str(), enough.points.balance), ("base", 9));
        let cart = enough.cart.unwrap();
        assert_eq!((cart.tier.as_deref(), cart.starts_at), (Some("gold"), Some(DAY)));
        assert_eq!(cart.next.unwrap().missing[0].integer("have"), Some(8));
        let later = ask("next-period", 2).cart.unwrap();
        assert_eq!((later.tier.as_deref(), later.starts_at), (Some("gold"), Some(365 * DAY)));
        assert_eq!(ask("at-once", 25).cart.unwrap().tier.as_deref(), Some("black"));
    }

    #[test]
    fn stage_and_value_are_told_and_rules_may_read_them() {
        let programme = r#"{"id": "club", "lifecycle": {"lapsedDays": 20, "slippingDays": 10, "newDays": 5},
            "value": {"rfm": {"recencyDays": [1, 2, 3, 4], "frequency": [2, 3, 4, 5], "monetary": [100, 200, 300, 400]}, "churn": {}},
            "benefits": [{"id": "adviser", "when": {"member.lifecycle": "lapsed", "member.rfm": "113", "member.ageDays": {"$gte": 30}}}],
            "tiers": [{"id": "base"}]}"#;
        let mut engine =
            club(programme, r#"{"id": "m", "joinedAt": 0, "history": [{"id": "o", "at": 0, "lines": [{"item": "a", "paid": 200}]}]}"#);
        let answer = ask(&engine, 30);
        assert_eq!((answer.lifecycle.as_str(), answer.value.rfm.as_deref()), ("lapsed", Some("113")));
        assert_eq!((answer.value.recency_days, answer.value.monetary, answer.tier.benefits.len()), (Some(30), 200, 1));
        assert!(answer.value.churn_risk.unwrap() < 0.1, "one gap of thirty days is not long");
        engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
        let neutral = ask(&engine, 30);
        assert_eq!((neutral.lifecycle.as_str(), neutral.value.rfm, neutral.tier.benefits.len()), ("", None, 0));
    }
}
