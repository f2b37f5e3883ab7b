//! The condition language read straight from JSON, as slowly and plainly as can be: what the compiled form is checked
//! against. Regular expressions and saved groups are left to the public cases.

use regulars::domain::Value;
use serde_json::{Map, Value as Json};

pub fn matches(attributes: &Json, condition: &Json) -> bool {
    condition.as_object().unwrap().iter().all(|(key, argument)| match key.as_str() {
        "$and" => argument.as_array().unwrap().iter().all(|part| matches(attributes, part)),
        "$or" => any(attributes, argument),
        "$nor" => !any(attributes, argument),
        "$not" => !matches(attributes, argument),
        path => passes(&at(attributes, path), argument),
    })
}

fn any(attributes: &Json, list: &Json) -> bool {
    let list = list.as_array().unwrap();
    list.is_empty() || list.iter().any(|part| matches(attributes, part))
}

fn at(value: &Json, path: &str) -> Json {
    let mut current = value.clone();
    for part in path.split('.') {
        let next = match &current {
            Json::Object(map) => map.get(part).cloned(),
            Json::Array(list) if part == "length" => Some(list.len().into()),
            Json::Array(list) => part.parse::<usize>().ok().and_then(|place| list.get(place).cloned()),
            _ => None,
        };
        match next {
            Some(next) => current = next,
            None => return Json::Null,
        }
    }
    current
}

fn operators(argument: &Json) -> Option<&Map<String, Json>> {
    argument.as_object().filter(|map| !map.is_empty() && map.keys().all(|key| key.starts_with('$')))
}

fn passes(actual: &Json, argument: &Json) -> bool {
    if let Some(map) = operators(argument) {
        return map.iter().all(|(operator, argument)| operate(actual, operator, argument));
    }
    match argument {
        Json::String(wanted) => &text(actual) == wanted,
        Json::Number(wanted) => number(actual) == wanted.as_f64().unwrap(),
        Json::Bool(wanted) => !actual.is_null() && truthy(actual) == *wanted,
        Json::Null => actual.is_null(),
        Json::Array(_) | Json::Object(_) => Value::deserialize_from(actual) == Value::deserialize_from(argument),
    }
}

trait FromJson {
    fn deserialize_from(json: &Json) -> Self;
}

impl FromJson for Value {
    fn deserialize_from(json: &Json) -> Self {
        serde_json::from_value(json.clone()).unwrap()
    }
}

fn operate(actual: &Json, operator: &str, argument: &Json) -> bool {
    let list = || argument.as_array().cloned().unwrap_or_default();
    let elements = || actual.as_array().cloned().unwrap_or_default();
    let ordered = |accept: fn(std::cmp::Ordering) -> bool| order(actual, argument).is_some_and(accept);
    match operator {
        "$eq" => same(actual, argument),
        "$ne" => !same(actual, argument),
        "$lt" => ordered(std::cmp::Ordering::is_lt),
        "$lte" => ordered(std::cmp::Ordering::is_le),
        "$gt" => ordered(std::cmp::Ordering::is_gt),
        "$gte" => ordered(std::cmp::Ordering::is_ge),
        "$exists" => truthy(argument) != actual.is_null(),
        "$in" => argument.is_array() && among(actual, &list(), |text| text.to_owned()),
        "$nin" => argument.is_array() && !among(actual, &list(), |text| text.to_owned()),
        "$ini" => argument.is_array() && among(actual, &list(), str::to_lowercase),
        "$nini" => argument.is_array() && !among(actual, &list(), str::to_lowercase),
        "$not" => !passes(actual, argument),
        "$size" => actual.is_array() && passes(&elements().len().into(), argument),
        "$elemMatch" => elements().iter().filter(|element| !element.is_null()).any(|element| match operators(argument) {
            Some(_) => passes(element, argument),
            None => matches(element, argument),
        }),
        "$all" => {
            actual.is_array() && argument.is_array() && list().iter().all(|wanted| elements().iter().any(|element| passes(element, wanted)))
        }
        "$type" => argument.as_str() == Some(kind(actual)),
        _ => false,
    }
}

fn among(actual: &Json, list: &[Json], fold: fn(&str) -> String) -> bool {
    let fold = |value: &Json| value.as_str().map_or(value.clone(), |text| Json::String(fold(text)));
    let has = |value: &Json| list.iter().any(|wanted| same(&fold(value), &fold(wanted)));
    actual.as_array().map_or_else(|| has(actual), |elements| elements.iter().any(has))
}

fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64() == right.as_f64(),
        (Json::Array(_) | Json::Object(_), _) => false,
        _ => left == right,
    }
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn truthy(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(flag) => *flag,
        Json::Number(number) => number.as_f64() != Some(0.0),
        Json::String(text) => !text.is_empty(),
        Json::Array(_) | Json::Object(_) => true,
    }
}

/// Only for numbers whose text Rust writes as JavaScript does.
fn text(value: &Json) -> String {
    match value {
        Json::Null => "null".into(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.as_f64().map(|number| (number + 0.0).to_string()).unwrap(),
        Json::String(text) => text.clone(),
        Json::Array(list) => {
            list.iter().map(|element| if element.is_null() { String::new() } else { text(element) }).collect::<Vec<_>>().join(",")
        }
        Json::Object(_) => "[object Object]".into(),
    }
}

/// Only for texts that are blank, a plain number, or no number.
fn number(value: &Json) -> f64 {
    match value {
        Json::Null => 0.0,
        Json::Bool(flag) => f64::from(u8::from(*flag)),
        Json::Number(number) => number.as_f64().unwrap(),
        Json::Object(_) => f64::NAN,
        Json::String(_) | Json::Array(_) => match text(value).trim() {
            "" => 0.0,
            text => text.parse().unwrap_or(f64::NAN),
        },
    }
}

fn order(left: &Json, right: &Json) -> Option<std::cmp::Ordering> {
    let is_text = |value: &Json| matches!(value, Json::String(_) | Json::Array(_) | Json::Object(_));
    if is_text(left) && is_text(right) {
        let units = |value| text(value).encode_utf16().collect::<Vec<_>>();
        return Some(units(left).cmp(&units(right)));
    }
    number(left).partial_cmp(&number(right))
}
