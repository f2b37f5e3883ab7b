//! Medusa's `computeActions` (`offer-cases/1`): major units that are never rounded, so they are counted here in
//! billionths.
//!
//! The preset `medusa` says how offers go together: in the order given, those that buy and get first. A quote starts from
//! the prices before any offer, so adjustments that a cart brings along are taken back.

use regulars::domain::{Value as Facts, from_value};
use regulars::offers::Quote;
use regulars::rules::{AttributeTable, Attributes, Condition, NativeRegex, RuleContext};
use serde_json::{Value, json};

use crate::case::{Case, Outcome, Unknown, list, number, only, scaled, unknown};
use crate::shop::Shop;

const SCALE: i64 = 1_000_000_000;

pub fn is_one(case: &Case) -> bool {
    case.format.starts_with("offer-cases/") || case.body["input"]["shipping_methods"].is_array()
}

pub fn run(case: &Case) -> Outcome {
    let input = &case.body["input"];
    let shop = match shop(input) {
        Ok(shop) => shop,
        Err(Unknown(what)) => return Outcome::NotRepresentable(what),
    };
    let quote = shop.quote();
    let unknown_code = brought(input).find(|(_, adjustment)| {
        let code = adjustment["code"].as_str();
        quote.notes.iter().any(|note| note.code == "unknown-code" && note.fact("code").and_then(text) == code.map(str::to_lowercase))
    });
    if let Some(wanted) = case.body["expected"]["error_contains"].as_str() {
        let found = unknown_code
            .map(|(_, adjustment)| format!("Applied Promotion for code ({}) not found", adjustment["code"].as_str().unwrap_or_default()));
        return match found {
            Some(found) if found.contains(wanted) => Outcome::Agree,
            Some(found) => Outcome::Differ(format!("error `{found}`, expected `{wanted}`")),
            None => Outcome::NotRepresentable(format!("the error `{wanted}`")),
        };
    }
    let mut found: Vec<Action> = brought(input)
        .map(|(kind, adjustment)| Action {
            action: format!("remove{kind}Adjustment"),
            target: adjustment["id"].as_str().unwrap_or_default().into(),
            code: adjustment["code"].as_str().unwrap_or_default().into(),
            amount: 0.0,
        })
        .collect();
    found.extend(adjustments(&quote, input));
    let expected: Vec<Action> = list(&case.body["expected"], "actions").iter().map(Action::read).collect();
    match different(&found, &expected) {
        None => Outcome::Agree,
        Some(why) => Outcome::Differ(why),
    }
}

fn text(fact: &regulars::domain::Fact) -> Option<String> {
    match fact {
        regulars::domain::Fact::Text(text) => Some(text.to_lowercase()),
        _ => None,
    }
}

/// Adjustments that the cart brings along, with the word for what they are on.
fn brought(input: &Value) -> impl Iterator<Item = (&'static str, &Value)> {
    let on = |key: &'static str, kind: &'static str| {
        list(input, key).iter().flat_map(move |target| list(target, "adjustments").iter().map(move |adjustment| (kind, adjustment)))
    };
    on("shipping_methods", "ShippingMethod").chain(on("lines", "Item"))
}

fn shop(input: &Value) -> Result<Shop, Unknown> {
    only("input", input, &["lines", "shipping_methods", "context", "codes", "options", "offers"])?;
    only("option", &input["options"], &["prevent_auto_promotions"])?;
    let given = list(input, "codes").iter().filter_map(Value::as_str);
    let adjusted = brought(input).filter_map(|(_, adjustment)| adjustment["code"].as_str());
    let mut shop = Shop {
        stacking: json!({"preset": "medusa"}),
        codes: given.chain(adjusted).map(str::to_string).collect(),
        context: input["context"].clone(),
        ..Shop::default()
    };
    // Lines count from the largest down; of equal ones the later comes first.
    let counted = |line: &&Value| line["subtotal"].is_number() && line["quantity"].is_number();
    let mut lines: Vec<&Value> = list(input, "lines").iter().filter(counted).collect();
    lines.reverse();
    lines.sort_by(|left, right| number(&right["subtotal"]).partial_cmp(&number(&left["subtotal"])).unwrap());
    for line in lines {
        let quantity = line["quantity"].as_i64().unwrap_or(0);
        let unit = scaled(&line["subtotal"], SCALE).unwrap_or(0) / quantity.max(1);
        shop.lines.push(json!({"item": line["id"], "quantity": quantity, "unitPrice": unit, "attributes": line}));
    }
    for method in list(input, "shipping_methods").iter().filter(|method| method["subtotal"].is_number()) {
        shop.shipping.push(json!({"method": method["id"], "price": scaled(&method["subtotal"], SCALE)}));
    }
    let requested = |offer: &Value| list(input, "codes").contains(&offer["code"]);
    let automatic = input["options"]["prevent_auto_promotions"] != true;
    let offers = list(input, "offers");
    for (place, offer) in offers.iter().enumerate() {
        let active = requested(offer) || (automatic && offer["automatic"] == true);
        // The book holds every offer, so that codes are known; those not asked for wait for a code nobody gives.
        let priority = offers.len() - place + if offer["type"] == "buyget" { offers.len() } else { 0 };
        shop.offers.push(compiled(offer, input, active, priority)?);
    }
    Ok(shop)
}

