//! Variants of a case whose answer is the case's own: other names, another order where order says nothing, an offer nobody
//! can have, one line as two. An adapter that hung on a name or a place would give another answer.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::case::{Case, entries, list};

/// More than any cart holds, in any unit.
const OUT_OF_REACH: i64 = 1_000_000_000;

pub fn of(case: &Case) -> Vec<(&'static str, Case)> {
    let made = [
        ("other names", renamed(case)),
        ("offers the other way round", turned(case)),
        ("an offer nobody can have, first", with_another(case, true)),
        ("an offer nobody can have, last", with_another(case, false)),
        ("a line as two", split(case)),
    ];
    made.into_iter().filter_map(|(what, body)| Some((what, Case { id: "a variant".into(), body: body?, ..case.clone() }))).collect()
}

/// The inputs of a case that hold offers.
fn inputs(body: &mut Value) -> Vec<&mut Value> {
    let (own, checkpoints): (Vec<_>, Vec<_>) = body.as_object_mut().into_iter().flatten().partition(|(key, _)| *key != "checkpoints");
    let checkpoints = checkpoints.into_iter().flat_map(|(_, checkpoints)| checkpoints.as_array_mut().into_iter().flatten());
    let of_checkpoints = checkpoints.filter_map(|checkpoint| checkpoint.get_mut("input"));
    own.into_iter().filter(|(key, _)| *key == "input").map(|(_, input)| input).chain(of_checkpoints).collect()
}

fn is_sylius(body: &Value) -> bool {
    body["promotions"].is_array()
}

/// Every name of the case's own by another one.
fn renamed(case: &Case) -> Option<Value> {
    let mut names: HashSet<String> = HashSet::new();
    let mut note = |name: &Value| names.extend(name.as_str().map(str::to_string));
    for key in ["products", "coupons"] {
        entries(&case.body[key]).for_each(|(name, _)| note(&json!(name)));
    }
    list(&case.body, "promotions").iter().for_each(|promotion| note(&promotion["name"]));
    let mut body = case.body.clone();
    for input in inputs(&mut body) {
        list(input, "offers").iter().flat_map(|offer| [&offer["code"], &offer["name"]]).for_each(&mut note);
        ["lines", "shipping_methods"].iter().flat_map(|key| list(input, key)).for_each(|line| note(&line["id"]));
    }
    // Sentences that hold a name are not told apart from it.
    (!names.is_empty() && case.body["expected"]["error_contains"].is_null()).then(|| rename(&case.body, &names))
}

fn rename(value: &Value, names: &HashSet<String>) -> Value {
    // Longer, and last where it was first: ties that went by name would go another way.
    let other = |name: &str| if names.contains(name) { format!("ž{}", name.chars().rev().collect::<String>()) } else { name.into() };
    match value {
        Value::String(text) => Value::String(other(text)),
        Value::Array(list) => list.iter().map(|value| rename(value, names)).collect(),
        Value::Object(fields) => Value::Object(fields.iter().map(|(key, value)| (other(key), rename(value, names))).collect::<Map<_, _>>()),
        other => other.clone(),
    }
}

/// Promotions of different priorities in another order of the file.
fn turned(case: &Case) -> Option<Value> {
    let promotions = list(&case.body, "promotions");
    let priorities: HashSet<i64> = promotions.iter().map(|promotion| promotion["priority"].as_i64().unwrap_or(0)).collect();
    (promotions.len() > 1 && priorities.len() == promotions.len()).then(|| {
        let mut body = case.body.clone();
        body["promotions"] = promotions.iter().rev().cloned().collect();
        body
    })
}

fn with_another(case: &Case, first: bool) -> Option<Value> {
    let mut body = case.body.clone();
    let put = |offers: &mut Value, offer: Value| {
        let offers = offers.as_array_mut()?;
        offers.insert(if first { 0 } else { offers.len() }, offer);
        Some(())
    };
    if is_sylius(&body) {
        // An exclusive one, of the highest priority: it would keep every other out.
        put(
            &mut body["promotions"],
            json!({"name": "another", "priority": 99, "exclusive": true,
            "actions": [{"target": "order", "kind": "fixed", "amount": 1}], "rules": [{"type": "customer_group", "group": "nobody"}]}),
        )?;
        return Some(body);
    }
    let is_medusa = body["input"]["shipping_methods"].is_array();
    let another = if is_medusa {
        let nobody = json!([{"attribute": "customer.id", "operator": "in", "values": ["nobody"]}]);
        json!({"code": "another", "type": "standard", "automatic": true, "value_type": "fixed", "value": 1, "target": "items",
            "allocation": "across", "eligibility_rules": nobody, "target_rules": []})
    } else if body["checkpoints"].is_array() {
        json!({"id": 99, "name": "another", "code": null, "actions": [{"effect": "fixed_off_order_subtotal", "value": 1}],
            "conditions": [{"condition": "order_subtotal_at_least", "minimum": OUT_OF_REACH}]})
    } else if body["input"]["lines"].is_array() && body["input"]["apply_in_order"].is_null() && !first {
        json!({"id": "another", "fixed_off_order": 1, "min_total": OUT_OF_REACH})
    } else {
        return None;
    };
    for input in inputs(&mut body) {
        put(&mut input["offers"], another.clone())?;
    }
    Some(body)
}

/// The first product of each of Sylius's carts as two lines, where what is expected is of the cart as a whole.
fn split(case: &Case) -> Option<Value> {
    let mut body = case.body.clone();
    let mut done = false;
    for checkpoint in body["checkpoints"].as_array_mut().into_iter().flatten() {
        if !checkpoint["expect"]["lines"].is_null() {
            return None;
        }
        let cart = checkpoint["cart"].as_array_mut()?;
        let pieces = cart.first()?["qty"].as_i64()?;
        if pieces > 1 {
            cart[0]["qty"] = json!(1);
            let rest = json!({"product": cart[0]["product"], "qty": pieces - 1});
            cart.push(rest);
            done = true;
        }
    }
    done.then_some(body)
}
