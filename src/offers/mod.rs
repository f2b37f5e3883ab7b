//! Promotions: which offers a cart is eligible for, what each takes off, the cheapest legal combination, and why.
//!
//! [`quote`] prices a cart: eligibility, then the choice among the eligible under the programme's [`Stacking`], then each
//! discount on its lines with exact sums. [`statuses`] says of every offer where it stands. Both are pure functions of an
//! [`OfferBook`] (compiled once) and a [`QuoteInput`].
//!
//! Money is in minor units; every division states its rounding, and shares add up. Lines carry quantities and are never
//! taken apart into pieces one by one, so a cart of thousands of pieces costs no more than one of few.

mod allocate;
mod apply;
mod book;
mod combine;
mod effects;
mod eligibility;
mod input;
mod limits;
mod money;
mod nudges;
mod offer;
mod points;
mod prepare;
mod quote;
mod rejected;
mod returns;
mod settings;
mod shortfall;
mod stacking;
mod state;
mod statuses;
mod store;
mod tax;
mod window;

pub use allocate::{allocate, allocate_within};
pub use book::{CartAttributes, OfferBook};
pub use input::{Line, PointsPayment, QuoteInput, Selection, Shipping};
pub use limits::{Chain, LimitState, Limits, PeriodLimit};
pub use money::{Rate, multiply_divide};
pub use offer::{Bundle, BuyGet, Combines, CouponCode, Discount, Effect, Filter, Kind, Offer, PieceSet, Threshold};
pub use quote::{Applied, LineDiscount, PaidPieces, PointsPaid, Quote, QuoteCoupon, QuoteGift, QuoteLine, QuoteShipping, quote};
pub use rejected::Rejected;
pub use returns::{Refund, Return, kept_quantities, returns};
pub use settings::{
    Activation, Claims, Class, Exclusive, Measure, Mode, OddCents, Overrun, Period, Pick, Preset, PriceBase, Returns, Rounding, Scope,
    SpreadBy, Target, ThresholdBase, Within,
};
pub use stacking::{ClassPairs, Group, Pool, Stacking};
pub use statuses::{OfferStatus, Status, statuses};
pub use store::{Place, Store};
pub use window::{Receipt, Schedule, Timing, Window};
