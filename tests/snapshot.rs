//! Snapshots: both forms give the same; every damage is refused with its own code.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

use ed25519_dalek::SigningKey;
use regulars::domain::{AlignedBytes, Item, Value};
use regulars::rules::NativeRegex;
use regulars::snapshot::{OpenOptions, Snapshot, SnapshotError, open, open_json, pack};

const NOW: i64 = 1_767_225_600_000;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn sample() -> Value {
    json(include_str!("vectors/snapshot/small.json"))
}

fn with(change: impl Fn(&mut Vec<(String, Value)>)) -> Value {
    let Value::Object(mut entries) = sample() else { panic!() };
    change(&mut entries);
    Value::Object(entries)
}

fn set(name: &str, value: Value) -> Value {
    with(|entries| {
        entries.retain(|(key, _)| key != name);
        entries.push((name.into(), value.clone()));
    })
}

fn opened(bytes: &[u8], options: &OpenOptions<'_>) -> Result<Snapshot, SnapshotError> {
    open(AlignedBytes::copy_of(bytes), options)
}

fn code(bytes: &[u8], options: &OpenOptions<'_>) -> &'static str {
    opened(bytes, options).map_or_else(|error| error.code(), |_| "ok")
}

fn trusting() -> OpenOptions<'static> {
    OpenOptions::new(&NativeRegex)
}

#[test]
fn each_damage_has_its_own_code() {
    let (signed, _) = pack(&sample(), &NativeRegex, Some(&key())).unwrap();
    let (unsigned, _) = pack(&sample(), &NativeRegex, None).unwrap();
    let keys = [key().verifying_key().to_bytes().to_vec()];
    let others = [SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes().to_vec()];
    let checked = OpenOptions { public_keys: &keys, ..trusting() };
    assert_eq!(code(&signed, &checked), "ok");
    assert_eq!(code(&signed, &trusting()), "ok");
    assert_eq!(code(&unsigned, &trusting()), "ok");
    assert_eq!(code(&unsigned, &checked), "unsigned-snapshot");
    assert_eq!(code(&signed, &OpenOptions { public_keys: &others, ..trusting() }), "bad-signature");
    assert_eq!(code(&signed, &OpenOptions { public_keys: &[vec![1; 31]], ..trusting() }), "bad-public-key");
    assert_eq!(code(&signed[..signed.len() - 1], &checked), "truncated-snapshot");
    assert_eq!(code(&[], &checked), "truncated-snapshot");
    assert_eq!(code(b"PK\x03\x04", &checked), "malformed-snapshot");
    assert_eq!(code(&[&signed[..], b"\0"].concat(), &checked), "malformed-snapshot");
    let mut flipped = signed.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert_eq!(code(&flipped, &checked), "bad-digest");
    let mut newer = signed.clone();
    newer[8] = 2;
    assert_eq!(code(&newer, &checked), "unsupported-format");
    assert_eq!(code(&signed, &OpenOptions { newest_version_in_use: Some(4), ..trusting() }), "older-snapshot");
    assert_eq!(code(&signed, &OpenOptions { newest_version_in_use: Some(3), ..trusting() }), "ok");
    assert_eq!(code(&signed, &OpenOptions { now: Some(NOW + 1_000_000), ..trusting() }), "expired-snapshot");
    assert_eq!(code(&signed, &OpenOptions { now: Some(NOW + 999_999), ..trusting() }), "ok");
    assert_eq!(code(&signed, &OpenOptions { expected_shop: Some("other"), ..trusting() }), "wrong-shop");
    assert_eq!(code(&signed, &OpenOptions { expected_shop: Some("corner"), ..trusting() }), "ok");
}

