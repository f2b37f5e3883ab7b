//! `regulars fairness`: what undeclared traits change, on the command line. Needs the feature `cli`.
#![cfg(feature = "cli")]
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may panic

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// Whether the command succeeded, and what it printed.
fn fairness(vary: &Value) -> (bool, Value, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fairness");
    fs::create_dir_all(&folder).unwrap();
    let catalog = json!({
        "format": 1, "id": "s", "shop": "test", "version": 1, "issuedAt": 0, "currency": {"code": "CNY", "minorUnits": 2},
        "zone": {"name": "UTC", "offsets": []}, "locales": ["en"], "items": [{"id": "milk", "price": 1000}],
        "offers": [
            {"id": "student", "when": {"member.student": true}, "effects": [{"kind": "percent", "percent": 10}]},
            {"id": "all", "thresholds": [{"amount": 1500}], "effects": [{"kind": "amount", "amount": 100, "on": "order"}]},
        ],
    });
    let [catalog, member] =
        [("catalog.json", catalog), ("member.json", json!({"id": "m", "attributes": {"age": 30}}))].map(|(name, content)| {
            // Each call by a name of its own: tests run side by side.
            let path = folder.join(format!("{:?}-{name}", std::thread::current().id()));
            fs::write(&path, content.to_string()).unwrap();
            path
        });
    let request = json!({"lines": [{"item": "milk", "quantity": 2}]}).to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_regulars"))
        .arg("fairness")
        .args([&catalog, Path::new("--member"), &member, Path::new("--request"), Path::new(&request)])
        .args(["--vary", &vary.to_string()])
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.success(), answer["answer"].clone(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn traits_that_no_rule_reads_change_no_price() {
    let (succeeded, answer, _) = fairness(&json!([{"age": 70, "phone": "dear", "income": "high"}, {}]));
    assert!(succeeded);
    assert_eq!(answer, json!({"equal": true, "differences": []}));
}

#[test]
fn a_difference_names_its_published_rule_and_fails_the_command() {
    let (succeeded, answer, said) = fairness(&json!([{"student": true}]));
    assert!(!succeeded && said.contains("change the price"), "{said}");
    assert_eq!(answer["equal"], false);
    let named = &answer["differences"][1];
    assert_eq!(
        (&named["code"], &named["facts"]["offer"], &named["facts"]["attribute"]),
        (&json!("offer-differs"), &json!("student"), &json!("member.student"))
    );
    assert_eq!(answer["differences"][0]["facts"], json!({"variation": 0, "total": 1900, "otherwise": 1700}));
}
