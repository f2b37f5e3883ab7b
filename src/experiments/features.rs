//! A GrowthBook payload, compiled.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::bucketing::Bucketing;
use super::experiment::{Compiler, Experiment, Origin, Parent, Targeting};
use super::unit::{Filter, UnitAttribute};
use super::{FeatureResult, Range, Source, wire};
use crate::domain::{Listed, Map, Reason, Value};
use crate::rules::{AttributeSource, AttributeTable, RegexEngine, RuleContext, SavedGroups, ValueRef};

/// The features and experiments of a payload, compiled. It is evaluated by [`Features::evaluate`].
#[derive(Clone, Debug, Default)]
pub struct Features {
    pub(super) features: Vec<Feature>,
    places: Map<Box<str>, usize>,
    pub(super) experiments: Vec<Experiment>,
    /// How many different conditions its rules have.
    pub(super) conditions: usize,
    /// Attributes that name units whose arms stick.
    sticky: Vec<UnitAttribute>,
    groups: SavedGroups,
}

/// A feature: the first rule that applies gives its value.
#[derive(Clone, Debug)]
pub(super) struct Feature {
    pub(super) key: Box<str>,
    pub(super) default: Value,
    pub(super) rules: Box<[Rule]>,
    pub(super) metadata: Value,
}

/// A rule of a feature.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) id: Box<str>,
    pub(super) parents: Box<[Parent]>,
    pub(super) filters: Option<Box<[Filter]>>,
    pub(super) effect: Effect,
}

/// What a rule does.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    Force(Box<Force>),
    Experiment(Box<Experiment>),
    /// Nothing: its prerequisites may have switched the feature off already.
    None,
}

/// A value for all, or for a part of the units.
#[derive(Clone, Debug)]
pub(super) struct Force {
    pub(super) value: Value,
    pub(super) condition: Option<Targeting>,
    pub(super) rollout: Option<Rollout>,
    /// Exposures of experiments that were evaluated elsewhere: pairs of experiment and result.
    pub(super) tracks: Box<[(Value, Value)]>,
}

/// The part of the units that a value is for.
#[derive(Clone, Debug)]
pub(super) struct Rollout {
    pub(super) bucketing: Bucketing,
    pub(super) attribute: UnitAttribute,
    pub(super) fallback: Option<UnitAttribute>,
    pub(super) share: Share,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Share {
    Range(Range),
    /// Up to this number, itself included.
    Coverage(f64),
}

impl Features {
    /// Compiles `payload`: `{"features", "experiments", "savedGroups", "contextualBandits"}`, each of which may be absent.
    /// A feature or an experiment that is malformed is left out, as if it were not there, with a warning:
    ///
    /// | code | facts |
    /// |---|---|
    /// | `malformed-feature` | `feature`, `field`: the field that is not what it should be |
    /// | `malformed-experiment` | `experiment`, `field` |
    /// | `unknown-bandit` | `feature`, `path`: no such contextual bandit; the rule's own weights hold |
    /// | `invalid-url-pattern` | `experiment`, `path`: no page matches it |
    /// | codes of [`crate::rules::ProblemKind`] | `feature` or `experiment`, `path` |
    pub fn compile(payload: &Value, table: &mut AttributeTable, regex: &dyn RegexEngine) -> (Self, Vec<Reason>) {
        let groups = payload.get("savedGroups").map(SavedGroups::compile).unwrap_or_default();
        let mut compiler = Compiler {
            table,
            rules: RuleContext::new(regex).with_groups(&groups),
            bandits: payload.get("contextualBandits"),
            subject: ("feature", ""),
            warnings: Vec::new(),
            asked: Vec::new(),
            numbered: 0,
        };
        let mut compiled = Features::default();
        for (key, wire) in payload.get("features").and_then(Value::as_object).unwrap_or_default() {
            compiler.subject = ("feature", key);
            match compiler.feature(wire, key) {
                Ok(feature) => compiled.insert(feature),
                Err(field) => compiler.warnings.push(Reason::new("malformed-feature").with("feature", key.as_str()).with("field", field)),
            }
        }
        for wire in payload.get("experiments").and_then(Value::as_array).unwrap_or_default() {
            let key = wire.get("key").and_then(Value::as_str).unwrap_or_default();
            compiler.subject = ("experiment", key);
            match compiler.experiment(wire, key, Origin::Experiment) {
                Ok(experiment) => compiled.experiments.push(experiment),
                Err(field) => compiler.warnings.push(Reason::new("malformed-experiment").with("experiment", key).with("field", field)),
            }
        }
        compiled.conditions = compiler.asked.len();
        let warnings = compiler.warnings;
        compiled.sticky = compiled.sticky_attributes();
        compiled.groups = groups;
        (compiled, warnings)
    }

