//! `feature`, `features`, `experiment`: which arm, and who was exposed to it.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::OnceCell;

use super::exposure::Used;
use super::{Engine, EngineError, ExperimentRequest, SnapshotInfo};
use crate::domain::{Fact, OfExperiments, Reason, Value, from_value};
use crate::experiments::{
    Automatic, ChangePolicy, Experiment, ExperimentResult, FeatureResult, Features, Slot, StickyBuckets, StickyDocument,
};
use crate::rules::{AttributeTable, RegexEngine};

/// A payload compiled, with the names of the attributes it asks for.
#[derive(Default)]
pub(super) struct FeatureBook {
    pub(super) table: AttributeTable,
    pub(super) features: OfExperiments<Features>,
    pub(super) slots: OfExperiments<Vec<Slot>>,
    /// Whether no attribute asked for changes with time alone.
    pub(super) timeless: bool,
}

impl FeatureBook {
    /// Compiles a payload.
    pub(super) fn compile(payload: &Value, regex: &dyn RegexEngine) -> (Self, Vec<Reason>) {
        let mut table = AttributeTable::default();
        let (features, mut warnings) = Features::compile(payload, &mut table, regex);
        let mut slots: Vec<Slot> = Vec::new();
        for wire in payload.get("slots").and_then(Value::as_array).unwrap_or_default() {
            match Slot::compile(wire) {
                Ok(slot) => slots.push(slot),
                Err(reason) => warnings.push(reason),
            }
        }
        let timeless = !table.iter().any(|(_, path)| path.starts_with("now.") || path.starts_with("member."));
        let mut book = FeatureBook { table, timeless, ..FeatureBook::default() };
        let (features_of, slots_of): (&mut Features, &mut Vec<Slot>) = (&mut book.features, &mut book.slots);
        (*features_of, *slots_of) = (features, slots);
        (book, warnings)
    }
}

/// The payload in use, compiled when it is first asked for.
pub(super) struct FeaturesInUse {
    payload: Rc<Value>,
    compiled: OnceCell<(Rc<FeatureBook>, Vec<Reason>)>,
}

impl FeaturesInUse {
    pub(super) fn of(payload: Rc<Value>) -> Self {
        FeaturesInUse { payload, compiled: OnceCell::new() }
    }

    fn made(book: FeatureBook) -> Self {
        FeaturesInUse { payload: Rc::default(), compiled: (Rc::new(book), Vec::new()).into() }
    }

    fn compiled(&self, regex: &dyn RegexEngine) -> &(Rc<FeatureBook>, Vec<Reason>) {
        self.compiled.get_or_init(|| {
            // Builds without experiments lack all of the compiler.
            let (book, warnings) =
                if cfg!(feature = "experiments") { FeatureBook::compile(&self.payload, regex) } else { Default::default() };
            (Rc::new(book), warnings)
        })
    }

    /// What was left out of it.
    pub(super) fn warnings(&self, regex: &dyn RegexEngine) -> &[Reason] {
        &self.compiled(regex).1
    }

    /// Whether there may be a feature called `key`: certain only once the payload is compiled.
    pub(super) fn may_have(&self, key: &str) -> bool {
        match self.compiled.get() {
            Some((book, _)) => book.features.keys().any(|known| known == key),
            None => self.payload.get("features").is_some_and(|features| features.get(key).is_some()),
        }
    }

    /// Whether it is the payload of a catalog whose features are `features`.
    pub(super) fn is_of(&self, features: &Rc<Value>) -> bool {
        Rc::ptr_eq(&self.payload, features)
    }
}

impl Engine {
    /// Features and experiments in use; `None` where none are loaded.
    #[inline(never)]
    pub(super) fn feature_book(&self) -> Option<Rc<FeatureBook>> {
        self.features.as_ref().map(|features| features.compiled(&*self.regex).0.clone())
    }

