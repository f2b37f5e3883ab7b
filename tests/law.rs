//! What the law of China asks of a module that chooses for members, row by row: each test is named after the rule it shows.
//!
//! | rule | test |
//! |---|---|
//! | Personal Information Protection Law, art. 24(1) | `pipl_24_1_undeclared_traits_change_no_price` |
//! | PIPL art. 24(2) | `pipl_24_2_switched_off_nothing_reads_traits` |
//! | PIPL art. 24(3) | `pipl_24_3_decisions_are_explained_and_a_person_can_be_asked` |
//! | PIPL art. 28 | `pipl_28_sensitive_data_is_not_held_by_default` |
//! | E-commerce Law, art. 18 | `ecommerce_law_18_a_neutral_list_beside_the_personal_one` |
//! | Provisions on Algorithm Recommendation, art. 17 | `algorithm_provisions_17_off_at_once_and_tags_can_be_deleted` |
//! | Provisions on Algorithm Recommendation, arts. 16 and 21 | `algorithm_provisions_16_21_it_is_told_that_and_how_an_algorithm_chooses` |
//! | Implementing Regulation of the Consumer Protection Law, art. 9; Price Conduct Rules of Internet Platforms | `consumer_regulation_9_every_price_difference_is_told_before_payment` |
//! | Interim Provisions on Regulating Promotion Acts: draws | `promotion_provisions_draws_publish_their_rules_or_are_refused` |
//! | Interim Provisions on Regulating Promotion Acts: base prices | `promotion_provisions_a_base_price_is_dated_within_seven_days_or_not_told` |
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)] // a test may panic

use std::rc::Rc;

use regulars::domain::{FromValue, Value, from_value};
use regulars::engine::{CatalogSource, Engine, OffersRequest, PrivacySettings, QuoteRequest, RecommendRequest};
use regulars::rules::NativeRegex;
use serde_json::{Value as Json, json};

/// Noon of 17 March 2026 in UTC.
const NOW: i64 = 1_773_748_800_000;
const DAY: i64 = 86_400_000;

fn value(json: Json) -> Value {
    serde_json::from_value(json).unwrap()
}

fn read<T: for<'v> FromValue<'v>>(json: Json) -> T {
    from_value(&value(json)).unwrap()
}

fn programme() -> Json {
    json!({"id": "club", "version": "3", "tiers": [{"id": "base"}, {"id": "gold", "access": "invited"}],
        "contact": {"person": "https://shop.example/ask", "messages": [
            {"id": "trend", "kind": "content", "segments": ["trendy"]}, {"id": "news", "kind": "content"}]},
        "draws": [{"id": "wheel", "rulesVersion": "1", "prizes": [{"id": "tv", "odds": 0.01, "value": 300_000}]},
                  {"id": "secret", "prizes": [{"id": "car", "odds": 0.1}]},
                  {"id": "silent", "rulesVersion": "1", "prizes": [{"id": "car"}]},
                  {"id": "huge", "rulesVersion": "1", "prizes": [{"id": "flat", "stock": 1, "value": 5_000_001}]}]})
}

fn shop() -> Json {
    json!({"format": 1, "id": "c", "shop": "s", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"},
        "items": [{"id": "milk", "price": 400, "category": "dairy"}, {"id": "tea", "price": 700, "category": "drinks"},
                  {"id": "tee", "price": 3000, "basePrice": 3500, "category": "wear"}],
        "knowledge": {"format": 1, "items": ["milk", "tea", "tee"], "popularity": [0.2, 0.4, 0.3]},
        "segments": [{"id": "trendy", "condition": {"member.tags": {"$in": ["fashion"]}}}],
        "offers": [{"id": "members", "tiers": ["gold"], "effects": [{"kind": "percent", "on": "order", "percent": 10}]},
                   {"id": "students", "when": {"member.student": true}, "effects": [{"kind": "percent", "on": "order", "percent": 5}]},
                   {"id": "large", "thresholds": [{"amount": 10_000}], "effects": [{"kind": "amount", "on": "order", "amount": 500}]}],
        "programme": programme()})
}

