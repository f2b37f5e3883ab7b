//! Cases, and figures as they are written.

use std::path::Path;

use serde_json::Value;

/// One case of a file.
#[derive(Clone)]
pub struct Case {
    /// The file's name.
    pub file: String,
    pub id: String,
    /// The file's `format`.
    pub format: String,
    pub body: Value,
}

/// How the engine's answer compares with a case.
pub enum Outcome {
    Agree,
    Differ(String),
    NotRepresentable(String),
}

impl Outcome {
    pub fn not_representable(why: &str) -> Self {
        Outcome::NotRepresentable(why.into())
    }
}

/// What keeps an adapter from running a case: something it has no meaning for.
pub struct Unknown(pub String);

/// `Unknown` with what was met.
pub fn unknown<T>(what: &str, met: impl std::fmt::Display) -> Result<T, Unknown> {
    Err(Unknown(format!("{what} `{met}`")))
}

impl From<Result<Vec<String>, Unknown>> for Outcome {
    /// Differences found, or what has no meaning.
    fn from(result: Result<Vec<String>, Unknown>) -> Self {
        match result {
            Ok(differences) if differences.is_empty() => Outcome::Agree,
            Ok(differences) => Outcome::Differ(differences.join("; ")),
            Err(Unknown(what)) => Outcome::NotRepresentable(what),
        }
    }
}

/// All cases of all JSON files in `folder`, by file name.
pub fn read(folder: &Path) -> Vec<Case> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let list = document["cases"].as_array().or_else(|| document.as_array()).cloned().unwrap_or_default();
        for body in list {
            let id = body["id"].as_str().unwrap_or("?").to_string();
            let format = document["format"].as_str().or_else(|| body["format"].as_str()).unwrap_or_default().to_string();
            let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            cases.push(Case { file, id, format, body });
        }
    }
    cases
}

/// The figure in a number or a text.
pub fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A figure in units of which `scale` make one, to the nearest.
pub fn scaled(value: &Value, scale: i64) -> Option<i64> {
    number(value).map(|number| (number * scale as f64).round() as i64)
}

/// Compares a figure of the engine's, in units of which `scale` make one, with one that is written: within two units.
pub fn compare(name: &str, found: i64, scale: i64, expected: &Value, differences: &mut Vec<String>) {
    match number(expected) {
        Some(number) if (found as f64 - number * scale as f64).abs() <= if scale > 100 { 2.0 } else { 1e-6 } => {}
        _ => differences.push(format!("{name} is {}, expected {expected}", found as f64 / scale as f64)),
    }
}

/// Fails at the first key of `value` that is none of `known`: what an adapter does not read must not count for nothing.
pub fn only(what: &str, value: &Value, known: &[&str]) -> Result<(), Unknown> {
    match entries(value).find(|(key, _)| !known.contains(key)) {
        Some((key, _)) => unknown(what, key),
        None => Ok(()),
    }
}

/// Whether an expectation only tells why.
pub fn is_remark(key: &str) -> bool {
    matches!(key, "note" | "because" | "comment" | "why")
}

/// Whether an expectation names an answer that is wrong; then `found` must be another.
pub fn is_wrong_answer(key: &str, found: i64, scale: i64, named: &Value, differences: &mut Vec<String>) -> bool {
    if !key.starts_with("wrong") {
        return false;
    }
    let mut same = Vec::new();
    compare(key, found, scale, named, &mut same);
    if same.is_empty() {
        differences.push(format!("{key} {named} is given"));
    }
    true
}

/// The list under a key; empty where there is none.
pub fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Keys and values; none where it is no object.
pub fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}
