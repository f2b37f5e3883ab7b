//! A small shop to quote carts in.

use std::rc::Rc;

use regulars::domain::Value;
use regulars::engine::{CatalogSource, Engine, OffersResult};
use regulars::offers::Quote;
use regulars::rules::NativeRegex;
use serde_json::json;

/// Noon of 10 June 2026, a Wednesday, in UTC.
pub const NOW: i64 = 1_781_092_800_000;

pub fn value(json: &serde_json::Value) -> Value {
    serde_json::from_value(json.clone()).unwrap()
}

/// A shop with milk (10.00), bread (5.00), wine (20.00) and soap (3.00, was 4.00).
pub fn shop(offers: serde_json::Value, stacking: serde_json::Value) -> Engine {
    shop_in(json!({"name": "UTC", "offsets": []}), offers, stacking)
}

/// The shop on the clock of `zone`.
pub fn shop_in(zone: serde_json::Value, offers: serde_json::Value, stacking: serde_json::Value) -> Engine {
    opened(zone, offers, stacking, serde_json::Value::Null)
}

/// The shop with what was learned.
pub fn shop_that_learned(offers: serde_json::Value, knowledge: serde_json::Value) -> Engine {
    opened(json!({"name": "UTC", "offsets": []}), offers, json!({}), knowledge)
}

fn opened(zone: serde_json::Value, offers: serde_json::Value, stacking: serde_json::Value, knowledge: serde_json::Value) -> Engine {
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    let catalog = json!({
        "format": 1, "id": "s", "shop": "test", "version": 1, "issuedAt": 0,
        "currency": {"code": "CNY", "minorUnits": 2}, "zone": zone, "locales": ["en"],
        "items": [
            {"id": "milk", "price": 1000, "category": "dairy", "attributes": {"floorPrice": 900}},
            {"id": "bread", "price": 500, "category": "bakery"},
            {"id": "wine", "price": 2000, "category": "drinks"},
            {"id": "soap", "price": 300, "basePrice": 400, "category": "care"}
        ],
        "offers": offers, "stacking": stacking, "knowledge": knowledge,
    });
    let info = engine.load_catalog(CatalogSource::Json(&value(&catalog)), &[], NOW).unwrap();
    let codes: Vec<&str> = info.warnings.iter().map(|warning| warning.code.as_ref()).collect();
    assert_eq!(codes, ["signature-not-checked"], "{:?}", info.warnings);
    engine
}

/// A cart: `[["milk", 2], ["bread", 1]]`.
pub fn quote(engine: &Engine, lines: serde_json::Value, more: serde_json::Value) -> Quote {
    let lines: Vec<serde_json::Value> =
        lines.as_array().unwrap().iter().map(|line| json!({"item": line[0], "quantity": line[1]})).collect();
    let mut request = json!({"lines": lines, "now": NOW});
    request.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    engine.quote(&regulars::domain::from_value(&value(&request)).unwrap(), NOW).unwrap()
}

pub fn offers(engine: &Engine, lines: serde_json::Value) -> OffersResult {
    let cart: Vec<serde_json::Value> = lines.as_array().unwrap().iter().map(|line| json!({"item": line[0], "quantity": line[1]})).collect();
    let request = json!({"cart": cart, "now": NOW});
    engine.offers(&regulars::domain::from_value(&value(&request)).unwrap(), NOW).unwrap()
}
