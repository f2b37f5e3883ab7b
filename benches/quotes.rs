//! How long quotes take over generated hard cases, and what share is proved best.
//!
//! `cargo bench --bench quotes --features json` prints, for each family of cases, the median, the 99th percentile and the
//! longest quote; the share proved; the median, the 90th percentile and the largest gap, in percent of the goods; what is
//! saved, in percent of the goods, on average; and how many nudges a quote has, with how long it takes with them. Times are
//! the processor's, which other work on the machine does not lengthen.
//! `-- budget=5000` looks at so many combinations instead of the engine's own choice, `only=sets` at one family,
//! `cases=50` at so many carts of each.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::rc::Rc;

use regulars::domain::{Value as Facts, from_value};
use regulars::engine::{CatalogSource, Engine, QuoteRequest};
use regulars::rules::NativeRegex;
use serde_json::{Value, json};

const NOW: i64 = 1_781_092_800_000;
const CASES: u64 = 300;

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn within(&mut self, from: u64, until: u64) -> u64 {
        from + self.below(until - from)
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }
}

fn effect(numbers: &mut Numbers, sets: bool) -> Value {
    let goods = match numbers.below(3) {
        0 => Value::Null,
        1 => json!({"item.category": format!("c{}", numbers.below(6))}),
        _ => json!({"item.brand": format!("b{}", numbers.below(10))}),
    };
    let on = numbers.one_of(&["lines", "order", "order"]);
    match numbers.below(if sets { 9 } else { 6 }) {
        0 | 1 => json!({"kind": "percent", "percent": numbers.within(5, 40), "on": on, "where": goods}),
        2 => json!({"kind": "amount", "amount": numbers.within(100, 4000), "on": "order", "where": goods}),
        3 => json!({"kind": "percent", "percent": numbers.within(10, 60), "cap": numbers.within(300, 5000), "on": on, "where": goods}),
        4 => {
            json!({"kind": "each-full", "full": numbers.within(3000, 20_000), "amount": numbers.within(200, 2000), "on": "order", "where": goods})
        }
        5 => json!({"kind": "ladder", "on": "order", "where": goods, "steps": [
            {"from": numbers.within(2000, 9000), "percent": numbers.within(3, 10)}, {"from": numbers.within(9000, 40_000), "percent": numbers.within(10, 25)}]}),
        6 => json!({"kind": "buy-get", "buy": {"quantity": numbers.within(1, 4)}, "get": {"quantity": 1}, "where": goods}),
        7 => json!({"kind": "bundle", "sets": [{"quantity": numbers.within(2, 5)}], "percent": numbers.within(10, 50), "where": goods}),
        _ => json!({"kind": "nth-piece", "cycle": 2, "steps": [{"from": 2, "percent": 50}], "where": goods}),
    }
}

/// How the offers of a family exclude each other.
#[derive(Clone, Copy)]
enum Ties {
    /// Everything goes together.
    None,
    /// Coupons of which one applies, by shop; exclusive ones; thresholds on what is left.
    Groups,
    /// As `Groups`, with sets of pieces that contend for the same goods.
    Sets,
}

fn offers(numbers: &mut Numbers, count: u64, ties: Ties) -> Vec<Value> {
    let grouped = !matches!(ties, Ties::None);
    (0..count)
        .map(|place| {
            let threshold = grouped && numbers.below(2) == 0;
            let base = numbers.one_of(&["original", "running"]);
            let thresholds = if threshold { json!([{"amount": numbers.within(1000, 30_000), "base": base}]) } else { json!([]) };
            let group = if grouped && numbers.below(3) > 0 { json!(format!("g{}", numbers.below(6))) } else { Value::Null };
            json!({"id": format!("o{place:02}"), "group": group, "priority": numbers.below(5), "exclusive": grouped && numbers.below(12) == 0,
                "thresholds": thresholds, "effects": [effect(numbers, matches!(ties, Ties::Sets))]})
        })
        .collect()
}

fn value(json: &Value) -> Facts {
    serde_json::from_value(json.clone()).unwrap()
}

