//! Deltas: whatever changed, applying what leads from one snapshot to the next gives the next, byte for byte; whatever is
//! wrong with them, the snapshot in use stays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)] // a test may panic

use std::rc::Rc;

use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use regulars::domain::{AlignedBytes, Value};
use regulars::engine::{CatalogOptions, CatalogSource, Engine, EngineError, SnapshotInfo};
use regulars::rules::NativeRegex;
use regulars::snapshot::{delta::delta, pack};
use serde_json::json;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn shop(version: u64, items: &[(&str, i64, i32)], more: serde_json::Value) -> serde_json::Value {
    let items: Vec<_> = items
        .iter()
        .map(|(id, price, stock)| json!({"id": id, "price": price, "basePrice": price + 100, "stock": stock, "title": format!("The {id}"), "category": "c"}))
        .collect();
    let mut whole = json!({"format": 1, "id": format!("corner-{version}"), "shop": "corner", "version": version,
        "issuedAt": 1_700_000_000_000_u64 + version, "expiresAt": 1_800_000_000_000_u64, "currency": {"code": "CNY"}, "items": items});
    whole.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    whole
}

fn packed(shop: &serde_json::Value, key: Option<&SigningKey>) -> Vec<u8> {
    let value: Value = serde_json::from_value(shop.clone()).unwrap();
    pack(&value, &NativeRegex, key).unwrap().0
}

fn engine_with(bytes: &[u8], keys: &[Vec<u8>]) -> Engine {
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    engine.load_catalog(CatalogSource::Binary(AlignedBytes::copy_of(bytes)), keys, 0).unwrap();
    engine
}

fn apply(engine: &mut Engine, delta: &[u8]) -> Result<SnapshotInfo, EngineError> {
    engine.apply_delta(delta, &CatalogOptions::default())
}

fn bytes_of(engine: &Engine) -> Vec<u8> {
    engine.catalog_bytes().unwrap().unwrap().as_slice().to_vec()
}

fn price(engine: &Engine, id: &str) -> Option<i64> {
    let catalog = &engine.snapshot().unwrap().catalog;
    catalog.price(catalog.find(id)?)
}

const ITEMS: [(&str, i64, i32); 3] = [("a", 100, 5), ("b", 70_000, 0), ("c", 900, 7)];

#[test]
fn a_delta_from_another_snapshot_is_a_gap() {
    let (one, two, three) = (1, 2, 3);
    let of = |version| packed(&shop(version, &ITEMS, json!({})), None);
    let mut engine = engine_with(&of(one), &[]);
    let before = bytes_of(&engine);
    let gap = delta(&of(two), &of(three), None).unwrap();
    assert_eq!(apply(&mut engine, &gap).unwrap_err().code, "delta-gap");
    assert_eq!(bytes_of(&engine), before);
    assert_eq!(apply(&mut Engine::new(1, Rc::new(NativeRegex)), &gap).unwrap_err().code, "no-catalog");
    assert_eq!(delta(&of(two), &of(one), None).unwrap_err().code(), "older-snapshot");
}

#[test]
fn every_flipped_bit_is_noticed_and_changes_nothing() {
    let public = vec![key().verifying_key().to_bytes().to_vec()];
    let old = packed(&shop(1, &ITEMS, json!({})), Some(&key()));
    let new = packed(&shop(2, &[("a", 110, 5), ("b", 70_000, 3), ("c", 900, 7)], json!({})), Some(&key()));
    let sound = delta(&old, &new, Some(&key())).unwrap();
    let mut engine = engine_with(&old, &public);
    for place in 0..sound.len() {
        let mut flipped = sound.clone();
        flipped[place] ^= 0x10;
        assert!(apply(&mut engine, &flipped).is_err(), "byte {place}");
        assert!(apply(&mut engine, &sound[..place]).is_err(), "length {place}");
    }
    let unsigned = delta(&old, &new, None).unwrap();
    assert_eq!(apply(&mut engine, &unsigned).unwrap_err().code, "unsigned-snapshot");
    let other = delta(&old, &new, Some(&SigningKey::from_bytes(&[8; 32]))).unwrap();
    assert_eq!(apply(&mut engine, &other).unwrap_err().code, "bad-signature");
    assert_eq!((bytes_of(&engine), price(&engine, "a")), (old, Some(100)));
    let info = apply(&mut engine, &sound).unwrap();
    assert_eq!((info.version, info.id.as_str(), price(&engine, "a"), bytes_of(&engine)), (2, "corner-2", Some(110), new));
}

