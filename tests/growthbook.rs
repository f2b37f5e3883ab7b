//! GrowthBook's conformance suite, every section.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use regulars::domain::{Value, from_value};
use regulars::experiments::{
    ChangePolicy, Context, Experiment, Features, Overrides, Range, StickyBuckets, StickyDocument, bucket_ranges, choose_variation, decrypt,
    equal_weights, hash, in_namespace, query_override,
};
use regulars::rules::{AttributeTable, Attributes, Condition, NativeRegex, RuleContext, SavedGroups};
use serde_json::{Value as Json, json};

/// A case passes where what was found equals what was expected.
type Check = fn(&[Json]) -> (Json, Json);

fn value(json: &Json) -> Value {
    serde_json::from_value(json.clone()).unwrap()
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

fn number(json: &Json) -> f64 {
    json.as_f64().unwrap()
}

fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().map(|list| list.iter().map(number).collect()).unwrap_or_default()
}

fn range(json: &Json) -> Range {
    Range { start: number(&json[0]), end: number(&json[1]) }
}

/// Rounded down to eight places, as the suite writes numbers.
fn rounded(number: f64) -> f64 {
    (number * 1e8).floor() / 1e8
}

fn eval_condition(case: &[Json]) -> (Json, Json) {
    let groups = SavedGroups::compile(&case.get(4).map(value).unwrap_or_default());
    let mut table = AttributeTable::default();
    let condition = Condition::compile(&value(&case[1]), &mut table, &RuleContext::new(&NativeRegex).with_groups(&groups));
    let attributes = value(&case[2]);
    let mut source = Attributes::default();
    source.bind(&table, "", &attributes);
    (condition.matches(&source).into(), case[3].clone())
}

fn hashes(case: &[Json]) -> (Json, Json) {
    (hash(text(&case[0]), text(&case[1]), number(&case[2])).into(), case[3].clone())
}

fn get_bucket_range(case: &[Json]) -> (Json, Json) {
    let weights = numbers(&case[1][2]);
    let weights = case[1][2].is_array().then_some(weights.as_slice());
    let ranges = bucket_ranges(number(&case[1][0]) as usize, number(&case[1][1]), weights);
    let rounded = |ranges: &[Range]| ranges.iter().map(|range| json!([rounded(range.start), rounded(range.end)])).collect::<Json>();
    (rounded(&ranges), rounded(&case[2].as_array().unwrap().iter().map(range).collect::<Vec<_>>()))
}

fn choose(case: &[Json]) -> (Json, Json) {
    let ranges: Vec<Range> = case[2].as_array().unwrap().iter().map(range).collect();
    (choose_variation(number(&case[1]), &ranges).map_or(-1, |arm| arm as i64).into(), case[3].clone())
}

fn get_query_string_override(case: &[Json]) -> (Json, Json) {
    (query_override(text(&case[1]), text(&case[2]), number(&case[3]) as usize).into(), case[4].clone())
}

fn namespaces(case: &[Json]) -> (Json, Json) {
    let range = Range { start: number(&case[2][1]), end: number(&case[2][2]) };
    (in_namespace(text(&case[1]), text(&case[2][0]), range).into(), case[3].clone())
}

fn get_equal_weights(case: &[Json]) -> (Json, Json) {
    let found = equal_weights(usize::try_from(case[0].as_i64().unwrap()).unwrap_or(0));
    let rounded = |weights: &[f64]| weights.iter().map(|weight| rounded(*weight)).collect::<Json>();
    (rounded(&found), rounded(&numbers(&case[1])))
}

fn decryption(case: &[Json]) -> (Json, Json) {
    (decrypt(text(&case[1]), text(&case[2])).into(), case[3].clone())
}

/// What the suite calls a context.
struct Subject {
    features: Features,
    table: AttributeTable,
    attributes: Value,
    overrides: Overrides,
    wire: Json,
}

impl Subject {
    fn new(wire: &Json) -> Self {
        let mut table = AttributeTable::default();
        let (features, warnings) = Features::compile(&value(wire), &mut table, &NativeRegex);
        let malformed = warnings.iter().filter(|warning| warning.code.starts_with("malformed"));
        assert_eq!(malformed.count(), 0, "{wire}");
        let forced = wire["forcedVariations"].as_object().cloned().unwrap_or_default();
        let overrides = Overrides {
            variations: forced.iter().map(|(key, arm)| (key.clone(), arm.as_i64().unwrap())).collect(),
            ..Overrides::default()
        };
        Subject { features, table, attributes: value(&wire["attributes"]), overrides, wire: wire.clone() }
    }

