//! What holds of experiments whatever the payload: fair shares, arms that don't move, hostile payloads survived.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use proptest::prelude::*;
use regulars::domain::{Reason, Value};
use regulars::experiments::{Context, Experiment, Features, Range, Source, StickyBuckets, StickyDocument, hash, in_namespace};
use regulars::rules::{AttributeTable, Attributes, NativeRegex, RuleContext};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn compile(payload: &str) -> (Features, AttributeTable, Vec<Reason>) {
    let mut table = AttributeTable::default();
    let (features, warnings) = Features::compile(&json(payload), &mut table, &NativeRegex);
    (features, table, warnings)
}

/// The arm of each of `units` in the experiment.
fn arms<'u>(experiment: &str, units: impl IntoIterator<Item = &'u str>) -> Vec<Option<usize>> {
    let mut table = AttributeTable::default();
    let (experiment, _) = Experiment::compile(&json(experiment), &mut table, RuleContext::new(&NativeRegex)).unwrap();
    let features = Features::default();
    let arm = |unit: &str| {
        let mut attributes = Attributes::default();
        attributes.set(table.find("id").unwrap(), unit);
        let context = Context::new(&attributes);
        let result = features.evaluate(&context).experiment(&experiment);
        result.in_experiment.then_some(result.variation_id)
    };
    units.into_iter().map(arm).collect()
}

fn members(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("member-{number:06}")).collect()
}

#[test]
fn shares_are_as_weighted() {
    let members = members(60_000);
    for version in [1, 2] {
        for (weights, coverage) in [([0.5, 0.3, 0.2], 1.0), ([0.1, 0.1, 0.8], 0.5), ([0.34, 0.33, 0.33], 0.9)] {
            let experiment = format!(
                r#"{{"key": "shares", "variations": [0, 1, 2], "weights": {weights:?}, "coverage": {coverage}, "hashVersion": {version}}}"#
            );
            let arms = arms(&experiment, members.iter().map(String::as_str));
            for (arm, weight) in weights.iter().enumerate() {
                let share = arms.iter().filter(|found| **found == Some(arm)).count() as f64 / members.len() as f64;
                let expected = weight * coverage;
                let deviation = (expected * (1.0 - expected) / members.len() as f64).sqrt();
                assert!((share - expected).abs() < 4.5 * deviation + 0.001, "version {version}: {share} instead of {expected}");
            }
        }
    }
}

#[test]
fn arms_of_two_experiments_are_independent() {
    let members = members(40_000);
    let arms_of = |key: &str| {
        let experiment = format!(r#"{{"key": "{key}", "variations": [0, 1], "hashVersion": 2}}"#);
        arms(&experiment, members.iter().map(String::as_str))
    };
    let (first, second) = (arms_of("first"), arms_of("second"));
    let both = first.iter().zip(&second).filter(|arms| *arms == (&Some(1), &Some(1))).count() as f64;
    let deviation = (members.len() as f64 * 0.25 * 0.75).sqrt();
    assert!((both - members.len() as f64 / 4.0).abs() < 4.5 * deviation, "{both}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_lie_between_0_and_1(seed in ".{0,12}", unit in ".{0,24}", version in 1_u8..3) {
        let number = hash(&seed, &unit, version.into()).unwrap();
        prop_assert!((0.0..1.0).contains(&number));
    }

    #[test]
    fn raising_the_coverage_never_moves_anybody(
        unit in "[a-z0-9]{1,12}",
        low in 0.0..1.0_f64,
        more in 0.0..1.0_f64,
        first in 0.05..0.9_f64,
        version in 1_u8..3,
    ) {
        let high = low + (1.0 - low) * more;
        let arm = |coverage: f64| {
            let rest = 1.0 - first;
            let weights = [first, rest / 2.0, rest / 2.0];
            let experiment = format!(
                r#"{{"key": "moving", "variations": [0, 1, 2], "weights": {weights:?}, "coverage": {coverage:?}, "hashVersion": {version}}}"#
            );
            arms(&experiment, [unit.as_str()])[0]
        };
        if let Some(before) = arm(low) {
            prop_assert_eq!(arm(high), Some(before));
        }
    }

    #[test]
    fn nobody_is_in_two_parts_of_a_namespace(unit in ".{1,16}", cut in 0.0..1.0_f64) {
        let [below, above] = [Range { start: 0.0, end: cut }, Range { start: cut, end: 1.0 }].map(|range| in_namespace(&unit, "layer", range));
        prop_assert!(below != above);
    }
}

#[test]
fn a_malformed_feature_disables_itself_only() {
    let (features, table, warnings) = compile(
        r#"{"features": {
            "a": 5, "b": {"rules": {}}, "c": {"rules": [null]}, "d": {"rules": [{"variations": "xy"}]},
            "e": {"rules": [{"variations": [1, 2], "weights": 0.5}]}, "f": {"rules": [{"parentConditions": [{}]}]},
            "g": {"rules": [{"force": 1, "condition": {"x": {"$oops": 1}}}], "defaultValue": 0},
            "h": {"rules": [{"force": 1, "condition": "all"}], "defaultValue": 0},
            "good": {"defaultValue": true}},
          "experiments": [{"key": "x"}, {"key": "y", "variations": [0, 1]}]}"#,
    );
    let found: Vec<String> =
        warnings.iter().map(|warning| format!("{} {}", warning.code, serde_json::to_string(warning).unwrap())).collect();
    let count = |code: &str| warnings.iter().filter(|warning| warning.code == code).count();
    assert_eq!(
        (count("malformed-feature"), count("malformed-experiment"), count("unknown-operator"), count("not-an-object")),
        (6, 1, 1, 1),
        "{found:#?}"
    );
    let mut attributes = Attributes::default();
    attributes.bind(&table, "", &Value::Null);
    let context = Context::new(&attributes);
    let mut evaluation = features.evaluate(&context);
    assert_eq!(evaluation.feature("d").source, Source::UnknownFeature);
    assert_eq!(evaluation.feature("g").source, Source::DefaultValue);
    assert_eq!(evaluation.feature("h").source, Source::DefaultValue, "what is no condition applies to nobody");
    assert!(evaluation.feature("good").is_on());
    assert!(features.experiment("x").is_none() && features.experiment("y").is_some());
}