fn member(more: Json) -> Json {
    let mut member = json!({"id": "m", "joinedAt": NOW - 400 * DAY});
    member.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    member
}

fn engine(member: Json) -> Engine {
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    engine.load_catalog(CatalogSource::Json(&value(shop())), &[], NOW).unwrap();
    engine.load_member(&value(member), NOW).unwrap();
    engine
}

fn switch_off(engine: &mut Engine) {
    engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
}

/// A member with a past, tags and traits.
fn known() -> Json {
    member(json!({"tags": [{"tag": "fashion", "source": "server"}], "attributes": {"student": false, "device": "dear phone"},
        "history": [{"id": "o", "at": NOW - 9 * DAY, "lines": [{"item": "milk", "paid": 400}]},
                    {"id": "p", "at": NOW - 2 * DAY, "lines": [{"item": "milk", "paid": 400}]}]}))
}

fn cart() -> Json {
    json!([{"item": "tee", "quantity": 2}])
}

/// What a page would show: recommendations, offers, messages; as JSON.
fn shown(engine: &mut Engine) -> Json {
    let recommended = engine.recommend(&read(json!({"strategy": "for-you", "limit": 9})), NOW).unwrap();
    let offers = engine.offers(&read::<OffersRequest>(json!({"cart": cart()})), NOW).unwrap();
    let said = engine.next_actions(&read(json!({"surface": "home", "limit": 9})), NOW).unwrap();
    json!([serde_json::to_value(recommended).unwrap(), serde_json::to_value(offers).unwrap(), serde_json::to_value(said).unwrap()])
}

