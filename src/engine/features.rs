//! `feature`, `features`, `experiment`: which arm, and who was exposed to it.

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::catalog::Surroundings;
use super::{Engine, EngineError, ExperimentRequest, MemberEvent, SnapshotInfo};
use crate::domain::{Fact, Reason, Value};
use crate::experiments::{
    Context, Effects, Experiment, ExperimentResult, Exposure, FeatureResult, Features, Overrides, StickyBuckets, StickyDocument,
};
use crate::rules::{AttributeSource, AttributeTable, Attributes, RegexEngine};

/// A payload compiled, with the names of the attributes it asks for.
#[derive(Default)]
pub(super) struct FeatureBook {
    table: AttributeTable,
    features: Features,
}

impl FeatureBook {
    /// Compiles a payload.
    pub(super) fn compile(payload: &Value, regex: &dyn RegexEngine) -> (Self, Vec<Reason>) {
        let mut table = AttributeTable::default();
        let (features, warnings) = Features::compile(payload, &mut table, regex);
        (FeatureBook { table, features }, warnings)
    }
}

impl Engine {
    /// Takes a GrowthBook payload (`features`, `experiments`, `savedGroups`, `contextualBandits`), in place of the one in
    /// the catalog. What is malformed in it is left out with a warning.
    ///
    /// # Errors
    /// `malformed-features` where it is no object; the payload before it stays in use.
    pub fn load_features(&mut self, payload: &Value) -> Result<SnapshotInfo, EngineError> {
        if payload.as_object().is_none() {
            return Err(EngineError::new("malformed-features", "a payload of features is an object"));
        }
        let (book, warnings) = FeatureBook::compile(payload, &*self.regex);
        let items = u32::try_from(book.features.len()).ok();
        self.features = Some(Rc::new(book));
        Ok(SnapshotInfo { id: "features".into(), items, warnings, ..SnapshotInfo::default() })
    }

    /// The value of the feature called `key` for this member; `answer` makes of it what the caller wants. Where the value
    /// comes from an experiment, this counts as exposure, once for each unit, experiment and arm.
    ///
    /// # Errors
    /// `no-features`; `malformed-request` where overrides are malformed.
    pub fn feature<T>(
        &mut self,
        key: &str,
        request: &ExperimentRequest,
        clock: i64,
        answer: impl FnOnce(&FeatureResult<'_>) -> T,
    ) -> Result<T, EngineError> {
        let book = self.book()?;
        let asked = self.asked(&book.table, request, clock)?;
        let context = asked.context(&self.device.sticky);
        let mut evaluation = book.features.evaluate(&context);
        let answer = answer(&evaluation.feature(key));
        let used = Used::of(&evaluation.finish(), asked.now);
        self.settle(used, request);
        Ok(answer)
    }

    /// All features at once, in the payload's order. Never counts as exposure: ask [`Engine::feature`] when one is used.
    ///
    /// # Errors
    /// As [`Engine::feature`].
    pub fn all_features<T>(
        &self,
        request: &ExperimentRequest,
        clock: i64,
        answer: impl FnOnce(&[(&str, FeatureResult<'_>)]) -> T,
    ) -> Result<T, EngineError> {
        let book = self.book()?;
        let asked = self.asked(&book.table, request, clock)?;
        let context = asked.context(&self.device.sticky);
        Ok(answer(&book.features.evaluate(&context).all()))
    }

    /// The arm of an experiment: one of the payload by its key, or one written inline. Counts as exposure like
    /// [`Engine::feature`].
    ///
    /// # Errors
    /// `no-features` or `unknown-experiment` for a key, `malformed-request` for a malformed experiment.
    pub fn experiment<T>(
        &mut self,
        experiment: &Value,
        request: &ExperimentRequest,
        clock: i64,
        answer: impl FnOnce(&ExperimentResult<'_>) -> T,
    ) -> Result<T, EngineError> {
        let book = match experiment {
            Value::String(_) => self.book()?,
            _ => self.features.clone().unwrap_or_default(),
        };
        // An inline experiment may depend on features, so it shares their table of names.
        let mut table = book.table.clone();
        let inline;
        let experiment = match experiment {
            Value::String(key) => {
                let known = book.features.experiment(key);
                known.ok_or_else(|| EngineError::new("unknown-experiment", "the payload has no experiment of that key"))?
            }
            wire => {
                inline = Experiment::compile(wire, &mut table, book.features.rules(&*self.regex)).map_err(|reason| malformed(&reason))?.0;
                &inline
            }
        };
        let asked = self.asked(&table, request, clock)?;
        let context = asked.context(&self.device.sticky);
        let mut evaluation = book.features.evaluate(&context);
        let answer = answer(&evaluation.experiment(experiment));
        let used = Used::of(&evaluation.finish(), asked.now);
        self.settle(used, request);
        Ok(answer)
    }

    fn book(&self) -> Result<Rc<FeatureBook>, EngineError> {
        self.features.clone().ok_or_else(|| EngineError::new("no-features", "no features are loaded: call loadFeatures first"))
    }

    fn asked<'a>(&self, table: &AttributeTable, request: &'a ExperimentRequest, clock: i64) -> Result<Asked<'a>, EngineError> {
        let now = self.now(request.now, clock);
        let overrides = overrides(&request.overrides)?;
        let attributes = self.experiment_attributes(table, &request.attributes, now);
        Ok(Asked { now, overrides, attributes, url: request.url.as_deref().unwrap_or_default() })
    }

    /// Keeps arms that stick, and counts exposures unless the request only looks.
    fn settle(&mut self, used: Used, request: &ExperimentRequest) {
        if request.peek {
            return;
        }
        for document in used.sticky {
            self.device.sticky.insert(document);
        }
        for (key, event) in used.exposures {
            self.device.expose(key, event);
        }
    }

    /// What experiments may read: the caller's attributes, over the member's visible traits and id under their bare
    /// names; and `member.*`, `now.*`, `context.*` as all rules do.
    fn experiment_attributes<'a>(&self, table: &AttributeTable, given: &'a Value, now: i64) -> Attributes<'a> {
        let mut attributes = self.attributes_of(table, self.snapshot.as_deref(), now, Surroundings::default());
        let mut traits = Attributes::default();
        traits.bind(table, "", &self.visible.attributes);
        for (id, _) in table.iter() {
            let value = traits.value(id);
            if !value.is_null() {
                attributes.set(id, value.to_value());
            }
        }
        if let Some(id) = table.find("id")
            && !self.member.id.is_empty()
        {
            attributes.set(id, self.member.id.as_str());
        }
        attributes.bind(table, "", given);
        attributes
    }
}

/// What an evaluation is made with.
struct Asked<'a> {
    now: i64,
    overrides: Overrides,
    attributes: Attributes<'a>,
    url: &'a str,
}

