//! Best-combination cases (`best-combination-cases/1`): each problem is told by what its input holds. Major units, counted
//! here in hundredths.

use serde_json::{Value, json};

use crate::case::{Case, Outcome, Unknown, compare, entries, is_remark, list, number, only, scaled, unknown};
use crate::sets;
use crate::shop::{Shop, applied, saving};

const SCALE: i64 = 100;

pub fn is_one(case: &Case) -> bool {
    case.format.starts_with("best-combination-cases/")
}

pub fn run(case: &Case) -> Outcome {
    let (input, expected) = (&case.body["input"], &case.body["expected"]);
    let result = if input["table"].is_object() {
        coupon_table(input, expected)
    } else if ["cart", "items"].iter().any(|key| !input[*key].is_null()) {
        sets::run(input, expected)
    } else if input["concurrency"].is_string() {
        concurrency(input, expected)
    } else if input["prices"].is_object() {
        atomic(input, expected)
    } else if input["prices"].is_array() && list(input, "offers").iter().all(|offer| offer["pick"].is_number()) {
        packing(input, expected)
    } else if input["order_total"].is_number() {
        competing(input, expected)
    } else if ["offers_in_order", "offers_in_priority_order", "offers"].iter().any(|key| input[*key].is_array()) {
        in_order(input, expected)
    } else {
        Err(Unknown("a problem of another shape".into()))
    };
    result.into()
}

/// Identical coupons spread over items: of each item's offers one, and all together no more coupons than there are.
fn coupon_table(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["problem", "coupons", "table"])?;
    let mut shop = Shop::default();
    let mut groups = Vec::new();
    for (item, row) in entries(&input["table"]) {
        let most = entries(row).filter_map(|(_, discount)| scaled(discount, SCALE)).max().unwrap_or(0);
        shop.add(item, most, 1);
        groups.push(json!({"id": item, "max": 1}));
        for (coupons, discount) in entries(row) {
            let Ok(count) = coupons.parse::<u32>() else { return unknown("number of coupons", coupons) };
            shop.offers.push(json!({"id": format!("{item}:{coupons}"), "group": item, "pools": {"coupons": count},
                "effects": [{"kind": "amount", "amount": scaled(discount, SCALE), "where": {"item.id": item}}]}));
        }
    }
    shop.stacking = json!({"groups": groups, "pools": [{"id": "coupons", "max": input["coupons"]}]});
    let quote = shop.quote();
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "best_discount" => compare(key, quote.discount_total, SCALE, wanted, &mut differences),
            // Others may save as much; that ours does is the point of `best_discount`.
            "optimal_allocations_named_in_source" => {}
            other => return unknown("expectation", other),
        }
    }
    if !quote.optimal {
        differences.push("not proved".into());
    }
    Ok(differences)
}

/// An offer that takes a share off pieces in sets: `50% off the cheaper of the two`, `20% off both`, `40% off each`.
fn set_offer(id: &str, pick: u64, effect: &str) -> Result<Value, Unknown> {
    let percent = effect.split('%').next().and_then(|percent| percent.trim().parse::<f64>().ok());
    let cheapest = effect.contains("cheaper") || effect.contains("cheapest");
    let percent = percent.or_else(|| effect.contains("free").then_some(100.0));
    let Some(percent) = percent else { return unknown("effect", effect) };
    if !(cheapest || effect.contains("both") || effect.contains("each") || effect.contains("all")) {
        return unknown("effect", effect);
    }
    Ok(json!({"id": id, "group": "offers", "effects": [
        {"kind": "bundle", "sets": [{"quantity": pick}], "percent": percent, "discounted": if cheapest { 1 } else { pick }}]}))
}

/// Offers that each take pieces: no piece twice.
fn packing(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["problem", "prices", "offers", "constraint"])?;
    let mut shop = Shop { stacking: json!({"groups": [{"id": "offers", "scope": "unit"}]}), ..Shop::default() };
    for (place, price) in list(input, "prices").iter().enumerate() {
        shop.add(&format!("item {place}"), scaled(price, SCALE).unwrap_or(0), 1);
    }
    for offer in list(input, "offers") {
        only("offer field", offer, &["id", "pick", "effect"])?;
        let id = offer["id"].as_str().unwrap_or_default();
        shop.offers.push(set_offer(id, offer["pick"].as_u64().unwrap_or(1), offer["effect"].as_str().unwrap_or_default())?);
    }
    let only = |id: &str| Shop { offers: shop.offers.iter().filter(|offer| offer["id"] == *id).cloned().collect(), ..shop.clone() }.quote();
    let best = shop.quote();
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "undiscounted_total" => compare(key, best.subtotal, SCALE, wanted, &mut differences),
            "best_discount" => compare(key, best.discount_total, SCALE, wanted, &mut differences),
            "best_total" => compare(key, best.total, SCALE, wanted, &mut differences),
            key if is_remark(key) => {}
            "equal" => {
                let mut savings = list(input, "offers").iter().map(|offer| only(offer["id"].as_str().unwrap_or_default()).discount_total);
                let first = savings.next();
                if savings.all(|saving| Some(saving) == first) != (wanted == true) {
                    differences.push("the offers don't save the same".into());
                }
            }
            key => match key.strip_suffix("_discount").map(|key| key.strip_prefix("only_").unwrap_or(key)) {
                Some(id) if list(input, "offers").iter().any(|offer| offer["id"] == *id) => {
                    compare(key, only(id).discount_total, SCALE, wanted, &mut differences);
                }
                _ => return unknown("expectation", key),
            },
        }
    }
    Ok(differences)
}