    fn insert(&mut self, feature: Feature) {
        match self.places.get(&feature.key).and_then(|place| self.features.get_mut(*place)) {
            Some(known) => *known = feature,
            None => {
                self.places.insert(feature.key.clone(), self.features.len());
                self.features.push(feature);
            }
        }
    }

    /// What conditions of inline experiments may refer to: this payload's saved groups.
    pub fn rules<'a>(&'a self, regex: &'a dyn RegexEngine) -> RuleContext<'a> {
        RuleContext::new(regex).with_groups(&self.groups)
    }

    /// How many features there are.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there are neither features nor experiments.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty() && self.experiments.is_empty()
    }

    /// Keys of all features, in the payload's order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.features.iter().map(|feature| &*feature.key)
    }

    /// Experiments that stand by themselves, in the payload's order.
    pub fn experiments(&self) -> &[Experiment] {
        &self.experiments
    }

    /// The experiment called `key` among them; of equal keys the first.
    pub fn experiment(&self, key: &str) -> Option<&Experiment> {
        self.experiments.iter().find(|experiment| &*experiment.key == key)
    }

    /// The unit that the attribute called `name` names, where some experiment goes by it.
    pub fn unit<'s>(&self, name: &str, source: &'s dyn AttributeSource) -> Option<ValueRef<'s>> {
        self.sticky.iter().find(|attribute| &*attribute.name == name)?.unit(source)
    }

    /// Why a feature has its value, in OpenFeature's words, and the feature's own `metadata`:
    ///
    /// | reason | means |
    /// |---|---|
    /// | `STATIC` | the feature has one value for all |
    /// | `DEFAULT` | no rule was for this unit, or the last one is for all |
    /// | `TARGETING_MATCH` | a condition meant this unit |
    /// | `SPLIT` | chance: an experiment or a rollout |
    /// | `PREREQUISITE` | a feature that it depends on switched it off |
    /// | `OVERRIDE` | it was set by hand |
    /// | `ERROR` | there is no such feature, or it depends on itself |
    pub fn reason(&self, key: &str, result: &FeatureResult<'_>) -> (&'static str, &Value) {
        static NOTHING: Value = Value::Null;
        let feature = self.place(key).and_then(|place| self.features.get(place));
        let rules = feature.map(|feature| &*feature.rules).unwrap_or_default();
        let reason = match result.source {
            Source::UnknownFeature | Source::CyclicPrerequisite => "ERROR",
            Source::Prerequisite => "PREREQUISITE",
            Source::Override => "OVERRIDE",
            Source::Experiment => "SPLIT",
            Source::DefaultValue if rules.is_empty() => "STATIC",
            Source::DefaultValue => "DEFAULT",
            Source::Force => match result.rule.and_then(|rule| rules.get(rule)).map(|rule| &rule.effect) {
                Some(Effect::Force(force)) if force.condition.is_some() => "TARGETING_MATCH",
                Some(Effect::Force(force)) if force.rollout.is_some() => "SPLIT",
                _ if result.rule == Some(0) => "STATIC",
                _ => "DEFAULT",
            },
        };
        (reason, feature.map_or(&NOTHING, |feature| &feature.metadata))
    }

    /// The arms of the experiments among the rules of the feature called `key`: the experiment's key and each arm's value.
    pub fn arms(&self, key: &str) -> impl Iterator<Item = (&str, &[Value])> {
        let feature = self.place(key).and_then(|place| self.features.get(place));
        feature.into_iter().flat_map(|feature| &feature.rules).filter_map(|rule| match &rule.effect {
            Effect::Experiment(experiment) => Some((&*experiment.key, &*experiment.variations)),
            _ => None,
        })
    }

    pub(super) fn place(&self, key: &str) -> Option<usize> {
        self.places.get(key).copied()
    }

    /// The keys of the sticky documents that evaluations for `source` can use: the rest need not be loaded.
    pub fn sticky_keys(&self, source: &dyn AttributeSource) -> Vec<String> {
        let key = |attribute: &UnitAttribute| {
            let unit = attribute.unit(source).unwrap_or(ValueRef::Str(""));
            unit.with_text(|unit| super::sticky::document_key(&attribute.name, unit))
        };
        self.sticky.iter().map(key).listed()
    }

    fn sticky_attributes(&self) -> Vec<UnitAttribute> {
        let effects = self.features.iter().flat_map(|feature| &feature.rules).filter_map(|rule| match &rule.effect {
            Effect::Experiment(experiment) => Some(&**experiment),
            _ => None,
        });
        let all = effects
            .chain(&self.experiments)
            .flat_map(|experiment| Some(&experiment.attribute).into_iter().chain(&experiment.sticky.fallback));
        let by_name: Map<&str, &UnitAttribute> = all.map(|attribute| (&*attribute.name, attribute)).collect();
        by_name.values().copied().cloned().listed()
    }
}

