//! A binary snapshot. Length and digest in the header are made right first: a random change would not get past them.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use regulars::domain::AlignedBytes;
use regulars::snapshot::{container::digest, open, pack};
use regulars_fuzz::{Brief, json, options, plant, seeds};

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
    |bytes: &[u8]| -> Corpus {
        let raw = open(AlignedBytes::copy_of(bytes), &options());
        let bytes = sealed(bytes);
        match open(AlignedBytes::copy_of(&bytes), &options()) {
            Ok(snapshot) => {
                assert_eq!(format!("{snapshot:?}"), format!("{:?}", open(AlignedBytes::copy_of(&bytes), &options()).unwrap()));
                Corpus::Keep
            }
            Err(error) => {
                let _ = (raw.is_ok(), error.code(), error.path(), error.message());
                Corpus::Keep
            }
        }
    }
);
