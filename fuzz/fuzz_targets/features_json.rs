//! A payload of features and experiments, and a request: `{"features": …, "experiments": …, "attributes": …, "overrides": …,
//! "experiment": …}`. Looking twice shows the same.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use regulars::domain::{Value, from_value};
use regulars::engine::ExperimentRequest;
use regulars::experiments::FeatureResult;
use regulars_fuzz::{CLOCK, json};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(value) = json(bytes) else { return Corpus::Reject };
    let mut engine = regulars_fuzz::engine();
    let mut request: ExperimentRequest = from_value(&value).unwrap_or_default();
    if engine.load_features(&value).is_ok() {
        request.peek = true;
        let keys = |results: &[(&str, FeatureResult<'_>)]| results.iter().map(|(key, _)| key.to_string()).collect::<Vec<_>>();
        for key in engine.all_features(&request, CLOCK, keys).unwrap_or_default() {
            let value = |result: &FeatureResult<'_>| result.value.clone();
            assert_eq!(engine.feature(&key, &request, CLOCK, value), engine.feature(&key, &request, CLOCK, value), "{key}");
        }
        request.peek = false;
        for (key, _) in value.get("features").and_then(Value::as_object).unwrap_or_default() {
            let _ = engine.feature(key, &request, CLOCK, |_| ());
        }
    }
    let inline = value.get("experiment").unwrap_or(&value);
    let first = engine.experiment(inline, &request, CLOCK, |result| format!("{:?}", result.variation_id));
    let again = engine.experiment(inline, &request, CLOCK, |result| format!("{:?}", result.variation_id));
    assert_eq!(first.is_ok(), again.is_ok());
    let saved = engine.save_state();
    regulars_fuzz::engine().restore_state(&saved).expect("what was saved restores");
    Corpus::Keep
});
