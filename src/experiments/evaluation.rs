//! Evaluating features.

use alloc::vec::Vec;

use super::experiment::{Experiment, Parent, Targeting};
use super::features::{Effect, Feature, Features, Rollout, Rule, Share};
use super::overrides::{Overrides, query};
use super::unit::{Filter, UnitAttribute};
use super::{ExperimentResult, ExperimentView, Exposure, FeatureResult, Source, StickyBuckets, StickyDocument};
use crate::domain::{AddAll, Listed, Value};
use crate::rules::{AttributeId, AttributeSource, AttributeTable, ValueRef};

/// A chain of prerequisites longer than this counts as a cycle.
const LONGEST_CHAIN: usize = 100;

/// For whom features are evaluated.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Attributes, bound to the table the features were compiled with.
    pub attributes: &'a dyn AttributeSource,
    /// The page; empty where there is none.
    pub url: &'a str,
    /// Where false, nobody is in any experiment.
    pub enabled: bool,
    /// Where true, only arms set by hand count.
    pub qa_mode: bool,
    /// What is set by hand.
    pub overrides: Option<&'a Overrides>,
    /// Arms given before. Where absent, arms don't stick.
    pub sticky: Option<&'a StickyBuckets>,
    /// Groups that the unit is in, for experiments of the old kind that ask for `groups`.
    pub groups: &'a [&'a str],
    /// Where true, exposures are not gathered: for asking again what was counted before.
    pub silent: bool,
}

impl<'a> Context<'a> {
    /// A context with attributes only.
    pub fn new(attributes: &'a dyn AttributeSource) -> Self {
        Context { attributes, url: "", enabled: true, qa_mode: false, overrides: None, sticky: None, groups: &[], silent: false }
    }
}

/// One evaluation: what it said led to exposures, and to arms that stick.
pub struct Evaluation<'a> {
    pub(super) features: &'a Features,
    pub(super) context: &'a Context<'a>,
    /// What the page's query may override arms with.
    pub(super) query: Option<&'a str>,
    pub(super) exposures: Vec<Exposure<'a>>,
    remote: Vec<(&'a Value, &'a Value)>,
    pub(super) sticky: StickyBuckets,
    /// Features being evaluated, outermost first.
    path: Vec<usize>,
    /// Values of prerequisites found so far, by the place of the feature.
    known: Vec<Option<&'a Value>>,
    /// Whether conditions hold, as far as they were asked, by their numbers: attributes do not change meanwhile.
    met: Vec<Option<bool>>,
    /// How often arms were remembered, which may change what prerequisites are.
    kept: u32,
}

/// What an evaluation led to.
#[derive(Clone, Debug, Default)]
pub struct Effects<'a> {
    /// Who came into which arm, in the order of evaluation; the same may come twice.
    pub exposures: Vec<Exposure<'a>>,
    /// Exposures of experiments that were evaluated elsewhere, as the payload gives them: experiment and result.
    pub remote: Vec<(&'a Value, &'a Value)>,
    /// Sticky documents that have changed, whole, by ascending key.
    pub sticky: Vec<StickyDocument>,
}

static NULL: Value = Value::Null;

impl Features {
    /// Begins an evaluation.
    pub fn evaluate<'a>(&'a self, context: &'a Context<'a>) -> Evaluation<'a> {
        Evaluation {
            features: self,
            context,
            query: query(context.url),
            exposures: Vec::new(),
            remote: Vec::new(),
            sticky: StickyBuckets::default(),
            path: Vec::new(),
            known: Vec::new(),
            met: Vec::new(),
            kept: 0,
        }
    }
}