/// What each offer alone saves on some pieces, and which of these another offer beats: `S(keyboard)`, `B1G1(k,m)`.
fn atomic(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["problem", "prices", "offers", "question"])?;
    let mut all = Shop { stacking: json!({"groups": [{"id": "offers", "scope": "unit"}]}), ..Shop::default() };
    for offer in list(input, "offers") {
        only("offer field", offer, &["id", "effect"])?;
        let effect = offer["effect"].as_str().unwrap_or_default();
        let pick = if effect.contains("buy one get") { 2 } else { 1 };
        all.offers.push(set_offer(offer["id"].as_str().unwrap_or_default(), pick, effect)?);
    }
    // The offer, and a cart of the pieces.
    let application = |text: &str| -> Result<(String, Shop), Unknown> {
        let Some((offer, pieces)) = text.trim_end_matches(')').split_once('(') else { return unknown("application", text) };
        let mut shop = all.clone();
        for (place, piece) in pieces.split(',').enumerate() {
            let Some((_, price)) = entries(&input["prices"]).find(|(name, _)| name.starts_with(piece.trim())) else {
                return unknown("piece", piece);
            };
            shop.add(&format!("{piece} {place}"), scaled(price, SCALE).unwrap_or(0), 1);
        }
        Ok((offer.into(), shop))
    };
    let alone = |offer: &str, shop: &Shop| Shop { listed: Some(vec![offer.into()]), ..shop.clone() }.quote().discount_total;
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "atomic" => {
                for (text, value) in entries(wanted) {
                    let (offer, shop) = application(text)?;
                    compare(text, alone(&offer, &shop), SCALE, value, &mut differences);
                }
            }
            "dominated" => {
                let dominated = wanted.as_array().into_iter().flatten().filter_map(Value::as_str);
                for text in dominated {
                    let (offer, shop) = application(text)?;
                    if shop.quote().discount_total <= alone(&offer, &shop) {
                        differences.push(format!("{text} is not dominated"));
                    }
                }
            }
            other if is_remark(other) => {}
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

/// Percentages that compound, or stand alone, by priority.
fn concurrency(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["concurrency", "offers"])?;
    let mut shop = Shop::default();
    shop.add("item", 1_000_000, 1);
    let (root, compound_within) = match input["concurrency"].as_str().unwrap_or_default() {
        "compound_within_priority_never_across" => ("list-order", true),
        "best_within_priority_compound_across" => ("stack", false),
        "best_within_priority_never_across" => ("list-order", false),
        "compound_within_priority_compound_across" => ("stack", true),
        other => return unknown("concurrency", other),
    };
    let mut groups: Vec<Value> = Vec::new();
    for offer in list(input, "offers") {
        only("offer field", offer, &["id", "percent", "mode", "priority"])?;
        let (priority, mode) = (offer["priority"].as_i64().unwrap_or(0), offer["mode"].as_str().unwrap_or_default());
        let id = format!("priority {priority}");
        if !groups.iter().any(|group| group["id"] == *id) {
            let compound = json!({"id": format!("compound {priority}"), "mode": "stack"});
            groups.push(json!({"id": id, "mode": "highest", "priority": priority, "groups": [compound]}));
        }
        let group = match mode {
            "compounded" if compound_within => format!("compound {priority}"),
            "compounded" | "best_price" => id,
            other => return unknown("mode", other),
        };
        shop.offers.push(json!({"id": offer["id"], "group": group, "effects": [{"kind": "percent", "percent": offer["percent"]}]}));
    }
    shop.stacking = json!({"mode": root, "groups": groups});
    effective(&shop, expected)
}

