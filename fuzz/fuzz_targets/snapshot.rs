//! A binary snapshot. Length and digest in the header are made right first: a random change would not get past them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use regulars::domain::AlignedBytes;
use regulars::engine::CatalogSource;
use regulars::snapshot::{container::digest, open, pack};
use regulars_fuzz::{Brief, CLOCK, answer_usual, json, options, plant, seeds};

fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(body) = bytes.len().checked_sub(192) {
        bytes[16..24].copy_from_slice(&(body as u64).to_le_bytes());
        let digest = digest(&bytes);
        bytes[64..96].copy_from_slice(&digest);
    }
    bytes
}

fuzz_target!(
    init: {
        plant("snapshot", seeds("catalog_json").iter().filter_map(|seed| Some(pack(&json(seed)?, &Brief, None).ok()?.0)));
    },
    |bytes: &[u8]| {
        let _ = open(AlignedBytes::copy_of(bytes), &options());
        let mut engine = regulars_fuzz::engine();
        match engine.load_catalog(CatalogSource::Binary(AlignedBytes::copy_of(&sealed(bytes))), &[], CLOCK) {
            Ok(_) => answer_usual(&mut engine),
            Err(error) => assert!(!error.code.is_empty()),
        }
    }
);
