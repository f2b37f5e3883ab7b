//! What is loaded, saved and restored.

use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use super::engine::{MALFORMED, malformed};
use super::error::error;
use super::{Engine, answer, input};
use crate::domain::{AlignedBytes, Value, from_value, read_fields};
use crate::engine::{self, CatalogSource};
use crate::snapshot::{HostCheck, PublicKey, is_binary};

#[wasm_bindgen]
impl Engine {
    /// Takes a catalog snapshot: the binary form made by `regulars pack`, or the same content as UTF-8 JSON. All or
    /// nothing: on error the snapshot before it stays in use. With `publicKeys` one of them must have signed it; with
    /// `shop` it must be for that shop, with `atLeast` of that version or a newer one. `checked` is what the host found
    /// in these very bytes with its own cryptography, which is faster: their digest, and whether the signature over the
    /// first 128 is by the key that they name. With `later` programme, offers, stores, segments, texts and features of a
    /// binary snapshot, all of which is checked to be readable, are compiled when they are first asked for: the first list
    /// of items is there sooner, and `catalogInfo` tells what was left out of them.
    #[wasm_bindgen(js_name = loadCatalog, unchecked_return_type = "SnapshotInfo")]
    pub fn load_catalog(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CatalogOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options = CatalogOptions::read(&options)?;
        let bytes = bytes_of(&bytes, "malformed-snapshot", "a snapshot must be bytes: a Uint8Array or an ArrayBuffer")?;
        let json = if !cfg!(feature = "catalog-json") || is_binary(bytes.as_slice()) {
            None
        } else {
            Some(input::json(bytes.as_slice(), "malformed-snapshot")?)
        };
        let source = match &json {
            Some(value) => CatalogSource::Json(value),
            None => CatalogSource::Binary(bytes),
        };
        let info = self.step(|engine| {
            let now = engine.now(options.now, self.milliseconds());
            engine.load_catalog_with(source, &options.at(now))
        })?;
        answer::object(&info)
    }

    /// Changes the catalog in use by a delta made by `regulars delta`. All or nothing: on error the catalog stays as it
    /// was, and the whole snapshot is to be fetched. A catalog that had to be signed takes only signed deltas.
    #[wasm_bindgen(js_name = applyDelta, unchecked_return_type = "SnapshotInfo")]
    pub fn apply_delta(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CatalogOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options = CatalogOptions::read(&options)?;
        let bytes = bytes_of(&bytes, "malformed-delta", "a delta must be bytes: a Uint8Array or an ArrayBuffer")?;
        let info = self.step(|engine| {
            let now = engine.now(options.now, self.milliseconds());
            engine.apply_delta(bytes.as_slice(), &options.at(now))
        })?;
        answer::object(&info)
    }

    /// What the catalog in use says of itself, with all that was left out of it: what `loadCatalog` left for later is
    /// compiled by then.
    #[wasm_bindgen(js_name = catalogInfo, unchecked_return_type = "SnapshotInfo")]
    pub fn catalog_info(&self) -> Result<JsValue, JsValue> {
        let info = self.step(|engine| engine.catalog_info())?;
        answer::object(&info)
    }

    /// The file of the catalog in use, deltas included: to be kept and loaded again. `undefined` where it was taken as
    /// JSON.
    #[wasm_bindgen(js_name = catalogBytes)]
    pub fn catalog_bytes(&self) -> Result<Option<js_sys::Uint8Array>, JsValue> {
        let bytes = self.step(|engine| engine.catalog_bytes())?;
        Ok(bytes.map(|bytes| js_sys::Uint8Array::from(bytes.as_slice())))
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
        let info = self.step(|engine| engine.load_member(&profile, self.milliseconds()))?;
        answer::object(&info)
    }

    /// What this device knows (events, settings), as bytes for `restoreState`.
    #[wasm_bindgen(js_name = saveState)]
    pub fn save_state(&self) -> Result<Vec<u8>, JsValue> {
        self.note(|engine| Ok(engine.save_state()))
    }

    /// Takes back what `saveState` gave. Events tracked before the call are kept behind the restored ones.
    #[wasm_bindgen(js_name = restoreState)]
    pub fn restore_state(&self, #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue) -> Result<(), JsValue> {
        let bytes = state_of(&bytes)?;
        self.step(|engine| engine.restore_state(bytes.as_slice()))
    }

