//! The steps from a unit's id to its arm, one by one, for those who check assignments elsewhere.

use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use super::error::error;
use super::{answer, input};
use crate::domain::{Listed, Value};
use crate::experiments::{Range, bucket_ranges, choose_variation, decrypt, equal_weights, hash, in_namespace, query_override};

/// One step of bucketing, as GrowthBook's SDKs take it:
///
/// | step | arguments | gives |
/// |---|---|---|
/// | `'hash'` | seed, value, version | the number in [0, 1); `null` for an unknown version |
/// | `'ranges'` | number of arms, coverage, weights or `null` | `[start, end]` of each arm |
/// | `'choose'` | number, ranges | the arm; -1 for none |
/// | `'weights'` | number of arms | equal weights |
/// | `'namespace'` | unit, `[name, start, end]` | whether it is inside |
/// | `'query'` | experiment, url, number of arms | the arm that the address sets, or `null` |
/// | `'decrypt'` | text, key | the plain text, or `null` |
#[wasm_bindgen(unchecked_return_type = "unknown")]
pub fn bucketing(
    #[wasm_bindgen(unchecked_param_type = "'hash' | 'ranges' | 'choose' | 'weights' | 'namespace' | 'query' | 'decrypt'")] step: JsValue,
    #[wasm_bindgen(unchecked_param_type = "unknown[]")] arguments: JsValue,
) -> Result<JsValue, JsValue> {
    let given = input::value(&arguments, "malformed-request")?;
    let given = given.as_array().unwrap_or_default();
    let found = taken(&step.as_string().unwrap_or_default(), given);
    answer::object(&found.ok_or_else(|| error("malformed-request", "no such step of bucketing, or not its arguments"))?)
}

fn taken(step: &str, given: &[Value]) -> Option<Value> {
    let at = |place: usize| given.get(place);
    let text = |place: usize| at(place)?.as_str();
    let number = |place: usize| at(place)?.as_f64();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // arms are few, and below 0 there is none
    let arms = |place: usize| number(place).map(|arms| arms.clamp(0.0, 10_000.0) as usize);
    #[allow(clippy::cast_precision_loss)] // as above
    let arm = |arm: Option<usize>| arm.map(|arm| Value::Number(arm as f64));
    let numbers = |value: &Value| value.as_array().map(|list| list.iter().filter_map(Value::as_f64).listed());
    let list = |numbers: Vec<f64>| Value::Array(numbers.into_iter().map(Value::Number).listed());
    Some(match step {
        "hash" => hash(text(0)?, text(1)?, number(2)?).map_or(Value::Null, Value::Number),
        "ranges" => {
            let weights = at(2).and_then(numbers);
            let ranges = bucket_ranges(arms(0)?, number(1)?, weights.as_deref());
            Value::Array(ranges.iter().map(|range| list(alloc::vec![range.start, range.end])).listed())
        }
        "choose" => {
            let range =
                |range: &Value| Some(Range { start: range.as_array()?.first()?.as_f64()?, end: range.as_array()?.get(1)?.as_f64()? });
            let ranges: Option<Vec<Range>> = at(1)?.as_array()?.iter().map(range).collect();
            arm(choose_variation(number(0)?, &ranges?)).unwrap_or(Value::Number(-1.0))
        }
        "weights" => list(equal_weights(arms(0)?)),
        "namespace" => {
            let [name, start, end] = at(1)?.as_array()? else { return None };
            in_namespace(text(0)?, name.as_str()?, Range { start: start.as_f64()?, end: end.as_f64()? }).into()
        }
        "query" => arm(query_override(text(0)?, text(1)?, arms(2)?)).unwrap_or_default(),
        "decrypt" => decrypt(text(0)?, text(1)?).map_or(Value::Null, Value::String),
        _ => return None,
    })
}
