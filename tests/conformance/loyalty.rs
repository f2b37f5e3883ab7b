//! Rules of points and tiers (`loyalty-cases/1`): a programme and a member made of each case, and what the membership says.

use std::rc::Rc;

use jiff::civil::Date;
use regulars::domain::{DAY, Value as Facts, date_of, day_number, from_value};
use regulars::engine::{CatalogSource, Engine, Membership};
use regulars::rules::NativeRegex;
use serde_json::{Value, json};

use crate::case::{Case, Outcome, Unknown, entries, is_remark, list, number, only, unknown};

/// The year of dates that are written without one.
const YEAR: i16 = 2026;

pub fn is_one(case: &Case) -> bool {
    case.format.starts_with("loyalty-cases/")
}

pub fn run(case: &Case) -> Outcome {
    let (input, expected) = (&case.body["input"], &case.body["expected"]);
    match case.body["kind"].as_str().unwrap_or_default() {
        "redeem_order" => redeem_order(input, expected),
        "reinstatement_window" => reinstatement(input, expected),
        "fifo_lots" => lots(input, expected),
        "double_deduction_trap" => deduction(input, expected),
        "earned_points_on_refund" => refund(input, expected),
        kind if kind.starts_with("period_tier_") => period_tier(kind, input, expected),
        kind if kind.starts_with("expiry_") || kind == "transfer_resets_expiry" => expiry(kind, input, expected),
        other => unknown("kind", other),
    }
    .into()
}

type Differences = Result<Vec<String>, Unknown>;

/// Where a member stands under a programme, on a day (UTC).
fn membership(programme: &Value, member: &Value, at: i64) -> Membership {
    let catalog =
        json!({"format": 1, "id": "case", "version": 1, "issuedAt": 0, "currency": {"code": "XXX"}, "items": [], "programme": programme});
    let value = |json: Value| -> Facts { serde_json::from_value(json).unwrap() };
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    let info = engine.load_catalog(CatalogSource::Json(&value(catalog)), &[], 0).unwrap();
    assert!(info.warnings.iter().all(|warning| warning.code == "signature-not-checked"), "{:?}", info.warnings);
    engine.load_member(&value(member.clone()), 0).unwrap();
    engine.membership(&from_value(&value(json!({"horizonDays": 1000}))).unwrap(), at).unwrap()
}

fn programme(points: Value) -> Value {
    json!({"id": "case", "points": points})
}

fn wallet(expiry: Value) -> Value {
    json!({"wallets": [{"id": "points", "expiry": expiry}]})
}

fn movement(id: &str, at: i64, kind: &str, amount: i64, source: &str) -> Value {
    json!({"id": id, "at": at, "kind": kind, "amount": amount, "source": source})
}

/// `2020-07-06`, or `--01-25` of a year.
fn day(text: &Value) -> Result<i64, Unknown> {
    let written = text.as_str().unwrap_or_default();
    let whole = if let Some(rest) = written.strip_prefix("--") { format!("{YEAR}-{rest}") } else { written.to_string() };
    whole.parse::<Date>().map(|date| day_number(date) * DAY).or_else(|_| unknown("day", text))
}

/// A day, or of a month that is named (`January`, `--01`) the first, the middle and the last: all must do.
fn days(text: &Value) -> Result<Vec<i64>, Unknown> {
    let written = text.as_str().unwrap_or_default();
    let names = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    let numbered = written.strip_prefix("--").filter(|rest| rest.len() == 2).and_then(|month| month.parse::<usize>().ok());
    let month = numbered.or_else(|| names.iter().position(|name| written.ends_with(name)).map(|place| place + 1));
    let Some(first) = month.and_then(|month| Date::new(YEAR, i8::try_from(month).ok()?, 1).ok()) else { return Ok(vec![day(text)?]) };
    Ok([first, first.with().day(15).build().unwrap(), first.last_of_month()].map(|date| day_number(date) * DAY).to_vec())
}

/// How a day is written: with its year where the expected one has it.
fn written(at: i64, like: &Value) -> String {
    let date = date_of(at.div_euclid(DAY));
    if like.as_str().is_some_and(|like| like.starts_with("--")) {
        format!("--{:02}-{:02}", date.month(), date.day())
    } else {
        date.to_string()
    }
}

