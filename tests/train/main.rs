//! `regulars train` and `regulars member` on the synthetic sample, against a slow reading of the same orders.
#![cfg(feature = "train")]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)] // a test may panic

mod baskets;
mod ranker;
mod slow;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use regulars::domain::{from_cbor, from_value};
use regulars::snapshot::wire::knowledge::{KnowledgeWire, NeighboursWire};
use serde_json::Value;
use slow::{Orders, Pair};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sample");
const MILLISECONDS_OF_DAY: i64 = 86_400_000;

/// A directory of this test alone.
fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("train").join(name);
    fs::create_dir_all(&directory).unwrap();
    directory
}

fn regulars(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_regulars")).args(arguments).output().unwrap()
}

fn done(arguments: &[&str]) -> String {
    let output = regulars(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn train(name: &str, orders: &str, more: &[&str]) -> (PathBuf, String) {
    let out = scratch(name);
    let products = format!("{SAMPLE}/products.csv");
    let mut arguments = vec!["train", "--orders", orders, "--products", &products, "--output", out.to_str().unwrap()];
    arguments.extend(more);
    let said = done(&arguments);
    (out, said)
}

fn knowledge(directory: &Path) -> KnowledgeWire {
    from_value(&from_cbor(&fs::read(directory.join("knowledge.cbor")).unwrap()).unwrap()).unwrap()
}

fn orders() -> String {
    format!("{SAMPLE}/orders.csv")
}

#[test]
fn the_same_orders_give_the_same_bytes_on_any_number_of_threads() {
    let (one, _) = train("one-thread", &orders(), &["--threads", "1"]);
    let (four, _) = train("four-threads", &orders(), &["--threads", "4"]);
    for file in ["items.json", "knowledge.cbor"] {
        assert_eq!(fs::read(one.join(file)).unwrap(), fs::read(four.join(file)).unwrap(), "{file}");
    }
}

#[test]
fn nothing_at_or_after_the_cutoff_is_used() {
    let until = "2025-09-14T10:00:00Z";
    let text = fs::read_to_string(orders()).unwrap();
    let before: Vec<_> =
        text.lines().filter(|line| line.starts_with("member,") || line.split(',').nth(2) < Some("2025-09-14 10:00")).collect();
    assert!(before.len() > 1000 && before.len() < text.lines().count() - 100);
    let past = scratch("past-orders").join("orders.csv");
    fs::write(&past, before.join("\n") + "\n").unwrap();
    let (whole, _) = train("cutoff-whole", &orders(), &["--until", until]);
    let (past, _) = train("cutoff-past", past.to_str().unwrap(), &["--until", until]);
    for file in ["items.json", "knowledge.cbor"] {
        assert_eq!(fs::read(whole.join(file)).unwrap(), fs::read(past.join(file)).unwrap(), "{file}");
    }
}

#[test]
fn each_column_is_what_a_slow_reading_of_the_orders_gives() {
    let (directory, _) = train("columns", &orders(), &[]);
    let knowledge = knowledge(&directory);
    let slow = Orders::read(&orders(), knowledge.until);
    assert_eq!(knowledge.items, slow.items);
    assert_eq!((knowledge.baskets, knowledge.members), (slow.baskets.len() as u64, slow.members() as u64));
    let repeat_rates = slow.repeat_rates();
    let near = |one: f32, other: f64, what: &str, item: &str| {
        assert!((f64::from(one) - other).abs() < 1e-6 * (1.0 + other.abs()), "{what} of {item}: {one}, slow {other}");
    };
    for (place, item) in knowledge.items.iter().enumerate() {
        near(knowledge.popularity[place], slow.popularity(item), "popularity", item);
        near(knowledge.recent[place], slow.recent(item), "recent", item);
        near(knowledge.trend[place], slow.trend(item), "trend", item);
        let (days, spread) = slow.rhythm(item);
        near(knowledge.rhythm_days[place], days, "rhythm", item);
        near(knowledge.rhythm_spread[place], spread, "spread", item);
        near(knowledge.repeat_rate[place], repeat_rates[place], "repeat rate", item);
        assert_eq!(knowledge.buyers[place] as usize, slow.buyers(item).len());
    }
}

#[test]
fn each_list_of_neighbours_is_what_a_slow_reading_gives() {
    let (directory, _) = train("neighbours", &orders(), &["--neighbours", "5"]);
    let knowledge = knowledge(&directory);
    let slow = Orders::read(&orders(), knowledge.until);
    let lists: [(&str, &NeighboursWire, Pair); 3] = [
        ("together", &knowledge.bought_together, Orders::together),
        ("in sequence", &knowledge.in_sequence, Orders::in_sequence),
        ("similar", &knowledge.similar, Orders::similar),
    ];
    let mut compared = 0;
    for (what, lists, score) in lists {
        for (place, item) in knowledge.items.iter().enumerate() {
            let range = lists.offsets[place] as usize..lists.offsets[place + 1] as usize;
            let found: Vec<(&str, f32)> = range.map(|at| (knowledge.items[lists.items[at] as usize].as_str(), lists.scores[at])).collect();
            let mut expected: Vec<(&str, f32)> = knowledge
                .items
                .iter()
                .filter(|other| *other != item)
                .map(|other| (other.as_str(), score(&slow, item, other) as f32))
                .collect();
            expected.retain(|(_, score)| *score > 0.0);
            expected.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(other.0)));
            expected.truncate(5);
            assert_eq!(found, expected, "{what}: {item}");
            compared += found.len();
        }
    }
    assert!(compared > 400, "{compared}");
}

