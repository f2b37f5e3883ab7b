//! Features and experiments.

use alloc::string::String;
use alloc::vec::Vec;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use super::engine::{MALFORMED, malformed, read, text};
use super::error::error;
use super::{Engine, answer, input};
use crate::domain::{Listed, Value, from_value, read_fields};
use crate::engine::ExperimentRequest;
use crate::experiments::{Automatic, Change, FeatureResult, decrypt};

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
        self.step(|engine| engine.feature(&key, &request, self.milliseconds(), |result| answer::object(result)))?
    }

    /// Why a feature has its value under the context in use, in OpenFeature's words, and the feature's own metadata. Never
    /// counts as exposure.
    #[wasm_bindgen(js_name = featureDetails, unchecked_return_type = "{ reason: string; metadata: object | null }")]
    pub fn feature_details(&self, #[wasm_bindgen(unchecked_param_type = "string")] key: JsValue) -> Result<JsValue, JsValue> {
        let key = text(&key, "the key")?;
        let answer = |reason: &str, metadata: &Value| {
            answer::object(&Value::Object(alloc::vec![("reason".into(), reason.into()), ("metadata".into(), metadata.clone())]))
        };
        self.step(|engine| engine.feature_details(&key, self.milliseconds(), answer))?
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
        self.step(|engine| engine.experiment(&experiment, &request, self.milliseconds(), |result| answer::object(result)))?
    }

    /// All features for this member in one call. Never counts as exposure: call `feature` when one is used.
    #[wasm_bindgen(unchecked_return_type = "Record<string, FeatureResult>")]
    pub fn features(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "ExperimentRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        let request: ExperimentRequest = read(&request)?;
        self.step(|engine| engine.all_features(&request, self.milliseconds(), |all| answer::object(&ByKey(all))))?
    }

    /// What later calls of `feature`, `features`, `experiment`, and everything that experiments decide in other answers, are
    /// for: the page's attributes and address, overrides. A call's own request counts over it. Features asked for without
    /// a request of their own are answered fastest.
    #[wasm_bindgen(js_name = setExperimentContext)]
    pub fn set_experiment_context(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "ExperimentRequest")] context: JsValue,
    ) -> Result<(), JsValue> {
        let context: ExperimentRequest = match context.as_string() {
            // The package's own way: see pkg/engine.js.
            Some(text) => {
                let value = input::json(text.as_bytes(), MALFORMED)?;
                from_value(&value).map_err(|failure| malformed(&failure))?
            }
            None => read(&context)?,
        };
        self.step(|engine| engine.set_experiment_context(context))
    }

    /// Runs the payload's experiments that lead to another page or change this one, for the page at `url`. Counts as exposure
    /// like `feature`. `triggered` names those that wait to be asked for, and were.
    #[wasm_bindgen(js_name = pageExperiments, unchecked_return_type = "PageExperiment[]")]
    pub fn page_experiments(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "ExperimentRequest & { triggered?: string[] }")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        #[derive(Default)]
        struct Triggered {
            triggered: Vec<String>,
        }
        read_fields!(Triggered: triggered);
        let triggered: Triggered = read(&request)?;
        let request: ExperimentRequest = read(&request)?;
        let triggered: Vec<&str> = triggered.triggered.iter().map(|key| &**key).listed();
        let answer = |all: &[Automatic<'_>]| answer::object(&all.iter().map(PageExperiment).listed());
        self.step(|engine| engine.page_experiments(&request, &triggered, self.milliseconds(), answer))?
    }

    /// The arms that stick on this device, as GrowthBook's sticky-bucket documents.
    #[wasm_bindgen(js_name = stickyBuckets, unchecked_return_type = "StickyDocument[]")]
    pub fn sticky_buckets(&self) -> Result<JsValue, JsValue> {
        self.step(|engine| Ok(answer::object(&engine.sticky_buckets().iter().listed())))?
    }

    /// Takes such documents: from another device, or from GrowthBook's own store. Each takes the place of the one for the
    /// same unit.
    #[wasm_bindgen(js_name = loadStickyBuckets)]
    pub fn load_sticky_buckets(
        &self,
        #[wasm_bindgen(unchecked_param_type = "StickyDocument[]")] documents: JsValue,
    ) -> Result<(), JsValue> {
        let documents = input::value(&documents, "malformed-request")?;
        self.step(|engine| engine.load_sticky_buckets(&documents))
    }

    /// What a slot shows: one of its arms, drawn by Thompson sampling from the server's priors and what happened on this
    /// device. Counts as an impression; tell a reward by `track({ type: 'click', slot, arm })`, or by any event with
    /// `slot`, `arm` and a number `reward`.
    #[wasm_bindgen(unchecked_return_type = "SlotChoice")]
    pub fn slot(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] key: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SlotRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        let key = text(&key, "the key")?;
        self.ask(&request, |engine, request, clock| engine.slot(&key, request, clock))
    }

    /// The keys of all slots, in the payload's order.
    #[wasm_bindgen(js_name = slotKeys)]
    pub fn slot_keys(&self) -> Result<Vec<String>, JsValue> {
        self.step(|engine| Ok(engine.slot_keys()))
    }

    /// How likely each arm of a slot is to be shown next, by the arm's key.
    #[wasm_bindgen(js_name = slotWeights, unchecked_return_type = "Record<string, number>")]
    pub fn slot_weights(&self, #[wasm_bindgen(unchecked_param_type = "string")] key: JsValue) -> Result<JsValue, JsValue> {
        let key = text(&key, "the key")?;
        let weights = self.step(|engine| engine.slot_weights(&key))?;
        answer::object(&Pairs(&weights))
    }

    /// The keys of all features; places of `packedFeature` count in them.
    #[wasm_bindgen(js_name = featureKeys, skip_typescript)]
    pub fn feature_keys(&self) -> Result<Vec<String>, JsValue> {
        self.step(|engine| Ok(engine.feature_keys()))
    }

    /// A feature's result as one number, for the package's own `feature`.
    #[wasm_bindgen(js_name = packedFeature, skip_typescript)]
    pub fn packed_feature(&self, place: usize) -> Result<f64, JsValue> {
        self.step(|engine| engine.packed_feature(place, &|| self.milliseconds()))
    }

    /// All features, for the package's own `features`.
    #[wasm_bindgen(js_name = packedFeatures, skip_typescript)]
    pub fn packed_features(&self) -> Result<Vec<f64>, JsValue> {
        let mut packed = Vec::new();
        self.step(|engine| engine.packed_features(&|| self.milliseconds(), &mut packed))?;
        Ok(packed)
    }

    /// The unit that an attribute names, for the package's own `feature`.
    #[wasm_bindgen(js_name = experimentUnit, skip_typescript)]
    pub fn experiment_unit(&self, name: JsValue) -> Result<JsValue, JsValue> {
        let name = text(&name, "the name")?;
        match self.step(|engine| engine.experiment_unit(&name, &|| self.milliseconds()))? {
            Value::String(unit) => Ok(JsValue::from_str(&unit)),
            unit => answer::object(&unit),
        }
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
            decryption_key: Option<String>,
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

struct PageExperiment<'a>(&'a Automatic<'a>);

impl Serialize for PageExperiment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("experiment", self.0.experiment)?;
        map.serialize_entry("change", if self.0.change == Change::Redirect { "redirect" } else { "visual" })?;
        map.serialize_entry("result", &self.0.result)?;
        map.serialize_entry("redirect", &self.0.redirect)?;
        map.end()
    }
}

struct Pairs<'a>(&'a [(String, f64)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, number)| (key, number)))
    }
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
