//! `regulars train --orders --ranker-of`: weights and trees of an earlier training.

use std::fs;

use regulars::domain::{from_cbor, from_value};
use regulars::recommend::{FEATURES, Feature, Forest};
use regulars::snapshot::wire::knowledge::KnowledgeWire;

use super::{SAMPLE, knowledge, orders, regulars, scratch, train};

/// What was learned for the demo shop.
const LEARNED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/ranker.cbor");

fn learned() -> KnowledgeWire {
    from_value(&from_cbor(&fs::read(LEARNED).unwrap()).unwrap()).unwrap()
}

/// One tree that asks for `feature`, as `recommend::Forest` documents.
fn stump(feature: Feature) -> Vec<u8> {
    vec![1, 1, feature as u8, 1, 0x80, 0x3f, 0, 0, 0, 0, 1, 0, 0x80, 0x3f, 0xc0, 0, 128, 251, 5]
}

fn write(name: &str, wire: &KnowledgeWire) -> String {
    let path = scratch("ranker-of-file").join(name);
    fs::write(&path, minicbor_serde::to_vec(wire).unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_forests_and_weights_are_taken_over_unchanged_with_what_they_ask() {
    let earlier = learned();
    assert!(Forest::read(&earlier.ranker.next_basket, FEATURES).is_some_and(|forest| !forest.is_empty()));
    assert!(Forest::read(&earlier.ranker.discover, FEATURES).is_some_and(|forest| !forest.is_empty()));
    let (plain, _) = train("ranker-of-none", &orders(), &[]);
    let (out, _) = train("ranker-of-demo", &orders(), &["--ranker-of", LEARNED]);
    let (plain, known) = (knowledge(&plain), knowledge(&out));
    assert_eq!((&known.ranker, &known.weights), (&earlier.ranker, &earlier.weights));
    assert_ne!(known.weights, plain.weights);
    assert_eq!((known.week.len(), known.rebuy.len()), (known.items.len(), known.items.len()));
    assert!(known.week.iter().any(|share| *share > 0.0) && known.companions.items.is_empty());
    // All else is of these orders.
    assert_eq!((&known.items, &known.popularity, &known.bought_together), (&plain.items, &plain.popularity, &plain.bought_together));

    let mut asks = learned();
    asks.ranker.next_basket = stump(Feature::Companions);
    let (out, _) = train("ranker-of-companions", &orders(), &["--ranker-of", &write("companions.cbor", &asks)]);
    let known = knowledge(&out);
    assert_eq!(known.ranker.next_basket, stump(Feature::Companions));
    assert!(!known.companions.items.is_empty());
}

#[test]
fn a_file_that_holds_no_ranker_is_refused_before_anything_is_learned() {
    let products = format!("{SAMPLE}/products.csv");
    let out = scratch("ranker-of-refused").join("never");
    let refused = |path: &str| {
        let arguments = ["train", "--orders", &orders(), "--products", &products, "--output", out.to_str().unwrap(), "--ranker-of", path];
        let output = regulars(&arguments);
        assert!(!output.status.success() && !out.exists());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(path), "{said}");
        said
    };
    let mut cut = learned();
    cut.ranker.discover.pop();
    assert!(refused(&write("cut-forest.cbor", &cut)).contains("no ranker that this program reads"));
    assert!(refused(&write("no-forest.cbor", &KnowledgeWire { ranker: Default::default(), ..learned() })).contains("--ranker"));
    let half = fs::read(LEARNED).unwrap();
    let path = scratch("ranker-of-file").join("half.cbor");
    fs::write(&path, &half[..half.len() / 2]).unwrap();
    assert!(refused(path.to_str().unwrap()).contains("CBOR"));
    assert!(refused("nowhere.cbor").contains("No such file"));
}