    fn with<R>(&self, sticky: Option<&StickyBuckets>, evaluate: impl FnOnce(&Context<'_>) -> R) -> R {
        let mut attributes = Attributes::default();
        attributes.bind(&self.table, "", &self.attributes);
        evaluate(&Context {
            url: self.wire["url"].as_str().unwrap_or_default(),
            enabled: self.wire["enabled"].as_bool().unwrap_or(true),
            qa_mode: self.wire["qaMode"].as_bool().unwrap_or(false),
            overrides: Some(&self.overrides),
            sticky,
            ..Context::new(&attributes)
        })
    }
}

fn feature(case: &[Json]) -> (Json, Json) {
    let subject = Subject::new(&case[1]);
    let found = subject.with(None, |context| json!(subject.features.evaluate(context).feature(text(&case[2]))));
    (found, case[3].clone())
}

fn run(case: &[Json]) -> (Json, Json) {
    let mut subject = Subject::new(&case[1]);
    let rules = subject.features.rules(&NativeRegex);
    let (experiment, warnings) = Experiment::compile(&value(&case[2]), &mut subject.table, rules).unwrap();
    assert!(warnings.is_empty());
    let found = subject.with(None, |context| {
        let mut evaluation = subject.features.evaluate(context);
        let result = evaluation.experiment(&experiment);
        let found = json!([result.value, result.in_experiment, result.hash_used]);
        let exposures = evaluation.finish().exposures.len();
        assert_eq!(exposures, usize::from(found[1] == true && found[2] == true), "exposed when in the experiment by chance");
        found
    });
    (found, case[3..].iter().cloned().collect())
}

fn sticky_bucket(case: &[Json]) -> (Json, Json) {
    let subject = Subject::new(&case[1]);
    let documents = case[2].as_array().unwrap().iter().map(|document| from_value::<StickyDocument>(&value(document)).unwrap());
    let found = subject.with(None, |context| {
        let keys = subject.features.sticky_keys(context.attributes);
        let mut loaded: StickyBuckets = documents.filter(|document| keys.contains(&document.key())).collect();
        let before = loaded.clone();
        let context = Context { sticky: Some(&before), ..*context };
        let mut evaluation = subject.features.evaluate(&context);
        let result = json!(evaluation.feature(text(&case[3])).experiment_result);
        evaluation.finish().sticky.into_iter().for_each(|document| loaded.insert(document));
        json!([result, loaded])
    });
    (found, json!([case[4], case[5]]))
}

fn url_redirect(case: &[Json]) -> (Json, Json) {
    let subject = Subject::new(&case[1]);
    let found = subject.with(None, |context| {
        let all = subject.features.evaluate(context).automatic(&ChangePolicy::default());
        let redirect = |found: &regulars::experiments::Automatic<'_>| {
            let target = found.result.value.get("urlRedirect").and_then(Value::as_str);
            json!({"inExperiment": found.result.in_experiment, "urlRedirect": target, "urlWithParams": found.redirect})
        };
        all.iter().filter(|found| found.result.in_experiment).map(redirect).collect()
    });
    (found, case[2].clone())
}

/// Numbers as doubles: `1` and `1.0` are one number in JSON.
fn plain(json: &Json) -> Value {
    fn sorted(value: Value) -> Value {
        match value {
            Value::Object(mut entries) => {
                entries.sort_by(|left, right| left.0.cmp(&right.0));
                Value::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect())
            }
            Value::Array(elements) => Value::Array(elements.into_iter().map(sorted).collect()),
            scalar => scalar,
        }
    }
    sorted(value(json))
}

const SECTIONS: [(&str, usize, Check); 13] = [
    ("evalCondition", 248, eval_condition),
    ("hash", 15, hashes),
    ("getBucketRange", 13, get_bucket_range),
    ("chooseVariation", 13, choose),
    ("getQueryStringOverride", 16, get_query_string_override),
    ("inNamespace", 16, namespaces),
    ("getEqualWeights", 6, get_equal_weights),
    ("feature", 55, feature),
    ("contextualBandit", 35, feature),
    ("run", 73, run),
    ("decrypt", 10, decryption),
    ("stickyBucket", 13, sticky_bucket),
    ("urlRedirect", 4, url_redirect),
];

#[test]
fn all_sections_pass() {
    let suite: Json = serde_json::from_str(include_str!("vectors/experiments/growthbook_cases.json")).unwrap();
    let mut failed = Vec::new();
    let mut total = 0;
    println!("{:<24}{:>8}{:>8}", "section", "cases", "passed");
    for (section, count, check) in SECTIONS {
        let cases = suite[section].as_array().unwrap();
        assert_eq!(cases.len(), count, "{section}");
        let before = failed.len();
        for case in cases {
            let (found, expected) = check(case.as_array().unwrap());
            if plain(&found) != plain(&expected) {
                failed.push(format!("{section}: {}\n  found    {found}\n  expected {expected}", case[0]));
            }
        }
        total += count;
        println!("{section:<24}{count:>8}{:>8}", count + before - failed.len());
    }
    println!("{:<24}{total:>8}{:>8}", "all", total - failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(total, 517);
}

/// Operators that GrowthBook's Rust SDK has and the others lack.
#[test]
fn further_conditions_of_the_rust_sdk_pass() {
    let suite: Json = serde_json::from_str(include_str!("vectors/experiments/growthbook_rust_cases.json")).unwrap();
    let cases = suite["evalCondition"].as_array().unwrap();
    let passes = |case: &&Json| {
        let (found, expected) = eval_condition(case.as_array().unwrap());
        found == expected
    };
    println!("{:<24}{:>8}{:>8}", "evalCondition, Rust SDK", cases.len(), cases.iter().filter(passes).count());
    assert_eq!((cases.len(), cases.iter().filter(passes).count()), (11, 11));
}
