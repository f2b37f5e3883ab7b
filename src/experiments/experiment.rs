//! An experiment, compiled.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::bucketing::Bucketing;
use super::targeting::UrlTargeting;
use super::unit::{Filter, Namespace, UnitAttribute};
use super::{Range, bucket_ranges, wire};
use crate::domain::{Listed, Map, Reason, Value};
use crate::rules::{AttributeTable, Condition, RuleContext, ValueRef};

/// An experiment, compiled: by itself, or from a feature's rule.
#[derive(Clone, Debug)]
pub struct Experiment {
    pub(super) key: Box<str>,
    pub(super) variations: Box<[Value]>,
    /// What results show of it beside key and variations.
    pub(super) shown: Vec<(String, Value)>,
    pub(super) weights: Option<Box<[f64]>>,
    pub(super) ranges: Box<[Range]>,
    pub(super) bucketing: Bucketing,
    pub(super) attribute: UnitAttribute,
    pub(super) sticky: Sticky,
    pub(super) meta: Box<[Meta]>,
    pub(super) filters: Option<Box<[Filter]>>,
    pub(super) namespace: Option<Namespace>,
    pub(super) condition: Option<Targeting>,
    pub(super) parents: Box<[Parent]>,
    pub(super) pages: Option<UrlTargeting>,
    pub(super) groups: Option<Box<[Box<str>]>>,
    pub(super) bandit: Option<Bandit>,
    /// The arm everybody gets who would get one; out of range: nobody gets one.
    pub(super) force: Option<Option<usize>>,
    pub(super) state: State,
    pub(super) persist_query: bool,
    pub(super) manual: bool,
    pub(super) change: Option<Box<str>>,
}

/// Whether an experiment runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// A draft, or switched off: only overrides have an effect.
    Inactive,
    Running,
    /// Over: nobody is assigned any more, but a forced arm holds.
    Stopped,
}

/// How arms stick.
#[derive(Clone, Debug)]
pub(super) struct Sticky {
    pub(super) disabled: bool,
    pub(super) fallback: Option<UnitAttribute>,
    /// What stands for the fallback where none is named: `id`.
    pub(super) default_fallback: UnitAttribute,
    pub(super) version: f64,
    pub(super) least_version: f64,
}

/// What is said of an arm.
#[derive(Clone, Debug, Default)]
pub(super) struct Meta {
    pub(super) key: Option<Box<str>>,
    pub(super) name: Option<Box<str>>,
    pub(super) passthrough: bool,
}

/// Whom a rule is for. Rules of a payload often ask the same: the same condition is compiled once, and met or not once an
/// evaluation.
#[derive(Clone, Debug)]
pub(super) struct Targeting {
    pub(super) condition: Rc<Condition>,
    /// Equal for those that ask the same.
    pub(super) number: usize,
}

/// A feature whose value decides.
#[derive(Clone, Debug)]
pub(super) struct Parent {
    pub(super) feature: Box<str>,
    pub(super) condition: Condition,
    /// The paths the condition reads: `value`, or inside of it.
    pub(super) paths: AttributeTable,
    /// Whether the whole feature is off where the condition fails, rather than only the rule.
    pub(super) gate: bool,
}

/// A contextual bandit's weights by leaf.
#[derive(Clone, Debug)]
pub(super) struct Bandit {
    pub(super) version: Option<Value>,
    pub(super) leaves: Box<[Leaf]>,
    /// The weights where no leaf is meant.
    pub(super) otherwise: Box<[f64]>,
}

/// Where a bandit's tree ends: whom it is for, and their weights.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) id: Value,
    pub(super) condition: Condition,
    pub(super) weights: Box<[f64]>,
    pub(super) ranges: Box<[Range]>,
}

/// Compiles features and experiments, and remembers what is wrong with them.
pub(super) struct Compiler<'c> {
    pub(super) table: &'c mut AttributeTable,
    pub(super) rules: RuleContext<'c>,
    pub(super) bandits: Option<&'c Value>,
    /// Whether a feature or an experiment is being compiled, and its key.
    pub(super) subject: (&'static str, &'c str),
    pub(super) warnings: Vec<Reason>,
    /// Conditions compiled so far.
    pub(super) asked: Vec<(&'c Value, Rc<Condition>)>,
    /// How many numbers of conditions are taken before these.
    pub(super) numbered: usize,
}

/// Numbers from here on are not kept by evaluations: an experiment written inline is evaluated once.
pub(super) const INLINE: usize = usize::MAX / 2;

/// How many of the latest conditions are looked through for the same: payloads have their rules by feature, and features
/// that ask the same side by side.
const LATEST: usize = 64;

/// What of an experiment a rule may say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Rule,
    Experiment,
}

