//! A catalog of which a part is compiled later answers as one that is compiled at once, and tells of the same that was left
//! out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)] // a test may panic

use std::rc::Rc;

use regulars::domain::{AlignedBytes, FromValue, Value, from_value};
use regulars::engine::{CatalogOptions, CatalogSource, Engine, EngineError, SnapshotInfo};
use regulars::rules::NativeRegex;
use regulars::snapshot::container::Container;
use regulars::snapshot::{HostCheck, pack};

const NOW: i64 = 1_700_000_000_000;

/// Something of everything; of most sections one part is wrong.
const SHOP: &str = r#"{"format": 1, "id": "c", "shop": "s", "version": 2, "issuedAt": 1, "currency": {"code": "CNY"}, "locales": ["en"],
    "items": [{"id": "bread", "price": 300, "category": "bakery"}, {"id": "cake", "price": 900, "category": "bakery", "attributes": {"sweet": true}},
              {"id": "milk", "price": 400, "category": "dairy"}, {"id": "tea", "price": 700, "category": "drinks"}],
    "knowledge": {"format": 1, "items": ["bread", "cake", "milk", "tea"], "popularity": [0.4, 0.5, 0.3, 0.2]},
    "segments": [{"id": "regular", "condition": {"member.orders": {"$gte": 1}}}, {"id": "bad", "condition": 3}],
    "programme": {"id": "club", "tiers": [{"id": "basic"}, {"id": "gold", "criteria": [{"metric": "spend", "amount": 100}]}],
        "points": {"earning": [{"id": "all", "on": "purchase", "points": 1, "per": 100}]},
        "tasks": [{"id": "half"}],
        "merchandising": [{"id": "regulars", "act": "boost", "factor": 3, "where": {"item.category": "drinks"}, "when": {"member.segments": "regular"}},
                          {"id": "bad", "act": "boost"}],
        "fit": [{"id": "sweet", "rule": "must-not", "member": "avoids", "item": "sweet"}]},
    "offers": [{"id": "ten", "when": {"member.tier": "gold"}, "effects": [{"kind": "percent", "on": "order", "percent": 10}]}, {"id": "odd", "effects": 7}],
    "features": {"features": {"regulars.weights": {"defaultValue": {"popularity": 2}}, "colour": {"defaultValue": "red",
        "rules": [{"condition": {"member.segments": "regular"}, "force": "blue"}]}, "bad": 3}},
    "texts": {"en": {"popular": "Popular", "offer:ten": "Ten off", "broken": "{"}},
    "stores": [{"id": "north", "lat": 1.0, "lon": 1.0}, {"id": 4}]}"#;

const MEMBER: &str = r#"{"id": "m", "attributes": {"avoids": [true]}, "history": [{"id": "o", "at": 1699000000000, "total": 30000,
    "lines": [{"item": "milk", "quantity": 2}]}]}"#;

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn request<T: for<'v> FromValue<'v>>(text: &str) -> T {
    from_value(&value(text)).unwrap()
}

fn to_json<T: serde::Serialize>(answer: &T) -> String {
    serde_json::to_string(answer).unwrap()
}

fn packed() -> Vec<u8> {
    pack(&value(SHOP), &NativeRegex, None).unwrap().0
}

fn load(engine: &mut Engine, bytes: &[u8], options: &CatalogOptions<'_>) -> Result<SnapshotInfo, EngineError> {
    engine.load_catalog_with(CatalogSource::Binary(AlignedBytes::copy_of(bytes)), options)
}

fn engine(later: bool, locale: Option<&str>) -> (Engine, SnapshotInfo) {
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    let info = load(&mut engine, &packed(), &CatalogOptions { later, now: NOW, ..CatalogOptions::default() }).unwrap();
    engine.load_member(&value(MEMBER), NOW).unwrap();
    engine.set_locale(locale);
    (engine, info)
}