impl Asked<'_> {
    fn context<'c>(&'c self, sticky: &'c StickyBuckets) -> Context<'c> {
        Context { url: self.url, overrides: Some(&self.overrides), sticky: Some(sticky), ..Context::new(&self.attributes) }
    }
}

/// What an evaluation led to.
struct Used {
    exposures: Vec<(String, MemberEvent)>,
    sticky: Vec<StickyDocument>,
}

impl Used {
    fn of(effects: &Effects<'_>, now: i64) -> Self {
        let exposures = effects.exposures.iter().map(|exposure| (exposure.dedupe_key(), event_of(exposure, now))).collect();
        Used { exposures, sticky: effects.sticky.clone() }
    }
}

fn malformed(reason: &Reason) -> EngineError {
    let field = match reason.fact("field") {
        Some(Fact::Text(field)) => field.as_str(),
        _ => "",
    };
    EngineError::malformed("malformed-request", "the experiment is malformed", field)
}

/// `{variations: {experiment: arm}, features: {key: value}}`.
fn overrides(value: &Value) -> Result<Overrides, EngineError> {
    let mut read = Overrides::default();
    for (experiment, arm) in value.get("variations").and_then(Value::as_object).unwrap_or_default() {
        let arm = arm.as_f64().and_then(super::event::whole);
        let arm =
            arm.ok_or_else(|| EngineError::malformed("malformed-request", "an arm is named by its number", "overrides.variations"))?;
        read.variations.insert(experiment.clone(), arm);
    }
    for (key, forced) in value.get("features").and_then(Value::as_object).unwrap_or_default() {
        read.features.insert(key.clone(), forced.clone());
    }
    Ok(read)
}

