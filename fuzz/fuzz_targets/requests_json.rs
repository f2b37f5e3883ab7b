//! Requests to an engine with a catalog and a member: `{"recommend": …, "events": […], "privacy": …}`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use regulars::domain::{Value, from_value};
use regulars::engine::{PrivacySettings, RecommendRequest};
use regulars_fuzz::{CLOCK, json, stocked};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(value) = json(bytes) else { return Corpus::Reject };
    let part = |name| value.get(name).unwrap_or(&Value::Null);
    let mut engine = stocked();
    if let Ok(settings) = from_value::<PrivacySettings>(part("privacy")) {
        let _ = engine.set_privacy(&settings);
    }
    for event in part("events").as_array().unwrap_or_default() {
        let _ = engine.track(event.clone(), CLOCK);
    }
    if let Ok(request) = from_value::<RecommendRequest>(part("recommend")) {
        let first = engine.recommend(&request, CLOCK);
        assert_eq!(format!("{first:?}"), format!("{:?}", engine.recommend(&request, CLOCK)));
        if let Ok(answer) = first {
            assert!(answer.items.len() <= request.limit as usize);
            assert!(answer.items.is_sorted_by(|one, next| one.score >= next.score), "falling and no NaN");
        }
    }
    let _ = (engine.tags(), engine.segments(CLOCK));
    Corpus::Keep
});
