//! What experiments decide in other answers: parameters resolved from features.
//!
//! The same evaluation as [`Engine::feature`]'s, under the context in use. Two ways lead from a feature to an answer:
//!
//! Rules of the catalog may read `feature.<key>` (and `feature.<key>.<field>`) like any attribute, if the programme publishes
//! the feature in its `publishedFeatures`; others read as absent. So no price depends on an experiment that isn't published,
//! and [`Engine::fairness`] names those on which one does.
//!
//! Features with these keys change answers whose prices they can't touch:
//!
//! | feature | value | changes |
//! |---|---|---|
//! | `regulars.weights` | `{"popularity": 0.1, ...}` | weights of [`Engine::recommend`], the ones named |
//! | `regulars.strategies` | `{"for-you": "next-basket", ...}` | the strategy asked for, or the request's `placement`, to the one used |
//! | `regulars.hiddenOffers` | `["spring", ...]` | offers that [`Engine::offers`] doesn't list; what a cart costs stays the same |
//! | `regulars.texts` | `{"en": {"due-now": "..."}}` | templates of reasons, over the catalog's |
//!
//! What comes from an experiment counts as exposure, once, and the answer's notes say which arm it was (`experiment-arm` with
//! `feature`, `experiment`, `arm`).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;

use super::exposure::Used;
use super::{Engine, ExperimentRequest};
use crate::domain::{Listed, Reason, Texts, Value};
use crate::experiments::Evaluation;
use crate::recommend::Weights;
use crate::rules::{AttributeTable, Attributes, ValueRef};
use crate::snapshot::Snapshot;

/// What `feature.*` attributes begin with.
const PREFIX: &str = "feature.";

/// What evaluations inside other answers led to, until it is counted.
#[derive(Default)]
pub(super) struct Pending {
    inner: RefCell<(Vec<Used>, Vec<Reason>)>,
}

impl Pending {
    fn add(&self, used: Used, arms: Vec<Reason>) {
        if let Ok(mut inner) = self.inner.try_borrow_mut() {
            inner.0.push(used);
            for arm in arms {
                if !inner.1.contains(&arm) {
                    inner.1.push(arm);
                }
            }
        }
    }

    /// The arms that made an answer so, in the order they were found.
    pub(super) fn take_arms(&self) -> Vec<Reason> {
        self.inner.try_borrow_mut().map(|mut inner| core::mem::take(&mut inner.1)).unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.inner.try_borrow().is_ok_and(|inner| inner.0.is_empty())
    }

    /// What is to be counted.
    pub(super) fn take_used(&self) -> Vec<Used> {
        self.inner.try_borrow_mut().map(|mut inner| core::mem::take(&mut inner.0)).unwrap_or_default()
    }
}

impl Engine {
    /// Counts the exposures that other answers led to. The package does so after every call; a native host does before
    /// [`Engine::save_state`], while [`Engine::drain_events`] does it itself.
    pub fn count_exposures(&mut self) {
        if self.pending.is_empty() || !cfg!(feature = "experiments") {
            return;
        }
        for used in self.pending.take_used() {
            self.settle(used, false);
        }
    }

    /// Sets the `feature.*` attributes among `table`: those of features that the programme publishes.
    pub(super) fn set_features(&self, snapshot: &Snapshot, table: &AttributeTable, attributes: &mut Attributes<'static>, now: i64) {
        if snapshot.published.is_empty() || !table.iter().any(|(_, path)| path.starts_with(PREFIX)) {
            return;
        }
        self.evaluated(now, |evaluation, arms| {
            for (id, path) in table.iter() {
                let Some(rest) = path.strip_prefix(PREFIX) else { continue };
                let Some(key) = published(snapshot, rest) else { continue };
                let value = ValueRef::from(valued(evaluation, key, arms));
                let value = match rest.get(key.len().saturating_add(1)..) {
                    Some(path) if !path.is_empty() => value.at_path(path),
                    _ => value,
                };
                attributes.set(id, value.to_value());
            }
        });
    }

