//! Offers, compiled: what a request reads.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Activation, Class, Limits, Measure, Pick, PriceBase, Rate, Receipt, Schedule, Target, ThresholdBase, Window};
use crate::domain::{Arrange, Listed};
use crate::rules::Condition;

/// One of the item filters of an [`OfferBook`](super::OfferBook).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filter(pub u32);

impl Filter {
    /// The filter that every line passes.
    pub const ALL: Filter = Filter(0);
}

/// One offer.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    /// Its id.
    pub id: String,
    /// What makes it active.
    pub activation: Option<Activation>,
    /// Codes that activate it, lower-cased, with terms of their own.
    pub codes: Vec<CouponCode>,
    /// Tiers it is for; any where empty.
    pub tiers: Vec<String>,
    /// Over `member.*`, `cart.*`, `now.*` and `context.*`.
    pub when: Condition,
    /// What the cart must hold.
    pub thresholds: Vec<Threshold>,
    /// When it can be used.
    pub window: Window,
    /// Recurring times inside the window.
    pub schedule: Schedule,
    /// When a coupon in a wallet can be used.
    pub receipt: Receipt,
    /// How often and for how much.
    pub limits: Limits,
    /// Where in the order it stands.
    pub class: Class,
    /// The place of its group in [`Stacking::groups`](super::Stacking).
    pub group: Option<usize>,
    /// Tags, as places in a table of the book, ascending.
    pub tags: Vec<u32>,
    /// What it goes together with, where that is its own matter.
    pub combines: Option<Combines>,
    /// The higher comes first.
    pub priority: i32,
    /// Goes together with no other.
    pub exclusive: bool,
    /// `(pool, amount)`: what it takes of shared limits.
    pub pools: Vec<(usize, u32)>,
    /// Whether points may be spent beside it.
    pub with_points: bool,
    /// Leaves out goods that are reduced already.
    pub skip_reduced: bool,
    /// No piece goes below this share of its price.
    pub floor: Rate,
    /// What it gives, in this order.
    pub effects: Vec<Effect>,
}

/// A code with its terms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CouponCode {
    /// Lower-cased.
    pub code: String,
    /// When it can be used.
    pub window: Window,
    /// Uses left for everyone.
    pub uses_left: Option<u32>,
    /// Uses one member may have.
    pub per_member: Option<u32>,
}

/// What an offer goes together with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Combines {
    /// Offers of these classes.
    pub classes: Vec<Class>,
    /// On one line, product offers with one of these tags (ascending).
    pub tags: Vec<u32>,
}

/// What the cart must hold; each amount that is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Money, reached by equality.
    pub amount: Option<i64>,
    /// Pieces.
    pub quantity: Option<u32>,
    /// Different lines.
    pub lines: Option<u32>,
    /// Which goods count.
    pub goods: Filter,
    /// Which price counts.
    pub base: ThresholdBase,
    /// One line alone must reach it.
    pub per_line: bool,
}

/// A discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// A share off.
    Percent(Rate),
    /// So much off.
    Amount(i64),
    /// So much to pay, where that is less.
    Price(i64),
}

/// One thing an offer gives.
#[derive(Clone, Debug)]
pub struct Effect {
    /// What it is counted on.
    pub target: Target,
    /// Which goods.
    pub goods: Filter,
    /// Which shipping methods, by id; all where empty.
    pub methods: Vec<String>,
    /// At most so many pieces of each line.
    pub max_quantity: Option<u32>,
    /// At most so many pieces in all, the dearest first.
    pub max_pieces: Option<u32>,
    /// Which price it is counted on.
    pub base: PriceBase,
    /// The most it saves.
    pub cap: Option<i64>,
    /// Only at the n-th use.
    pub at_use: Option<u32>,
    /// What it gives.
    pub kind: Kind,
}