fn compiled(offer: &Value, input: &Value, active: bool, priority: usize) -> Result<Value, Unknown> {
    only(
        "offer field",
        offer,
        &[
            "code",
            "type",
            "automatic",
            "value_type",
            "value",
            "target",
            "allocation",
            "max_quantity",
            "currency",
            "eligibility_rules",
            "target_rules",
            "buy_rules",
            "buy_rules_min_quantity",
            "apply_to_quantity",
            "campaign_budget",
        ],
    )?;
    let budget = &offer["campaign_budget"];
    only("budget field", budget, &["type", "limit", "used", "currency_code"])?;
    let left =
        || scaled(&json!(number(&budget["limit"]).unwrap_or(0.0) - number(&budget["used"]).unwrap_or(0.0)), SCALE).map(|left| left.max(0));
    let limited = number(&budget["limit"]).is_some_and(|limit| limit > 0.0);
    let limits = match budget["type"].as_str().filter(|_| limited) {
        None => json!({}),
        Some("spend") => json!({"budgetLeft": left(), "overrun": "refuse-line"}),
        Some("usage") => json!({"usesLeft": left().map(|left| left / SCALE)}),
        Some(other) => return unknown("budget", other),
    };
    Ok(json!({
        "id": offer["code"], "activation": "automatic", "codes": [offer["code"]], "priority": priority, "limits": limits,
        "when": {"$and": [rules(list(offer, "eligibility_rules"), "context.", &input["context"])?, {"context.inactive": {"$exists": !active}}]},
        "effects": [effect(offer, input)?],
    }))
}

fn effect(offer: &Value, input: &Value) -> Result<Value, Unknown> {
    let sample = list(input, "lines").first().unwrap_or(&Value::Null);
    let goods = rules(list(offer, "target_rules"), "item.", sample)?;
    if offer["type"] == "buyget" {
        let bought = rules(list(offer, "buy_rules"), "item.", sample)?;
        return Ok(json!({"kind": "buy-get", "base": "original", "pick": "listed", "whole": true, "times": 1,
            "buy": {"quantity": offer["buy_rules_min_quantity"], "where": bought},
            "get": {"quantity": offer["apply_to_quantity"], "where": goods}}));
    }
    let across = match offer["allocation"].as_str() {
        Some("across") => true,
        None | Some("each") => offer["target"] == "order",
        Some(other) => return unknown("allocation", other),
    };
    let mut effect = match offer["target"].as_str().unwrap_or_default() {
        "items" | "order" => json!({"on": if across { "order" } else { "lines" }, "where": goods, "maxQuantity": offer["max_quantity"]}),
        "shipping_methods" => {
            let mut methods = Vec::new();
            for method in list(input, "shipping_methods") {
                if matches(&rules(list(offer, "target_rules"), "item.", method)?, method) {
                    methods.push(method["id"].clone());
                }
            }
            // No method at all is not the same as any.
            methods.push(json!(""));
            json!({"on": if across { "shipping-total" } else { "shipping" }, "methods": methods})
        }
        other => return unknown("target", other),
    };
    match offer["value_type"].as_str().unwrap_or_default() {
        "fixed" => {
            effect["kind"] = json!("amount");
            effect["amount"] = json!(scaled(&offer["value"], SCALE));
        }
        "percentage" => {
            effect["kind"] = json!("percent");
            effect["percent"] = offer["value"].clone();
        }
        other => return unknown("value type", other),
    }
    Ok(effect)
}

