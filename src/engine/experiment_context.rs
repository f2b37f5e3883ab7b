//! For whom experiments are evaluated: the member, what the page says of itself, and what is set by hand.

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::catalog::Surroundings;
use super::exposure::Used;
use super::features::FeatureBook;
use super::{Engine, EngineError, ExperimentRequest};
use crate::domain::{AddAll, Listed, Member, Value};
use crate::experiments::{Context, FeatureResult, Overrides, Source, StickyBuckets};
use crate::rules::{AttributeSource, AttributeTable, Attributes};
use crate::snapshot::Snapshot;

/// What an evaluation is made with.
pub(super) struct Asked<'a> {
    pub(super) now: i64,
    pub(super) overrides: Overrides,
    pub(super) attributes: Attributes<'a>,
    url: &'a str,
    enabled: bool,
    qa_mode: bool,
    sticky: bool,
}

impl Asked<'_> {
    pub(super) fn context<'c>(&'c self, sticky: &'c StickyBuckets) -> Context<'c> {
        Context {
            url: self.url,
            overrides: Some(&self.overrides),
            sticky: Some(sticky).filter(|_| self.sticky),
            enabled: self.enabled,
            qa_mode: self.qa_mode,
            ..Context::new(&self.attributes)
        }
    }
}

/// The context in use, made ready for many questions about the same member.
pub(super) struct Bound {
    book: Rc<FeatureBook>,
    visible: Rc<Member>,
    snapshot: Option<Rc<Snapshot>>,
    at: i64,
    attributes: Attributes<'static>,
    overrides: Overrides,
    /// The answer that was last counted, by the place of the feature: what is answered the same again needs no counting.
    settled: Vec<f64>,
}

/// What an evaluation leaves of a feature's result besides its number in [0, 1): see [`Engine::packed_feature`].
const BUCKETS: f64 = 16_384.0;

impl Engine {
    /// What later calls of [`Engine::feature`] and its kind, and everything that experiments decide in other answers, are
    /// for: the page's own attributes and address, overrides. A call's own request counts over it.
    ///
    /// # Errors
    /// `malformed-request` where overrides are malformed; the context before it stays.
    pub fn set_experiment_context(&mut self, context: ExperimentRequest) -> Result<(), EngineError> {
        overrides(&context.overrides, &Value::Null)?;
        self.experiment_context = Rc::new(context);
        self.bound = None;
        Ok(())
    }

    pub(super) fn asked<'a>(
        &'a self,
        table: &AttributeTable,
        request: &'a ExperimentRequest,
        clock: i64,
    ) -> Result<Asked<'a>, EngineError> {
        let context = &*self.experiment_context;
        let now = self.now(request.now.or(context.now), clock);
        let mut attributes = self.experiment_attributes(table, now);
        attributes.bind(table, "", &context.attributes);
        attributes.bind(table, "", &request.attributes);
        Ok(Asked {
            now,
            overrides: overrides(&context.overrides, &request.overrides)?,
            attributes,
            url: request.url.as_deref().or(context.url.as_deref()).unwrap_or_default(),
            enabled: request.enabled.or(context.enabled) != Some(false),
            qa_mode: request.qa_mode || context.qa_mode,
            sticky: request.sticky.or(context.sticky) != Some(false),
        })
    }

    /// What experiments may read beside what the page says: the member's visible traits and id under their bare names;
    /// and `member.*`, `now.*`, `context.*` as all rules do.
    fn experiment_attributes<'a>(&self, table: &AttributeTable, now: i64) -> Attributes<'a> {
        let is_provided = |path: &str| path == "member" || path.starts_with("now.") || path.starts_with("member.");
        let mut attributes = if table.iter().any(|(_, path)| is_provided(path)) {
            self.attributes_of(table, self.snapshot.as_deref(), now, Surroundings::default())
        } else {
            Attributes::default()
        };
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
        attributes
    }

    /// The context made ready, anew only where something it was made of has changed.
    fn bound(&mut self, clock: &dyn Fn() -> i64) -> Result<Bound, EngineError> {
        let book = self.book()?;
        let (asked, offset, earliest) = (self.experiment_context.now, self.device.clock_offset, self.not_before);
        let time = || asked.unwrap_or_else(|| clock().saturating_add(offset).max(earliest));
        let is_fresh = |bound: &Bound| {
            Rc::ptr_eq(&bound.book, &book)
                && Rc::ptr_eq(&bound.visible, &self.visible)
                && match (&bound.snapshot, &self.snapshot) {
                    (Some(one), Some(other)) => Rc::ptr_eq(one, other),
                    (one, other) => one.is_none() && other.is_none(),
                }
                && (book.timeless || bound.at == time())
        };
        if self.bound.as_ref().is_some_and(is_fresh)
            && let Some(bound) = self.bound.take()
        {
            return Ok(bound);
        }
        let now = time();
        let mut attributes = self.experiment_attributes(&book.table, now);
        attributes.bind(&book.table, "", &self.experiment_context.attributes);
        Ok(Bound {
            attributes: attributes.into_owned(),
            overrides: overrides(&self.experiment_context.overrides, &Value::Null)?,
            visible: self.visible.clone(),
            snapshot: self.snapshot.clone(),
            at: now,
            settled: Vec::new(),
            book,
        })
    }

    /// The keys of all features, in the payload's order; empty where none are loaded.
    pub fn feature_keys(&self) -> Vec<String> {
        self.feature_book().map(|book| book.features.keys().map(ToString::to_string).listed()).unwrap_or_default()
    }

    /// The feature at `place` of [`Engine::feature_keys`] under the context in use, as one number: what a host needs to know
    /// to build the result from one it has seen before, with no object crossing the boundary. Counts as exposure like
    /// [`Engine::feature`].
    ///
    /// The number is `bucket + 16384 * which`: `bucket` is the unit's number in ten-thousandths, and `which` is equal for
    /// results that are equal but for bucket and unit. -1 where the result has to be asked for whole.
    ///
    /// # Errors
    /// `no-features`.
    pub fn packed_feature(&mut self, place: usize, clock: &dyn Fn() -> i64) -> Result<f64, EngineError> {
        let mut bound = self.bound(clock)?;
        let packed = self.with_bound(&bound, true, |evaluation| pack(&evaluation.feature_in_place(place))).0;
        if bound.settled.get(place) != Some(&packed) {
            bound.at = self.now(self.experiment_context.now, clock());
            let (_, used) = self.with_bound(&bound, false, |evaluation| {
                evaluation.feature_in_place(place);
            });
            self.settle(used, false);
            if bound.settled.len() <= place {
                bound.settled.resize(bound.book.features.len(), -2.0);
            }
            if let Some(settled) = bound.settled.get_mut(place) {
                *settled = packed;
            }
        }
        self.bound = Some(bound);
        Ok(packed)
    }

    /// All features, each as [`Engine::packed_feature`] gives it, without counting.
    ///
    /// # Errors
    /// `no-features`.
    pub fn packed_features(&mut self, clock: &dyn Fn() -> i64, packed: &mut Vec<f64>) -> Result<(), EngineError> {
        let bound = self.bound(clock)?;
        packed.clear();
        self.with_bound(&bound, true, |evaluation| {
            packed.add_all((0..bound.book.features.len()).map(|place| pack(&evaluation.feature_in_place(place))));
        });
        self.bound = Some(bound);
        Ok(())
    }

    /// The unit that the attribute called `name` names under the context in use, where some experiment goes by it.
    ///
    /// # Errors
    /// `no-features`.
    pub fn experiment_unit(&mut self, name: &str, clock: &dyn Fn() -> i64) -> Result<Value, EngineError> {
        let bound = self.bound(clock)?;
        let unit = bound.book.features.unit(name, &bound.attributes).map(crate::rules::ValueRef::to_value).unwrap_or_default();
        self.bound = Some(bound);
        Ok(unit)
    }

    /// Evaluates under the context in use. What it led to is empty where it is `silent`.
    fn with_bound<T>(&self, bound: &Bound, silent: bool, ask: impl FnOnce(&mut crate::experiments::Evaluation<'_>) -> T) -> (T, Used) {
        let asked = &*self.experiment_context;
        let context = Context {
            url: asked.url.as_deref().unwrap_or_default(),
            overrides: Some(&bound.overrides),
            sticky: Some(&self.device.sticky).filter(|_| asked.sticky != Some(false)),
            enabled: asked.enabled != Some(false),
            qa_mode: asked.qa_mode,
            silent,
            ..Context::new(&bound.attributes)
        };
        let mut evaluation = bound.book.features.evaluate(&context);
        let answer = ask(&mut evaluation);
        let used = if silent {
            Used::default()
        } else {
            Used::of(evaluation.finish(), bound.at, &self.device, &bound.book.table, &bound.attributes)
        };
        (answer, used)
    }
}

