//! All offers of a snapshot.

use alloc::vec::Vec;

use super::{Offer, Stacking};
use crate::rules::{AttributeId, Condition};

/// All offers of a snapshot, and how they go together.
#[derive(Clone, Debug, Default)]
pub struct OfferBook {
    /// By ascending id, each once.
    pub offers: Vec<Offer>,
    /// Conditions over `item.*`; the first is the one that every line passes.
    pub filters: Vec<Condition>,
    /// How they go together.
    pub stacking: Stacking,
    /// Where conditions read the cart.
    pub cart: CartAttributes,
}

/// The attributes of the cart that the book answers itself, where a condition reads them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CartAttributes {
    /// `cart.subtotal`: minor units before offers.
    pub subtotal: Option<AttributeId>,
    /// `cart.quantity`: pieces.
    pub quantity: Option<AttributeId>,
    /// `cart.lines`: lines.
    pub lines: Option<AttributeId>,
}

impl OfferBook {
    /// The place of the offer called `id`.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.offers.binary_search_by(|offer| offer.id.as_str().cmp(id)).ok()
    }
}
