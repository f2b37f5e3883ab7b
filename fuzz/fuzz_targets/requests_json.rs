//! Requests to an engine with a catalog and a member: `{"recommend", "quote", "offers", "membership", "events", "privacy"}`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use regulars::domain::from_value;
use regulars::engine::PrivacySettings;
use regulars_fuzz::{CLOCK, answer, json, sign_in, stocked};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(value) = json(bytes) else { return Corpus::Reject };
    let mut engine = stocked();
    sign_in(&mut engine).expect("the seed loads");
    if let Some(Ok(settings)) = value.get("privacy").map(from_value::<PrivacySettings>) {
        let _ = engine.set_privacy(&settings);
    }
    for event in value.get("events").and_then(|events| events.as_array()).unwrap_or_default() {
        let _ = engine.track(event.clone(), CLOCK);
    }
    answer(&mut engine, &value);
    Corpus::Keep
});
