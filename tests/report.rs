//! `regulars report` from files of events to JSON and a page. Needs the feature `train` and DuckDB's library.
#![cfg(feature = "train")]
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value as Json;

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("regulars-report-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn run(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_regulars")).arg("report").args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn report(arguments: &[&str]) -> Json {
    let (ok, text, error) = run(arguments);
    assert!(ok, "{error}");
    serde_json::from_str(&text).unwrap()
}

fn written(name: &str, content: &str) -> String {
    let path = scratch(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn what_is_missing_is_said() {
    for (name, content, said) in [
        ("empty.csv", "unit,at,type,experiment,variation\na,1,view,,\n", "no exposure"),
        ("missing.csv", "unit,at,type\na,1,view\n", "no column for `experiment`"),
        ("words.docx", "", "neither JSON lines, CSV nor Parquet"),
    ] {
        let (ok, _, error) = run(&[&written(name, content)]);
        assert!(!ok && error.contains(said), "{name}: {error}");
    }
    assert!(!run(&["nowhere.jsonl"]).0);
    assert!(!run(&[]).0);
}

/// Six units by hand: who counts, in which arm, from when on.
#[test]
fn units_are_measured_from_their_first_exposure_on() {
    let day = 86_400_000_i64;
    let mut lines = Vec::new();
    for (unit, arm) in [("a", 0), ("b", 0), ("c", 0), ("d", 1), ("e", 1), ("f", 1)] {
        lines.push(format!(r#"{{"unit": "{unit}", "type": "exposure", "at": {}, "experiment": "x", "variation": {arm}}}"#, 100 * day));
        // The same exposure again, later, changes nothing.
        lines.push(format!(r#"{{"unit": "{unit}", "type": "exposure", "at": {}, "experiment": "x", "variation": {arm}}}"#, 101 * day));
    }
    // Somebody in both arms doesn't count.
    lines.push(format!(r#"{{"unit": "g", "type": "exposure", "at": {}, "experiment": "x", "variation": 0}}"#, 100 * day));
    lines.push(format!(r#"{{"unit": "g", "type": "exposure", "at": {}, "experiment": "x", "variation": 1}}"#, 101 * day));
    let mut buys = |unit: &str, at: i64, order: &str, amount: i64| {
        lines.push(format!(r#"{{"unit": "{unit}", "type": "purchase", "at": {at}, "order": "{order}", "amount": {amount}}}"#));
    };
    buys("a", 99 * day, "before", 5000);
    buys("a", 102 * day, "o1", 1000);
    buys("d", 102 * day, "o2", 2000);
    buys("d", 103 * day, "o3", 500);
    buys("e", 104 * day, "o4", 700);
    buys("f", 140 * day, "late", 9999);
    buys("g", 102 * day, "o5", 1);
    let file = written("six.jsonl", &lines.join("\n"));
    let found = report(&[&file]);
    let experiment = &found["experiments"][0];
    assert_eq!(experiment["inSeveral"], 1);
    let arms = experiment["arms"].as_array().unwrap();
    assert_eq!((arms[0]["units"].as_i64(), arms[1]["units"].as_i64()), (Some(3), Some(3)));
    let mean = |arm: usize, measure: &str| {
        let place = found["measures"].as_array().unwrap().iter().position(|known| known["name"] == measure).unwrap();
        arms[arm]["means"][place]["mean"].as_f64().unwrap()
    };
    for (measure, control, treatment) in [
        ("conversion", 1.0 / 3.0, 2.0 / 3.0),
        ("orders", 1.0 / 3.0, 1.0),
        ("revenue", 1000.0 / 3.0, 3200.0 / 3.0),
        ("repurchase", 0.0, 1.0 / 3.0),
    ] {
        assert!((mean(0, measure) - control).abs() < 1e-9 && (mean(1, measure) - treatment).abs() < 1e-9, "{measure}");
    }
}

#[test]
fn csv_parquet_and_batches_say_the_same_as_lines() {
    let sample = scratch("sample.jsonl");
    let sample = sample.to_str().unwrap();
    assert!(run(&["--sample", sample]).0);
    let lines = fs::read_to_string(sample).unwrap();
    let batches: String = lines
        .lines()
        .collect::<Vec<_>>()
        .chunks(100)
        .enumerate()
        .map(|(number, events)| format!("{{\"id\": \"b-{number}\", \"dropped\": 0, \"events\": [{}]}}\n", events.join(",")))
        .collect();
    let found = report(&[sample, "--segment", "device=device"]);
    let batched = report(&[&written("batches.jsonl", &batches), "--segment", "device=device"]);
    assert_eq!(found["experiments"], batched["experiments"]);
    let experiment = &found["experiments"][0];
    let units: i64 = experiment["arms"].as_array().unwrap().iter().map(|arm| arm["units"].as_i64().unwrap()).sum();
    assert_eq!(units, 8_000);
    assert_eq!(experiment["sampleRatio"]["isMismatch"], false);
    let effect =
        |measure: &str| experiment["effects"].as_array().unwrap().iter().find(|effect| effect["measure"] == measure).unwrap().clone();
    let conversion = effect("conversion");
    assert!(conversion["relative"]["low"].as_f64().unwrap() > 0.0, "{conversion}");
    assert!(conversion["chanceToWin"].as_f64().unwrap() > 0.99);
    let wide = |estimate: &Json| estimate["high"].as_f64().unwrap() - estimate["low"].as_f64().unwrap();
    assert!(wide(&conversion["sequential"]) > wide(&conversion["relative"]));
    let revenue = effect("revenue");
    let reduction = revenue["cuped"]["varianceReduction"].as_f64().unwrap();
    assert!((0.01..0.9).contains(&reduction), "{reduction}");
    assert_eq!(effect("dismissals")["guardrail"], true);
    assert_eq!(effect("dismissals")["verdict"], "worse");
    let segments = experiment["segments"].as_array().unwrap();
    assert!(segments.iter().any(|row| row["value"] == "phone") && segments.iter().all(|row| row["adjustedPValue"].is_f64()));
}

#[test]
fn the_page_needs_no_network_and_no_script() {
    let sample = scratch("page.jsonl");
    let page = scratch("page.html");
    assert!(run(&["--sample", sample.to_str().unwrap(), "--seed", "7"]).0);
    let (ok, _, error) = run(&[sample.to_str().unwrap(), "-o", page.to_str().unwrap(), "--title", "<Tests & more>"]);
    assert!(ok, "{error}");
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains("&lt;Tests &amp; more&gt;") && html.matches("<svg").count() >= 4);
    for outside in ["<script", "src=", "href=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(!html.contains("NaN") && html.contains(r#"<html lang="en">"#) && html.contains("Units came to the arms"));
    let (ok, _, error) = run(&[sample.to_str().unwrap(), "-o", page.to_str().unwrap(), "--locale", "zh-CN"]);
    assert!(ok, "{error}");
    let html = fs::read_to_string(page).unwrap();
    assert!(html.contains(r#"<html lang="zh-CN">"#) && html.contains("<title>实验报告</title>"));
    for said in ["各组人数与计划比例相符", "复购率", "核销率", "留存率", "分享推荐率", "护栏指标", "更优概率", "这些数字是怎么算的"]
    {
        assert!(html.contains(said), "{said}");
    }
    for english in ["Units", "Effect", "Arm", "Guardrail", " to ", "look"] {
        assert!(!html.contains(english), "{english}");
    }
}

/// 1,000 experiments with a known truth: what is stated holds.
#[test]
fn intervals_cover_at_the_stated_rate() {
    let (ok, text, error) = run(&["--simulate", "1000"]);
    assert!(ok, "{error}");
    println!("{text}");
    let rate = |name: &str| -> f64 {
        let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().last().unwrap().parse().unwrap()
    };
    // 0.95, and four standard errors over 1,000 experiments.
    for name in ["Welch, absolute", "Welch, relative", "CUPED, theta"] {
        assert!((0.922..=0.978).contains(&rate(name)), "{name}: {}", rate(name));
    }
    assert!(rate("confidence sequence, at the end") >= 0.922 && rate("confidence sequence, at all") >= 0.922);
    assert!(rate("mixture sequential") <= 0.078);
    assert!(rate("Welch, which does not allow looking") > 0.12);
    assert!(rate("sample ratio mismatch") <= 0.005);
}