impl Experiment {
    /// Compiles an experiment that stands by itself: `{"key", "variations", ...}`. With it come warnings that name what
    /// is wrong in its conditions.
    ///
    /// # Errors
    ///
    /// `malformed-experiment` with the `field` that is not what it should be.
    pub fn compile(wire: &Value, table: &mut AttributeTable, rules: RuleContext<'_>) -> Result<(Self, Vec<Reason>), Reason> {
        let key = wire.get("key").and_then(Value::as_str).unwrap_or_default();
        let mut compiler = Compiler {
            table,
            rules,
            bandits: None,
            subject: ("experiment", key),
            warnings: Vec::new(),
            asked: Vec::new(),
            numbered: INLINE,
        };
        match compiler.experiment(wire, key, Origin::Experiment) {
            Ok(experiment) => Ok((experiment, compiler.warnings)),
            Err(field) => Err(Reason::new("malformed-experiment").with("experiment", key).with("field", field)),
        }
    }

    /// The key by which it is known.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl<'c> Compiler<'c> {
    /// Compiles what `wire` says, called `key` where it gives no name of its own. The error names the field that is not
    /// what it should be.
    pub(super) fn experiment(&mut self, wire: &'c Value, key: &str, origin: Origin) -> Result<Experiment, &'static str> {
        let key = wire::text(wire, "key").unwrap_or(key);
        let variations = match wire.get("contextualVariations").filter(|value| origin == Origin::Rule && !value.is_null()) {
            Some(variations) => variations,
            None => wire.get("variations").unwrap_or(&NOTHING),
        };
        let variations = variations.as_array().ok_or("variations")?;
        let coverage = wire.get("coverage").map_or(1.0, wire::to_number);
        let numbers = |list: &[Value]| list.iter().map(wire::to_number).collect::<Box<[f64]>>();
        let weights = wire::list(wire, "weights")?.map(numbers);
        let explicit = wire::list(wire, "ranges")?.map(|ranges| ranges.iter().map(wire::range).collect::<Box<[Range]>>());
        let ranges_for = |weights: Option<&[f64]>| match &explicit {
            Some(ranges) => ranges.clone(),
            None => bucket_ranges(variations.len(), coverage, weights).into(),
        };
        let bandit = match wire::text(wire, "contextualBanditRef").filter(|_| origin == Origin::Rule) {
            Some(reference) => self.bandit(reference, weights.as_deref(), variations.len(), ranges_for),
            None => None,
        };
        let own = |key| wire.get(key).filter(|_| origin == Origin::Experiment);
        let pages = match own("urlPatterns").map(|targets| targets.as_array().ok_or("urlPatterns")).transpose()? {
            Some(targets) => {
                let (pages, invalid) = UrlTargeting::compile(targets, self.rules.regex);
                if invalid > 0 {
                    self.warn("invalid-url-pattern", "urlPatterns");
                }
                Some(pages)
            }
            None => None,
        };
        let parents = if origin == Origin::Experiment { self.parents(wire)? } else { Box::default() };
        let status = own("status").and_then(Value::as_str);
        Ok(Experiment {
            key: key.into(),
            variations: variations.into(),
            shown: shown(wire),
            ranges: ranges_for(weights.as_deref()),
            weights,
            bucketing: Bucketing::new(wire::text(wire, "seed").unwrap_or(key), wire::number(wire, "hashVersion").unwrap_or(1.0)),
            attribute: UnitAttribute::new(wire::text(wire, "hashAttribute"), self.table),
            sticky: Sticky {
                disabled: wire::flag(wire, "disableStickyBucketing"),
                fallback: wire::text(wire, "fallbackAttribute").map(|name| UnitAttribute::new(Some(name), self.table)),
                default_fallback: UnitAttribute::new(None, self.table),
                version: wire::number(wire, "bucketVersion").unwrap_or(0.0),
                least_version: wire::number(wire, "minBucketVersion").unwrap_or(0.0),
            },
            meta: wire::list(wire, "meta")?.unwrap_or_default().iter().map(Meta::read).collect(),
            filters: self.filters(wire)?,
            namespace: match wire::list(wire, "namespace")? {
                Some(namespace) => Some(Namespace::compile(namespace).ok_or("namespace")?),
                None => None,
            },
            condition: self.condition(wire),
            parents,
            pages,
            groups: match own("groups") {
                Some(_) => wire::list(wire, "groups")?.map(|groups| groups.iter().filter_map(Value::as_str).map(Box::from).collect()),
                None => None,
            },
            bandit,
            force: own("force").map(arm),
            state: match (status, own("active").and_then(Value::as_bool)) {
                (Some("draft"), _) | (_, Some(false)) => State::Inactive,
                (Some("stopped"), _) => State::Stopped,
                _ => State::Running,
            },
            persist_query: own("persistQueryString").is_some_and(|value| wire::to_number(value) != 0.0),
            manual: own("manual").and_then(Value::as_bool).unwrap_or(false),
            change: own("changeId").and_then(Value::as_str).map(Box::from),
        })
    }

    pub(super) fn condition(&mut self, wire: &'c Value) -> Option<Targeting> {
        let wire = wire::truthy(wire, "condition")?;
        let latest = self.asked.len().saturating_sub(LATEST);
        let same = self.asked.iter().skip(latest).position(|(known, _)| *known == wire);
        let place = match same {
            Some(place) => place.saturating_add(latest),
            None => {
                self.asked.push((wire, Rc::new(Condition::compile(wire, self.table, &self.rules))));
                self.asked.len().saturating_sub(1)
            }
        };
        let condition = self.asked.get(place)?.1.clone();
        self.warn_of(&condition, "condition");
        Some(Targeting { condition, number: place.saturating_add(self.numbered) })
    }

    fn compiled(&mut self, condition: &Value, path: &str) -> Condition {
        let condition = Condition::compile(condition, self.table, &self.rules);
        self.warn_of(&condition, path);
        condition
    }

    pub(super) fn filters(&mut self, wire: &Value) -> Result<Option<Box<[Filter]>>, &'static str> {
        Ok(wire::list(wire, "filters")?.map(|filters| filters.iter().map(|filter| Filter::compile(filter, self.table)).collect()))
    }