#[test]
fn what_was_hidden_in_the_sample_is_found() {
    let (directory, said) = train("hidden", &orders(), &[]);
    let knowledge = knowledge(&directory);
    let place = |item: &str| knowledge.items.iter().position(|known| known == item).unwrap();
    let first = |lists: &NeighboursWire, item: &str| {
        let list = lists.offsets[place(item)] as usize..lists.offsets[place(item) + 1] as usize;
        knowledge.items[lists.items[list.start] as usize].clone()
    };
    assert_eq!(first(&knowledge.bought_together, "coffee"), "filters");
    assert_eq!(first(&knowledge.in_sequence, "tent"), "sleeping-bag");
    assert_eq!(first(&knowledge.similar, "yogurt-plain"), "yogurt-berry");
    assert!(knowledge.rhythm_days[place("milk")] < 12.0 && knowledge.rhythm_days[place("detergent")] > 25.0);
    let steepest = knowledge.trend.iter().copied().fold(f32::MIN, f32::max);
    assert_eq!(knowledge.trend[place("lemonade")].to_bits(), steepest.to_bits());
    let items: Value = serde_json::from_slice(&fs::read(directory.join("items.json")).unwrap()).unwrap();
    let reduced: Vec<_> = items.as_array().unwrap().iter().filter(|item| item.get("basePrice").is_some()).map(|item| &item["id"]).collect();
    assert_eq!(reduced, ["bread"]);
    for line in ["1 lines left out: no member", "1 lines left out: of no product"] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn a_profile_holds_the_same_history_as_the_samples() {
    let (orders, products) = (orders(), format!("{SAMPLE}/products.csv"));
    let text = done(&["member", "--orders", &orders, "--products", &products, "--member", "m000"]);
    let found: Value = serde_json::from_str(&text).unwrap();
    let sample: Value = serde_json::from_slice(&fs::read(format!("{SAMPLE}/members/m000.json")).unwrap()).unwrap();
    assert_eq!(found["joinedAt"], sample["joinedAt"]);
    let sorted = |history: &Value| {
        let mut baskets = history.as_array().unwrap().clone();
        for basket in &mut baskets {
            basket["lines"].as_array_mut().unwrap().sort_by_key(|line| line["item"].as_str().unwrap().to_owned());
        }
        baskets
    };
    assert_eq!(sorted(&found["history"]), sorted(&sample["history"]));
    let cut = done(&["member", "--orders", &orders, "--products", &products, "--member", "m000", "--until", "2025-07-01"]);
    let cut: Value = serde_json::from_str(&cut).unwrap();
    let until = 1_751_328_000_000;
    let before = sample["history"].as_array().unwrap().iter().filter(|basket| basket["at"].as_i64().unwrap() < until).count();
    assert_eq!(cut["history"].as_array().unwrap().len(), before);
}

#[test]
fn what_is_wrong_with_the_input_is_said() {
    let (orders, products) = (orders(), format!("{SAMPLE}/products.csv"));
    let refused = |arguments: &[&str]| {
        let output = regulars(arguments);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let out = scratch("refused");
    let out = out.to_str().unwrap();
    let train = |more: &[&str]| refused(&[&["train", "--orders", &orders, "--products", &products, "--output", out], more].concat());
    assert!(train(&["--order-column", "member=customer"]).contains("orders.csv: no column for `member`"));
    assert!(train(&["--order-column", "quantity=store"]).contains("row 1, column `quantity`"));
    assert!(train(&["--where", "colour = 'red'"]).contains("--where"));
    assert!(train(&["--where", "category = 'books'"]).contains("no products"));
    assert!(train(&["--order-column", "id=store"]).contains("do both write ids alike?"));
    assert!(train(&["--order-column", "paid=NULL"]).contains("no prices"));
    let member = ["member", "--orders", &orders, "--products", &products, "--member", "nobody"];
    assert!(refused(&member).contains("member `nobody` has no orders"));
}