/// The event of an exposure: ids, time and arm, nothing of the member's traits.
fn event_of(exposure: &Exposure<'_>, now: i64) -> MemberEvent {
    let result = &exposure.result;
    #[allow(clippy::cast_precision_loss)] // arms are few
    let arm = result.variation_id as f64;
    let mut fields: Vec<(String, Value)> = alloc::vec![
        ("experiment".to_string(), exposure.experiment.into()),
        ("variation".to_string(), Value::Number(arm)),
        ("key".to_string(), Value::String(result.key.to_string())),
        ("hashAttribute".to_string(), result.hash_attribute.into()),
        ("hashValue".to_string(), result.hash_value.to_value()),
    ];
    if let Some(feature) = result.feature_id {
        fields.push(("feature".to_string(), feature.into()));
    }
    MemberEvent { kind: "exposure".into(), at: now, fields, ..MemberEvent::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::NativeRegex;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn engine() -> Engine {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let payload = r#"{"features": {
            "banner": {"defaultValue": "plain", "rules": [{"key": "b", "variations": ["plain", "bold"]}]},
            "gold": {"defaultValue": false, "rules": [{"condition": {"member.tier": "gold"}, "force": true}]},
            "dry": {"defaultValue": false, "rules": [{"condition": {"skin": "dry"}, "force": true}]}
        }}"#;
        engine.load_features(&value(payload)).unwrap();
        engine.load_member(&value(r#"{"id": "m", "tier": {"id": "gold"}, "attributes": {"skin": "dry"}}"#), 0).unwrap();
        engine
    }

    fn on(engine: &mut Engine, key: &str, request: &str) -> bool {
        let request = crate::domain::from_value(&value(request)).unwrap();
        engine.feature(key, &request, 5, |result| result.is_on()).unwrap()
    }

    #[test]
    fn nothing_is_answered_before_features_are_loaded() {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        assert_eq!(engine.feature("x", &ExperimentRequest::default(), 0, |_| ()).unwrap_err().code, "no-features");
        assert_eq!(engine.load_features(&value("[]")).unwrap_err().code, "malformed-features");
    }

    #[test]
    fn an_exposure_counts_once_and_looking_counts_never() {
        let mut engine = engine();
        on(&mut engine, "banner", r#"{"peek": true}"#);
        engine.all_features(&ExperimentRequest::default(), 0, |all| assert_eq!(all.len(), 3)).unwrap();
        assert_eq!(engine.events_waiting(), 0);
        on(&mut engine, "banner", "{}");
        on(&mut engine, "banner", "{}");
        assert_eq!(engine.events_waiting(), 1);
        let batch = engine.drain_events(1);
        assert_eq!(batch.events[0].text("experiment"), Some("b"));
        assert!(batch.events[0].field("skin").is_none());
    }

    #[test]
    fn an_exposure_counts_once_across_a_reload() {
        let mut before = engine();
        on(&mut before, "banner", "{}");
        let mut after = engine();
        after.restore_state(&before.save_state()).unwrap();
        on(&mut after, "banner", "{}");
        assert_eq!(after.events_waiting(), 1);
    }

    #[test]
    fn traits_count_only_with_personalisation_and_given_attributes_over_them() {
        let mut engine = engine();
        assert!(on(&mut engine, "gold", "{}") && on(&mut engine, "dry", "{}"));
        assert!(!on(&mut engine, "dry", r#"{"attributes": {"skin": "oily"}}"#));
        engine.set_privacy(&crate::engine::PrivacySettings { personalised: Some(false), ..Default::default() }).unwrap();
        assert!(on(&mut engine, "gold", "{}") && !on(&mut engine, "dry", "{}"));
    }

    #[test]
    fn overrides_force_and_do_not_count() {
        let mut engine = engine();
        let request = r#"{"overrides": {"features": {"gold": false}, "variations": {"b": 1}}}"#;
        assert!(!on(&mut engine, "gold", request) && on(&mut engine, "banner", request));
        assert_eq!(engine.events_waiting(), 0);
    }

    #[test]
    fn inline_experiments_run() {
        let mut engine = engine();
        let experiment = value(r#"{"key": "inline", "variations": ["a", "b"], "weights": [0, 1]}"#);
        let arm = engine.experiment(&experiment, &ExperimentRequest::default(), 0, |result| result.variation_id).unwrap();
        assert_eq!((arm, engine.events_waiting()), (1, 1));
        assert_eq!(
            engine.experiment(&value(r#""none""#), &ExperimentRequest::default(), 0, |_| ()).unwrap_err().code,
            "unknown-experiment"
        );
        assert!(engine.experiment(&value(r#"{"variations": 3}"#), &ExperimentRequest::default(), 0, |_| ()).is_err());
    }
}
