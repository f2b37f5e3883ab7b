//! What is said to whom, under caps and quiet hours.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::domain::{HOUR, Listed, Value, from_value};
use crate::engine::{CatalogSource, PrivacySettings};
use crate::rules::NativeRegex;

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Noon of a Tuesday, 2026-03-17.
const NOON: i64 = 1_773_748_800_000;

const SHOP: &str = r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"},
    "items": [{"id": "mask", "price": 5000, "category": "care"}, {"id": "serum", "price": 9000, "category": "care"},
              {"id": "tee", "price": 3000, "category": "wear"}, {"id": "article", "price": 0, "category": "care"}],
    "segments": [{"id": "trendy", "condition": {"member.tags": {"$in": ["fashion"]}}}],
    "offers": [{"id": "spring", "thresholds": [{"amount": 10000}], "effects": [{"kind": "percent", "on": "order", "percent": 10}]},
               {"id": "gold-only", "tiers": ["gold"], "effects": [{"kind": "percent", "on": "order", "percent": 20}]},
               {"id": "coupon", "activation": "wallet", "effects": [{"kind": "amount", "on": "order", "amount": 500}]}],
    "programme": {"id": "club", "tiers": [{"id": "base"}, {"id": "gold", "criteria": {"metric": "spend", "atLeast": 10000}}],
      "points": {"wallets": [{"id": "points", "expiry": {"kind": "rolling", "months": 12}}]},
      "tasks": [{"id": "three", "action": "check-in", "goal": 3, "per": "month"}],
      "benefits": [{"id": "wash", "quota": {"count": 1, "per": "year"}}],
      "contact": {"quietHours": {"from": "21:00", "until": "09:00"}, "caps": [{"count": 2, "per": "day"}],
        "interrupting": ["push"], "automatic": AUTOMATIC, "messages": [MESSAGES]}}}"#;

fn engine(automatic: &str, messages: &str) -> Engine {
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    let catalog = SHOP.replace("AUTOMATIC", automatic).replace("MESSAGES", messages);
    let info = engine.load_catalog(CatalogSource::Json(&value(&catalog)), &[], 0).unwrap();
    assert_eq!(info.warnings.iter().map(|warning| &*warning.code).listed(), ["signature-not-checked"]);
    engine.load_member(&value(MEMBER), NOON).unwrap();
    engine
}

/// Bought masks for 7,000 a week ago; 80 points end in ten days.
const MEMBER: &str = r#"{"id": "m", "joinedAt": 1700000000000, "tags": [{"tag": "fashion"}],
    "history": [{"id": "o", "at": 1773144000000, "lines": [{"item": "mask", "paid": 7000}]}],
    "points": [{"amount": 80, "expiresAt": 1774612800000}]}"#;

fn ask(engine: &mut Engine, request: &str, now: i64) -> Vec<NextAction> {
    engine.next_actions(&from_value(&value(request)).unwrap(), now).unwrap()
}

fn ids(actions: &[NextAction]) -> Vec<&str> {
    actions.iter().map(|action| action.id.as_str()).listed()
}

fn codes(action: &NextAction) -> Vec<&str> {
    action.reasons.iter().map(|reason| &*reason.code).listed()
}

const HOME: &str = r#"{"surface": "home", "limit": 9}"#;
const PUSH: &str = r#"{"surface": "push", "limit": 9}"#;

/// What holds the message `id` back on `surface`.
fn held(engine: &mut Engine, surface: &str, id: &str, now: i64) -> Vec<String> {
    let request = ["{\"surface\": \"", surface, "\", \"limit\": 0, \"explain\": true}"].concat();
    let all = ask(engine, &request, now);
    let action = all.iter().find(|action| action.id == id);
    action.map(|action| action.reasons.iter().map(|reason| reason.code.clone().into_owned()).listed()).unwrap_or_default()
}

