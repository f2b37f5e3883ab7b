//! What a quote is asked for.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Filter, Rate};
use crate::domain::{OfferUse, Reason, WalletCoupon, Zone};
use crate::rules::{AttributeSource, AttributeTable, Condition};

/// A cart, who it is for, and when.
#[derive(Clone)]
pub struct QuoteInput<'a> {
    /// Milliseconds since 1970.
    pub now: i64,
    /// The shop's zone.
    pub zone: &'a Zone,
    /// The cart's lines.
    pub lines: Vec<Line<'a>>,
    /// Ways of shipping chosen.
    pub shipping: Vec<Shipping>,
    /// Codes the shopper gave.
    pub codes: Vec<String>,
    /// `member.*`, `now.*` and `context.*`. The book itself answers `cart.subtotal` (minor units before offers),
    /// `cart.quantity` (pieces) and `cart.lines`.
    pub request: &'a dyn AttributeSource,
    /// The table that the book's conditions were compiled against.
    pub names: &'a AttributeTable,
    /// The member's tier.
    pub tier: Option<&'a str>,
    /// Coupons held.
    pub wallet: &'a [WalletCoupon],
    /// Offers used before, on any device.
    pub uses: &'a [OfferUse],
    /// Points to pay with.
    pub points: Option<PointsPayment>,
    /// Which offers are to be applied.
    pub selection: Selection<'a>,
    /// Steps to save more that are told at most; each is tried, which takes time.
    pub nudges: usize,
    /// What could be put into the cart beside what it holds: for goods that offers ask for, the item to propose.
    pub beside: &'a [(Filter, Line<'a>)],
    /// For each of the book's filters that names its items, the places in the catalog of those that pass it, ascending.
    pub named: &'a [Option<Vec<u32>>],
}

/// A line of the cart.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// The item's id.
    pub item: &'a str,
    /// Pieces.
    pub quantity: u32,
    /// Price of a piece in minor units; a negative one counts as 0.
    pub unit_price: i64,
    /// Price struck through; above `unit_price` the line is reduced already.
    pub base_price: Option<i64>,
    /// The item's own floor for a piece, in minor units.
    pub floor: i64,
    /// Its tax, in the price or upon it as the programme says.
    pub tax: Rate,
    /// Its place in the catalog, where `attributes` are what that says of it, and nothing else.
    pub place: Option<u32>,
    /// `item.*` of the line.
    pub attributes: &'a dyn AttributeSource,
}

impl QuoteInput<'_> {
    /// Whether `line` passes `condition`, the filter at `filter` of the book.
    pub(super) fn passes(&self, line: &Line<'_>, filter: usize, condition: &Condition) -> bool {
        match (line.place, self.named.get(filter)) {
            (Some(place), Some(Some(named))) => named.binary_search(&place).is_ok(),
            _ => condition.matches(line.attributes),
        }
    }
}

/// A way of shipping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shipping {
    /// Its id.
    pub method: String,
    /// Its price in minor units.
    pub price: i64,
    /// Its tax.
    pub tax: Rate,
}

/// Which offers are to be applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection<'a> {
    /// Those that the programme's stacking chooses.
    #[default]
    Programme,
    /// These, in this order, as far as they are eligible and go together with those before them. Nothing is searched.
    Listed(&'a [String]),
    /// These, which an order already has: only what the cart must hold is asked again, not codes, tiers, times or limits.
    Held(&'a [String]),
}

/// Points to pay with, worked out from the loyalty programme by the caller.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PointsPayment {
    /// Points to spend at most: what the shopper asked for, or all.
    pub wanted: i64,
    /// Points that can be spent.
    pub balance: i64,
    /// So many points ...
    pub points: i64,
    /// ... are worth so many minor units.
    pub value: i64,
    /// The fewest points that can be spent at once.
    pub minimum: i64,
    /// The most points that can be spent in one order.
    pub maximum: Option<i64>,
    /// Points are spent in multiples of this.
    pub step: i64,
    /// The most of the order that points can pay.
    pub share: Rate,
    /// The least that the goods must cost after discounts, in minor units.
    pub min_order: i64,
    /// Whether points can't be used beside an offer that a code or a coupon activates.
    pub not_with_coupons: bool,
    /// Places of the lines that points can't pay, ascending.
    pub unpayable: Vec<usize>,
    /// Why points can't be used at all.
    pub refusal: Option<Reason>,
}