/// The share of the one item's price that is saved, and by which offers.
fn effective(shop: &Shop, expected: &Value) -> Result<Vec<String>, Unknown> {
    let quote = shop.quote();
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "applied" => {
                let wanted: Vec<&str> = wanted.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let mut found: Vec<&str> = quote.applied.iter().map(|applied| applied.offer.as_str()).collect();
                let mut sorted = wanted.clone();
                found.sort_unstable();
                sorted.sort_unstable();
                if found != sorted {
                    differences.push(format!("applied are {found:?}, expected {wanted:?}"));
                }
            }
            "effective_percent_off" => {
                let percent = quote.discount_total as f64 / quote.subtotal as f64 * 100.0;
                if number(wanted).is_none_or(|wanted| (percent - wanted).abs() > 1e-4) {
                    differences.push(format!("{percent} percent off, expected {wanted}"));
                }
            }
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

/// Order promotions of which the best alone applies.
fn competing(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["order_total", "offers", "policy"])?;
    let mode = match input["policy"].as_str().unwrap_or_default() {
        policy if policy.contains("best only") => "highest",
        policy if policy.contains("all") || policy.contains("stack") => "stack",
        other => return unknown("policy", other),
    };
    let mut shop = Shop { stacking: json!({"mode": mode}), ..Shop::default() };
    shop.add("order", scaled(&input["order_total"], SCALE).unwrap_or(0), 1);
    for (place, offer) in list(input, "offers").iter().enumerate() {
        shop.offers.push(simple_offer(offer, place, 0, "original")?);
    }
    let quote = shop.quote();
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "applied_percent" => {
                let best = list(input, "offers").iter().enumerate().find(|(place, offer)| applied(&quote, &id_of(offer, *place)));
                if best.map(|(_, offer)| &offer["percent"]) != Some(wanted) {
                    differences.push(format!("{:?} is applied, expected {wanted} percent", best.map(|(_, offer)| offer)));
                }
            }
            "discount" => compare(key, quote.discount_total, SCALE, wanted, &mut differences),
            "total" | "final" => compare(key, quote.total, SCALE, wanted, &mut differences),
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

fn id_of(offer: &Value, place: usize) -> String {
    offer["id"].as_str().map_or_else(|| format!("offer {place}"), str::to_string)
}

/// `{"percent"}` or `{"fixed"}` off the order, with a threshold.
fn simple_offer(offer: &Value, place: usize, priority: usize, base: &str) -> Result<Value, Unknown> {
    let mut effect = json!({"on": "order", "base": base});
    for (key, value) in entries(offer) {
        match key {
            "id" | "min_total" | "threshold" | "threshold_base" | "code" | "note" => {}
            "percent" => {
                effect["kind"] = json!("percent");
                effect["percent"] = value.clone();
            }
            "fixed" => {
                effect["kind"] = json!("amount");
                effect["amount"] = json!(scaled(value, SCALE));
            }
            other => return unknown("offer field", other),
        }
    }
    let threshold_base = match offer["threshold_base"].as_str() {
        None => "running",
        Some(base) if base.contains("before coupons") => "original",
        Some(other) => return unknown("threshold base", other),
    };
    let needed = scaled(&offer["min_total"], SCALE).or_else(|| scaled(&offer["threshold"], SCALE));
    let thresholds: Vec<Value> = needed.iter().map(|needed| json!({"amount": needed, "base": threshold_base})).collect();
    Ok(json!({"id": id_of(offer, place), "priority": priority, "thresholds": thresholds, "effects": [effect]}))
}

/// Offers one after the other, each on what those before it have left, or on the original price.
fn in_order(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["price", "offers_in_order", "offers_in_priority_order", "offers", "base"])?;
    let key = ["offers_in_order", "offers_in_priority_order", "offers"].into_iter().find(|key| input[*key].is_array()).unwrap_or_default();
    let offers = list(input, key);
    let base = match input["base"].as_str() {
        None | Some("discounted price") => "running",
        Some("original price") => "original",
        Some(other) => return unknown("base", other),
    };
    let price = if input["price"].is_null() { 1_000_000 } else { scaled(&input["price"], SCALE).unwrap_or(0) };
    let mut shop = Shop { stacking: json!({"mode": "stack"}), ..Shop::default() };
    shop.add("item", price, 1);
    for (place, offer) in offers.iter().enumerate() {
        shop.offers.push(simple_offer(offer, place, offers.len() - place, base)?);
    }
    let quote = shop.quote();
    let ids: Vec<String> = offers.iter().enumerate().map(|(place, offer)| id_of(offer, place)).collect();
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "final" | "total" => compare(key, quote.total, SCALE, wanted, &mut differences),
            "discounts" => {
                for (id, wanted) in ids.iter().zip(wanted.as_array().into_iter().flatten()) {
                    compare(id, saving(&quote, id), SCALE, wanted, &mut differences);
                }
            }
            key if is_remark(key) => {}
            "effective_percent_off" => differences.extend(effective(&shop, &json!({key: wanted}))?),
            _ => {
                if let Some(id) = key.strip_suffix("_used").filter(|id| ids.iter().any(|known| known == id)) {
                    compare(key, saving(&quote, id), SCALE, wanted, &mut differences);
                } else if let Some(last) = key.strip_prefix("after_").and_then(|word| ids.iter().position(|id| id.contains(word))) {
                    let saved: i64 = ids.iter().take(last + 1).map(|id| saving(&quote, id)).sum();
                    compare(key, quote.subtotal - saved, SCALE, wanted, &mut differences);
                } else {
                    return unknown("expectation", key);
                }
            }
        }
    }
    Ok(differences)
}