fn same(name: &str, found: String, expected: &Value, differences: &mut Vec<String>) {
    if expected.as_str() != Some(&found) {
        differences.push(format!("{name} is {found}, expected {expected}"));
    }
}

fn months(input: &Value) -> Result<i64, Unknown> {
    let duration = input["duration"].as_str().and_then(|text| text.strip_prefix('P')?.strip_suffix('M')?.parse().ok());
    input["months"].as_i64().or(duration).map_or_else(|| unknown("length", input), Ok)
}

/// Where the end is moved up to, by what the case says: `each month`, `end of the quarter`.
const ROUND_UP: [&str; 5] = ["round_up", "round_up_to", "round_up_till", "rounded_up_to", "rounding"];

fn expiry(kind: &str, input: &Value, expected: &Value) -> Differences {
    let read = ["day", "transferred", "earned", "months", "duration", "days"];
    only("input", input, &[&read[..], &ROUND_UP[..]].concat())?;
    let mut rule = json!({"kind": "rolling"});
    let (came, movement_kind) = match kind {
        "expiry_fixed_day_each_year" => (vec![day(&json!("--06-15"))?], "earn"),
        "transfer_resets_expiry" => (days(&input["transferred"])?, "transfer-in"),
        kind if kind.starts_with("expiry_months") || kind.starts_with("expiry_days") => (days(&input["earned"])?, "earn"),
        other => return unknown("kind", other),
    };
    if kind == "expiry_fixed_day_each_year" {
        rule = json!({"kind": "fixed", "dates": [input["day"]]});
    } else if let Some(days) = input["days"].as_i64() {
        rule["days"] = json!(days);
    } else {
        rule["months"] = json!(months(input)?);
    }
    let stated = ROUND_UP.iter().find_map(|key| input[*key].as_str());
    if let Some(end) = stated.or_else(|| kind.split_once("end_of_").map(|(_, end)| end)) {
        let period = ["month", "quarter", "half", "year"].into_iter().find(|period| end.contains(period));
        let Some(period) = period else { return unknown("end", end) };
        rule["roundUp"] = json!(format!("{period}-end"));
    }
    let mut differences = Vec::new();
    for came in came {
        let at = came + DAY / 2;
        let ledger = [movement("a", at, movement_kind, 10, "o")];
        let answer = membership(&programme(wallet(rule.clone())), &json!({"id": "m", "ledger": ledger}), at);
        let end = answer.points.lots.first().and_then(|lot| lot.expires_at).unwrap_or(i64::MAX - 1);
        for (key, wanted) in entries(expected) {
            match key {
                "last_usable_day" | "last_day" => same(key, written(end - 1, wanted), wanted, &mut differences),
                "expires_on" => same(key, written(end, wanted), wanted, &mut differences),
                other if is_remark(other) => {}
                other => return unknown("expectation", other),
            }
        }
    }
    Ok(differences)
}

fn redeem_order(input: &Value, expected: &Value) -> Differences {
    if input["rule"] != "spend" {
        return unknown("rule", &input["rule"]);
    }
    let lot =
        |id: &str, at: i64, amount: i64, end: i64| json!({"id": id, "at": at, "kind": "earn", "amount": amount, "expiresAt": end * DAY});
    let ledger = json!([lot("late", 0, 10, 90), lot("soon", 1, 10, 30), movement("s", 2, "spend", 10, "o")]);
    let answer = membership(&programme(wallet(json!({}))), &json!({"id": "m", "ledger": ledger}), DAY);
    let left: Vec<_> = answer.points.lots.iter().map(|lot| lot.expires_at.unwrap_or(0) / DAY).collect();
    let order = if left == [90] { "shortest expiry first" } else { "another" };
    let mut differences = Vec::new();
    same("order", order.into(), &expected["order"], &mut differences);
    Ok(differences)
}

