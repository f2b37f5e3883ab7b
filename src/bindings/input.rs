//! Arguments: JavaScript values read into [`Value`]s.

use alloc::vec::Vec;

use js_sys::{Array, ArrayBuffer, Date, Uint8Array};
use wasm_bindgen::prelude::*;

use super::error::error;
use crate::domain::{AlignedBytes, DEPTH_LIMIT, Listed, Value, ValueError, ValueErrorKind, from_json};

// With `catch`: a proxy may throw wherever it is looked into.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn elements(array: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn entries(object: &JsValue) -> Result<Array, JsValue>;
}

/// Reads an argument the way `JSON.stringify` would write it: only own enumerable fields count, and `undefined` ones
/// don't. A `Date` is its time in milliseconds.
///
/// # Errors
/// `code`, with the path of what JSON cannot hold.
pub fn value(argument: &JsValue, code: &str) -> Result<Value, JsValue> {
    read(argument, DEPTH_LIMIT).map_err(|failure| error(code, &failure.text()))
}

/// The bytes of an argument, where it is a `Uint8Array` or an `ArrayBuffer`. They are copied once, to where columns
/// can be read in place.
pub fn bytes(argument: &JsValue) -> Option<AlignedBytes> {
    let view = match argument.dyn_ref::<Uint8Array>() {
        Some(view) => view.clone(),
        None => Uint8Array::new(argument.dyn_ref::<ArrayBuffer>()?),
    };
    let mut bytes = AlignedBytes::zeroed(usize::try_from(view.length()).ok()?);
    view.copy_to(bytes.as_mut_slice());
    Some(bytes)
}

/// The elements of an argument, where it is a list.
pub fn list(argument: &JsValue) -> Option<Array> {
    if is_array(argument).ok()? { elements(argument).ok() } else { None }
}

/// UTF-8 JSON.
///
/// # Errors
/// `code`, with what is wrong and where.
pub fn json(bytes: &[u8], code: &str) -> Result<Value, JsValue> {
    let text = core::str::from_utf8(bytes).map_err(|_| error(code, "the text is not UTF-8"))?;
    from_json(text.trim_start_matches('\u{feff}')).map_err(|failure| error(code, &["the text ", &failure.text()].concat()))
}

fn read(argument: &JsValue, depth: u32) -> Result<Value, ValueError> {
    if argument.is_null() || argument.is_undefined() {
        return Ok(Value::Null);
    }
    if let Some(flag) = argument.as_bool() {
        return Ok(Value::Bool(flag));
    }
    if let Some(number) = argument.as_f64() {
        return Ok(Value::Number(number));
    }
    if let Some(text) = argument.as_string() {
        return Ok(Value::String(text));
    }
    if argument.is_bigint() {
        return Err(ValueError::invalid("must be a number, not a bigint"));
    }
    if argument.is_function() || argument.is_symbol() {
        return Err(ValueError::invalid("must be a value that JSON can hold, not a function or symbol"));
    }
    let Some(depth) = depth.checked_sub(1) else { return Err(ValueError::new(ValueErrorKind::TooDeep)) };
    let threw = |_| ValueError::invalid("threw an exception when it was read");
    if is_array(argument).map_err(threw)? {
        let elements = elements(argument).map_err(threw)?;
        let read_at = |(index, element): (usize, JsValue)| read(&element, depth).map_err(|failure| failure.at_index(index));
        return elements.iter().enumerate().map(read_at).listed_until_error().map(Value::Array);
    }
    let mut fields = Vec::new();
    for entry in entries(argument).map_err(threw)?.iter() {
        let entry: Array = entry.unchecked_into();
        let (name, field) = (entry.get(0).as_string().unwrap_or_default(), entry.get(1));
        if !field.is_undefined() {
            let field = read(&field, depth).map_err(|failure| failure.in_field(&name))?;
            fields.push((name, field));
        }
    }
    match argument.dyn_ref::<Date>() {
        Some(date) if fields.is_empty() => Ok(Value::Number(date.get_time())),
        _ => Ok(Value::Object(fields)),
    }
}