    /// Takes a GrowthBook payload (`features`, `experiments`, `savedGroups`, `contextualBandits`), in place of the one in
    /// the catalog; beside them it may have `slots` ([`Slot::compile`]). What is malformed in it is left out with a warning.
    ///
    /// # Errors
    /// `malformed-features` where it is no object; the payload before it stays in use.
    pub fn load_features(&mut self, payload: &Value) -> Result<SnapshotInfo, EngineError> {
        if payload.as_object().is_none() {
            return Err(EngineError::new("malformed-features", "a payload of features is an object"));
        }
        let (book, warnings) = FeatureBook::compile(payload, &*self.regex);
        let items = u32::try_from(book.features.len()).ok();
        self.features = Some(FeaturesInUse::made(book));
        self.bound = None;
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
        let used = Used::of(evaluation.finish(), asked.now, &self.device, &book.table, &asked.attributes);
        self.settle(used, request.peek);
        Ok(answer)
    }

    /// Why the feature called `key` has its value under the context in use ([`Features::reason`]), and its own `metadata`.
    /// Never counts as exposure.
    ///
    /// # Errors
    /// As [`Engine::feature`].
    pub fn feature_details<T>(&self, key: &str, clock: i64, answer: impl FnOnce(&str, &Value) -> T) -> Result<T, EngineError> {
        let book = self.book()?;
        let request = ExperimentRequest::default();
        let asked = self.asked(&book.table, &request, clock)?;
        let context = asked.context(&self.device.sticky);
        let (reason, metadata) = book.features.reason(key, &book.features.evaluate(&context).feature(key));
        Ok(answer(reason, metadata))
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
            _ => self.feature_book().unwrap_or_default(),
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
        let used = Used::of(evaluation.finish(), asked.now, &self.device, &table, &asked.attributes);
        self.settle(used, request.peek);
        Ok(answer)
    }

