//! A state saved before. Its digest is made right first: a random change would not get past it.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use regulars_fuzz::{CLOCK, json, plant, seeds};
use sha2::{Digest, Sha256};

fn saved(events: &[u8]) -> Option<Vec<u8>> {
    let mut engine = regulars_fuzz::engine();
    for event in json(events)?.as_array()? {
        engine.track(event.clone(), CLOCK).ok()?;
    }
    engine.drain_events(2);
    Some(engine.save_state())
}

fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if bytes.len() >= 13 {
        let digest = Sha256::digest(&bytes[13..]);
        bytes[5..13].copy_from_slice(&digest[..8]);
    }
    bytes
}

fuzz_target!(
    init: {
        plant("state", seeds("events").iter().map(|events| saved(events).expect("seeds are events")));
    },
    |bytes: &[u8]| -> Corpus {
        let mut engine = regulars_fuzz::engine();
        if engine.restore_state(&sealed(bytes)).is_ok() {
            let saved = engine.save_state();
            let mut other = regulars_fuzz::engine();
            other.restore_state(&saved).expect("what was saved restores");
            assert_eq!(saved, other.save_state());
            engine.restore_state(&saved).expect("what was saved restores");
            let batch = engine.drain_events(100);
            engine.return_events(&batch.id);
            engine.confirm_events(&batch.id);
        }
        Corpus::Keep
    }
);
