//! A member profile, or an event of a member's: both as JSON.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use regulars_fuzz::{CLOCK, answer_usual, json, stocked};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(value) = json(bytes) else { return Corpus::Reject };
    let mut engine = stocked();
    let loaded = engine.load_member(&value, CLOCK).is_ok();
    for event in value.get("events").and_then(|events| events.as_array()).unwrap_or_default() {
        let _ = engine.track(event.clone(), CLOCK);
    }
    let _ = engine.track(value.clone(), CLOCK);
    if loaded {
        engine.load_member(&value, CLOCK).expect("the same profile again");
    }
    answer_usual(&mut engine);

    let saved = engine.save_state();
    let mut other = regulars_fuzz::engine();
    other.restore_state(&saved).expect("what was saved restores");
    assert_eq!(other.events_waiting(), engine.events_waiting());
    Corpus::Keep
});
