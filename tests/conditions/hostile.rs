//! Conditions and attributes made to break the engine.

use regulars::domain::Value;
use regulars::rules::{AttributeTable, Attributes, Condition, NativeRegex, ProblemKind, RuleContext, SavedGroups};

use crate::json;

fn compile(wire: &Value, groups: &Value) -> (Condition, AttributeTable) {
    let mut table = AttributeTable::default();
    let groups = SavedGroups::compile(groups);
    let condition = Condition::compile(wire, &mut table, &RuleContext::new(&NativeRegex).with_groups(&groups));
    (condition, table)
}

fn kinds(condition: &Condition) -> Vec<ProblemKind> {
    condition.problems().iter().map(|problem| problem.kind).collect()
}

fn nested(levels: usize, wrap: impl Fn(Value) -> Value, inner: &str) -> Value {
    (0..levels).fold(json(inner), |value, _| wrap(value))
}

fn under(key: &'static str) -> impl Fn(Value) -> Value {
    move |value| Value::Object(vec![(key.into(), value)])
}

#[test]
fn deep_conditions_never_match() {
    let list = |value| Value::Object(vec![("$and".into(), Value::Array(vec![value]))]);
    let wires = [
        nested(200, under("$not"), "{}"),
        nested(200, list, "{}"),
        under("a")(nested(200, under("$not"), "1")),
        under("a")(nested(200, under("$elemMatch"), "{}")),
        under("a")(nested(200, under("x"), "1")),
        under("a")(nested(200, |value| Value::Object(vec![("$all".into(), Value::Array(vec![value]))]), "1")),
    ];
    for wire in wires {
        let (condition, _) = compile(&wire, &Value::Null);
        assert_eq!(kinds(&condition), [ProblemKind::TooDeep]);
        assert!(!condition.matches(&()));
        assert_eq!(condition.unmet(&()).len(), 1);
    }
    let (condition, _) = compile(&nested(60, under("$not"), "{}"), &Value::Null);
    assert!(kinds(&condition).is_empty() && condition.matches(&()));
}

#[test]
fn large_conditions_never_match() {
    let wide: Vec<(String, Value)> = (0..20_000).map(|place| (format!("a{place}"), Value::Null)).collect();
    let (condition, table) = compile(&Value::Object(wide), &Value::Null);
    assert_eq!(kinds(&condition), [ProblemKind::TooLarge]);
    assert!(!condition.matches(&()) && table.is_empty());
}

#[test]
fn groups_that_grow_by_doubling_are_cut_off() {
    let group = |next: usize| {
        format!(
            r#""g{next}": {{"type": "condition", "condition": {{"$and": [{{"$savedGroup": {{"id": "g{}"}}}}, {{"$savedGroup": {{"id": "g{}"}}}}]}}}}"#,
            next + 1,
            next + 1
        )
    };
    let groups = format!("{{{}}}", (0..30).map(group).collect::<Vec<_>>().join(","));
    let (condition, _) = compile(&json(r#"{"$savedGroup": {"id": "g0"}}"#), &json(&groups));
    assert!(kinds(&condition).iter().any(|kind| kind.disables()));
    assert!(!condition.matches(&()));
}

#[test]
fn groups_that_refer_to_themselves_match_nobody_inside() {
    let groups = json(
        r#"{"a": {"type": "condition", "condition": {"$savedGroup": {"id": "b"}}}, "b": {"type": "condition", "condition": {"$savedGroup": {"id": "a"}}}}"#,
    );
    let (condition, _) = compile(&json(r#"{"$savedGroup": {"id": "a"}}"#), &groups);
    assert_eq!(kinds(&condition), [ProblemKind::CyclicGroup]);
    assert!(!condition.matches(&()));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let wire = json(
        r#"{"$and": [{"cart.total": {"$gtx": 1}}, {"a": {"$in": 5, "$regex": "("}}],
            "b": {"$inGroup": "gone", "$regexi": "(x+)+", "$type": "text"},
            "$nope": 1, "$or": {}, "c": {"$elemMatch": {"d": {"$size": {"$bad": 1}}}}}"#,
    );
    let (condition, _) = compile(&wire, &Value::Null);
    let found: Vec<(&str, &str)> = condition.problems().iter().map(|problem| (problem.path.as_str(), problem.kind.code())).collect();
    let expected = [
        ("$and[0].cart.total.$gtx", "unknown-operator"),
        ("$and[1].a.$in", "wrong-argument"),
        ("$and[1].a.$regex", "invalid-regex"),
        ("b.$inGroup", "unknown-group"),
        ("b.$regexi", "regex-may-backtrack"),
        ("b.$type", "wrong-argument"),
        ("$nope", "unknown-keyword"),
        ("$or", "not-a-list"),
        ("c.$elemMatch.d.$size.$bad", "unknown-operator"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_part_that_is_no_condition_disables_the_whole() {
    for wire in [
        "null",
        "[]",
        "\"x\"",
        r#"{"$not": null}"#,
        r#"{"$or": [{}, null]}"#,
        r#"{"$not": {"$and": "x"}}"#,
        r#"{"a": {"$not": {"$elemMatch": null}}}"#,
    ] {
        let (condition, _) = compile(&json(wire), &Value::Null);
        assert!(kinds(&condition).contains(&ProblemKind::NotAnObject), "{wire}");
        assert!(!condition.matches(&()), "{wire}");
    }
}

#[test]
fn problems_are_not_listed_without_end() {
    let many: Vec<String> = (0..5000).map(|place| format!(r#""a{place}": {{"$x": 1}}"#)).collect();
    let (condition, _) = compile(&json(&format!("{{{}}}", many.join(","))), &Value::Null);
    assert_eq!(condition.problems().len(), 100);
}

#[test]
fn deep_and_long_attributes_are_survived() {
    let (condition, table) = compile(
        &json(r#"{"$or": [{"a": "x"}, {"a": {"$gt": "y"}}, {"a": {"b": 1}}, {"a": {"$regex": "z"}}, {"a": [[[1]]]}]}"#),
        &Value::Null,
    );
    let deep = nested(5000, |value| Value::Array(vec![value]), "1");
    let wide = Value::Array(vec![Value::String("w".repeat(100)); 10_000]);
    for value in [deep, wide] {
        let attributes = Value::Object(vec![("a".into(), value)]);
        let mut source = Attributes::default();
        source.bind(&table, "", &attributes);
        condition.matches(&source);
        condition.unmet(&source);
    }
}

#[test]
fn long_texts_match_no_pattern() {
    let (condition, table) = compile(&json(r#"{"a": {"$regex": "^x"}}"#), &Value::Null);
    for (length, expected) in [(4096, true), (4097, false)] {
        let attributes = Value::Object(vec![("a".into(), Value::String("x".repeat(length)))]);
        let mut source = Attributes::default();
        source.bind(&table, "", &attributes);
        assert_eq!(condition.matches(&source), expected);
    }
}
