//! Conditions: the public cases, an independent interpreter, hostile input.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "conditions/hostile.rs"]
mod hostile;
#[path = "conditions/naive.rs"]
mod naive;
#[path = "conditions/property.rs"]
mod property;

use regulars::domain::Value;
use regulars::rules::{AttributeTable, Attributes, Condition, NativeRegex, RuleContext, SavedGroups};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Whether `condition` matches the object `attributes`.
fn matches(condition: &Value, attributes: &Value, groups: &Value) -> bool {
    let mut table = AttributeTable::default();
    let groups = SavedGroups::compile(groups);
    let condition = Condition::compile(condition, &mut table, &RuleContext::new(&NativeRegex).with_groups(&groups));
    let mut source = Attributes::default();
    source.bind(&table, "", attributes);
    let matched = condition.matches(&source);
    assert_eq!(condition.unmet(&source).is_empty(), matched, "what is unmet must agree: {condition:?}");
    matched
}

#[test]
fn the_specification_holds() {
    let cases = json(include_str!("vectors/experiments/growthbook_cases.json"));
    let cases = cases.get("evalCondition").and_then(Value::as_array).unwrap();
    let mut failed = Vec::new();
    for case in cases {
        let [name, condition, attributes, expected, rest @ ..] = case.as_array().unwrap() else { panic!("a case has four parts") };
        let groups = rest.first().cloned().unwrap_or_default();
        if Some(matches(condition, attributes, &groups)) != expected.as_bool() {
            failed.push(name.as_str().unwrap());
        }
    }
    println!("evalCondition: {} of {}", cases.len() - failed.len(), cases.len());
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(cases.len(), 248);
}