#[test]
fn the_json_form_has_codes_and_paths_too() {
    let refused = |value: Value, options: &OpenOptions<'_>| {
        let error = open_json(&value, options).unwrap_err();
        (error.code(), error.path().unwrap_or_default().to_owned())
    };
    let wrong = |value: Value| refused(value, &trusting());
    assert_eq!(wrong(Value::Null), ("malformed-json", String::new()));
    assert_eq!(wrong(set("version", "one".into())), ("malformed-json", "version".into()));
    assert_eq!(wrong(set("currency", json(r#"{"code": 1}"#))), ("malformed-json", "currency.code".into()));
    assert_eq!(wrong(set("currency", json(r#"{"code": "CNY", "minorUnits": 9}"#))), ("malformed-json", "currency.minorUnits".into()));
    assert_eq!(wrong(set("zone", json(r#"{"name": "x", "offsets": [[5, 0], [5, 1]]}"#))), ("malformed-json", "zone.offsets".into()));
    assert_eq!(wrong(set("locales", json("[]"))), ("malformed-json", "locales".into()));
    assert_eq!(wrong(set("items", json("{}"))), ("malformed-json", "items".into()));
    assert_eq!(wrong(set("format", 2.0.into())).0, "unsupported-format");
    let keys = [key().verifying_key().to_bytes().to_vec()];
    assert_eq!(refused(sample(), &OpenOptions { public_keys: &keys, ..trusting() }).0, "unsigned-snapshot");
    assert_eq!(refused(sample(), &OpenOptions { newest_version_in_use: Some(4), ..trusting() }).0, "older-snapshot");
    assert_eq!(refused(sample(), &OpenOptions { now: Some(NOW + 1_000_000), ..trusting() }).0, "expired-snapshot");
    assert_eq!(refused(sample(), &OpenOptions { expected_shop: Some("other"), ..trusting() }).0, "wrong-shop");
}

#[test]
fn a_bad_part_is_left_out_with_a_warning_that_names_it() {
    let value =
        set("segments", json(r#"[{"id": "a", "condition": 3}, {"id": 7}, {"id": "b", "condition": {}}, {"id": "b", "condition": {}}]"#));
    let snapshot = open_json(&value, &trusting()).unwrap();
    assert_eq!(snapshot.segments().names().collect::<Vec<_>>(), ["a", "b"]);
    let warnings: Vec<(&str, String)> = snapshot
        .info
        .warnings
        .iter()
        .map(|warning| (&*warning.code, serde_json::to_value(warning).unwrap()["facts"]["path"].as_str().unwrap_or_default().to_owned()))
        .collect();
    let expected = [("signature-not-checked", ""), ("segment-disabled", "[1].id"), ("segment-disabled", "[3].id")];
    assert_eq!(warnings[..3], expected.map(|(code, path)| (code, path.to_owned())));
}

#[test]
fn both_forms_give_the_same() {
    let (bytes, _) = pack(&sample(), &NativeRegex, Some(&key())).unwrap();
    let binary = opened(&bytes, &trusting()).unwrap();
    let text = open_json(&sample(), &trusting()).unwrap();
    assert_eq!(format!("{:?}", readable(&binary)), format!("{:?}", readable(&text)));
    assert_eq!(pack(&sample(), &NativeRegex, Some(&key())).unwrap().0, bytes, "the same content gives the same bytes");
}

/// All that a snapshot holds, without where it holds it.
fn readable(snapshot: &Snapshot) -> impl std::fmt::Debug {
    let catalog = &snapshot.catalog;
    let items: Vec<_> = catalog
        .all()
        .map(|item| {
            let columns = &catalog.items;
            let term = |column: &regulars::domain::Column<u32>| {
                column.get(item.index()).and_then(|term| catalog.terms.name(term)).map(str::to_owned)
            };
            let titles: Vec<_> =
                columns.titles.iter().map(|(locale, texts)| (locale.clone(), texts.get(item.index()).map(str::to_owned))).collect();
            let tags: Vec<_> = columns.tags.get(item.index()).iter().map(|tag| catalog.terms.name(*tag).map(str::to_owned)).collect();
            let attributes: Vec<_> =
                columns.attributes.iter().map(|column| (column.name.clone(), catalog.attribute(item, &column.name).cloned())).collect();
            let numbers = (
                catalog.price(item),
                columns.base_price.get(item.index()),
                columns.stock.get(item.index()),
                columns.added_at.get(item.index()),
            );
            let terms = (term(&columns.department), term(&columns.category), term(&columns.kind), term(&columns.brand));
            (catalog.id(item).to_owned(), titles, numbers, terms, tags, attributes)
        })
        .collect();
    let attributes: Vec<_> = snapshot.attributes().iter().map(|(_, path)| path.to_owned()).collect();
    let segments: Vec<_> = snapshot.segments().names().map(str::to_owned).collect();
    (
        snapshot.info.clone(),
        items,
        attributes,
        segments,
        snapshot.features.clone(),
        format!("{:?}", snapshot.texts()),
        snapshot.content.clone(),
    )
}

#[test]
fn columns_are_read_in_place() {
    let (bytes, _) = pack(&sample(), &NativeRegex, None).unwrap();
    let aligned = AlignedBytes::copy_of(&bytes);
    let range = aligned.as_slice().as_ptr_range();
    let snapshot = open(aligned, &trusting()).unwrap();
    let price = snapshot.catalog.items.price.as_slice().as_ptr().cast::<u8>();
    assert!(range.contains(&price));
    assert_eq!(snapshot.catalog.id(Item(0)), "bread");
}