impl<'a> Evaluation<'a> {
    /// The value of the feature called `key`.
    pub fn feature(&mut self, key: &str) -> FeatureResult<'a> {
        match self.features.place(key) {
            Some(place) => self.feature_at(place),
            None => match self.context.overrides.and_then(|overrides| overrides.features.get(key)) {
                Some(value) => result(value, Source::Override),
                None => result(&NULL, Source::UnknownFeature),
            },
        }
    }

    /// The value of the feature at `place` in the payload's order.
    pub fn feature_in_place(&mut self, place: usize) -> FeatureResult<'a> {
        self.feature_at(place)
    }

    /// The value of every feature, in the payload's order.
    pub fn all(&mut self) -> Vec<(&'a str, FeatureResult<'a>)> {
        let features = self.features;
        self.exposures.reserve(features.len());
        features.features.iter().enumerate().map(|(place, feature)| (&*feature.key, self.feature_at(place))).listed()
    }

    /// The arm in `experiment`.
    pub fn experiment(&mut self, experiment: &'a Experiment) -> ExperimentResult<'a> {
        self.run(experiment, None, None)
    }

    /// Ends it, and gives what it led to.
    pub fn finish(self) -> Effects<'a> {
        Effects { exposures: self.exposures, remote: self.remote, sticky: self.sticky.iter().cloned().listed() }
    }

    fn feature_at(&mut self, place: usize) -> FeatureResult<'a> {
        let Some(feature) = self.features.features.get(place) else { return result(&NULL, Source::UnknownFeature) };
        if self.path.contains(&place) || self.path.len() >= LONGEST_CHAIN {
            return result(&NULL, Source::CyclicPrerequisite);
        }
        if let Some(value) = self.context.overrides.and_then(|overrides| overrides.features.get(&*feature.key)) {
            return result(value, Source::Override);
        }
        self.path.push(place);
        let found = self.first_rule(feature);
        self.path.pop();
        found
    }

    fn first_rule(&mut self, feature: &'a Feature) -> FeatureResult<'a> {
        for (place, rule) in feature.rules.iter().enumerate() {
            match self.parents(&rule.parents) {
                Ok(()) => {}
                Err(Blocked::Cycle) => return result(&NULL, Source::CyclicPrerequisite),
                Err(Blocked::Gate) => return result(&NULL, Source::Prerequisite),
                Err(Blocked::Rule) => continue,
            }
            if !self.passes(rule.filters.as_deref()) {
                continue;
            }
            if let Some(mut found) = self.apply(feature, rule) {
                (found.rule, found.rule_id) = (Some(place), &rule.id);
                return found;
            }
        }
        result(&feature.default, Source::DefaultValue)
    }

    fn apply(&mut self, feature: &'a Feature, rule: &'a Rule) -> Option<FeatureResult<'a>> {
        match &rule.effect {
            Effect::None => None,
            Effect::Force(force) => {
                let applies = self.is_meant(force.condition.as_ref()) && force.rollout.as_ref().is_none_or(|rollout| self.is_in(rollout));
                applies.then(|| {
                    self.remote.add_all(force.tracks.iter().map(|(experiment, result)| (experiment, result)));
                    result(&force.value, Source::Force)
                })
            }
            Effect::Experiment(experiment) => {
                let chosen = self.leaf(experiment);
                let found = self.run(experiment, Some(&feature.key), chosen);
                (found.in_experiment && !found.passthrough).then(|| FeatureResult {
                    value: found.value,
                    source: Source::Experiment,
                    rule: None,
                    rule_id: "",
                    experiment: Some(ExperimentView {
                        experiment,
                        weights: chosen.map_or(experiment.weights.as_deref(), |chosen| chosen.shown_weights(experiment)),
                        leaf: chosen.map(|chosen| chosen.view).filter(|_| found.hash_used),
                    }),
                    experiment_result: Some(found),
                })
            }
        }
    }

    /// Whether all prerequisites are fulfilled.
    pub(super) fn parents(&mut self, parents: &'a [Parent]) -> Result<(), Blocked> {
        for parent in parents {
            let value = self.parent(&parent.feature).ok_or(Blocked::Cycle)?;
            if !parent.condition.matches(&ParentValue { value, paths: &parent.paths }) {
                return Err(if parent.gate { Blocked::Gate } else { Blocked::Rule });
            }
        }
        Ok(())
    }

    /// The value of a prerequisite; `None` in a cycle. It is found once: an evaluation that meets no cycle doesn't depend
    /// on where it began.
    fn parent(&mut self, key: &str) -> Option<&'a Value> {
        let place = self.features.place(key);
        if let Some(value) = place.and_then(|place| self.known.get(place)).copied().flatten() {
            return Some(value);
        }
        let kept = self.kept;
        let found = self.feature(key);
        if found.source == Source::CyclicPrerequisite {
            return None;
        }
        if self.kept != kept {
            return Some(found.value);
        }
        if self.known.is_empty() {
            self.known.resize(self.features.len(), None);
        }
        if let Some(known) = place.and_then(|place| self.known.get_mut(place)) {
            *known = Some(found.value);
        }
        Some(found.value)
    }

    /// Makes prerequisites be evaluated anew: an arm that sticks from now on may count another time.
    pub(super) fn forget_parents(&mut self) {
        self.known.clear();
        self.kept = self.kept.wrapping_add(1);
    }

    /// Whether a rule is for whom features are evaluated.
    pub(super) fn is_meant(&mut self, targeting: Option<&Targeting>) -> bool {
        let Some(Targeting { condition, number }) = targeting else { return true };
        if let Some(Some(known)) = self.met.get(*number) {
            return *known;
        }
        let meant = condition.matches(self.context.attributes);
        if self.met.is_empty() {
            self.met.resize(self.features.conditions, None);
        }
        if let Some(slot) = self.met.get_mut(*number) {
            *slot = Some(meant);
        }
        meant
    }

    /// Whether the unit passes all filters.
    pub(super) fn passes(&self, filters: Option<&[Filter]>) -> bool {
        filters.unwrap_or_default().iter().all(|filter| filter.lets_in(self.context.attributes))
    }

    fn is_in(&self, rollout: &Rollout) -> bool {
        if matches!(rollout.share, Share::Coverage(0.0)) {
            return false;
        }
        let fallback = rollout.fallback.as_ref().filter(|_| self.context.sticky.is_some());
        let number = self.unit(&rollout.attribute, fallback).1.and_then(|unit| unit.with_text(|unit| rollout.bucketing.bucket(unit)));
        number.is_some_and(|number| match rollout.share {
            Share::Range(range) => range.contains(number),
            Share::Coverage(coverage) => number <= coverage,
        })
    }

    /// The unit, by the attribute or, where that is missing, by the other; with the attribute that names it.
    pub(super) fn unit<'u>(&self, attribute: &'u UnitAttribute, fallback: Option<&'u UnitAttribute>) -> (&'u str, Option<ValueRef<'a>>) {
        if let Some(unit) = attribute.unit(self.context.attributes) {
            return (&attribute.name, Some(unit));
        }
        match fallback.and_then(|fallback| fallback.unit(self.context.attributes).map(|unit| (&*fallback.name, Some(unit)))) {
            Some(found) => found,
            None => (&attribute.name, None),
        }
    }
}

/// What a prerequisite keeps from being.
pub(super) enum Blocked {
    Cycle,
    Gate,
    Rule,
}

/// A prerequisite's value as a source: its one attribute is `value`.
struct ParentValue<'a> {
    value: &'a Value,
    paths: &'a AttributeTable,
}

impl AttributeSource for ParentValue<'_> {
    fn value(&self, id: AttributeId) -> ValueRef<'_> {
        match self.paths.path(id).strip_prefix("value") {
            Some("") => self.value.into(),
            Some(rest) => rest.strip_prefix('.').map_or(ValueRef::Null, |rest| ValueRef::from(self.value).at_path(rest)),
            None => ValueRef::Null,
        }
    }
}

fn result(value: &Value, source: Source) -> FeatureResult<'_> {
    FeatureResult { value, source, rule: None, rule_id: "", experiment: None, experiment_result: None }
}
