//! All offers of a snapshot.

use alloc::vec::Vec;

use super::prepare::Case;
use super::{Offer, Stacking};
use crate::rules::{AttributeId, Condition};

/// What a search may cost: combinations times what each costs, by [`OfferBook::search_budget`].
const WORK: u32 = 850_000;
/// The fewest and the most combinations that a search looks at where the programme does not say.
const FEWEST: u32 = 100;
const MOST: u32 = 5_000;

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
    /// Combinations that a search for the cart of `case` looks at: what the programme says; else as many as leave time for
    /// a page's next frame: fewer where each costs more, because of many offers or lines.
    pub(super) fn search_budget(&self, case: &Case<'_>) -> u32 {
        // As measured: each offer costs something by itself and by each line, one that picks pieces much more, and the more the
        // more pieces there are.
        let pieces = case.input.lines.iter().map(|line| u64::from(line.quantity)).fold(1, u64::saturating_add);
        let a_set = 18_usize.saturating_mul(pieces.ilog2() as usize);
        let sets = case.live.iter().filter_map(|live| case.offer(live)).filter(|offer| offer.picks_pieces()).count();
        let a_line = case.live.len().saturating_add(1).saturating_mul(case.input.lines.len().saturating_add(6));
        let cost = a_line.saturating_add(sets.saturating_mul(a_set));
        let fits = WORK.checked_div(u32::try_from(cost).unwrap_or(u32::MAX)).unwrap_or(0);
        self.stacking.search_budget.unwrap_or(fits.clamp(FEWEST, MOST))
    }

    /// The place of the offer called `id`.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.offers.binary_search_by(|offer| offer.id.as_str().cmp(id)).ok()
    }
}
