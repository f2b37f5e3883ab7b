//! How many evaluations a second: `cargo test --release --test growthbook_speed -- --ignored --nocapture`.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::hint::black_box;

use regulars::domain::Value;
use regulars::experiments::{Context, Features};
use regulars::rules::{AttributeTable, Attributes, NativeRegex};

const LOOPS: usize = 20;

/// 100 features, each an experiment of three arms behind a condition of four clauses.
fn payload() -> Value {
    let feature = |number: usize| {
        format!(
            r#""feature-{number}": {{"defaultValue": "control", "rules": [{{"key": "exp-{number}", "seed": "seed-{number}", "hashVersion": 2,
                "condition": {{"country": {{"$in": ["US", "CA", "GB"]}}, "$or": [{{"plan": "pro"}}, {{"age": {{"$gte": 18}}}}],
                    "device.os": {{"$ne": "symbian"}}, "tags": {{"$elemMatch": {{"$eq": "beta"}}}}}},
                "variations": ["control", "red", "blue"], "weights": [0.3334, 0.3333, 0.3333], "coverage": 1,
                "meta": [{{"key": "0"}}, {{"key": "1"}}, {{"key": "2"}}]}}]}}"#
        )
    };
    let features: Vec<String> = (0..100).map(feature).collect();
    serde_json::from_str(&format!("{{\"features\": {{{}}}}}", features.join(","))).unwrap()
}

/// Time this thread has been running, which other programs on the machine don't change.
fn processor_seconds() -> f64 {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    times.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap() / 1e9
}

#[test]
#[ignore = "a measurement"]
fn evaluations_a_second() {
    let mut table = AttributeTable::default();
    let (features, _) = Features::compile(&payload(), &mut table, &NativeRegex);
    let members: Vec<Value> = (0..1000)
        .map(|number| {
            let text = format!(r#"{{"id": "member-{number}", "country": "US", "plan": "free", "age": 30, "device": {{"os": "ios"}}, "tags": ["alpha", "beta"]}}"#);
            serde_json::from_str(&text).unwrap()
        })
        .collect();
    for (name, serialised) in [("results borrowed", false), ("results as JSON", true)] {
        let started = processor_seconds();
        let mut exposures = 0;
        for member in members.iter().cycle().take(members.len() * LOOPS) {
            let mut attributes = Attributes::default();
            attributes.bind(&table, "", member);
            let context = Context::new(&attributes);
            let mut evaluation = features.evaluate(&context);
            let all = evaluation.all();
            if serialised {
                black_box(serde_json::to_string(&all).unwrap());
            }
            black_box(&all);
            exposures += evaluation.finish().exposures.len();
        }
        let rate = (100 * members.len() * LOOPS) as f64 / (processor_seconds() - started);
        println!("{name}: {rate:.0} evaluations a processor second");
        assert_eq!(exposures, 100 * members.len() * LOOPS);
    }
}
