//! The host's own way to write numbers, amounts and dates.

use alloc::rc::Rc;
use alloc::string::String;

use wasm_bindgen::prelude::*;

use super::Engine;
use crate::engine::HostWords;

// With `catch`: `Intl` throws for a locale, a currency or a zone that it does not know.
#[wasm_bindgen]
extern "C" {
    /// What `pkg/words.js` makes of `Intl`.
    type IntlWords;

    #[wasm_bindgen(method, catch)]
    fn number(this: &IntlWords, locale: &str, number: f64) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn money(this: &IntlWords, locale: &str, minor: f64, currency: &str, decimals: u8) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn date(this: &IntlWords, locale: &str, at: f64, zone: &str, with_time: bool) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, catch, js_name = isOne)]
    fn is_one(this: &IntlWords, locale: &str, count: f64) -> Result<Option<bool>, JsValue>;
}

#[allow(clippy::cast_precision_loss)] // beyond 2^53 the plain way is taken
fn exact(number: i64) -> Option<f64> {
    (number.unsigned_abs() <= 1 << 53).then_some(number as f64)
}

impl HostWords for IntlWords {
    fn number(&self, locale: &str, number: i64) -> Option<String> {
        IntlWords::number(self, locale, exact(number)?).ok()?
    }

    fn money(&self, locale: &str, minor: i64, currency: &str, decimals: u8) -> Option<String> {
        IntlWords::money(self, locale, exact(minor)?, currency, decimals).ok()?
    }

    fn date(&self, locale: &str, at: i64, zone: &str, with_time: bool) -> Option<String> {
        IntlWords::date(self, locale, exact(at)?, zone, with_time).ok()?
    }

    fn is_one(&self, locale: &str, count: i64) -> Option<bool> {
        IntlWords::is_one(self, locale, exact(count)?).ok()?
    }
}

#[wasm_bindgen]
impl Engine {
    /// How texts write numbers, amounts and dates; plainly without.
    #[wasm_bindgen(js_name = setWords, skip_typescript)]
    pub fn set_words(&self, words: JsValue) -> Result<(), JsValue> {
        let words = words.is_object().then(|| Rc::new(words.unchecked_into::<IntlWords>()) as Rc<dyn HostWords>);
        self.step(|engine| {
            engine.set_host_words(words);
            Ok(())
        })
    }
}
