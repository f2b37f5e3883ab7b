//! Every way tiers are reached, kept and lost, as programmes write it; and that who does more is never worse off.
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)] // a test may panic

use std::rc::Rc;

use jiff::civil::Date;
use proptest::prelude::*;
use regulars::domain::{DAY, Reason, Value, date_of, day_number, from_value};
use regulars::engine::{CatalogSource, Engine, Membership};
use regulars::rules::NativeRegex;
use serde_json::{Value as Json, json};

/// Midnight of a day, UTC.
fn day(text: &str) -> i64 {
    day_number(text.parse::<Date>().unwrap()) * DAY
}

fn written(at: Option<i64>) -> String {
    at.map_or("never".into(), |at| date_of(at.div_euclid(DAY)).to_string())
}

fn value(json: Json) -> Value {
    serde_json::from_value(json).unwrap()
}

/// Silver from 1,000, gold from 5,000, measured and lost as `policy` says.
fn spending(policy: Json) -> Json {
    let tier = |id: &str, spend: i64| json!({"id": id, "criteria": {"metric": "spend", "atLeast": spend}});
    json!({"id": "club", "tiers": [{"id": "base"}, tier("silver", 1000), tier("gold", 5000)], "tierPolicy": policy})
}

fn order(id: &str, on: &str, paid: i64) -> Json {
    json!({"id": id, "at": day(on), "lines": [{"item": "i", "paid": paid}]})
}

