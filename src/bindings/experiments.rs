//! Features and experiments.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use super::engine::{read, text};
use super::error::error;
use super::{Engine, answer, clock, input};
use crate::domain::{Value, read_fields};
use crate::engine::ExperimentRequest;
use crate::experiments::{FeatureResult, decrypt};

/// Parts of a payload that may be served encrypted, and what they are then called.
const PARTS: [(&str, &str); 4] = [
    ("encryptedFeatures", "features"),
    ("encryptedExperiments", "experiments"),
    ("encryptedSavedGroups", "savedGroups"),
    ("encryptedContextualBandits", "contextualBandits"),
];

#[wasm_bindgen]
impl Engine {
    /// A feature's value for this member. Where it comes from an experiment, this counts as exposure, once for each
    /// unit, experiment and arm; with `peek: true` it doesn't.
    #[wasm_bindgen(unchecked_return_type = "FeatureResult")]
    pub fn feature(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] key: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ExperimentRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        let key = text(&key, "the key")?;
        let request: ExperimentRequest = read(&request)?;
        self.step(|engine| engine.feature(&key, &request, clock::milliseconds(), |result| answer::object(result)))?
    }

    /// The arm of an experiment: of the payload's by its key, or of one written inline. Counts as exposure like `feature`.
    #[wasm_bindgen(unchecked_return_type = "ExperimentResult")]
    pub fn experiment(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string | object")] experiment: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ExperimentRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        let experiment = input::value(&experiment, "malformed-request")?;
        let request: ExperimentRequest = read(&request)?;
        self.step(|engine| engine.experiment(&experiment, &request, clock::milliseconds(), |result| answer::object(result)))?
    }

    /// All features for this member in one call. Never counts as exposure: call `feature` when one is used.
    #[wasm_bindgen(unchecked_return_type = "Record<string, FeatureResult>")]
    pub fn features(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "ExperimentRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        let request: ExperimentRequest = read(&request)?;
        self.step(|engine| engine.all_features(&request, clock::milliseconds(), |all| answer::object(&ByKey(all))))?
    }

    /// A GrowthBook SDK payload as it is served: an object or its JSON text; with the key where parts are encrypted. It takes
    /// the place of the catalog's features.
    #[wasm_bindgen(js_name = loadFeatures, unchecked_return_type = "SnapshotInfo")]
    pub fn load_features(
        &self,
        #[wasm_bindgen(unchecked_param_type = "object | string")] payload: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "{ decryptionKey?: string }")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        #[derive(Default)]
        struct Options {
            decryption_key: Option<alloc::string::String>,
        }
        read_fields!(Options: decryption_key);
        let options: Options = read(&options)?;
        let mut payload = match payload.as_string() {
            Some(text) => input::json(text.as_bytes(), "malformed-features"),
            None => input::value(&payload, "malformed-features"),
        }?;
        if let Some(key) = &options.decryption_key {
            decrypt_parts(&mut payload, key)?;
        }
        let info = self.step(|engine| engine.load_features(&payload))?;
        answer::object(&info)
    }
}

fn decrypt_parts(payload: &mut Value, key: &str) -> Result<(), JsValue> {
    let Value::Object(fields) = payload else { return Ok(()) };
    for (name, value) in fields {
        if let Some((_, plain)) = PARTS.iter().find(|(encrypted, _)| encrypted == name)
            && let Some(text) = value.as_str()
        {
            let wrong = || error("bad-encryption", "the payload can't be decrypted with this key");
            let text = decrypt(text, key).ok_or_else(wrong)?;
            *value = input::json(text.as_bytes(), "bad-encryption")?;
            *name = (*plain).into();
        }
    }
    Ok(())
}

/// Results as an object.
struct ByKey<'a>(&'a [(&'a str, FeatureResult<'a>)]);

impl Serialize for ByKey<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, result) in self.0 {
            map.serialize_entry(key, result)?;
        }
        map.end()
    }
}