#[test]
fn pipl_24_1_undeclared_traits_change_no_price() {
    let mut engine = engine(known());
    let vary = json!([{"device": "cheap phone"}, {"city": "Beijing", "age": 60}, {}]);
    let fair = engine.fairness(&value(json!({"lines": cart(), "vary": vary})), NOW).unwrap();
    assert!(fair.equal && fair.differences.is_empty());
    // A declared dimension may: the published rule that does is named.
    let unequal = engine.fairness(&value(json!({"lines": cart(), "vary": [{"student": true}]})), NOW).unwrap();
    let text = serde_json::to_string(&unequal.differences).unwrap();
    assert!(!unequal.equal && text.contains(r#""offer":"students""#) && text.contains("member.student"), "{text}");
}

#[test]
fn pipl_24_2_switched_off_nothing_reads_traits() {
    let (mut personal, mut stranger) = (engine(known()), engine(member(json!({}))));
    assert_ne!(shown(&mut personal), shown(&mut stranger));
    switch_off(&mut personal);
    switch_off(&mut stranger);
    assert_eq!(shown(&mut personal), shown(&mut stranger));
    // Offers then stand in the order of what is published: what they save, then when they end.
    let offers = engine(known()).offers(&read::<OffersRequest>(json!({"cart": cart()})), NOW).unwrap();
    let neutral = personal.offers(&read::<OffersRequest>(json!({"cart": cart()})), NOW).unwrap();
    let ids = |result: &regulars::engine::OffersResult| result.offers.iter().map(|offer| offer.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&offers), ids(&neutral));
}

#[test]
fn pipl_24_3_decisions_are_explained_and_a_person_can_be_asked() {
    let mut engine = engine(known());
    let quote = engine.quote(&read::<QuoteRequest>(json!({"lines": cart()})), NOW).unwrap();
    assert!(quote.rejected.iter().all(|rejected| !rejected.reasons.is_empty()));
    let recommended = engine.recommend(&read(json!({"strategy": "for-you", "limit": 9})), NOW).unwrap();
    assert!(!recommended.items.is_empty() && recommended.items.iter().all(|item| !item.reasons.is_empty()));
    assert_eq!(engine.transparency().unwrap().person, "https://shop.example/ask");
    // The question reaches the server whatever else the member refuses.
    engine.set_privacy(&PrivacySettings { purposes: value(json!({"analytics": false})), ..PrivacySettings::default() }).unwrap();
    engine.track(value(json!({"type": "ask-person", "about": "tier"})), NOW).unwrap();
    engine.track(value(json!({"type": "view", "item": "tea"})), NOW).unwrap();
    let sent: Vec<String> = engine.drain_events(9).events.into_iter().map(|event| event.kind).collect();
    assert_eq!(sent, ["ask-person"]);
}

#[test]
fn pipl_28_sensitive_data_is_not_held_by_default() {
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    let profile =
        member(json!({"birthday": "1990-02-03", "attributes": {"gps": [30.2, 120.1], "bankCard": "6222", "health": "x", "skin": "dry"}}));
    let info = engine.load_member(&value(profile.clone()), NOW).unwrap();
    let left_out: Vec<&str> = info.warnings.iter().map(|warning| &*warning.code).collect();
    assert_eq!(left_out, ["birthday-left-out", "sensitive-left-out", "sensitive-left-out", "sensitive-left-out"]);
    let held = serde_json::to_string(&engine.export_data(NOW).member).unwrap();
    assert!(held.contains("skin") && !held.contains("1990") && !held.contains("6222") && !held.contains("gps"), "{held}");
    // With the member's consent to that kind of data, declared by the server, it is.
    let mut consented = profile;
    consented["consents"] = json!(["health"]);
    consented["version"] = json!(2);
    engine.load_member(&value(consented), NOW).unwrap();
    assert!(serde_json::to_string(&engine.export_data(NOW).member).unwrap().contains("health"));
    let info = engine.load_member(&value(json!({"id": "child", "attributes": {"age": 12, "likes": "toys"}})), NOW).unwrap();
    assert_eq!(info.warnings[0].code, "child-left-out");
    assert!(!serde_json::to_string(&engine.export_data(NOW).member).unwrap().contains("toys"));
}

#[test]
fn ecommerce_law_18_a_neutral_list_beside_the_personal_one() {
    let mut engine = engine(known());
    let asked: RecommendRequest = read(json!({"strategy": "for-you", "limit": 3, "withNeutral": true}));
    let both = engine.recommend(&asked, NOW).unwrap();
    let neutral = both.neutral.clone().unwrap();
    assert!(both.personalised && !neutral.is_empty() && neutral != both.items);
    let stranger = self::engine(member(json!({}))).recommend(&RecommendRequest { personalised: Some(false), ..asked }, NOW).unwrap();
    assert_eq!(neutral, stranger.neutral.unwrap());
}

#[test]
fn algorithm_provisions_17_off_at_once_and_tags_can_be_deleted() {
    let mut engine = engine(known());
    let said = |engine: &mut Engine| {
        let said = engine.next_actions(&read(json!({"surface": "home", "limit": 9})), NOW).unwrap();
        said.iter().any(|action| action.id == "trend")
    };
    assert!(said(&mut engine));
    let tags = engine.tags(NOW);
    assert_eq!(
        (tags[0].tag.as_str(), tags[0].source.as_str(), tags[0].used_for.as_slice()),
        ("fashion", "server", &["segment:trendy".to_string()][..])
    );
    engine.forget_tag("fashion");
    assert!(!said(&mut engine) && engine.tags(NOW).is_empty());
    // The server sends it again: it stays deleted, and the deletion survives a restart.
    let mut again = known();
    again["version"] = json!(2);
    engine.load_member(&value(again.clone()), NOW).unwrap();
    assert!(!said(&mut engine));
    let mut restarted = self::engine(again);
    restarted.restore_state(&engine.save_state()).unwrap();
    assert!(!said(&mut restarted));
    let mut off = self::engine(known());
    switch_off(&mut off);
    assert!(!said(&mut off) && off.tags(NOW).is_empty());
}

#[test]
fn algorithm_provisions_16_21_it_is_told_that_and_how_an_algorithm_chooses() {
    let engine = engine(known());
    let told = engine.transparency().unwrap();
    let codes: Vec<&str> = told.principles.iter().map(|reason| &*reason.code).collect();
    assert_eq!(codes.len(), 5);
    for (locale, texts) in [("en", include_str!("../src/cli/texts/en.json")), ("zh-CN", include_str!("../src/cli/texts/zh-CN.json"))] {
        let texts: Json = serde_json::from_str(texts).unwrap();
        assert!(codes.iter().all(|code| texts[code].as_str().is_some_and(|text| text.chars().count() >= 20)), "{locale}");
    }
    assert_eq!((told.rules_version.as_str(), told.personalised), ("3", true));
    assert_eq!(told.reads, ["member.student", "member.tags"]);
}

#[test]
fn consumer_regulation_9_every_price_difference_is_told_before_payment() {
    let quote = |more: Json| engine(member(more)).quote(&read::<QuoteRequest>(json!({"lines": cart()})), NOW).unwrap();
    let (base, gold) = (quote(json!({})), quote(json!({"grants": [{"id": "gold"}]})));
    assert_eq!((base.total, gold.total), (6000, 5400));
    let told: Vec<&str> = gold.applied[0].reasons.iter().map(|reason| &*reason.code).collect();
    assert!(told.contains(&"tier") && told.contains(&"saves"));
    let why_not = base.rejected.iter().find(|rejected| rejected.offer == "members").unwrap();
    assert_eq!(why_not.reasons[0].code, "needs-tier");
    // Discounts are told one by one and make up the whole difference.
    let discounts: i64 = gold.lines.iter().flat_map(|line| &line.discounts).map(|discount| discount.amount).sum();
    assert_eq!(base.total - gold.total, discounts);
}

#[test]
fn promotion_provisions_draws_publish_their_rules_or_are_refused() {
    let engine = engine(known());
    let growth = engine.growth(&read(json!({})), NOW).unwrap();
    assert_eq!(growth.draws.iter().map(|draw| draw.id.as_str()).collect::<Vec<_>>(), ["wheel"]);
    assert_eq!((growth.draws[0].prizes[0].odds, growth.draws[0].rules_version.as_str()), (Some(0.01), "1"));
    let refused: Vec<&str> = growth.notes.iter().map(|reason| &*reason.code).collect();
    assert_eq!(refused, ["draw-without-rules-version", "draw-without-odds", "draw-prize-too-high"]);
    // Nothing on the device draws: a result is only what the profile brings.
    assert!(growth.draws[0].results.is_empty());
    // The price struck through is the one the catalogue states.
    assert_eq!(engine.items(&["tee".into()]).unwrap()[0].base_price, Some(3500));
}

#[test]
fn promotion_provisions_a_base_price_is_dated_within_seven_days_or_not_told() {
    let told = |at: Json, reduced: Json, days: Json| {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let item = json!({"id": "tee", "price": 3000, "basePrice": 3500, "basePriceAt": at, "reducedAt": reduced});
        let catalog = json!({"format": 1, "id": "c", "version": 1, "issuedAt": NOW, "currency": {"code": "CNY"}, "basePriceDays": days, "items": [item]});
        engine.load_catalog(CatalogSource::Json(&value(catalog)), &[], NOW).unwrap();
        let item = engine.items(&["tee".into()]).unwrap().remove(0);
        (item.base_price, item.price_reasons.first().map(|reason| reason.code.to_string()).unwrap_or_default())
    };
    let lawful = (Some(3500), String::from("base-price"));
    let refused = |code: &str| (None, String::from(code));
    // The week before the reduction, its first and its last day included; the reduction begins with the catalog where nothing is said.
    assert_eq!(told(json!(NOW - 7 * DAY), json!(NOW), json!(7)), lawful);
    assert_eq!(told(json!(NOW - DAY), json!(null), json!(7)), lawful);
    assert_eq!(told(json!(NOW - 31 * DAY), json!(NOW - 30 * DAY), json!(7)), lawful, "a long promotion keeps its base price");
    assert_eq!(told(json!(NOW - 8 * DAY), json!(NOW), json!(7)), refused("base-price-outside"));
    assert_eq!(told(json!(NOW + DAY), json!(NOW), json!(7)), refused("base-price-outside"), "charged after the reduction");
    assert_eq!(told(json!(null), json!(NOW), json!(7)), refused("base-price-undated"));
    // Other countries ask for other spans, and some for none.
    assert_eq!(told(json!(NOW - 8 * DAY), json!(NOW), json!(30)), lawful);
    assert_eq!(told(json!(null), json!(null), json!(null)), (Some(3500), String::new()));
}