/// A tier reached in a calendar period: the day it begins, the last day it holds.
fn period_tier(kind: &str, input: &Value, expected: &Value) -> Differences {
    let named = |keys: &[&str]| keys.iter().map(|key| &input[*key]).find(|value| !value.is_null()).cloned().unwrap_or_default();
    let (reached, longer) = (["threshold_met", "reached", "granted"], ["extend_days", "extension_days", "grace_days", "extra_days"]);
    only("input", input, &[&reached[..], &longer[..], &["period", "extend_months", "extension_months"]].concat())?;
    let period = match input["period"].as_str() {
        Some("calendar month" | "month") => "calendar-month",
        Some("calendar quarter" | "quarter") => "calendar-quarter",
        Some("half year" | "half-year" | "calendar half year" | "calendar half-year") => "calendar-half",
        Some("calendar year" | "year") => "calendar-year",
        _ => return unknown("period", &input["period"]),
    };
    let rest = kind.trim_start_matches("period_tier_");
    let says = |words: &str| rest.contains(words);
    let known = [
        "start",
        "immediate",
        "next",
        "end_of",
        "period",
        "expiry",
        "expires",
        "valid",
        "until",
        "extend",
        "extension",
        "grace",
        "plus",
        "days",
        "qualification",
        "calendar",
        "month",
        "of",
        "with",
        "and",
        "end",
        "extended",
        "immediately",
        "starts",
        "by",
    ];
    if let Some(word) = rest.split('_').find(|word| !known.contains(word)) {
        return unknown("kind", format!("{kind}, which says {word}"));
    }
    let upgrade = if says("start_next") || says("starts_next") { "next-period" } else { "at-once" };
    // Into the next period by what was done in the one before it, or only as long as this period's own deeds suffice.
    let validity = if says("start") || says("end_of_next") || says("next_period_end") { "period-end" } else { "while-met" };
    let months = named(&["extend_months", "extension_months"]).as_i64().unwrap_or(0);
    let grace = json!({"days": named(&longer).as_i64().unwrap_or(0), "months": months});
    let met = day(&named(&reached))?;
    let tiers = json!({"id": "case", "tiers": [{"id": "base"}, {"id": "next", "criteria": {"metric": "spend", "atLeast": 100}}],
        "tierPolicy": {"period": {"kind": period}, "upgrade": upgrade, "validity": {"kind": validity}, "grace": grace}});
    let history = json!([{"id": "o", "at": met, "lines": [{"item": "i", "paid": 100}]}]);
    let member = json!({"id": "m", "joinedAt": met - 40 * DAY, "history": history});
    let holds = |day: &i64| membership(&tiers, &member, met + day * DAY + DAY / 2).tier.id == "next";
    let first = (0..400).find(holds);
    let last = first.and_then(|first| (first..first + 800).take_while(holds).last());
    let on = |days: Option<i64>, like: &Value| days.map_or("never".into(), |days| written(met + days * DAY, like));
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "starts" | "starts_on" | "first_day" | "valid_from" => same(key, on(first, wanted), wanted, &mut differences),
            "last_valid_day" | "last_day" | "valid_until" | "valid_through" | "until" | "ends" | "expires" => {
                same(key, on(last, wanted), wanted, &mut differences);
            }
            "expires_on" => same(key, on(last.map(|last| last + 1), wanted), wanted, &mut differences),
            other if is_remark(other) => {}
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

/// The earliest end of a lot whose points, spent before it and given back on the day, live again.
fn reinstatement(input: &Value, expected: &Value) -> Differences {
    let back = day(&input["reinstated_on"])?;
    let window = input["window_days"].as_i64().unwrap_or(0);
    let mut points = wallet(json!({}));
    points["reinstatementDays"] = json!(window);
    let lives = |ended: i64| {
        let lot = json!({"id": "a", "at": ended - 30 * DAY, "kind": "earn", "amount": 10, "expiresAt": ended});
        let ledger = json!([lot, movement("s", ended - DAY, "spend", 10, "o"), movement("r", back + DAY / 2, "refund", 10, "o")]);
        membership(&programme(points.clone()), &json!({"id": "m", "ledger": ledger}), back + DAY / 2).points.balance == 10
    };
    let earliest = (0..=400).map(|days| back - days * DAY).take_while(|ended| lives(*ended)).last();
    let wanted = &expected["eligible_if_expired_on_or_after"];
    let mut differences = Vec::new();
    same("eligible", earliest.map_or("never".into(), |ended| written(ended, wanted)), wanted, &mut differences);
    Ok(differences)
}

/// Two orders of which the first is used before the second, and nothing lives past the end.
fn lots(input: &Value, expected: &Value) -> Differences {
    let remaining: Vec<i64> =
        list(expected, "remaining_in_lots_before_expiry").iter().filter_map(|left| number(left).map(|left| left as i64)).collect();
    let claimed = 500;
    let days = input["expire_after_days"].as_i64().unwrap_or(0);
    let mut ledger: Vec<Value> = Vec::new();
    for (place, left) in remaining.iter().enumerate() {
        let earned = if place == 0 { left + claimed } else { *left };
        ledger.push(movement(&format!("e{place}"), place as i64, "earn", earned, "o"));
    }
    ledger.push(movement("s", DAY / 2, "spend", claimed, "r"));
    let rule = programme(wallet(json!({"kind": "rolling", "days": days, "roundUp": "exact"})));
    let member = json!({"id": "m", "ledger": ledger});
    let left: Vec<i64> = membership(&rule, &member, DAY).points.lots.iter().map(|lot| lot.amount).collect();
    let mut differences = Vec::new();
    if left != remaining {
        differences.push(format!("{left:?} are left in lots, expected {remaining:?}"));
    }
    for (key, wanted) in entries(expected).filter(|(key, _)| key.starts_with("balance_at_day_")) {
        let day: i64 = key.trim_start_matches("balance_at_day_").parse().unwrap_or(0);
        let balance = membership(&rule, &member, day * DAY).points.balance;
        if number(wanted) != Some(balance as f64) {
            differences.push(format!("{key} is {balance}, expected {wanted}"));
        }
    }
    Ok(differences)
}

/// `T+30` in days.
fn from_start(text: &str) -> i64 {
    text.trim_start_matches("T+").parse().unwrap_or(0)
}

fn deduction(input: &Value, expected: &Value) -> Differences {
    let mut ledger: Vec<Value> = Vec::new();
    for (place, lot) in list(input, "lots").iter().enumerate() {
        let end = from_start(lot["expires"].as_str().unwrap_or_default()) * DAY;
        ledger.push(json!({"id": format!("e{place}"), "at": 0, "kind": "earn", "amount": lot["points"], "expiresAt": end}));
    }
    for (key, spent) in entries(input) {
        if let Some(before) = key.strip_prefix("spent_before_") {
            ledger.push(movement(key, (from_start(before) - 1) * DAY, "spend", spent.as_i64().unwrap_or(0), "o"));
        }
    }
    let now = from_start(input["now"].as_str().unwrap_or_default()) * DAY;
    let balance = membership(&programme(wallet(json!({}))), &json!({"id": "m", "ledger": ledger}), now).points.balance;
    let mut differences = Vec::new();
    if expected["balance"].as_i64() != Some(balance) {
        differences.push(format!("the balance is {balance}, expected {}", expected["balance"]));
    }
    if expected["wrong_answer_without_lots"].as_i64() == Some(balance) {
        differences.push(format!("the wrong answer {balance}"));
    }
    Ok(differences)
}

/// Points of an order that is given back whole are taken back, however often that is done.
fn refund(input: &Value, expected: &Value) -> Differences {
    if input["refund"] != "full" {
        return unknown("refund", &input["refund"]);
    }
    let mut ledger: Vec<Value> = Vec::new();
    for time in 0..3_i64 {
        let order = format!("o{time}");
        ledger.push(movement(&format!("e{time}"), time * DAY, "earn", 70, &order));
        ledger.push(movement(&format!("r{time}"), time * DAY + 5, "revoke", 70, &order));
    }
    let answer = membership(&programme(wallet(json!({}))), &json!({"id": "m", "ledger": ledger}), 9 * DAY);
    let left = answer.points.balance + answer.points.pending;
    let wanted = expected["earned_points_after"].as_i64();
    Ok(if wanted == Some(left) { Vec::new() } else { vec![format!("{left} points are left, expected {wanted:?}")] })
}
