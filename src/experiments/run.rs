//! Running one experiment.

use alloc::borrow::Cow;
use alloc::string::String;

use super::experiment::{Experiment, Meta, State};
use super::overrides::override_in;
use super::sticky::{assignment_key, document_key, is_blocked};
use super::{Evaluation, ExperimentResult, Exposure, LeafView, Range, StickyDocument, choose_variation};
use crate::domain::Value;
use crate::rules::{NumberText, ValueRef};

static NULL: Value = Value::Null;
static NO_LEAF: Value = Value::Number(-1.0);
/// Keys of arms that have none of their own.
static DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The leaf of a contextual bandit that holds for somebody.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a> {
    pub(super) view: LeafView<'a>,
    /// The ranges there; none where no leaf was meant, and the experiment's own hold.
    ranges: Option<&'a [Range]>,
}

impl<'a> Chosen<'a> {
    /// The weights that results show of the experiment.
    pub(super) fn shown_weights(&self, experiment: &'a Experiment) -> Option<&'a [f64]> {
        if self.ranges.is_some() { Some(self.view.weights) } else { experiment.weights.as_deref() }
    }
}

/// What arms that stick say.
enum Kept {
    Arm(usize),
    Blocked,
    Nothing,
}

impl<'a> Evaluation<'a> {
    /// The leaf of the experiment's bandit, where it has one. A leaf whose condition is no condition ends the search, as an
    /// exception does in the reference.
    pub(super) fn leaf(&self, experiment: &'a Experiment) -> Option<Chosen<'a>> {
        let bandit = experiment.bandit.as_ref()?;
        let is_broken = |condition: &crate::rules::Condition| condition.problems().iter().any(|problem| problem.kind.disables());
        let leaves = bandit.leaves.iter().enumerate();
        let mut meant = leaves.skip_while(|(_, leaf)| !leaf.condition.matches(self.context.attributes) && !is_broken(&leaf.condition));
        let found = meant.next().filter(|(_, leaf)| !is_broken(&leaf.condition));
        let version = bandit.version.as_ref();
        Some(match found {
            Some((place, leaf)) => {
                Chosen { view: LeafView { place: Some(place), id: &leaf.id, weights: &leaf.weights, version }, ranges: Some(&leaf.ranges) }
            }
            None => Chosen { view: LeafView { place: None, id: &NO_LEAF, weights: &bandit.otherwise, version }, ranges: None },
        })
    }

    /// Runs `experiment` for the feature called `feature`, if one asks.
    pub(super) fn run(&mut self, experiment: &'a Experiment, feature: Option<&'a str>, chosen: Option<Chosen<'a>>) -> ExperimentResult<'a> {
        let sticks = self.context.sticky.is_some() && !experiment.sticky.disabled;
        let fallback = experiment.sticky.fallback.as_ref().filter(|_| sticks);
        let (attribute, unit) = self.unit(&experiment.attribute, fallback);
        let outcome = |arm: Option<usize>| outcome(experiment, feature, attribute, unit, arm);
        if experiment.variations.len() < 2 || !self.context.enabled {
            return outcome(None);
        }
        if experiment.pages.as_ref().is_some_and(|pages| !pages.includes(self.context.url)) {
            return outcome(None);
        }
        if let Some(arm) = self.query.and_then(|query| override_in(query, &experiment.key, experiment.variations.len())) {
            return outcome(Some(arm));
        }
        if let Some(arm) = self.context.overrides.and_then(|overrides| overrides.variations.get(&*experiment.key)) {
            return outcome(usize::try_from(*arm).ok());
        }
        let Some(unit) = unit.filter(|_| experiment.state != State::Inactive) else { return outcome(None) };
        let kept = if sticks { self.kept(experiment) } else { Kept::Nothing };
        if !matches!(kept, Kept::Arm(_)) && !self.is_eligible(experiment, unit) {
            return outcome(None);
        }
        let Some(number) = unit.with_text(|unit| experiment.bucketing.bucket(unit)) else { return outcome(None) };
        let ranges = chosen.and_then(|chosen| chosen.ranges).unwrap_or(&experiment.ranges);
        let (arm, is_kept) = match kept {
            Kept::Arm(arm) => (Some(arm), true),
            Kept::Blocked => return ExperimentResult { sticky_bucket_used: true, ..outcome(None) },
            Kept::Nothing => (choose_variation(number, ranges), false),
        };
        let Some(arm) = arm else { return outcome(None) };
        if let Some(force) = experiment.force {
            return outcome(force);
        }
        if self.context.qa_mode || experiment.state == State::Stopped {
            return outcome(None);
        }
        let mut found = outcome(Some(arm));
        (found.hash_used, found.bucket, found.sticky_bucket_used) = (true, Some(number), is_kept);
        found.leaf = chosen.map(|chosen| chosen.view).filter(|_| found.in_experiment);
        if sticks {
            self.keep(experiment, attribute, unit, &found.key);
        }
        if !self.context.silent {
            self.exposures.push(Exposure { experiment: &experiment.key, result: found.clone() });
        }
        found
    }

    /// Whether the unit may be given an arm.
    fn is_eligible(&mut self, experiment: &'a Experiment, unit: ValueRef<'a>) -> bool {
        let is_let_in = match &experiment.filters {
            Some(filters) => self.passes(Some(filters)),
            None => experiment.namespace.as_ref().is_none_or(|namespace| unit.with_text(|unit| namespace.contains(unit))),
        };
        is_let_in
            && self.is_meant(experiment.condition.as_ref())
            && self.parents(&experiment.parents).is_ok()
            && experiment.groups.as_ref().is_none_or(|groups| groups.iter().any(|group| self.context.groups.contains(&&**group)))
    }

    /// The arm that the unit has from before.
    fn kept(&self, experiment: &'a Experiment) -> Kept {
        let own = self.document_of(&experiment.attribute.name, experiment.attribute.unit(self.context.attributes));
        // The attribute of the fallback is `id` where none is named.
        let other = match &experiment.sticky.fallback {
            Some(fallback) => fallback.unit(self.context.attributes).and_then(|unit| self.document_of(&fallback.name, Some(unit))),
            None => experiment.sticky.default_fallback.unit(self.context.attributes).and_then(|unit| self.document_of("id", Some(unit))),
        };
        let documents = [own, other].into_iter().flatten();
        let least = experiment.sticky.least_version;
        if least > 0.0 && documents.clone().any(|document| is_blocked(document, &experiment.key, least)) {
            return Kept::Blocked;
        }
        let key = assignment_key(&experiment.key, experiment.sticky.version);
        let assigned = documents.filter_map(|document| document.assignments.get(&key)).next();
        let arm = assigned.and_then(|assigned| experiment.meta.iter().position(|meta| meta.key.as_deref() == Some(assigned.as_str())));
        arm.map_or(Kept::Nothing, Kept::Arm)
    }

    fn document_of(&self, attribute: &str, unit: Option<ValueRef<'_>>) -> Option<&StickyDocument> {
        let key = unit.unwrap_or(ValueRef::Str("")).with_text(|unit| document_key(attribute, unit));
        self.document(&key)
    }

    fn document(&self, key: &str) -> Option<&StickyDocument> {
        self.sticky.get(key).or_else(|| self.context.sticky.and_then(|sticky| sticky.get(key)))
    }

    /// Remembers the arm, unless it is known.
    fn keep(&mut self, experiment: &Experiment, attribute: &str, unit: ValueRef<'_>, arm: &str) {
        let assignment = assignment_key(&experiment.key, experiment.sticky.version);
        let value: String = unit.with_text(|unit| unit.into());
        let key = document_key(attribute, &value);
        let known = self.document(&key);
        if known.and_then(|document| document.assignments.get(&assignment)).is_some_and(|known| known == arm) {
            return;
        }
        // Copied once an evaluation: a document grows with every experiment that it remembers.
        let before = self.context.sticky.and_then(|sticky| sticky.get(&key));
        let copy = || StickyDocument {
            attribute_name: attribute.into(),
            attribute_value: value,
            assignments: before.map(|document| document.assignments.clone()).unwrap_or_default(),
        };
        if let Some(document) = self.sticky.get_or_insert_with(key, copy) {
            document.assignments.insert(assignment, arm.into());
        }
        self.forget_parents();
    }
}

/// The result for somebody in `arm`; in the first, but not in the experiment, where there is no such arm.
fn outcome<'a>(
    experiment: &'a Experiment,
    feature: Option<&'a str>,
    attribute: &'a str,
    unit: Option<ValueRef<'a>>,
    arm: Option<usize>,
) -> ExperimentResult<'a> {
    static PLAIN: Meta = Meta { key: None, name: None, passthrough: false };
    let arm = arm.filter(|arm| *arm < experiment.variations.len());
    let place = arm.unwrap_or(0);
    let meta = experiment.meta.get(place).unwrap_or(&PLAIN);
    #[allow(clippy::cast_precision_loss)] // arms are few
    let number =
        || DIGITS.get(place).map_or_else(|| Cow::Owned(NumberText::of(place as f64).as_str().into()), |digit| Cow::Borrowed(*digit));
    ExperimentResult {
        key: meta.key.as_deref().map_or_else(number, Cow::Borrowed),
        feature_id: feature,
        in_experiment: arm.is_some(),
        hash_used: false,
        variation_id: place,
        value: experiment.variations.get(place).unwrap_or(&NULL),
        hash_attribute: attribute,
        hash_value: unit.unwrap_or(ValueRef::Str("")),
        bucket: None,
        name: meta.name.as_deref(),
        passthrough: meta.passthrough,
        sticky_bucket_used: false,
        leaf: None,
    }
}
