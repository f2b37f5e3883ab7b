//! Compiled conditions against the naive interpreter.

use proptest::prelude::*;
use regulars::domain::Value;
use serde_json::{Value as Json, json};

use crate::naive;

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3_i32..20).prop_map(Json::from),
        prop::sample::select(vec![0.5, -1.25, 1e6]).prop_map(Json::from),
        prop::sample::select(vec!["", "a", "A", "é", "É", "😀", "\u{ffee}", "10", " 7 ", "null", "true", "a,b", "[object Object]"])
            .prop_map(Json::from),
    ]
}

fn value() -> impl Strategy<Value = Json> {
    scalar().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((prop::sample::select(vec!["a", "b", "x"]), inner), 0..3)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "a.b", "a.0", "a.x.b", "b.length", "missing"])
}

fn object(key: impl Into<String>, value: Json) -> Json {
    Json::Object([(key.into(), value)].into_iter().collect())
}

/// One operator with its argument; `part` is what conditions on elements and negations hold.
fn operator(part: impl Strategy<Value = Json> + Clone + 'static) -> impl Strategy<Value = (&'static str, Json)> {
    let comparing = vec!["$eq", "$ne", "$lt", "$lte", "$gt", "$gte", "$type", "$exists", "$unknown"];
    let listing = vec!["$in", "$nin", "$ini", "$nini", "$all"];
    prop_oneof![
        4 => (prop::sample::select(comparing), prop_oneof![4 => value(), 1 => Just(json!("string")), 1 => Just(json!("array"))]),
        3 => (prop::sample::select(listing), prop_oneof![6 => prop::collection::vec(scalar(), 0..12).prop_map(Json::from), 1 => scalar()]),
        2 => (prop::sample::select(vec!["$not", "$size"]), part.clone()),
        1 => part.prop_map(|part| ("$elemMatch", if part.is_object() { part } else { json!({"$eq": part}) })),
    ]
}

fn test() -> impl Strategy<Value = Json> {
    value().prop_recursive(3, 12, 2, |part| {
        prop::collection::vec(operator(part), 1..3)
            .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    })
}

fn condition() -> impl Strategy<Value = Json> {
    let leaf = (path(), test()).prop_map(|(path, test)| object(path, test));
    leaf.prop_recursive(3, 16, 3, |part| {
        prop_oneof![
            (prop::sample::select(vec!["$and", "$or", "$nor"]), prop::collection::vec(part.clone(), 0..3))
                .prop_map(|(key, parts)| object(key, parts.into())),
            part.clone().prop_map(|part| object("$not", part)),
            (part.clone(), part).prop_map(|(left, right)| {
                left.as_object().into_iter().chain(right.as_object()).flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
            }),
        ]
    })
}

fn of(json: &Json) -> Value {
    serde_json::from_value(json.clone()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn compiled_equals_naive(condition in condition(), a in value(), b in value(), c in value()) {
        let attributes = json!({"a": a, "b": b, "c": c});
        let expected = naive::matches(&attributes, &condition);
        prop_assert_eq!(crate::matches(&of(&condition), &of(&attributes), &Value::Null), expected);
    }
}
