//! `quote`: what a cart costs.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::cart::CartRequest;
use super::catalog::Surroundings;
use super::points::PointsWanted;
use super::{Engine, EngineError, QuoteRequest};
use crate::domain::{AddAll, Listed, Reason, Value};
use crate::offers::{Quote, quote};

/// Nudges told where the request does not say how many.
const NUDGES: u32 = 3;

impl Engine {
    /// What the cart of `request` costs under the programme's offers, or under those that the request lists.
    ///
    /// # Errors
    ///
    /// `no-catalog`; `malformed-request` where `offers` or `points` is neither of what they can be.
    pub fn quote(&self, request: &QuoteRequest, clock: i64) -> Result<Quote, EngineError> {
        let snapshot = self.snapshot()?;
        let now = self.now(request.now, clock);
        let listed = listed(&request.offers)?;
        let cart = CartRequest {
            lines: &request.lines,
            shipping: &request.shipping,
            codes: &request.codes,
            listed: listed.as_deref(),
            points: PointsWanted::read(&request.points)
                .ok_or_else(|| EngineError::malformed("malformed-request", "must be a number from 0 on, or `max`", "points"))?,
            nudges: request.nudges.unwrap_or(NUDGES) as usize,
            surroundings: Surroundings {
                context: Some(&request.context),
                store: request.store.as_deref(),
                channel: request.channel.as_deref(),
            },
        };
        let (mut answer, notes) = self.with_cart(&snapshot, cart, now, |input| {
            let mut answer = quote(snapshot.offers(), input);
            if listed.is_none() {
                answer = self.with_precedence(&snapshot, input, answer);
            }
            self.add_earning(&snapshot, input, &mut answer);
            answer
        });
        if let Some(at) = snapshot.info.expires_at.filter(|at| *at <= now) {
            answer.notes.push(Reason::new("snapshot-expired").with("at", at));
        }
        answer.notes.add_all(notes);
        let texts = self.texts(now);
        answer.notes.add_all(self.pending.take_arms());
        self.put_into_words_of(texts.as_ref(), reasons_of(&mut answer));
        Ok(answer)
    }
}

/// The ids of the offers to apply; `None` for the programme's own choice.
fn listed(offers: &Value) -> Result<Option<Vec<String>>, EngineError> {
    let wrong = || EngineError::malformed("malformed-request", "must be `best` or a list of ids", "offers");
    match offers {
        Value::Null => Ok(None),
        Value::String(text) if text == "best" => Ok(None),
        Value::Array(ids) => ids.iter().map(|id| id.as_str().map(ToString::to_string).ok_or_else(wrong)).listed_until_error().map(Some),
        _ => Err(wrong()),
    }
}

/// All reasons of a quote.
pub(super) fn reasons_of(quote: &mut Quote) -> impl Iterator<Item = &mut Reason> {
    let applied = quote.applied.iter_mut().flat_map(|applied| &mut applied.reasons);
    let rejected = quote.rejected.iter_mut().flat_map(|rejected| &mut rejected.reasons);
    applied.chain(rejected).chain(&mut quote.points.reasons).chain(&mut quote.nudges).chain(&mut quote.notes)
}