/// What an [`Effect`] gives.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A discount on the target.
    Off(Discount),
    /// The highest step reached: `(from, discount)`, ascending.
    Ladder {
        /// The steps.
        steps: Vec<(i64, Discount)>,
        /// What is measured.
        by: Measure,
    },
    /// For each full `full`, `less` off.
    EachFull {
        /// Minor units or pieces, at least 1.
        full: i64,
        /// Minor units.
        less: i64,
        /// What is measured.
        by: Measure,
        /// At most so many times.
        times: u32,
    },
    /// Each piece by its number: `(from, discount)`, ascending.
    NthPiece {
        /// The steps.
        steps: Vec<(i64, Discount)>,
        /// Numbers the pieces of each line, or of all target goods.
        by: Measure,
        /// Counts anew after so many pieces.
        cycle: Option<u32>,
        /// Which pieces get the discounts.
        pick: Pick,
    },
    /// For each `buy` set, a discount on a `get` set.
    BuyGet(BuyGet),
    /// For each full set, a discount on it.
    Bundle(Bundle),
    /// Free items: `(item id, pieces)`.
    Gift {
        /// What can be had.
        gifts: Vec<(String, u32)>,
        /// How many of them.
        choose: usize,
        /// What they count for when combinations are compared, in minor units.
        worth: i64,
    },
    /// A coupon for the next order.
    NextOrderCoupon {
        /// The offer it is for.
        offer: String,
        /// What it counts for when combinations are compared, in minor units.
        worth: i64,
    },
}

/// For each `buy` set, a discount on a `get` set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuyGet {
    /// What must be bought.
    pub buy: PieceSet,
    /// What is discounted; the last time perhaps not all of it.
    pub get: PieceSet,
    /// How each of its pieces is.
    pub discount: Discount,
    /// At most so many times.
    pub times: u32,
    /// Both sets come from one line, each line by itself.
    pub same_line: bool,
    /// Nothing where the cart does not hold a whole `get` set.
    pub whole: bool,
    /// Which pieces are discounted.
    pub pick: Pick,
}

/// For each full set, a discount on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The parts.
    pub sets: Vec<PieceSet>,
    /// How the set is discounted, or each of its `discounted` pieces.
    pub discount: Discount,
    /// Only so many pieces of a set, each by itself.
    pub discounted: Option<u32>,
    /// At most so many times.
    pub times: u32,
    /// Which pieces go into the sets.
    pub pick: Pick,
}

/// Some pieces of the cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceSet {
    /// How many, at least 1.
    pub quantity: u32,
    /// Which goods.
    pub goods: Filter,
    /// Instead of pieces, so much money's worth.
    pub amount: Option<i64>,
}

impl Offer {
    /// Whether it picks single pieces out of lines: sets, and every so many pieces.
    pub(super) fn picks_pieces(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect.kind, Kind::NthPiece { .. } | Kind::BuyGet(_) | Kind::Bundle(_)))
    }

    /// The goods that it is about: of its effects, or of its thresholds where those are on everything; none where all are.
    pub fn goods(&self) -> Vec<Filter> {
        let of_effect = |effect: &Effect| match &effect.kind {
            Kind::BuyGet(terms) => alloc::vec![terms.buy.goods, terms.get.goods],
            Kind::Bundle(terms) => terms.sets.iter().map(|set| set.goods).listed(),
            _ => alloc::vec![effect.goods],
        };
        let narrow = |filters: Vec<Filter>| {
            let mut filters: Vec<Filter> = filters.into_iter().filter(|filter| *filter != Filter::ALL).listed();
            filters.arrange();
            filters.dedup();
            filters
        };
        let reduced = narrow(self.effects.iter().flat_map(of_effect).listed());
        if reduced.is_empty() { narrow(self.thresholds.iter().map(|threshold| threshold.goods).listed()) } else { reduced }
    }

    /// Whether it takes part without the shopper doing anything.
    pub fn is_automatic(&self) -> bool {
        matches!(self.activation, None | Some(Activation::Automatic))
    }
}

impl Effect {
    /// Whether it takes nothing off this order.
    pub fn is_beside_the_order(&self) -> bool {
        matches!(self.kind, Kind::Gift { .. } | Kind::NextOrderCoupon { .. })
    }

    /// Whether it is about shipping.
    pub fn is_shipping(&self) -> bool {
        matches!(self.target, Target::Shipping | Target::ShippingTotal)
    }
}