#[test]
fn a_column_that_is_not_the_promised_one_is_a_mismatch() {
    let old = packed(&shop(1, &ITEMS, json!({})), None);
    let new = packed(&shop(2, &[("a", 110, 5), ("b", 70_000, 0), ("c", 900, 7)], json!({})), None);
    let sound = delta(&old, &new, None).unwrap();
    // Another price and the digest made anew, as a broken server would: only the seal tells.
    let header = 192;
    let wrong = (header..sound.len()).rev().find_map(|place| {
        let mut bytes = sound.clone();
        bytes[place] ^= 1;
        let digest = regulars::snapshot::container::digest(&bytes);
        bytes[64..96].copy_from_slice(&digest);
        let code = apply(&mut engine_with(&old, &[]), &bytes).unwrap_err().code;
        (code == "delta-mismatch").then_some(code)
    });
    assert_eq!(wrong, Some("delta-mismatch"));
}

#[test]
fn an_expired_result_is_refused() {
    let of = |version| packed(&shop(version, &ITEMS, json!({})), None);
    let mut engine = engine_with(&of(1), &[]);
    let options = CatalogOptions { now: 1_800_000_000_000, ..CatalogOptions::default() };
    let delta = delta(&of(1), &of(2), None).unwrap();
    assert_eq!(engine.apply_delta(&delta, &options).unwrap_err().code, "expired-snapshot");
}

#[test]
fn offers_titles_and_items_come_along() {
    let old = packed(&shop(9, &ITEMS, json!({})), Some(&key()));
    let offers = json!({"offers": [{"id": "o", "effect": {"type": "percent", "percent": 10}}]});
    let new = packed(&shop(10, &[("a", 100, 5), ("aa", 1, 1), ("c", 901, 7)], offers), Some(&key()));
    let mut engine = engine_with(&old, &[key().verifying_key().to_bytes().to_vec()]);
    let info = apply(&mut engine, &delta(&old, &new, Some(&key())).unwrap()).unwrap();
    assert_eq!((info.version, info.items), (10, Some(3)));
    assert_eq!((price(&engine, "aa"), price(&engine, "b"), bytes_of(&engine)), (Some(1), None, new));
}

fn items() -> impl Strategy<Value = Vec<(String, i64, i32)>> {
    prop::collection::btree_map("[a-e]{1,2}", (0..1_000_000_i64, 0..9_i32), 0..12)
        .prop_map(|items| items.into_iter().map(|(id, (price, stock))| (id, price, stock)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_chain_of_deltas_leads_to_the_last_snapshot(chain in prop::collection::vec(items(), 1..5), same_items in any::<bool>()) {
        let mut shops = Vec::new();
        for (version, items) in chain.iter().enumerate() {
            // Where items stay the same, prices change in place.
            let ids = if same_items { &chain[0] } else { items };
            let prices = items.iter().map(|(_, price, stock)| (*price, *stock)).chain(std::iter::repeat((5, 5)));
            let listed: Vec<_> = ids.iter().zip(prices).map(|((id, ..), (price, stock))| (id.as_str(), price, stock)).collect();
            shops.push(packed(&shop(version as u64 + 1, &listed, json!({})), None));
        }
        let mut engine = engine_with(&shops[0], &[]);
        for pair in shops.windows(2) {
            apply(&mut engine, &delta(&pair[0], &pair[1], None).unwrap()).unwrap();
            prop_assert_eq!(&bytes_of(&engine), &pair[1]);
            let fresh = engine_with(&pair[1], &[]);
            let (now, then) = (engine.snapshot().unwrap(), fresh.snapshot().unwrap());
            prop_assert_eq!(now.catalog.items.price.as_slice(), then.catalog.items.price.as_slice());
            prop_assert_eq!(now.catalog.items.stock.as_slice(), then.catalog.items.stock.as_slice());
            prop_assert_eq!(&now.info, &then.info);
        }
    }
}