fn stands(programme: &Json, member: Json, now: &str) -> Membership {
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    let catalog =
        json!({"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "items": [], "programme": programme});
    let info = engine.load_catalog(CatalogSource::Json(&value(catalog)), &[], 0).unwrap();
    assert!(info.warnings.iter().all(|warning| warning.code == "signature-not-checked"), "{:?}", info.warnings);
    engine.load_member(&value(member), 0).unwrap();
    engine.membership(&from_value(&value(json!({"horizonDays": 800}))).unwrap(), day(now)).unwrap()
}

fn bought(orders: &[Json]) -> Json {
    json!({"id": "m", "joinedAt": day("2024-05-20"), "history": orders})
}

/// The tier on a day, and until when.
fn tier(programme: &Json, member: &Json, now: &str) -> (String, String) {
    let answer = stands(programme, member.clone(), now);
    (answer.tier.id, written(answer.tier.until))
}

fn held(id: &str, until: &str) -> (String, String) {
    (id.into(), until.into())
}

fn codes(reasons: &[Reason]) -> Vec<&str> {
    reasons.iter().map(|reason| &*reason.code).collect()
}

#[test]
fn a_calendar_year_counts_what_was_done_in_it_and_the_tier_lasts_to_its_end() {
    let programme = spending(json!({"period": {"kind": "calendar-year"}}));
    let member = bought(&[order("a", "2025-12-30", 900), order("b", "2026-02-01", 600), order("c", "2026-03-10", 400)]);
    assert_eq!(tier(&programme, &member, "2026-03-09"), held("base", "never"));
    assert_eq!(tier(&programme, &member, "2026-03-10"), held("silver", "2027-01-01"));
    assert_eq!(tier(&programme, &member, "2026-12-31"), held("silver", "2027-01-01"));
    // The year that ended deserved it: it lasts for another, which brought nothing.
    assert_eq!(tier(&programme, &member, "2027-01-01"), held("silver", "2028-01-01"));
    assert_eq!(tier(&programme, &member, "2028-01-01"), held("base", "never"));
}

#[test]
fn a_calendar_year_may_begin_on_another_day_and_be_shorter() {
    let april = spending(json!({"period": {"kind": "calendar-year", "startsOn": "04-01"}}));
    let member = bought(&[order("a", "2026-03-20", 1000)]);
    assert_eq!(tier(&april, &member, "2026-03-20"), held("silver", "2026-04-01"));
    for (kind, until) in [("calendar-half", "2026-07-01"), ("calendar-quarter", "2026-04-01"), ("calendar-month", "2026-04-01")] {
        assert_eq!(tier(&spending(json!({"period": {"kind": kind}})), &member, "2026-03-20"), held("silver", until), "{kind}");
    }
}

#[test]
fn an_anniversary_period_counts_from_the_day_of_joining() {
    let programme = spending(json!({"period": {"kind": "anniversary"}}));
    let member = bought(&[order("a", "2025-05-19", 600), order("b", "2025-05-20", 400), order("c", "2026-05-19", 600)]);
    assert_eq!(tier(&programme, &member, "2026-05-18"), held("base", "never"));
    assert_eq!(tier(&programme, &member, "2026-05-19"), held("silver", "2026-05-20"));
}

#[test]
fn a_rolling_window_forgets_day_by_day() {
    let programme = spending(json!({"period": {"kind": "rolling", "months": 6}}));
    let member = bought(&[order("a", "2026-01-10", 600), order("b", "2026-03-10", 400)]);
    assert_eq!(tier(&programme, &member, "2026-07-09"), held("silver", "2026-07-10"));
    assert_eq!(tier(&programme, &member, "2026-07-10"), held("base", "never"));
    let keep = stands(&programme, member, "2026-04-01").keep.unwrap();
    assert_eq!((written(Some(keep.by)), keep.missing[0].integer("missing")), ("2026-07-10".into(), Some(600)));
}

#[test]
fn a_lifetime_counts_everything_and_is_for_good() {
    let programme = spending(json!({"period": {"kind": "lifetime"}}));
    let member = bought(&[order("a", "2024-06-01", 600), order("b", "2026-03-10", 400)]);
    let answer = stands(&programme, member, "2034-01-01");
    assert_eq!((answer.tier.id.as_str(), answer.tier.until, answer.keep.is_none()), ("silver", None, true));
    assert_eq!(codes(&answer.tier.reasons), ["reached-spend"]);
}

#[test]
fn what_was_given_back_is_taken_out() {
    let programme = spending(json!({"period": {"kind": "calendar-year"}}));
    let lines = json!([{"item": "i", "quantity": 1, "paid": 500}, {"item": "j", "quantity": 0, "paid": 0}]);
    let member = json!({"id": "m", "joinedAt": 0, "history": [{"id": "o", "at": day("2026-03-01"), "lines": lines}]});
    let answer = stands(&programme, member, "2026-03-02");
    let next = answer.next.unwrap();
    assert_eq!(
        (answer.tier.id.as_str(), next.missing[0].integer("missing"), written(next.missing[0].integer("by"))),
        ("base", Some(500), "2027-01-01".into())
    );
}

#[test]
fn an_upgrade_comes_at_once_or_with_the_next_period() {
    let member = bought(&[order("a", "2026-03-10", 1000)]);
    let at_once = spending(json!({"period": {"kind": "calendar-quarter"}, "upgrade": "at-once"}));
    assert_eq!(tier(&at_once, &member, "2026-03-10").0, "silver");
    let later = spending(json!({"period": {"kind": "calendar-quarter"}, "upgrade": "next-period"}));
    let answer = stands(&later, member.clone(), "2026-03-10");
    let next = answer.next.unwrap();
    assert_eq!(
        (answer.tier.id.as_str(), next.id.as_str(), written(next.starts_at), next.missing.len()),
        ("base", "silver", "2026-04-01".into(), 0)
    );
    assert!(answer.calendar.iter().any(|ahead| ahead.event.code == "tier-rises" && ahead.at == day("2026-04-01")));
    assert_eq!(tier(&later, &member, "2026-04-01").0, "silver");
}

#[test]
fn a_downgrade_is_none_one_step_or_to_what_is_deserved() {
    let member = bought(&[order("a", "2026-03-10", 5000)]);
    let lost = |downgrade: &str| {
        let programme = spending(json!({"period": {"kind": "calendar-year"}, "downgrade": downgrade}));
        ["2027-06-01", "2028-01-01", "2029-01-01"].map(|now| tier(&programme, &member, now).0)
    };
    assert_eq!(lost("none"), ["gold", "gold", "gold"]);
    assert_eq!(lost("one-step"), ["gold", "silver", "base"]);
    assert_eq!(lost("re-evaluate"), ["gold", "base", "base"]);
}

#[test]
fn a_grace_keeps_the_tier_and_what_is_done_in_it_counts() {
    let policy = json!({"period": {"kind": "calendar-year"}, "grace": {"days": 20}, "roundUp": "month-end"});
    let programme = spending(policy);
    let member = bought(&[order("a", "2026-03-10", 1000)]);
    let answer = stands(&programme, member.clone(), "2028-01-10");
    assert_eq!((answer.tier.id.as_str(), written(answer.tier.until)), ("silver", "2028-02-01".into()));
    assert!(codes(&answer.tier.reasons).contains(&"tier-in-grace"));
    let keep = answer.keep.unwrap();
    assert!(keep.grace && keep.missing[0].integer("missing") == Some(1000) && written(Some(keep.by)) == "2028-02-01");
    assert_eq!(tier(&programme, &member, "2028-02-01").0, "base");
    let saved = bought(&[order("a", "2026-03-10", 1000), order("b", "2028-01-15", 1000)]);
    assert_eq!(tier(&programme, &saved, "2028-02-01").0, "silver");
}

#[test]
fn keeping_may_take_less_than_reaching_and_a_tier_may_be_for_good() {
    let mut programme = spending(json!({"period": {"kind": "calendar-year"}}));
    programme["tiers"][2]["keep"] = json!({"metric": "spend", "atLeast": 300});
    programme["tiers"][1]["neverLost"] = json!(true);
    let member = bought(&[order("a", "2026-03-10", 5000), order("b", "2027-03-10", 300)]);
    assert_eq!(tier(&programme, &member, "2028-06-01"), held("gold", "2029-01-01"));
    let answer = stands(&programme, member, "2029-06-01");
    assert_eq!((answer.tier.id.as_str(), answer.keep.is_none()), ("silver", true));
    assert!(codes(&answer.tier.reasons).contains(&"tier-never-lost"));
}

#[test]
fn a_tier_can_be_given_bought_or_tried() {
    let programme = json!({"id": "club", "tiers": [{"id": "base"}, {"id": "silver", "criteria": {"metric": "spend", "atLeast": 1000}},
        {"id": "plus", "access": "paid", "price": 9900, "lasts": {"months": 3}}, {"id": "trial", "access": "trial"}, {"id": "black", "access": "invited"}]});
    let tiers = stands(&programme, bought(&[]), "2026-01-01").tiers;
    let ways: Vec<_> = tiers.iter().map(|tier| (tier.access, tier.price)).collect();
    assert_eq!(ways, [("criteria", None), ("criteria", None), ("paid", Some(9900)), ("trial", None), ("invited", None)]);
    let with = |grant: Json, now: &str| {
        let member = json!({"id": "m", "joinedAt": 0, "grants": [grant], "history": [order("a", "2026-01-01", 1000)]});
        let answer = stands(&programme, member, now);
        let access =
            answer.tier.reasons.iter().find(|reason| reason.code == "tier-granted").and_then(|reason| reason.fact("access").cloned());
        (answer.tier.id, written(answer.tier.until), access.map(|fact| format!("{fact:?}")).unwrap_or_default())
    };
    let paid = json!({"id": "plus", "since": day("2026-02-10")});
    assert_eq!(with(paid.clone(), "2026-05-09"), ("plus".into(), "2026-05-10".into(), "Text(\"paid\")".into()));
    assert_eq!(with(paid, "2026-05-10"), ("silver".into(), "never".into(), String::new()));
    let tried = json!({"id": "trial", "since": day("2026-02-10"), "until": day("2026-02-24")});
    assert_eq!(with(tried.clone(), "2026-02-23").2, "Text(\"trial\")");
    assert_eq!(with(tried, "2026-02-24").0, "silver");
    assert_eq!(with(json!({"id": "black"}), "2030-01-01"), ("black".into(), "never".into(), "Text(\"invited\")".into()));
}

#[test]
fn criteria_measure_orders_points_actions_referrals_days_and_combinations() {
    let activity = |id: &str, kind: &str| json!({"id": id, "at": day("2026-02-01"), "kind": kind});
    let earned = |id: &str, amount: i64, wallet: &str| json!({"id": id, "at": day("2026-02-01"), "kind": "earn", "amount": amount, "wallet": wallet});
    let member = json!({"id": "m", "joinedAt": day("2026-01-01"),
        "history": [order("a", "2026-02-01", 100), order("b", "2026-02-01", 100), order("c", "2026-02-02", 100)],
        "activities": [activity("1", "review"), activity("2", "share"), activity("3", "impression"), activity("4", "referral")],
        "ledger": [earned("p", 50, "points"), earned("g", 80, "growth"), {"id": "s", "at": day("2026-02-03"), "kind": "spend", "amount": 20, "wallet": "points"}]});
    let reaches = |criteria: Json| {
        let programme = json!({"id": "club", "tiers": [{"id": "base"}, {"id": "up", "criteria": criteria}],
            "points": {"wallets": [{"id": "points"}, {"id": "growth", "notSpendable": true}]}});
        stands(&programme, member.clone(), "2026-02-10").tier.id == "up"
    };
    let at = |metric: &str, at_least: i64| json!({"metric": metric, "atLeast": at_least});
    for (metric, most) in [
        ("orders", 3),
        ("purchase-days", 2),
        ("spend", 300),
        ("points", 50),
        ("balance", 50),
        ("engagement", 3),
        ("referrals", 1),
        ("member-days", 40),
    ] {
        assert!(reaches(at(metric, most)) && !reaches(at(metric, most + 1)), "{metric}");
    }
    assert!(reaches(json!({"metric": "points", "atLeast": 80, "wallet": "growth"})));
    assert!(
        reaches(json!({"metric": "engagement", "atLeast": 1, "actions": ["review"]}))
            && !reaches(json!({"metric": "engagement", "atLeast": 2, "actions": ["review"]}))
    );
    assert!(reaches(json!({"all": [at("orders", 3), {"any": [at("spend", 9999), at("referrals", 1)]}]})));
    assert!(!reaches(json!({"all": [at("orders", 3), at("spend", 9999)]})));
    assert!(reaches(json!({"metric": "spend", "atLeast": 300, "period": {"kind": "rolling", "days": 30}})));
    assert!(reaches(json!({"metric": "orders", "atLeast": 2, "period": {"kind": "rolling", "days": 1}})));
    assert!(!reaches(json!({"metric": "orders", "atLeast": 3, "period": {"kind": "rolling", "days": 1}})));
}

fn orders() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0_i64..900, 1_i64..2000), 0..20)
}

