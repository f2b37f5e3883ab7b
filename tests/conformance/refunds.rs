//! Giving back a part of an order (`loyalty-cases/1`, kinds of refunds): what each line paid, and what is left.

use std::rc::Rc;

use regulars::domain::{FromValue, Value as Facts, from_value};
use regulars::engine::{CatalogSource, Engine};
use regulars::offers::{Quote, Refund};
use regulars::rules::NativeRegex;
use serde_json::{Value, json};

use crate::case::{Case, Outcome, Unknown, compare, entries, is_remark, is_wrong_answer, list, only, scaled, unknown};
use crate::shop::{NOW, saved};

pub fn is_one(case: &Case) -> bool {
    case.body["kind"].as_str().is_some_and(|kind| kind.starts_with("partial_refund_") || kind.starts_with("cancel_items_"))
}

pub fn run(case: &Case) -> Outcome {
    refund(&case.body["input"], &case.body["expected"]).into()
}

/// A shop with one offer on the order, and its answers.
struct Order {
    engine: Engine,
    order: Quote,
}

fn read<T: for<'v> FromValue<'v>>(json: &Value) -> T {
    from_value(&serde_json::from_value::<Facts>(json.clone()).unwrap()).unwrap()
}

/// Amounts with decimals are major units, counted in hundredths; the others as they are.
fn place_order(input: &Value, policy: &str) -> Order {
    let mut lines: Vec<(i64, i64)> = list(input, "lines").iter().map(|price| (scaled(price, 1).unwrap_or(0), 1)).collect();
    if let Some(unit) = scaled(&input["unit"], 1) {
        lines.push((unit, input["qty"].as_i64().unwrap_or(1)));
    }
    let effect = match (input["discount_percent"].as_f64(), scaled(&input["discount"], 1)) {
        (Some(percent), _) => json!({"kind": "percent", "on": "order", "percent": percent}),
        (None, amount) => json!({"kind": "amount", "on": "order", "amount": amount.unwrap_or(0)}),
    };
    let thresholds: Vec<Value> = scaled(&input["min_order"], 1).iter().map(|amount| json!({"amount": amount})).collect();
    let items: Vec<Value> =
        lines.iter().enumerate().map(|(place, (price, _))| json!({"id": format!("line {place}"), "price": price})).collect();
    let catalog = json!({
        "format": 1, "id": "case", "shop": "case", "version": 1, "issuedAt": 0,
        "currency": {"code": "XXX", "minorUnits": 2}, "zone": {"name": "UTC", "offsets": []}, "locales": ["en"], "items": items,
        "offers": [{"id": "offer", "thresholds": thresholds, "effects": [effect]}], "stacking": {"returns": policy},
    });
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    engine.load_catalog(CatalogSource::Json(&serde_json::from_value(catalog).unwrap()), &[], NOW).unwrap();
    let cart: Vec<Value> =
        lines.iter().enumerate().map(|(place, (_, quantity))| json!({"item": format!("line {place}"), "quantity": quantity})).collect();
    let shipping: Vec<Value> = scaled(&input["shipping"], 1).iter().map(|price| json!({"method": "shipping", "price": price})).collect();
    let order = engine.quote(&read(&json!({"lines": cart, "shipping": shipping, "now": NOW})), NOW).unwrap();
    Order { engine, order }
}

impl Order {
    fn give_back(&self, lines: &[(usize, i64)]) -> Refund {
        let lines: Vec<Value> = lines.iter().map(|(line, quantity)| json!({"line": line, "quantity": quantity})).collect();
        let request = json!({"order": serde_json::to_value(&self.order).unwrap(), "lines": lines, "now": NOW});
        self.engine.returns(&read(&request), NOW).unwrap()
    }
}

fn refund(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only(
        "input",
        input,
        &[
            "lines",
            "unit",
            "qty",
            "discount_percent",
            "discount",
            "min_order",
            "shipping",
            "paid",
            "refund_lines",
            "refund_qty",
            "cancel_qty",
        ],
    )?;
    let back: Vec<(usize, i64)> = match list(input, "refund_lines") {
        [] => vec![(0, input["refund_qty"].as_i64().or_else(|| input["cancel_qty"].as_i64()).unwrap_or(0))],
        lines => lines.iter().filter_map(Value::as_u64).map(|line| (line as usize, 1)).collect(),
    };
    let [kept, anew] = ["keep", "re-evaluate"].map(|policy| place_order(input, policy));
    let (order, kept, anew) = (&kept.order, kept.give_back(&back), anew.give_back(&back));
    let mut differences = Vec::new();
    if !input["paid"].is_null() {
        compare("paid", order.total, 1, &input["paid"], &mut differences);
    }
    for (key, wanted) in entries(expected) {
        match key {
            "refund" => compare(key, kept.refund, 1, wanted, &mut differences),
            "order_after" => compare(key, kept.remaining.total, 1, wanted, &mut differences),
            "line_share_of_discount" => {
                let shares = back.iter().filter_map(|(line, _)| order.lines.get(*line)).map(saved).sum();
                compare(key, shares, 1, wanted, &mut differences);
            }
            "threshold_lost" => {
                let lost = anew.reasons.iter().any(|reason| reason.code == "offer-lost");
                if lost != (wanted == true) {
                    differences.push(format!("{key} is {lost}"));
                }
            }
            // Both are settings of the programme; that they differ is what the choice is about.
            "policy_choice" => {
                if kept.refund == anew.refund {
                    differences.push("both policies refund the same".into());
                }
            }
            other if is_remark(other) || is_wrong_answer(other, kept.refund, 1, wanted, &mut differences) => {}
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}