    /// Runs the payload's own experiments, those that lead to another page or change this one, for the page at the
    /// request's `url`. Whoever is in a redirect experiment is in none after it. Counts as exposure like
    /// [`Engine::feature`]; `triggered` names experiments that wait to be asked for, and were. Changes by script are not
    /// made.
    ///
    /// # Errors
    /// As [`Engine::feature`].
    pub fn page_experiments<T>(
        &mut self,
        request: &ExperimentRequest,
        triggered: &[&str],
        clock: i64,
        answer: impl FnOnce(&[Automatic<'_>]) -> T,
    ) -> Result<T, EngineError> {
        let book = self.book()?;
        let asked = self.asked(&book.table, request, clock)?;
        let context = asked.context(&self.device.sticky);
        let mut evaluation = book.features.evaluate(&context);
        let answer = answer(&evaluation.automatic(&ChangePolicy { triggered, scripts: false, ..ChangePolicy::default() }));
        let used = Used::of(evaluation.finish(), asked.now, &self.device, &book.table, &asked.attributes);
        self.settle(used, request.peek);
        Ok(answer)
    }

    /// The arms that stick on this device.
    pub fn sticky_buckets(&self) -> &StickyBuckets {
        &self.device.sticky
    }

    /// Takes arms that stick, as [`StickyDocument`]s: from another device, or from GrowthBook's own store. A document takes
    /// the place of the one for the same unit.
    ///
    /// # Errors
    /// `malformed-request` where one has not that form; nothing is taken then.
    pub fn load_sticky_buckets(&mut self, documents: &Value) -> Result<(), EngineError> {
        let documents: Vec<StickyDocument> = from_value(documents).map_err(|error| EngineError::of_value("malformed-request", &error))?;
        documents.into_iter().for_each(|document| self.device.sticky.insert(document));
        self.bound = None;
        Ok(())
    }

    pub(super) fn book(&self) -> Result<Rc<FeatureBook>, EngineError> {
        self.feature_book().ok_or_else(|| EngineError::new("no-features", "no features are loaded: call loadFeatures first"))
    }
}

fn malformed(reason: &Reason) -> EngineError {
    let field = match reason.fact("field") {
        Some(Fact::Text(field)) => field.as_str(),
        _ => "",
    };
    EngineError::malformed("malformed-request", "the experiment is malformed", field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::value;
    use crate::rules::NativeRegex;

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
        engine.set_peek(true);
        on(&mut engine, "banner", "{}");
        engine.set_peek(false);
        assert_eq!(engine.events_waiting(), 0);
        on(&mut engine, "banner", "{}");
        on(&mut engine, "banner", "{}");
        assert_eq!(engine.events_waiting(), 1);
        let batch = engine.drain_events(1);
        assert_eq!(batch.events[0].text("experiment"), Some("b"));
        assert!(batch.events[0].field("skin").is_none());
        assert_eq!(batch.events[0].text("attributesHash").map(str::len), Some(16));
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

    #[test]
    fn an_exposure_told_from_outside_counts_once_too() {
        let mut engine = engine();
        on(&mut engine, "banner", "{}");
        let told = |variation: u32, unit: &str| {
            value(&alloc::format!(
                r#"{{"type": "exposure", "experiment": "b", "variation": {variation}, "hashAttribute": "id", "hashValue": "{unit}"}}"#
            ))
        };
        let arm = engine.device().outbox.waiting[0].integer("variation").unwrap();
        engine.track(told(arm.try_into().unwrap(), "m"), 9).unwrap();
        assert_eq!(engine.events_waiting(), 1);
        engine.track(told(0, "n"), 9).unwrap();
        engine.track(told(0, "n"), 9).unwrap();
        engine.track(told(1, "n"), 9).unwrap();
        assert_eq!(engine.events_waiting(), 3);
    }

    #[test]
    fn nobody_is_exposed_who_is_not_in_the_experiment() {
        let mut engine = engine();
        for experiment in [
            r#"{"key": "x", "variations": ["a", "b"], "coverage": 0}"#,
            r#"{"key": "x", "variations": ["a", "b"], "active": false}"#,
            r#"{"key": "x", "variations": ["a", "b"], "hashAttribute": "unknown"}"#,
            r#"{"key": "x", "variations": ["a", "b"], "condition": {"skin": "oily"}}"#,
            r#"{"key": "x", "variations": ["a", "b"], "force": 1}"#,
        ] {
            engine.experiment(&value(experiment), &ExperimentRequest::default(), 0, |_| ()).unwrap();
        }
        on(&mut engine, "banner", r#"{"enabled": false}"#);
        on(&mut engine, "banner", r#"{"qaMode": true}"#);
        assert_eq!(engine.events_waiting(), 0);
    }

    #[test]
    fn a_context_holds_for_later_calls() {
        let mut engine = engine();
        let context: ExperimentRequest =
            crate::domain::from_value(&value(r#"{"attributes": {"skin": "oily"}, "overrides": {"features": {"gold": false}}}"#)).unwrap();
        engine.set_experiment_context(context).unwrap();
        assert!(!on(&mut engine, "dry", "{}") && !on(&mut engine, "gold", "{}"));
        assert!(on(&mut engine, "dry", r#"{"attributes": {"skin": "dry"}}"#));
        assert!(on(&mut engine, "gold", r#"{"overrides": {"features": {"gold": true}}}"#));
        engine.set_experiment_context(ExperimentRequest::default()).unwrap();
        assert!(on(&mut engine, "dry", "{}") && on(&mut engine, "gold", "{}"));
    }

    #[test]
    fn redirects_end_the_search_and_count() {
        let mut engine = engine();
        let payload = r#"{"experiments": [
            {"key": "move", "urlPatterns": [{"type": "simple", "pattern": "/old", "include": true}], "weights": [0, 1],
             "variations": [{}, {"urlRedirect": "https://shop.example/new"}], "persistQueryString": true},
            {"key": "paint", "urlPatterns": [{"type": "simple", "pattern": "/old", "include": true}], "weights": [0, 1],
             "variations": [{}, {"css": "body { color: red }"}]}]}"#;
        engine.load_features(&value(payload)).unwrap();
        let mut run = |url: &str| {
            let request = ExperimentRequest { url: Some(url.into()), ..ExperimentRequest::default() };
            engine.page_experiments(&request, &[], 0, |all| all.iter().map(|one| one.redirect.clone()).collect::<Vec<_>>()).unwrap()
        };
        assert_eq!(run("https://shop.example/old?q=1"), [Some("https://shop.example/new?q=1".into())]);
        assert_eq!(run("https://shop.example/new"), [None, None]);
        assert_eq!(engine.events_waiting(), 1);
    }
}