fn case(seed: u64, offers_count: u64, lines: u64, pieces: u64, ties: Ties, budget: Option<u32>) -> (Engine, QuoteRequest) {
    let mut numbers = Numbers(seed);
    let items: Vec<Value> = (0..lines)
        .map(|item| {
            json!({"id": format!("i{item:03}"), "price": numbers.within(50, 9000), "category": format!("c{}", numbers.below(6)), "brand": format!("b{}", numbers.below(10))})
        })
        .collect();
    let cart: Vec<Value> =
        (0..lines).map(|item| json!({"item": format!("i{item:03}"), "quantity": numbers.within(1, 2 * pieces / lines)})).collect();
    let groups: Vec<Value> = (0..6).map(|group| json!({"id": format!("g{group}"), "max": 1 + group % 2})).collect();
    let catalog = json!({
        "format": 1, "id": "case", "shop": "case", "version": 1, "issuedAt": 0,
        "currency": {"code": "CNY", "minorUnits": 2}, "zone": {"name": "UTC", "offsets": []}, "locales": ["en"], "items": items,
        "offers": offers(&mut numbers, offers_count, ties), "stacking": {"groups": groups, "searchBudget": budget},
    });
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    engine.load_catalog(CatalogSource::Json(&value(&catalog)), &[], NOW).unwrap();
    let request = json!({"lines": cart, "shipping": [{"method": "post", "price": 800}], "now": NOW});
    (engine, from_value(&value(&request)).unwrap())
}

/// Each quote so often, the fastest of which counts.
const TURNS: usize = 3;

/// Milliseconds of the processor that this thread has used so far. Linux tells: its clock stands still while others run.
fn processor_time() -> f64 {
    // The system brings its count up to date when a thread gives way.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).map_or(f64::NAN, |time| time / 1e6)
}

/// A value of sorted numbers.
fn at(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

fn timed(engine: &Engine, request: &QuoteRequest) -> (regulars::offers::Quote, f64) {
    let mut fastest = f64::INFINITY;
    let mut answer = None;
    for _ in 0..TURNS {
        let start = processor_time();
        answer = Some(engine.quote(request, NOW).unwrap());
        fastest = fastest.min(processor_time() - start);
    }
    (answer.unwrap(), fastest)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |name: &str| arguments.iter().find_map(|argument| argument.strip_prefix(name));
    let budget = given("budget=").and_then(|number| number.parse::<u32>().ok());
    let cases = given("cases=").and_then(|number| number.parse::<u64>().ok()).unwrap_or(CASES);
    let only = given("only=").unwrap_or("");
    println!(
        "{:34} {:>7} {:>7} {:>7} {:>8} {:>7} {:>7} {:>7} {:>8} {:>8} {:>7} {:>7} {:>7}",
        "cases",
        "p50 ms",
        "p99 ms",
        "max ms",
        "proved %",
        "p50 gap",
        "p90 gap",
        "max gap",
        "saved %",
        "nudges",
        "p50 ms",
        "p99 ms",
        "max ms"
    );
    let families: [(&str, u64, u64, u64, Ties); 6] = [
        ("5 offers, 5 lines", 5, 5, 15, Ties::Groups),
        ("28 offers, 20 lines", 28, 20, 60, Ties::Groups),
        ("30 offers, 50 lines, no ties", 30, 50, 150, Ties::None),
        ("30 offers, 50 lines, groups", 30, 50, 150, Ties::Groups),
        ("30 offers, 50 lines, sets", 30, 50, 150, Ties::Sets),
        ("30 offers, 30 lines, 6000 pieces", 30, 30, 6000, Ties::Sets),
    ];
    for (name, offers, lines, pieces, ties) in families.into_iter().filter(|(name, ..)| name.contains(only)) {
        let (mut times, mut nudged, mut gaps) = (Vec::new(), Vec::new(), Vec::new());
        let (mut proved, mut nudges, mut saved) = (0, 0, 0.0);
        for seed in 0..cases {
            let (engine, request) = case(seed, offers, lines, pieces, ties, budget);
            let (quote, time) = timed(&engine, &QuoteRequest { nudges: Some(0), ..request.clone() });
            times.push(time);
            let (with_nudges, time) = timed(&engine, &request);
            nudged.push(time);
            proved += u64::from(quote.optimal);
            nudges += with_nudges.nudges.len();
            gaps.push(quote.gap as f64 / quote.subtotal as f64 * 100.0);
            saved += quote.discount_total as f64 / quote.subtotal as f64;
        }
        println!(
            "{name:34} {:7.3} {:7.3} {:7.3} {:8.1} {:7.2} {:7.2} {:7.2} {:8.3} {:8.2} {:7.3} {:7.3} {:7.3}",
            at(&mut times, 0.5),
            at(&mut times, 0.99),
            at(&mut times, 1.0),
            proved as f64 / cases as f64 * 100.0,
            at(&mut gaps, 0.5),
            at(&mut gaps, 0.9),
            at(&mut gaps, 1.0),
            saved / cases as f64 * 100.0,
            nudges as f64 / cases as f64,
            at(&mut nudged, 0.5),
            at(&mut nudged, 0.99),
            at(&mut nudged, 1.0),
        );
    }
}