#[test]
fn it_needs_a_catalog_and_a_member() {
    let mut empty = Engine::new(1, Rc::new(NativeRegex));
    assert_eq!(empty.next_actions(&NextActionsRequest::default(), 0).unwrap_err().code, "no-catalog");
    empty
        .load_catalog(
            CatalogSource::Json(&value(
                r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "items": []}"#,
            )),
            &[],
            0,
        )
        .unwrap();
    assert_eq!(empty.next_actions(&NextActionsRequest::default(), 0).unwrap_err().code, "no-member");
}

#[test]
fn without_messages_the_facts_of_the_membership_speak_where_nobody_is_interrupted() {
    let mut facts = engine("null", "");
    let said = ask(&mut facts, HOME, NOON);
    assert_eq!(ids(&said), ["tier-nudge:gold", "expiring-points:points", "offer:spring"]);
    assert_eq!(codes(&said[0]), ["next-tier", "missing-spend"]);
    assert_eq!((codes(&said[1])[0], said[1].ends_at), ("points-expire", Some(1_774_612_800_000)));
    assert_eq!((codes(&said[2])[0], said[2].offer.as_deref()), ("below-amount", Some("spring")));
    assert!(said.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert!(ask(&mut facts, PUSH, NOON).is_empty());
    assert!(ask(&mut engine("[]", ""), HOME, NOON).is_empty());
}

#[test]
fn quiet_hours_and_caps_hold_on_surfaces_that_interrupt_only() {
    let messages =
        r#"{"id": "a", "kind": "content"}, {"id": "b", "kind": "content", "weight": 2}, {"id": "c", "kind": "content", "weight": 3}"#;
    let mut engine = engine("[]", messages);
    assert_eq!(ids(&ask(&mut engine, PUSH, NOON)), ["c", "b"], "the cap of two holds within one answer");
    assert_eq!(ids(&ask(&mut engine, HOME, NOON)), ["c", "b", "a"]);
    let night = NOON + 10 * HOUR;
    assert!(ask(&mut engine, PUSH, night).is_empty());
    assert_eq!(held(&mut engine, "push", "a", night), ["quiet-hours"]);
    assert_eq!(ask(&mut engine, HOME, night).len(), 3);
    for (message, surface) in [("c", "push"), ("b", "home")] {
        let seen = alloc::format!(r#"{{"type": "impression", "message": "{message}", "surface": "{surface}"}}"#);
        engine.track(value(&seen), NOON).unwrap();
    }
    assert_eq!(ids(&ask(&mut engine, PUSH, NOON)).len(), 1);
    engine.track(value(r#"{"type": "impression", "message": "b", "surface": "push"}"#), NOON).unwrap();
    assert!(ask(&mut engine, PUSH, NOON).is_empty());
    assert_eq!(held(&mut engine, "push", "a", NOON), ["cap-reached"]);
    assert_eq!(ask(&mut engine, PUSH, NOON + 24 * HOUR).len(), 2);
}

#[test]
fn nothing_is_said_to_a_member_it_does_not_fit() {
    let messages = r#"{"id": "win", "kind": "win-back"}, {"id": "wel", "kind": "welcome"}, {"id": "sneakers", "kind": "content", "segments": ["trendy"]},
        {"id": "vip", "kind": "activity", "fromTier": "gold"}, {"id": "spa", "kind": "reminder", "benefit": "wash"},
        {"id": "men", "kind": "content", "when": {"member.gender": "m"}}, {"id": "gold", "kind": "offer", "offer": "gold-only"},
        {"id": "later", "kind": "content", "window": {"from": "2026-04-01"}}, {"id": "shop", "kind": "content", "surfaces": ["cart"]},
        {"id": "checkin", "kind": "task", "task": "three"}, {"id": "soon", "kind": "expiring-points"}"#;
    let mut engine = engine("[]", messages);
    assert_eq!(ids(&ask(&mut engine, HOME, NOON)), ["soon:points", "sneakers", "spa", "wel", "checkin"]);
    for (id, code) in
        [("win", "other-stage"), ("vip", "needs-tier"), ("men", "condition"), ("gold", "offer-not-for-you"), ("later", "not-started")]
    {
        assert_eq!(held(&mut engine, "home", id, NOON), [code], "{id}");
    }
    assert!(held(&mut engine, "home", "shop", NOON).is_empty());
    // Half a year later the member has lapsed, and the points have ended.
    let late = NOON + 200 * 24 * HOUR;
    assert_eq!(ids(&ask(&mut engine, HOME, late))[0], "later");
    assert!(ids(&ask(&mut engine, HOME, late)).contains(&"win"));
    assert_eq!(held(&mut engine, "home", "soon", late), ["nothing-to-say"]);
}

#[test]
fn what_was_dismissed_or_seen_enough_rests() {
    let messages = r#"{"id": "a", "kind": "content", "quota": {"count": 2, "per": "week"}}, {"id": "b", "kind": "content"}"#;
    let mut engine = engine("[]", messages);
    engine.track(value(r#"{"type": "impression", "message": "a", "surface": "home"}"#), NOON).unwrap();
    let said = ask(&mut engine, HOME, NOON);
    assert_eq!((ids(&said), codes(&said[1])), (alloc::vec!["b", "a"], alloc::vec!["seen"]));
    assert!(said[1].score < said[0].score);
    engine.track(value(r#"{"type": "impression", "message": "a", "surface": "home"}"#), NOON).unwrap();
    assert_eq!(held(&mut engine, "home", "a", NOON), ["quota-used"]);
    engine.track(value(r#"{"type": "dismiss", "message": "b"}"#), NOON).unwrap();
    assert_eq!(held(&mut engine, "home", "b", NOON), ["dismissed"]);
    assert!(ids(&ask(&mut engine, HOME, NOON + 30 * 24 * HOUR)).contains(&"b"));
}

#[test]
fn without_personalisation_only_the_contract_speaks() {
    let messages = r#"{"id": "sneakers", "kind": "content", "segments": ["trendy"]}, {"id": "care", "kind": "content", "item": "article"},
        {"id": "men", "kind": "content", "when": {"member.gender": {"$exists": false}}}, {"id": "club", "kind": "content", "when": {"member.tier": "base"}},
        {"id": "win", "kind": "care"}"#;
    let mut engine = engine(r#"["expiring-points", "tier-nudge", "buy-again"]"#, messages);
    let personal = ask(&mut engine, HOME, NOON);
    let care = personal.iter().find(|action| action.id == "care").unwrap();
    assert_eq!((codes(care), care.score), (alloc::vec!["from-your-category"], 2.0));
    engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
    let neutral = ask(&mut engine, HOME, NOON);
    assert_eq!(ids(&neutral), ["tier-nudge:gold", "expiring-points:points", "care", "club"]);
    assert_eq!(neutral[2].score, 1.0);
    for id in ["sneakers", "men", "win"] {
        assert!(held(&mut engine, "home", id, NOON).contains(&"not-personalised".into()), "{id}");
    }
}

#[test]
fn the_same_offer_task_or_item_is_said_once_and_a_cart_makes_offers_eligible() {
    let messages = r#"{"id": "all", "kind": "offer"}, {"id": "big", "kind": "offer", "offer": "spring", "weight": 3}"#;
    let mut engine = engine("[]", messages);
    let cart = r#"{"surface": "home", "limit": 9, "explain": true, "cart": [{"item": "serum", "quantity": 2}]}"#;
    let said = ask(&mut engine, cart, NOON);
    assert_eq!((ids(&said), said[0].held, said[1].held), (alloc::vec!["big", "all:spring"], false, true));
    assert_eq!((codes(&said[0])[0], said[0].reasons[0].integer("amount")), ("saves", Some(1800)));
    assert_eq!(codes(&said[1]), ["said-better"]);
}

#[test]
fn coupons_that_end_tasks_under_way_and_refused_items_are_known() {
    let mut engine = engine(r#"["coupon-ends", "task"]"#, r#"{"id": "tees", "kind": "content", "item": "tee"}"#);
    let member = MEMBER.replace("\"points\"", r#""wallet": [{"offer": "coupon", "code": "X1", "expiresAt": 1774000000000}, {"offer": "gold-only", "expiresAt": 1774000000000}], "version": 2, "points""#);
    engine.load_member(&value(&member), NOON).unwrap();
    engine.track(value(r#"{"type": "check-in"}"#), NOON).unwrap();
    let request = r#"{"surface": "home", "limit": 9, "cart": [{"item": "tee", "quantity": 1}]}"#;
    let said = ask(&mut engine, request, NOON);
    assert_eq!(ids(&said), ["coupon-ends:coupon:X1", "tees", "task:three"]);
    assert!(codes(&said[0]).contains(&"ends-soon"));
    assert_eq!((codes(&said[2])[0], said[2].reasons[0].integer("have")), ("task-progress", Some(1)));
    engine.track(value(r#"{"type": "dismiss", "item": "tee"}"#), NOON).unwrap();
    assert_eq!(held(&mut engine, "home", "tees", NOON), ["item-excluded"]);
}

#[test]
fn without_marketing_only_what_would_be_lost_is_said() {
    let mut engine = engine("null", r#"{"id": "news", "kind": "content"}"#);
    let refused = value(r#"{"marketing": false}"#);
    engine.set_privacy(&PrivacySettings { purposes: refused, ..PrivacySettings::default() }).unwrap();
    assert_eq!(ids(&ask(&mut engine, HOME, NOON)), ["expiring-points:points"]);
    assert_eq!(held(&mut engine, "home", "news", NOON), ["purpose-refused"]);
}

/// Filters every ten days, the last twelve days before noon; soap every ten days, the last yesterday; a pot that lasts.
const HABITS: &str = r#"{"id": "m", "joinedAt": 0, "history": [
    {"id": "1", "at": 1770292800000, "lines": [{"item": "filter"}, {"item": "pot"}]},
    {"id": "2", "at": 1771156800000, "lines": [{"item": "filter"}, {"item": "soap"}, {"item": "pot"}]},
    {"id": "3", "at": 1772020800000, "lines": [{"item": "filter"}]},
    {"id": "4", "at": 1772798400000, "lines": [{"item": "soap"}, {"item": "once"}]}]}"#;

#[test]
fn what_is_due_is_said_by_the_items_own_rhythm_whatever_ranks_lists() {
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    let catalog = r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"},
        "items": [{"id": "filter", "price": 9900}, {"id": "soap", "price": 900}, {"id": "once", "price": 500}, {"id": "pot", "price": 1, "attributes": {"durable": true}}],
        "knowledge": {"format": 1, "items": ["filter", "soap", "once", "pot"], "popularity": [0.1, 0.2, 0.3, 0.1], "rhythmDays": [10, 0, 12, 20], "rhythmSpread": [0.3, 0, 0.3, 0.3],
                      "weights": {"rhythm": 0}},
        "programme": {"id": "p", "contact": {"messages": [{"id": "again", "kind": "buy-again"}]}}}"#;
    engine.load_catalog(CatalogSource::Json(&value(catalog)), &[], 0).unwrap();
    engine.load_member(&value(HABITS), NOON).unwrap();
    let at = 1_772_020_800_000 + 12 * 24 * HOUR;
    let said = ask(&mut engine, HOME, at);
    assert_eq!(ids(&said), ["again:filter"]);
    assert_eq!((codes(&said[0]), said[0].reasons[0].integer("everyDays")), (alloc::vec!["due-now", "bought-often"], Some(10)));
    assert_eq!(said[0].reasons[0].integer("sinceDays"), Some(12));
    // Too early, given up, in the cart, asked not to.
    assert!(ids(&ask(&mut engine, HOME, at - 5 * 24 * HOUR)).is_empty());
    assert!(!ids(&ask(&mut engine, HOME, at + 60 * 24 * HOUR)).contains(&"again:filter"));
    assert!(ids(&ask(&mut engine, r#"{"surface": "home", "limit": 9, "cart": [{"item": "filter", "quantity": 1}]}"#, at)).is_empty());
    engine.track(value(r#"{"type": "dismiss", "item": "filter"}"#), at).unwrap();
    assert!(ids(&ask(&mut engine, HOME, at)).is_empty());
}
