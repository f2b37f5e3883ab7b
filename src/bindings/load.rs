//! What is loaded, saved and restored.

use alloc::string::ToString;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use super::engine::MALFORMED;
use super::error::error;
use super::{Engine, answer, clock, input};
use crate::domain::from_value;
use crate::engine::CatalogSource;
use crate::snapshot::{PublicKey, is_binary};

#[wasm_bindgen]
impl Engine {
    /// Takes a catalog snapshot: the binary form made by `regulars pack`, or the same content as UTF-8 JSON. All or
    /// nothing: on error the snapshot before it stays in use. With `publicKeys` one of them must have signed it.
    #[wasm_bindgen(js_name = loadCatalog, unchecked_return_type = "SnapshotInfo")]
    pub fn load_catalog(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "{ publicKeys?: Uint8Array[]; now?: number }")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options = CatalogOptions::read(&options)?;
        let bytes =
            input::bytes(&bytes).ok_or_else(|| error("malformed-snapshot", "a snapshot must be bytes: a Uint8Array or an ArrayBuffer"))?;
        let json = if is_binary(bytes.as_slice()) { None } else { Some(input::json(bytes.as_slice(), "malformed-snapshot")?) };
        let source = match &json {
            Some(value) => CatalogSource::Json(value),
            None => CatalogSource::Binary(bytes),
        };
        let info = self.step(|engine| {
            let now = engine.now(options.now, clock::milliseconds());
            engine.load_catalog(source, &options.public_keys, now)
        })?;
        answer::object(&info)
    }

    /// Takes a member profile: an object, or UTF-8 JSON. All or nothing: on error the profile before it stays in use.
    #[wasm_bindgen(js_name = loadMember, unchecked_return_type = "SnapshotInfo")]
    pub fn load_member(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer | object")] profile: JsValue,
    ) -> Result<JsValue, JsValue> {
        let profile = match input::bytes(&profile) {
            Some(bytes) => input::json(bytes.as_slice(), "malformed-member"),
            None => input::value(&profile, "malformed-member"),
        }?;
        let info = self.step(|engine| engine.load_member(&profile, clock::milliseconds()))?;
        answer::object(&info)
    }

    /// What this device knows (events, settings), as bytes for `restoreState`.
    #[wasm_bindgen(js_name = saveState)]
    pub fn save_state(&self) -> Result<Vec<u8>, JsValue> {
        self.step(|engine| Ok(engine.save_state()))
    }

    /// Takes back what `saveState` gave. Events tracked before the call are kept behind the restored ones.
    #[wasm_bindgen(js_name = restoreState)]
    pub fn restore_state(&self, #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue) -> Result<(), JsValue> {
        let bytes = input::bytes(&bytes).ok_or_else(|| error("malformed-state", "the state must be bytes, as `saveState` gave them"))?;
        self.step(|engine| engine.restore_state(bytes.as_slice()))
    }
}

struct CatalogOptions {
    public_keys: Vec<PublicKey>,
    now: Option<i64>,
}

impl CatalogOptions {
    fn read(options: &JsValue) -> Result<Self, JsValue> {
        let mut read = CatalogOptions { public_keys: Vec::new(), now: None };
        if options.is_null() || options.is_undefined() {
            return Ok(read);
        }
        // Keys are bytes, which are no JSON: they are taken off before the rest is read.
        let field = |name: &str| js_sys::Reflect::get(options, &name.into()).map_err(|_| error(MALFORMED, "the options cannot be read"));
        let keys = field("publicKeys")?;
        if !keys.is_null() && !keys.is_undefined() {
            for key in input::list(&keys).ok_or_else(|| error("bad-public-key", "`publicKeys` must be a list of keys"))?.iter() {
                let key = input::bytes(&key).ok_or_else(|| error("bad-public-key", "a public key must be bytes"))?;
                read.public_keys.push(key.as_slice().to_vec());
            }
        }
        let now = input::value(&field("now")?, MALFORMED)?;
        read.now = from_value(&now).map_err(|failure| error(MALFORMED, &failure.in_field("now").to_string()))?;
        Ok(read)
    }
}