/// Medusa's rules as one condition. Of an attribute that is a list in `sample`, every element must meet the rule.
fn rules(rules: &[Value], prefix: &str, sample: &Value) -> Result<Value, Unknown> {
    let mut conditions = Vec::new();
    for rule in rules {
        only("rule field", rule, &["attribute", "operator", "values"])?;
        let attribute = rule["attribute"].as_str().unwrap_or_default();
        let path = attribute.strip_prefix("items.").or_else(|| attribute.strip_prefix("shipping_methods.")).unwrap_or(attribute);
        let values = list(rule, "values");
        // The rule's value stands on the left of the comparison.
        let ordered = |operator: &str| Value::Array(values.iter().map(|value| json!({operator: value})).collect());
        let test = match rule["operator"].as_str().unwrap_or_default() {
            "in" | "eq" => json!({"$in": values}),
            "ne" if values.len() == 1 => json!({"$ne": values[0]}),
            "ne" => json!({"$not": {"$in": []}}),
            "gt" => json!({"$or": ordered("$lt")}),
            "gte" => json!({"$or": ordered("$lte")}),
            "lt" => json!({"$or": ordered("$gt")}),
            "lte" => json!({"$or": ordered("$gte")}),
            other => return unknown("operator", other),
        };
        let met = path.split('.').fold(sample, |value, part| &value[part]);
        let test = if met.is_array() { json!({"$not": {"$elemMatch": {"$not": test}}}) } else { test };
        conditions.push(match test.get("$or").and_then(Value::as_array) {
            Some(tests) => json!({"$or": tests.iter().map(|test| json!({format!("{prefix}{path}"): test})).collect::<Vec<_>>()}),
            None => json!({format!("{prefix}{path}"): test}),
        });
    }
    Ok(json!({"$and": conditions}))
}

/// Whether `condition` over `item.*` holds for `object`.
fn matches(condition: &Value, object: &Value) -> bool {
    let read = |json: &Value| from_value::<Facts>(&serde_json::from_value(json.clone()).unwrap()).unwrap();
    let mut table = AttributeTable::default();
    let condition = Condition::compile(&read(condition), &mut table, &RuleContext::new(&NativeRegex));
    let object = read(object);
    let mut attributes = Attributes::default();
    attributes.bind(&table, "item", &object);
    condition.matches(&attributes)
}

#[derive(Debug)]
struct Action {
    action: String,
    target: String,
    code: String,
    amount: f64,
}

impl Action {
    fn read(action: &Value) -> Self {
        let target = ["item_id", "shipping_method_id", "adjustment_id"].iter().find_map(|key| action[*key].as_str());
        Action {
            action: action["action"].as_str().unwrap_or_default().into(),
            target: target.unwrap_or_default().into(),
            code: action["code"].as_str().unwrap_or_default().into(),
            amount: number(&action["amount"]).unwrap_or(0.0),
        }
    }

    fn same(&self, other: &Action) -> bool {
        let close = (self.amount - other.amount).abs() <= 1e-6 * other.amount.abs().max(1.0);
        self.action == other.action && self.target == other.target && self.code == other.code && close
    }
}

fn adjustments(quote: &Quote, input: &Value) -> Vec<Action> {
    let amount = |units: i64| units as f64 / SCALE as f64;
    let mut actions = Vec::new();
    for line in &quote.lines {
        actions.extend(line.discounts.iter().map(|discount| Action {
            action: "addItemAdjustment".into(),
            target: line.item.clone(),
            code: discount.offer.clone(),
            amount: amount(discount.amount),
        }));
    }
    for method in &quote.shipping {
        actions.extend(method.discounts.iter().map(|discount| Action {
            action: "addShippingMethodAdjustment".into(),
            target: method.method.clone(),
            code: discount.offer.clone(),
            amount: amount(discount.amount),
        }));
    }
    let exceeded = ["over-budget", "budget-spent", "limit-total"];
    let reasons = quote.applied.iter().map(|applied| (&applied.offer, &applied.reasons));
    for (offer, reasons) in reasons.chain(quote.rejected.iter().map(|rejected| (&rejected.offer, &rejected.reasons))) {
        let only_budget =
            reasons.iter().all(|reason| exceeded.contains(&&*reason.code)) || quote.applied.iter().any(|applied| applied.offer == *offer);
        let times = reasons.iter().filter(|reason| exceeded.contains(&&*reason.code)).count();
        if only_budget && times > 0 && list(input, "offers").iter().any(|known| known["code"] == **offer) {
            let exceeded = || Action { action: "campaignBudgetExceeded".into(), target: String::new(), code: offer.clone(), amount: 0.0 };
            actions.extend(std::iter::repeat_with(exceeded).take(times));
        }
    }
    actions
}

/// Where the two lists differ, whatever their order.
fn different(found: &[Action], expected: &[Action]) -> Option<String> {
    let mut open: Vec<&Action> = expected.iter().collect();
    for action in found {
        match open.iter().position(|expected| action.same(expected)) {
            Some(place) => drop(open.swap_remove(place)),
            None => return Some(format!("{action:?} is not expected; open: {open:?}")),
        }
    }
    (!open.is_empty()).then(|| format!("missing: {open:?}"))
}