    /// The value of the parameter called `key`; `None` where no feature of that key says one.
    pub(super) fn parameter(&self, key: &str, now: i64) -> Option<Value> {
        self.features.as_ref().filter(|features| cfg!(feature = "experiments") && features.may_have(key))?;
        let mut value = Value::Null;
        self.evaluated(now, |evaluation, arms| value = valued(evaluation, key, arms).clone());
        Some(value).filter(|value| !value.is_null())
    }

    /// The weights of recommendations.
    pub(super) fn weights(&self, base: Weights, now: i64) -> Weights {
        self.parameter("regulars.weights", now).map_or(base, |changes| base.changed(&changes))
    }

    /// The strategy in the place of the one asked for.
    pub(super) fn strategy(&self, asked: &str, placement: Option<&str>, now: i64) -> Option<String> {
        let strategies = self.parameter("regulars.strategies", now)?;
        let named = |name: &str| strategies.get(name).and_then(Value::as_str);
        placement.and_then(named).or_else(|| named(asked)).map(ToString::to_string)
    }

    /// Ids of the offers that are not listed.
    pub(super) fn hidden_offers(&self, now: i64) -> Vec<String> {
        let hidden = self.parameter("regulars.hiddenOffers", now).unwrap_or_default();
        hidden.as_array().unwrap_or_default().iter().filter_map(Value::as_str).map(ToString::to_string).listed()
    }

    /// Templates over the catalog's.
    pub(super) fn texts(&self, now: i64) -> Option<Texts> {
        self.parameter("regulars.texts", now).map(|texts| Texts::compile(&texts).0)
    }

    /// Evaluates under the context in use; what that led to waits to be counted.
    fn evaluated(&self, now: i64, ask: impl FnOnce(&mut Evaluation<'_>, &mut Vec<Reason>)) {
        let Some(book) = self.feature_book().filter(|_| cfg!(feature = "experiments")) else { return };
        let request = ExperimentRequest { now: Some(now), ..ExperimentRequest::default() };
        let Ok(asked) = self.asked(&book.table, &request, now) else { return };
        let context = asked.context(&self.device.sticky);
        let mut evaluation = book.features.evaluate(&context);
        let mut arms = Vec::new();
        ask(&mut evaluation, &mut arms);
        self.pending.add(Used::of(evaluation.finish(), now, &self.device, &book.table, &asked.attributes), arms);
    }
}

/// A feature's value; where an experiment gave it, the arm is told.
fn valued<'a>(evaluation: &mut Evaluation<'a>, key: &str, arms: &mut Vec<Reason>) -> &'a Value {
    let result = evaluation.feature(key);
    if let (Some(experiment), Some(found)) = (&result.experiment, &result.experiment_result) {
        arms.push(Reason::new("experiment-arm").with("feature", key).with("experiment", experiment.key()).with("arm", &*found.key));
    }
    result.value
}