impl<'c> Compiler<'c> {
    fn feature(&mut self, wire: &'c Value, key: &str) -> Result<Feature, &'static str> {
        if wire.as_object().is_none() {
            return Err("");
        }
        let mut rules = Vec::new();
        for rule in wire::list(wire, "rules")?.unwrap_or_default() {
            rules.push(self.rule(rule, key)?);
        }
        let field = |name: &str| wire.get(name).cloned().unwrap_or_default();
        Ok(Feature { key: key.into(), default: field("defaultValue"), rules: rules.into(), metadata: field("metadata") })
    }

    fn rule(&mut self, wire: &'c Value, key: &str) -> Result<Rule, &'static str> {
        if wire.as_object().is_none() {
            return Err("rules");
        }
        let has_arms = |field| wire.get(field).is_some_and(|variations| ValueRef::from(variations).is_truthy());
        Ok(Rule {
            id: wire::text(wire, "id").unwrap_or_default().into(),
            parents: self.parents(wire)?,
            filters: self.filters(wire)?,
            effect: match wire.get("force") {
                Some(value) => Effect::Force(Box::new(Force {
                    value: value.clone(),
                    condition: self.condition(wire),
                    rollout: self.rollout(wire, key),
                    tracks: tracks(wire),
                })),
                None if has_arms("contextualVariations") || has_arms("variations") => {
                    Effect::Experiment(Box::new(self.experiment(wire, key, Origin::Rule)?))
                }
                None => Effect::None,
            },
        })
    }

    fn rollout(&mut self, wire: &Value, key: &str) -> Option<Rollout> {
        let share = match (wire::truthy(wire, "range"), wire.get("coverage")) {
            (Some(range), _) => Share::Range(wire::range(range)),
            (None, Some(coverage)) => Share::Coverage(wire::to_number(coverage)),
            (None, None) => return None,
        };
        let sticks = !wire::flag(wire, "disableStickyBucketing");
        Some(Rollout {
            bucketing: Bucketing::new(wire::text(wire, "seed").unwrap_or(key), wire::number(wire, "hashVersion").unwrap_or(1.0)),
            attribute: UnitAttribute::new(wire::text(wire, "hashAttribute"), self.table),
            fallback: wire::text(wire, "fallbackAttribute").filter(|_| sticks).map(|name| UnitAttribute::new(Some(name), self.table)),
            share,
        })
    }
}

fn tracks(wire: &Value) -> Box<[(Value, Value)]> {
    let pair = |track: &Value| Some((track.get("experiment")?.clone(), track.get("result")?.clone()));
    wire.get("tracks").and_then(Value::as_array).unwrap_or_default().iter().filter_map(pair).collect()
}