fn rank(id: &str) -> usize {
    ["base", "silver", "gold"].iter().position(|known| *known == id).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whoever buys the same and more stands no lower, on any day, under any policy.
    #[test]
    fn more_purchases_never_lower_a_tier(some in orders(), more in orders(), now in 0_i64..1200, kind in 0_usize..5, downgrade in 0_usize..3, grace in 0_i32..40) {
        let kind = ["calendar-year", "calendar-quarter", "anniversary", "rolling", "lifetime"][kind];
        let downgrade = ["none", "one-step", "re-evaluate"][downgrade];
        let programme = spending(json!({"period": {"kind": kind, "months": 12}, "downgrade": downgrade, "grace": {"days": grace}}));
        let start = day("2024-05-20");
        let made = |all: &[(i64, i64)]| {
            let order = |(place, (on, paid)): (usize, &(i64, i64))| json!({"id": format!("o{place}"), "at": start + on * DAY, "lines": [{"item": "i", "paid": paid}]});
            json!({"id": "m", "joinedAt": start, "history": all.iter().enumerate().map(order).collect::<Vec<_>>()})
        };
        let now = date_of((start + now * DAY).div_euclid(DAY)).to_string();
        let fewer = stands(&programme, made(&some), &now);
        let all: Vec<(i64, i64)> = some.iter().chain(&more).copied().collect();
        let richer = stands(&programme, made(&all), &now);
        prop_assert!(rank(&richer.tier.id) >= rank(&fewer.tier.id), "{} after {}", richer.tier.id, fewer.tier.id);
    }
}