type Ask = (&'static str, fn(&mut Engine) -> String);

const ASKED: [Ask; 9] = [
    ("recommend", |engine| to_json(&engine.recommend(&request(r#"{"strategy": "for-you", "limit": 4}"#), NOW).unwrap())),
    ("recommend where", |engine| {
        to_json(&engine.recommend(&request(r#"{"strategy": "for-you", "limit": 4, "where": {"member.tier": "gold"}}"#), NOW).unwrap())
    }),
    ("membership", |engine| to_json(&engine.membership(&request("{}"), NOW).unwrap())),
    ("offers", |engine| to_json(&engine.offers(&request(r#"{"cart": [{"item": "milk", "quantity": 1}]}"#), NOW).unwrap())),
    ("quote", |engine| to_json(&engine.quote(&request(r#"{"lines": [{"item": "milk", "quantity": 1}]}"#), NOW).unwrap())),
    ("colour", |engine| engine.feature("colour", &request("{}"), NOW, |found| format!("{:?}", found.value)).unwrap()),
    ("stores", |engine| to_json(&engine.stores(&request("{}"), NOW).unwrap())),
    ("tags", |engine| to_json(&engine.tags(NOW))),
    ("track", |engine| {
        engine.track(value(r#"{"type": "purchase", "id": "p", "total": 900, "lines": [{"item": "cake", "quantity": 1}]}"#), NOW).unwrap();
        to_json(&engine.membership(&request("{}"), NOW).unwrap())
    }),
];

fn told(info: &SnapshotInfo) -> Vec<String> {
    let mut told: Vec<String> = info.warnings.iter().map(to_json).collect();
    told.sort();
    told
}

#[test]
fn whatever_is_asked_first_the_answers_are_the_same() {
    for locale in [None, Some("en")] {
        let at_once: Vec<String> = ASKED.iter().map(|(_, ask)| ask(&mut engine(false, locale).0)).collect();
        for ((name, ask), expected) in ASKED.iter().zip(&at_once) {
            assert_eq!(ask(&mut engine(true, locale).0), *expected, "{name}, {locale:?}");
        }
        let mut later = engine(true, locale).0;
        later.catalog_info().unwrap();
        let all: Vec<String> = ASKED.iter().take(8).map(|(_, ask)| ask(&mut later)).collect();
        assert_eq!(all, at_once[..8]);
    }
    let (mut shown, _) = engine(true, Some("en"));
    let items = shown.recommend(&request(r#"{"strategy": "for-you", "limit": 4}"#), NOW).unwrap().items;
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    assert!(ids.contains(&"tea") && !ids.contains(&"cake"), "rules for lists and what suits count from the first list on: {ids:?}");
}

#[test]
fn what_was_left_out_is_told_when_it_is_compiled() {
    let (_, at_once) = engine(false, None);
    let (engine, first) = engine(true, None);
    let codes: Vec<&str> = at_once.warnings.iter().map(|warning| &*warning.code).collect();
    for code in ["segment-problem", "programme-part-disabled", "offer-disabled", "malformed-feature", "text-disabled", "store-disabled"] {
        assert!(codes.contains(&code), "{codes:?} has no {code}");
    }
    assert!(first.warnings.len() < at_once.warnings.len());
    let whole = engine.catalog_info().unwrap();
    assert_eq!(told(&whole), told(&at_once));
    assert_eq!((first.offers, whole.offers, at_once.offers), (Some(2), Some(1), Some(1)));
    assert_eq!(engine.catalog_info().unwrap(), whole, "once more, and nothing is told twice");
}

#[test]
fn what_cannot_be_read_is_refused_at_once() {
    let bytes = packed();
    for name in ["programme", "offers", "segments", "texts", "stores", "features"] {
        let place = Container::open(Rc::new(AlignedBytes::copy_of(&bytes))).unwrap();
        let place = place.documents().iter().find(|document| document.name == name).unwrap().clone();
        let mut broken = bytes.clone();
        broken[place.start] = 0xff;
        let digest = broken[64..96].try_into().unwrap();
        // As if the host had found the digest right: what is tested is what comes after.
        let options = CatalogOptions { later: true, host_check: Some(HostCheck { digest, signed: true }), ..CatalogOptions::default() };
        let error = load(&mut Engine::new(1, Rc::new(NativeRegex)), &broken, &options).unwrap_err();
        assert_eq!(error.code, "malformed-snapshot", "{name}");
    }
}