/// A result in 48 bits; -1 where it doesn't fit, or depends on what is set by hand.
#[allow(clippy::cast_precision_loss)] // all are small
fn pack(result: &FeatureResult<'_>) -> f64 {
    let source = match result.source {
        Source::Override => return -1.0,
        Source::UnknownFeature => 0.0,
        Source::DefaultValue => 1.0,
        Source::Force => 2.0,
        Source::Experiment => 3.0,
        Source::Prerequisite => 4.0,
        Source::CyclicPrerequisite => 5.0,
    };
    let rule = result.rule.map_or(0, |rule| rule.saturating_add(1));
    if rule >= 1024 {
        return -1.0;
    }
    let which = source + 8.0 * rule as f64;
    let Some(found) = &result.experiment_result else { return which * BUCKETS };
    let leaf = found.leaf.map_or(0, |leaf| leaf.place.map_or(1, |place| place.saturating_add(2)));
    if found.variation_id >= 256 || leaf >= 1024 {
        return -1.0;
    }
    let flag = |flag: bool, worth: f64| if flag { worth } else { 0.0 };
    let by_fallback = result.experiment.as_ref().is_some_and(|experiment| experiment.hash_attribute() != found.hash_attribute);
    let flags = flag(found.hash_used, 1.0) + flag(found.sticky_bucket_used, 2.0) + flag(by_fallback, 4.0);
    let which = which + 8192.0 * (found.variation_id as f64 + 256.0 * (flags + 8.0 * leaf as f64));
    let bucket = found.bucket.map_or(BUCKETS - 1.0, |bucket| libm::round(bucket * 10_000.0));
    which * BUCKETS + bucket
}

/// `{variations: {experiment: arm}, features: {key: value}}`, the upper over the lower.
fn overrides(lower: &Value, upper: &Value) -> Result<Overrides, EngineError> {
    let mut read = Overrides::default();
    for value in [lower, upper] {
        for (experiment, arm) in value.get("variations").and_then(Value::as_object).unwrap_or_default() {
            let arm = arm.as_f64().and_then(super::event::whole);
            let arm =
                arm.ok_or_else(|| EngineError::malformed("malformed-request", "an arm is named by its number", "overrides.variations"))?;
            read.variations.insert(experiment.clone(), arm);
        }
        for (key, forced) in value.get("features").and_then(Value::as_object).unwrap_or_default() {
            read.features.insert(key.clone(), forced.clone());
        }
    }
    Ok(read)
}