    /// Takes over the state of another engine of this device that is gone (a closed tab, the page before a reload): what
    /// it knew, and its batches for the server under their own ids.
    #[wasm_bindgen(js_name = adoptState)]
    pub fn adopt_state(&self, #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue) -> Result<(), JsValue> {
        let bytes = state_of(&bytes)?;
        self.step(|engine| engine.adopt_state(bytes.as_slice()))
    }

    /// Learns what another engine of this device knows that goes on (another tab): what happened there counts for the
    /// answers here, and is still sent by the other alone.
    #[wasm_bindgen(js_name = learnState)]
    pub fn learn_state(&self, #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue) -> Result<(), JsValue> {
        let bytes = state_of(&bytes)?;
        self.step(|engine| engine.learn_state(bytes.as_slice()))
    }

    /// The member leaves: the profile and everything that concerns the person is gone, events that wait included. The
    /// catalog stays.
    #[wasm_bindgen(js_name = forgetMember)]
    pub fn forget_member(&self) -> Result<(), JsValue> {
        self.step(|engine| {
            engine.forget_member();
            Ok(())
        })
    }
}

fn bytes_of(argument: &JsValue, code: &str, message: &str) -> Result<AlignedBytes, JsValue> {
    input::bytes(argument).ok_or_else(|| error(code, message))
}

fn state_of(argument: &JsValue) -> Result<AlignedBytes, JsValue> {
    bytes_of(argument, "malformed-state", "the state must be bytes, as `saveState` gave them")
}

#[derive(Default)]
struct CatalogOptions {
    public_keys: Vec<PublicKey>,
    now: Option<i64>,
    shop: Option<String>,
    at_least: Option<u64>,
    host_check: Option<HostCheck>,
    later: bool,
}

impl CatalogOptions {
    fn at(&self, now: i64) -> engine::CatalogOptions<'_> {
        let (shop, at_least, host_check) = (self.shop.as_deref(), self.at_least, self.host_check);
        engine::CatalogOptions { keys: &self.public_keys, now, shop, at_least, host_check, later: self.later }
    }

    fn read(options: &JsValue) -> Result<Self, JsValue> {
        #[derive(Default)]
        struct Plain {
            now: Option<i64>,
            shop: Option<String>,
            at_least: Option<u64>,
            later: bool,
            signature: bool,
        }
        read_fields!(Plain: now, shop, at_least, later, signature);
        if options.is_null() || options.is_undefined() {
            return Ok(CatalogOptions::default());
        }
        // Keys and digest are bytes, which are no JSON: they are taken off before the rest is read.
        let field =
            |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).map_err(|_| error(MALFORMED, "the options cannot be read"));
        let mut public_keys = Vec::new();
        let keys = field(options, "publicKeys")?;
        if !keys.is_null() && !keys.is_undefined() {
            for key in input::list(&keys).ok_or_else(|| error("bad-public-key", "`publicKeys` must be a list of keys"))?.iter() {
                let key = input::bytes(&key).ok_or_else(|| error("bad-public-key", "a public key must be bytes"))?;
                public_keys.push(key.as_slice().to_vec());
            }
        }
        let checked = field(options, "checked")?;
        let has_check = !checked.is_null() && !checked.is_undefined();
        let mut plain = Vec::new();
        for name in ["now", "shop", "atLeast", "later"] {
            plain.push((name.into(), input::value(&field(options, name)?, MALFORMED)?));
        }
        if has_check {
            plain.push(("signature".into(), input::value(&field(&checked, "signature")?, MALFORMED)?));
        }
        plain.retain(|(_, value): &(String, Value)| !value.is_null());
        let plain: Plain = from_value(&Value::Object(plain)).map_err(|failure| malformed(&failure))?;
        let mut host_check = None;
        if has_check {
            let digest = input::bytes(&field(&checked, "digest")?);
            let digest = digest.and_then(|digest| digest.as_slice().try_into().ok());
            let digest = digest.ok_or_else(|| error(MALFORMED, "`checked.digest` must be 32 bytes"))?;
            host_check = Some(HostCheck { digest, signed: plain.signature });
        }
        Ok(CatalogOptions { public_keys, now: plain.now, shop: plain.shop, at_least: plain.at_least, host_check, later: plain.later })
    }
}
