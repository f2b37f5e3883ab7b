//! `fairness`: whether the same cart costs the same under other traits that nobody declared.

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::parameters::published;
use super::{Engine, EngineError, ExperimentRequest, QuoteRequest};
use crate::domain::{AddAll, Arrange, Listed, Member, Reason, Tag, Value, field_or_default, from_value};
use crate::offers::Quote;
use crate::snapshot::Snapshot;

/// Whether the cart costs the same under all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Fairness {
    /// Whether every total is the same.
    pub equal: bool,
    /// What made each difference:
    ///
    /// | code | facts | means |
    /// |---|---|---|
    /// | `price-differs` | `variation`, `total`, `otherwise` | under the variation (counted from 0) the cart costs `otherwise` |
    /// | `arm-differs` | `feature`, `experiment`, `arm`, `total`, `otherwise` | in this arm (by its number) of a published experiment the cart costs `otherwise` |
    /// | `offer-differs` | `variation`, `offer`, `saving`, `otherwise`, `attribute` | the published offer that saves another amount; the member attribute that its condition reads, where it reads one |
    pub differences: Vec<Reason>,
}

impl Engine {
    /// Whether the cart of `request` costs the same under other traits. `request` is one for [`Engine::quote`] with a field
    /// more, `vary`: a list of objects of traits, each put in the place of all that the member has; its `tags` (a list of
    /// texts) and `birthday` (`MM-DD`) stand for the member's. Tier, wallet, uses and orders stay: they are the contract
    /// with the member. Every difference names the published offer that makes it, and the attribute that the offer's
    /// condition reads.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::quote`]; `malformed-request` where `request` has not the form of one.
    pub fn fairness(&mut self, request: &Value, clock: i64) -> Result<Fairness, EngineError> {
        let malformed = |error| EngineError::of_value("malformed-request", &error);
        let asked = QuoteRequest { nudges: Some(0), ..from_value(request).map_err(malformed)? };
        let vary: Vec<Value> = field_or_default(request, "vary").map_err(malformed)?;
        let snapshot = self.snapshot()?;
        let own = self.quote(&asked, clock)?;
        let visible = self.visible.clone();
        let mut differences = Vec::new();
        for (variation, traits) in (0_u32..).zip(&vary) {
            self.visible = Rc::new(with_traits(&visible, traits));
            let other = self.quote(&asked, clock);
            self.visible = visible.clone();
            let other = other?;
            if other.total != own.total {
                let reason = Reason::new("price-differs").with("variation", variation).with("total", own.total);
                differences.push(reason.with("otherwise", other.total));
                differences.add_all(offers_that_differ(&snapshot, variation, &own, &other));
            }
        }
        differences.add_all(self.arms_that_differ(&snapshot, &asked, &own, clock)?);
        self.pending.take_used();
        self.put_into_words(&mut differences);
        Ok(Fairness { equal: differences.is_empty(), differences })
    }
}

/// `member` with other traits.
fn with_traits(member: &Member, traits: &Value) -> Member {
    let tags = traits.get("tags").and_then(Value::as_array).map(|tags| {
        let named = tags.iter().filter_map(Value::as_str);
        named.map(|tag| Tag { tag: tag.into(), source: "varied".into() }).listed()
    });
    Member {
        attributes: traits.clone(),
        tags: tags.unwrap_or_else(|| member.tags.clone()),
        birthday: traits.get("birthday").and_then(Value::as_str).map(ToString::to_string).or_else(|| member.birthday.clone()),
        ..member.clone()
    }
}

impl Engine {
    /// Arms of published experiments under which the cart costs something else than `own`.
    fn arms_that_differ(&mut self, snapshot: &Snapshot, asked: &QuoteRequest, own: &Quote, clock: i64) -> Result<Vec<Reason>, EngineError> {
        let Some(book) = self.feature_book() else { return Ok(Vec::new()) };
        let read = snapshot.attributes().iter().filter_map(|(_, path)| published(snapshot, path.strip_prefix("feature.")?));
        let mut keys: Vec<&str> = read.listed();
        keys.arrange();
        keys.dedup();
        let before = self.experiment_context.clone();
        let mut found = Vec::new();
        for key in keys {
            for (experiment, values) in book.features.arms(key) {
                for (arm, value) in (0_u32..).zip(values) {
                    let forced = Value::Object(alloc::vec![(key.to_string(), value.clone())]);
                    let overrides = Value::Object(alloc::vec![("features".to_string(), forced)]);
                    self.experiment_context = Rc::new(ExperimentRequest { overrides, ..(*before).clone() });
                    let other = self.quote(asked, clock);
                    self.experiment_context = before.clone();
                    let other = other?;
                    if other.total != own.total {
                        let reason = Reason::new("arm-differs").with("feature", key).with("experiment", experiment).with("arm", arm);
                        found.push(reason.with("total", own.total).with("otherwise", other.total));
                    }
                }
            }
        }
        Ok(found)
    }
}

/// The offers that save another amount in `other`.
fn offers_that_differ(snapshot: &Snapshot, variation: u32, own: &Quote, other: &Quote) -> Vec<Reason> {
    let saving = |quote: &Quote, id: &str| quote.applied.iter().find(|applied| applied.offer == id).map_or(0, |applied| applied.saving);
    let mut ids: Vec<&String> = own.applied.iter().chain(&other.applied).map(|applied| &applied.offer).listed();
    ids.arrange();
    ids.dedup();
    let mut reasons = Vec::new();
    for id in ids {
        let (here, there) = (saving(own, id), saving(other, id));
        if here == there {
            continue;
        }
        let offer = snapshot.offers().find(id).and_then(|place| snapshot.offers().offers.get(place));
        let attributes = offer.into_iter().flat_map(|offer| offer.when.attributes()).map(|id| snapshot.attributes().path(*id));
        let attribute: Option<String> = attributes.filter(|path| path.starts_with("member.")).map(ToString::to_string).next();
        let mut reason = Reason::new("offer-differs").with("variation", variation).with("offer", id.as_str());
        reason = reason.with("saving", here).with("otherwise", there);
        reasons.push(match attribute {
            Some(attribute) => reason.with("attribute", attribute),
            None => reason,
        });
    }
    reasons
}
