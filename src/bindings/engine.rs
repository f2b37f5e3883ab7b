//! The class `Engine`: one handle, one method a question.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{RefCell, RefMut};

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::error::error;
use super::regex::HostRegexEngine;
use super::{answer, clock, input};
use crate::domain::{FromValue, Value, ValueError, read_into};
use crate::engine::{self, EngineError};

/// Pure computation over one catalog snapshot and one member profile: no I/O and no global state.
///
/// Decisions never throw: they answer with reasons. Loading and misuse throw a `RegularsError`.
#[wasm_bindgen]
pub struct Engine {
    inner: RefCell<engine::Engine>,
    /// The page's own clock; the device's where it is no function.
    clock: RefCell<JsValue>,
}

impl Engine {
    /// Borrows the engine for one step. Arguments are read before and answers made after, so nobody can come back in
    /// between but a host object that the engine itself calls (a patched `RegExp`).
    pub(super) fn step<T>(&self, step: impl FnOnce(&mut engine::Engine) -> Result<T, EngineError>) -> Result<T, JsValue> {
        let mut engine = self.borrowed()?;
        engine.catch_up();
        let answer = step(&mut engine)?;
        engine.count_exposures();
        Ok(answer)
    }

    /// As `step`, where nothing is answered that depends on what was tracked before.
    pub(super) fn note<T>(&self, step: impl FnOnce(&mut engine::Engine) -> Result<T, EngineError>) -> Result<T, JsValue> {
        let mut engine = self.borrowed()?;
        let answer = step(&mut engine)?;
        engine.count_exposures();
        Ok(answer)
    }

    /// What time it is for this engine, in milliseconds since 1970.
    pub(super) fn milliseconds(&self) -> i64 {
        let own = self.clock.try_borrow().ok().and_then(|clock| clock.dyn_ref::<js_sys::Function>().cloned());
        let told = own.and_then(|own| own.call0(&JsValue::UNDEFINED).ok()).and_then(|now| now.as_f64());
        #[allow(clippy::cast_possible_truncation)] // saturates
        told.map_or_else(clock::milliseconds, |now| now as i64)
    }

    // What follows, and the functions below that are not inlined, are the same for all methods: there is one of each in the
    // module, not one a method.
    #[inline(never)]
    fn borrowed(&self) -> Result<RefMut<'_, engine::Engine>, JsValue> {
        self.inner.try_borrow_mut().map_err(|_| error("busy", "the engine is in the middle of another call"))
    }

    /// Reads a request, asks, and makes the answer a plain object.
    pub(super) fn ask<Q: for<'v> FromValue<'v>, A: Serialize>(
        &self,
        request: &JsValue,
        question: impl FnOnce(&mut engine::Engine, &Q, i64) -> Result<A, EngineError>,
    ) -> Result<JsValue, JsValue> {
        let request: Q = read(request)?;
        let answer = self.step(|engine| question(engine, &request, self.milliseconds()))?;
        answer::object(&answer)
    }
}

/// A request out of an argument; where that is missing, an empty one.
pub(super) fn read<Q: for<'v> FromValue<'v>>(argument: &JsValue) -> Result<Q, JsValue> {
    let mut request = Q::blank();
    read_over(&mut request, argument)?;
    Ok(request)
}

#[inline(never)]
fn read_over(request: &mut dyn for<'v> FromValue<'v>, argument: &JsValue) -> Result<(), JsValue> {
    let value = match input::value(argument, MALFORMED)? {
        Value::Null => Value::Object(Vec::new()),
        value => value,
    };
    read_into(request, &value).map_err(|failure| malformed(&failure))
}

/// What to throw where an argument is not what it should be.
#[inline(never)]
pub(super) fn malformed(failure: &ValueError) -> JsValue {
    error(MALFORMED, &failure.text())
}

/// A text out of an argument.
pub(super) fn text(argument: &JsValue, name: &str) -> Result<String, JsValue> {
    argument.as_string().ok_or_else(|| error(MALFORMED, &[name, " must be a text"].concat()))
}

pub(super) const MALFORMED: &str = "malformed-request";

#[wasm_bindgen]
impl Engine {
    /// An engine without catalog and member.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)] // it is random
    pub fn new() -> Engine {
        let inner = engine::Engine::new(clock::device_number(), Rc::new(HostRegexEngine));
        Engine { inner: RefCell::new(inner), clock: RefCell::new(JsValue::UNDEFINED) }
    }

    /// The clock that this engine goes by, in milliseconds since 1970, in place of the device's: for a page that lives at
    /// another time, or knows it better. `null`: the device's again. What the clock throws, or where it tells no number,
    /// the device's counts.
    #[wasm_bindgen(js_name = setClock)]
    pub fn set_clock(&self, #[wasm_bindgen(unchecked_param_type = "(() => number) | null")] clock: JsValue) {
        self.clock.replace(clock);
    }
}
