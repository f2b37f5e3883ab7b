//! `offers`: where every offer stands.

use alloc::vec::Vec;

use serde::Serialize;

use super::cart::CartRequest;
use super::catalog::Surroundings;
use super::{Engine, EngineError, OffersRequest};
use crate::offers::{OfferStatus, statuses};

/// Offers, and where each stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct OffersResult {
    /// Those that can be had first.
    pub offers: Vec<OfferStatus>,
}

impl Engine {
    /// Where every offer stands for this member and this cart. Of those that stand the same, the ones that this member may
    /// like most come first: see `score` and `appeal` of each.
    ///
    /// # Errors
    ///
    /// `no-catalog`.
    pub fn offers(&self, request: &OffersRequest, clock: i64) -> Result<OffersResult, EngineError> {
        let snapshot = self.snapshot()?;
        let now = self.now(request.now, clock);
        let cart = CartRequest {
            lines: &request.cart,
            codes: &request.codes,
            surroundings: Surroundings {
                context: Some(&request.context),
                store: request.store.as_deref(),
                channel: request.channel.as_deref(),
            },
            ..CartRequest::default()
        };
        let (mut offers, _) = self.with_cart(&snapshot, cart, now, |input| statuses(snapshot.offers(), input));
        let hidden = self.hidden_offers(now);
        offers.retain(|offer| !hidden.contains(&offer.id));
        self.add_appeal(&snapshot, now, &mut offers);
        OfferStatus::sort(&mut offers);
        offers.truncate(request.limit.map_or(usize::MAX, |limit| limit as usize));
        let texts = self.texts(now);
        self.pending.take_arms();
        let reasons = offers.iter_mut().flat_map(|offer| offer.missing.iter_mut().chain(&mut offer.reasons).chain(&mut offer.appeal));
        self.put_into_words_of(texts.as_ref(), reasons);
        Ok(OffersResult { offers })
    }
}