/// The published feature that `path` begins with: the whole, or what stands before a dot.
pub(super) fn published<'s>(snapshot: &'s Snapshot, path: &str) -> Option<&'s str> {
    let fits = |key: &&String| path.strip_prefix(key.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    snapshot.published.iter().filter(fits).max_by_key(|key| key.len()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{shop, value};
    use crate::engine::{OffersRequest, QuoteRequest, RecommendRequest};

    fn engine(published: &str, features: &str) -> Engine {
        let catalog = alloc::format!(
            r#"{{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {{"code": "CNY"}}, "locales": ["en"],
                "items": [{{"id": "milk", "price": 400, "addedAt": 0}}, {{"id": "tea", "price": 700, "addedAt": 0}}],
                "knowledge": {{"format": 1, "items": ["milk", "tea"], "popularity": [0.9, 0.1]}},
                "programme": {{"id": "club", "publishedFeatures": [{published}]}},
                "texts": {{"en": {{"below-amount": "Spend more"}}}},
                "offers": [
                  {{"id": "test", "when": {{"feature.price-test": true}}, "effects": [{{"kind": "percent", "on": "order", "percent": 10}}]}},
                  {{"id": "big", "thresholds": [{{"amount": 100000}}], "effects": [{{"kind": "percent", "on": "order", "percent": 5}}]}}]}}"#
        );
        let mut engine = shop(&catalog);
        engine.load_member(&value(r#"{"id": "m"}"#), 0).unwrap();
        engine.load_features(&value(&alloc::format!(r#"{{"features": {{{features}}}}}"#))).unwrap();
        engine
    }

    const PRICE_TEST: &str = r#""price-test": {"defaultValue": false, "rules": [{"key": "ten-off", "variations": [false, true],
        "weights": [0, 1], "meta": [{"key": "control"}, {"key": "treatment"}]}]}"#;

    fn text<'r>(reason: &'r Reason, name: &str) -> Option<&'r str> {
        match reason.fact(name) {
            Some(crate::domain::Fact::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn quote(engine: &Engine) -> crate::offers::Quote {
        let request: QuoteRequest = crate::domain::from_value(&value(r#"{"lines": [{"item": "milk", "quantity": 1}]}"#)).unwrap();
        engine.quote(&request, 5).unwrap()
    }

    #[test]
    fn what_is_not_published_changes_no_price_and_exposes_nobody() {
        let mut engine = engine("", PRICE_TEST);
        let found = quote(&engine);
        assert_eq!((found.total, found.notes.iter().any(|note| note.code == "experiment-arm")), (400, false));
        engine.count_exposures();
        assert_eq!(engine.events_waiting(), 0);
        let request = value(r#"{"lines": [{"item": "milk", "quantity": 1}], "vary": []}"#);
        assert!(engine.fairness(&request, 5).unwrap().equal);
    }

    #[test]
    fn a_quote_says_which_arm_made_it_so_and_counts_once() {
        let mut engine = engine("\"price-test\"", PRICE_TEST);
        engine.set_peek(true);
        let found = quote(&engine);
        engine.count_exposures();
        engine.set_peek(false);
        assert_eq!((found.total, engine.events_waiting()), (360, 0));
        let arm = found.notes.iter().find(|note| note.code == "experiment-arm").unwrap();
        assert_eq!(
            [text(arm, "feature"), text(arm, "experiment"), text(arm, "arm")],
            [Some("price-test"), Some("ten-off"), Some("treatment")]
        );
        quote(&engine);
        engine.count_exposures();
        quote(&engine);
        engine.count_exposures();
        assert_eq!(engine.events_waiting(), 1);
    }

    #[test]
    fn fairness_names_a_price_that_differs_by_arm_and_exposes_nobody() {
        let mut engine = engine("\"price-test\"", PRICE_TEST);
        let request = value(r#"{"lines": [{"item": "milk", "quantity": 1}], "vary": []}"#);
        let found = engine.fairness(&request, 5).unwrap();
        assert!(!found.equal);
        let difference = &found.differences[0];
        assert_eq!(difference.code, "arm-differs");
        assert_eq!(
            (difference.integer("arm"), difference.integer("total"), difference.integer("otherwise")),
            (Some(0), Some(360), Some(400))
        );
        engine.count_exposures();
        assert_eq!((engine.events_waiting(), quote(&engine).total), (0, 360));
    }

    #[test]
    fn an_experiment_changes_lists_and_texts() {
        let features = r#""regulars.weights": {"defaultValue": {"popularity": 0, "novelty": 0}},
            "regulars.strategies": {"defaultValue": null, "rules": [{"key": "s", "variations": [null, {"for-you": "new-arrivals"}], "weights": [0, 1]}]},
            "regulars.hiddenOffers": {"defaultValue": ["big"]},
            "regulars.texts": {"defaultValue": {"en": {"experiment-arm": "Arm {arm}"}}}"#;
        let mut engine = engine("", features);
        engine.set_locale(Some("en"));
        let ids: Vec<String> = engine.offers(&OffersRequest::default(), 5).unwrap().offers.into_iter().map(|offer| offer.id).collect();
        assert_eq!(ids, ["test"]);
        let request = RecommendRequest { strategy: "for-you".into(), limit: 5, ..RecommendRequest::default() };
        let found = engine.recommend(&request, 5).unwrap();
        let note = found.notes.iter().find(|note| note.code == "experiment-arm").unwrap();
        assert_eq!((text(note, "experiment"), note.text.as_deref()), (Some("s"), Some("Arm 1")));
        engine.count_exposures();
        assert_eq!(engine.events_waiting(), 1);
    }
}
