//! What an evaluation says.

use alloc::borrow::Cow;
use alloc::string::String;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::experiment::Experiment;
use crate::domain::Value;
use crate::rules::ValueRef;

/// The value of a feature and why. Borrows from the features, the context and its attributes.
#[derive(Clone, Debug)]
pub struct FeatureResult<'a> {
    /// The value; `null` where nothing says one.
    pub value: &'a Value,
    /// What gave it.
    pub source: Source,
    /// The place of the rule that gave it among the feature's rules.
    pub rule: Option<usize>,
    /// The rule's id; empty where it has none, or no rule gave the value.
    pub rule_id: &'a str,
    /// The experiment that gave it.
    pub experiment: Option<ExperimentView<'a>>,
    /// The experiment's result.
    pub experiment_result: Option<ExperimentResult<'a>>,
}

impl FeatureResult<'_> {
    /// Whether the value is truthy.
    pub fn is_on(&self) -> bool {
        ValueRef::from(self.value).is_truthy()
    }
}

/// What gave a feature its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// There is no such feature.
    UnknownFeature,
    /// No rule applied.
    DefaultValue,
    /// A rule that gives a value.
    Force,
    /// The value was set by hand.
    Override,
    /// An experiment.
    Experiment,
    /// A feature that this one depends on switched it off.
    Prerequisite,
    /// The feature depends on itself, or on a chain of more than 100 features.
    CyclicPrerequisite,
}

impl Source {
    /// The name results use.
    pub fn name(self) -> &'static str {
        match self {
            Source::UnknownFeature => "unknownFeature",
            Source::DefaultValue => "defaultValue",
            Source::Force => "force",
            Source::Override => "override",
            Source::Experiment => "experiment",
            Source::Prerequisite => "prerequisite",
            Source::CyclicPrerequisite => "cyclicPrerequisite",
        }
    }
}

/// The arm of a unit in an experiment.
#[derive(Clone, Debug)]
pub struct ExperimentResult<'a> {
    /// The arm's key; its number where it has none.
    pub key: Cow<'a, str>,
    /// The feature that asked.
    pub feature_id: Option<&'a str>,
    /// Whether the unit is in the experiment. Else the arm is the first, for display only.
    pub in_experiment: bool,
    /// Whether chance decided, and not somebody by hand.
    pub hash_used: bool,
    /// The arm's number.
    pub variation_id: usize,
    /// The arm's value; `null` where there is no arm.
    pub value: &'a Value,
    /// The attribute that names the unit.
    pub hash_attribute: &'a str,
    /// The unit; empty where it is not known.
    pub hash_value: ValueRef<'a>,
    /// The unit's number in [0, 1), where it was used.
    pub bucket: Option<f64>,
    /// The arm's name.
    pub name: Option<&'a str>,
    /// Whether the unit goes on to the next rule nonetheless.
    pub passthrough: bool,
    /// Whether the arm was kept from before.
    pub sticky_bucket_used: bool,
    /// The leaf of a contextual bandit.
    pub leaf: Option<LeafView<'a>>,
}

/// The leaf of a contextual bandit that a unit came to.
#[derive(Clone, Copy, Debug)]
pub struct LeafView<'a> {
    /// The leaf's place among the bandit's; `None` where none was meant.
    pub place: Option<usize>,
    /// The leaf's id; -1 where none was meant.
    pub id: &'a Value,
    /// The weights of the arms there.
    pub weights: &'a [f64],
    /// The version of the bandit.
    pub version: Option<&'a Value>,
}

/// An experiment, as results show it.
#[derive(Clone, Copy, Debug)]
pub struct ExperimentView<'a> {
    pub(super) experiment: &'a Experiment,
    pub(super) weights: Option<&'a [f64]>,
    pub(super) leaf: Option<LeafView<'a>>,
}

impl<'a> ExperimentView<'a> {
    /// Its key.
    pub fn key(&self) -> &'a str {
        &self.experiment.key
    }

    /// The attribute that names its units.
    pub fn hash_attribute(&self) -> &'a str {
        &self.experiment.attribute.name
    }
}

impl Serialize for FeatureResult<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let on = self.is_on();
        map.serialize_entry("value", self.value)?;
        map.serialize_entry("on", &on)?;
        map.serialize_entry("off", &!on)?;
        map.serialize_entry("source", self.source.name())?;
        map.serialize_entry("ruleId", self.rule_id)?;
        if let Some(experiment) = &self.experiment {
            map.serialize_entry("experiment", experiment)?;
        }
        if let Some(result) = &self.experiment_result {
            map.serialize_entry("experimentResult", result)?;
        }
        map.end()
    }
}

impl Serialize for ExperimentResult<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("key", &self.key)?;
        map.serialize_entry("featureId", &self.feature_id)?;
        map.serialize_entry("inExperiment", &self.in_experiment)?;
        map.serialize_entry("hashUsed", &self.hash_used)?;
        map.serialize_entry("variationId", &self.variation_id)?;
        map.serialize_entry("value", self.value)?;
        map.serialize_entry("hashAttribute", self.hash_attribute)?;
        map.serialize_entry("hashValue", &Shown(self.hash_value))?;
        map.serialize_entry("stickyBucketUsed", &self.sticky_bucket_used)?;
        if let Some(name) = self.name {
            map.serialize_entry("name", name)?;
        }
        if let Some(bucket) = self.bucket {
            map.serialize_entry("bucket", &bucket)?;
        }
        if self.passthrough {
            map.serialize_entry("passthrough", &true)?;
        }
        if let Some(leaf) = &self.leaf {
            leaf.serialize_into(&mut map)?;
        }
        map.end()
    }
}

impl LeafView<'_> {
    fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("leafId", self.id)?;
        map.serialize_entry("variationWeights", &Numbers(self.weights))?;
        self.version.map_or(Ok(()), |version| map.serialize_entry("banditVersion", version))
    }
}

impl Serialize for LeafView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.serialize_into(&mut map)?;
        map.end()
    }
}

impl Serialize for ExperimentView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("variations", &*self.experiment.variations)?;
        map.serialize_entry("key", &*self.experiment.key)?;
        for (key, value) in &self.experiment.shown {
            map.serialize_entry(key, value)?;
        }
        if let Some(weights) = self.weights {
            map.serialize_entry("weights", &Numbers(weights))?;
        }
        if let Some(leaf) = &self.leaf {
            map.serialize_entry("contextualBandit", leaf)?;
        }
        map.end()
    }
}

/// Weights, whole ones as integers.
struct Numbers<'a>(&'a [f64]);

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for number in self.0 {
            list.serialize_element(&Value::Number(*number))?;
        }
        list.end()
    }
}

/// A unit as it was given: a text or a number, seldom something else.
struct Shown<'a>(ValueRef<'a>);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ValueRef::Str(text) => serializer.serialize_str(text),
            other => other.to_value().serialize(serializer),
        }
    }
}

/// A unit that came into an arm by chance: what has to be counted, once for each unit, experiment and arm.
#[derive(Clone, Debug)]
pub struct Exposure<'a> {
    /// The experiment's key.
    pub experiment: &'a str,
    /// The result.
    pub result: ExperimentResult<'a>,
}

impl Exposure<'_> {
    /// What is equal for the same unit, experiment and arm.
    pub fn dedupe_key(&self) -> String {
        let ExperimentResult { hash_attribute, hash_value, variation_id, .. } = &self.result;
        #[allow(clippy::cast_precision_loss)] // arms are few
        let arm = crate::rules::NumberText::of(*variation_id as f64);
        hash_value.with_text(|unit| [hash_attribute, unit, self.experiment, arm.as_str()].concat())
    }
}
