//! The JSON form of a snapshot. What opens also packs, the binary form opens to the same, and everything can be asked of it.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use regulars::domain::AlignedBytes;
use regulars::engine::CatalogSource;
use regulars::snapshot::{open, open_json, pack};
use regulars_fuzz::{Brief, CLOCK, answer_usual, content, json, options, sign_in};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(value) = json(bytes) else { return Corpus::Reject };
    match open_json(&value, &options()) {
        Ok(from_json) => {
            let (binary, _) = pack(&value, &Brief, None).expect("what opens packs");
            let from_binary = open(AlignedBytes::copy_of(&binary), &options()).expect("what was packed opens");
            assert_eq!(content(&from_json.catalog), content(&from_binary.catalog));
            assert_eq!((from_json.info.id, from_json.info.version), (from_binary.info.id, from_binary.info.version));
        }
        Err(error) => {
            let _ = (error.code(), error.path(), error.message());
        }
    }
    let mut engine = regulars_fuzz::engine();
    if engine.load_catalog(CatalogSource::Json(&value), &[], CLOCK).is_ok() {
        answer_usual(&mut engine);
        if sign_in(&mut engine).is_ok() {
            answer_usual(&mut engine);
        }
    }
    Corpus::Keep
});