    /// Reads `parentConditions`.
    pub(super) fn parents(&mut self, wire: &Value) -> Result<Box<[Parent]>, &'static str> {
        let mut parents = Vec::new();
        for parent in wire::list(wire, "parentConditions")?.unwrap_or_default() {
            let feature = parent.get("id").and_then(Value::as_str).ok_or("parentConditions")?;
            let mut paths = AttributeTable::default();
            let condition = match wire::truthy(parent, "condition") {
                Some(condition) => Condition::compile(condition, &mut paths, &self.rules),
                None => Condition::default(),
            };
            self.warn_of(&condition, "parentConditions");
            parents.push(Parent { feature: feature.into(), condition, paths, gate: wire::flag(parent, "gate") });
        }
        Ok(parents.into())
    }

    fn bandit(
        &mut self,
        reference: &str,
        weights: Option<&[f64]>,
        arms: usize,
        ranges_for: impl Fn(Option<&[f64]>) -> Box<[Range]>,
    ) -> Option<Bandit> {
        let definition = self.bandits.and_then(|bandits| bandits.get(reference)).filter(|definition| definition.as_object().is_some());
        let Some(definition) = definition else {
            self.warn("unknown-bandit", "contextualBanditRef");
            return None;
        };
        let mut leaves = Vec::new();
        for context in definition.get("contexts").and_then(Value::as_array).unwrap_or_default() {
            let condition = match wire::truthy(context, "condition") {
                Some(condition) => self.compiled(condition, "contextualBandits"),
                None => Condition::default(),
            };
            let weights: Box<[f64]> =
                context.get("weights").and_then(Value::as_array).unwrap_or_default().iter().map(wire::to_number).collect();
            let ranges = ranges_for(Some(&weights));
            leaves.push(Leaf { id: context.get("leafId").cloned().unwrap_or_default(), condition, weights, ranges });
        }
        Some(Bandit {
            version: definition.get("banditVersion").cloned(),
            leaves: leaves.into(),
            otherwise: weights.map_or_else(|| super::equal_weights(arms).into(), Box::from),
        })
    }

    /// Remembers what is wrong with a condition.
    fn warn_of(&mut self, condition: &Condition, path: &str) {
        for problem in condition.problems() {
            self.warn(problem.kind.code(), &[path, ".", &problem.path].concat());
        }
    }

    /// Remembers that something is wrong.
    pub(super) fn warn(&mut self, code: &'static str, path: &str) {
        let (kind, key) = self.subject;
        self.warnings.push(Reason::new(code).with(kind, key).with("path", path));
    }
}

static NOTHING: Value = Value::Null;

impl Meta {
    fn read(wire: &Value) -> Self {
        let text = |key| wire::text(wire, key).map(Box::from);
        Meta { key: text("key"), name: text("name"), passthrough: wire::flag(wire, "passthrough") }
    }
}

fn arm(value: &Value) -> Option<usize> {
    let number = value.as_f64().filter(|number| *number >= 0.0 && f64::trunc(*number) == *number)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and not negative; a huge one saturates
    Some(number as usize)
}

/// What a result shows of the experiment that a rule describes.
fn shown(wire: &Value) -> Vec<(String, Value)> {
    let kept = |(key, value): &&(String, Value)| match key.as_str() {
        "coverage" | "bucketVersion" | "minBucketVersion" => true,
        "hashAttribute"
        | "fallbackAttribute"
        | "disableStickyBucketing"
        | "namespace"
        | "meta"
        | "ranges"
        | "name"
        | "phase"
        | "seed"
        | "hashVersion"
        | "filters"
        | "condition" => ValueRef::from(value).is_truthy(),
        _ => false,
    };
    let entries: Map<&String, &Value> = wire.as_object().unwrap_or_default().iter().filter(kept).map(|(key, value)| (key, value)).collect();
    entries.into_iter().map(|(key, value)| (key.clone(), value.clone())).listed()
}