#[test]
fn payloads_of_any_shape_are_survived() {
    for payload in ["null", "[]", "5", r#"{"features": []}"#, r#"{"features": {"a": {"rules": [{"force": 1, "filters": [5]}]}}}"#] {
        let (features, ..) = compile(payload);
        let context = Context::new(&());
        features.evaluate(&context).all();
    }
}

#[test]
fn long_chains_of_prerequisites_end() {
    let feature = |number: usize| {
        let next = number + 1;
        format!(r#""f{number}": {{"defaultValue": true, "rules": [{{"parentConditions": [{{"id": "f{next}", "condition": {{}}}}]}}]}}"#)
    };
    for (length, source) in [(99, Source::DefaultValue), (50_000, Source::CyclicPrerequisite)] {
        let (features, ..) = compile(&format!("{{\"features\": {{{}}}}}", (0..length).map(feature).collect::<Vec<_>>().join(",")));
        let context = Context::new(&());
        assert_eq!(features.evaluate(&context).feature("f0").source, source);
    }
}

#[test]
fn prerequisites_that_double_are_evaluated_once() {
    let feature = |number: usize| {
        let parents: Vec<String> = (0..8).map(|_| format!(r#"{{"id": "f{}", "condition": {{}}}}"#, number + 1)).collect();
        format!(r#""f{number}": {{"defaultValue": true, "rules": [{{"parentConditions": [{}]}}]}}"#, parents.join(","))
    };
    let (features, ..) = compile(&format!("{{\"features\": {{{}}}}}", (0..60).map(feature).collect::<Vec<_>>().join(",")));
    let context = Context::new(&());
    assert_eq!(features.evaluate(&context).feature("f0").source, Source::DefaultValue);
}

#[test]
fn huge_bucket_versions_are_survived() {
    let (features, table, _) =
        compile(r#"{"features": {"f": {"rules": [{"variations": [0, 1], "minBucketVersion": 1e15, "bucketVersion": 1e15}]}}}"#);
    let mut attributes = Attributes::default();
    attributes.set(table.find("id").unwrap(), "1");
    let sticky: StickyBuckets = [StickyDocument {
        attribute_name: "id".into(),
        attribute_value: "1".into(),
        assignments: [("f__7".into(), "0".into())].into_iter().collect(),
    }]
    .into_iter()
    .collect();
    let context = Context { sticky: Some(&sticky), ..Context::new(&attributes) };
    assert_eq!(features.evaluate(&context).feature("f").source, Source::DefaultValue, "an older bucket blocks");
}

#[test]
fn the_order_of_asking_does_not_matter() {
    let (features, table, _) = compile(
        r#"{"features": {
            "a": {"rules": [{"parentConditions": [{"id": "b", "condition": {"value": 1}}], "force": "x"}, {"variations": [1, 2]}]},
            "b": {"rules": [{"variations": [0, 1], "hashVersion": 2}]},
            "c": {"rules": [{"parentConditions": [{"id": "a", "condition": {"value": "x"}, "gate": true}]}], "defaultValue": 3}}}"#,
    );
    for member in members(200) {
        let mut attributes = Attributes::default();
        attributes.set(table.find("id").unwrap(), member);
        let context = Context::new(&attributes);
        let together = features.evaluate(&context).all();
        let mut keys: Vec<&str> = features.keys().collect();
        keys.reverse();
        for key in keys {
            let alone = features.evaluate(&context).feature(key);
            let (_, among) = together.iter().find(|(known, _)| *known == key).unwrap();
            assert_eq!(serde_json::to_string(&alone).unwrap(), serde_json::to_string(among).unwrap());
        }
    }
}
