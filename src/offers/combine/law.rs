//! What an offer takes off at most, as a simple function of prices.
//!
//! A law never takes off less than its effect does. Where it is *falling*, the price after it is no higher where the
//! price before it is lower, and falls by no more than that did: so laws can be applied one after the other to bound
//! what any selection of them leaves. Prices of cells are doubles here: lines first, then ways of shipping.

use alloc::vec::Vec;

use crate::domain::Listed;
use crate::offers::apply::{Gain, apply};
use crate::offers::offer::{Discount, Effect, Kind};
use crate::offers::prepare::{Case, LiveEffect, LiveOffer};
use crate::offers::state::State;
use crate::offers::{Claims, Measure, Overrun, Pick, PriceBase, Rate, SpreadBy, Target};

/// What an effect takes off at most.
pub(super) struct Law {
    /// The cells it is on, ascending.
    pub cells: Vec<usize>,
    /// Whether it is counted on the cells' sum, and shared out in proportion to their prices.
    pub together: bool,
    /// Whether it can be applied one after the other with others.
    pub falling: bool,
    /// The most it takes off in all.
    pub cap: f64,
    shape: Shape,
    /// Pieces of each cell.
    pieces: Vec<f64>,
    /// By how much rounding its pieces may make it more.
    slack: f64,
    /// Whether it takes whole pieces, which no other such law takes.
    pub claims: bool,
    /// Of a law on sets, the most that it takes of one piece, as a share.
    piece_share: f64,
}

enum Shape {
    /// A discount on each cell, or on their sum.
    Off(Off),
    /// A discount on each piece.
    Pieces(Off),
    /// So much off each cell.
    Fixed(Vec<f64>),
    /// Of a ladder the best step that may be reached.
    Steps {
        steps: Vec<(f64, Off)>,
        /// Whether each cell is measured by itself.
        each_cell: bool,
        /// Whether each piece is discounted.
        pieces: bool,
        /// Whether a higher step never takes off less.
        rising: bool,
    },
    /// So much less for each full so much, at most so often.
    EachFull { full: f64, less: f64, times: f64 },
}

/// A discount.
#[derive(Clone, Copy)]
enum Off {
    /// In millionths.
    Percent(f64),
    Amount(f64),
    Price(f64),
}

/// What is known of a price.
#[derive(Clone, Copy)]
pub(super) struct Price {
    /// No higher than it can be.
    pub now: f64,
    /// What is measured is at most this.
    pub most: f64,
    /// Whether what is measured is exactly `most`.
    pub exact: bool,
    /// Whether its pieces all cost the same, but for odd cents.
    pub even: bool,
    /// Whether percentages of whole prices are rounded as they are in truth.
    pub rounded: bool,
}

#[allow(clippy::cast_precision_loss)] // honest amounts are exact in a double; others are bounded all the same
pub(super) fn double(amount: i64) -> f64 {
    amount as f64
}

impl From<Discount> for Off {
    fn from(discount: Discount) -> Self {
        match discount {
            Discount::Percent(rate) => Off::Percent(rate.to_f64() * 1e6),
            Discount::Amount(amount) => Off::Amount(double(amount)),
            Discount::Price(price) => Off::Price(double(price)),
        }
    }
}

/// By how much rounding may make a percentage more.
const ROUNDING: f64 = 1.0;

/// What is taken off, and by how much rounding may make it more.
type Taken = (f64, f64);

/// The percentage in millionths of a whole price to the nearest, a half up; of others, as it is.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // whole numbers below 2^53
fn share(millionths: f64, price: f64, rounded: bool) -> Taken {
    let product = millionths * price;
    if rounded && product < 9e15 && (price as i64) as f64 == price {
        return ((((product + 500_000.0) / 1e6) as i64) as f64, 0.0);
    }
    (product / 1e6, ROUNDING)
}

impl Off {
    fn of(self, price: &Price) -> Taken {
        match self {
            Off::Percent(millionths) => share(millionths, price.now, price.rounded),
            Off::Amount(amount) => (amount.min(price.now), 0.0),
            Off::Price(target) => ((price.now - target).max(0.0), 0.0),
        }
    }

    /// Of each of so many pieces.
    fn of_pieces(self, price: &Price, pieces: f64) -> Taken {
        match self {
            Off::Percent(millionths) if price.rounded && price.even => (of_equal_pieces(millionths, price.now, pieces), 0.0),
            Off::Percent(millionths) => (millionths * price.now / 1e6, pieces * ROUNDING),
            Off::Amount(amount) => ((amount * pieces).min(price.now), 0.0),
            Off::Price(target) => ((price.now - target * pieces).max(0.0), 0.0),
        }
    }
}

/// A percentage of each of so many pieces that cost `price` together, the odd cents on the first.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // whole numbers below 2^53
fn of_equal_pieces(millionths: f64, price: f64, pieces: f64) -> f64 {
    let each = ((price / pieces) as i64) as f64;
    let odd = price - each * pieces;
    let (dearer, _) = share(millionths, each + 1.0, true);
    let (other, _) = share(millionths, each, true);
    (dearer * odd + other * (pieces - odd)).min(price)
}

impl Law {
    /// What it takes off the cell at place `place`, or off the sum of all, and by how much rounding may make it more.
    pub fn off(&self, place: usize, price: &Price) -> Taken {
        let pieces = self.pieces.get(place).copied().unwrap_or(1.0);
        let (off, slack) = match &self.shape {
            Shape::Off(off) => off.of(price),
            Shape::Pieces(off) => off.of_pieces(price, pieces),
            Shape::Fixed(amounts) => (amounts.get(place).copied().unwrap_or(0.0).min(price.now), 0.0),
            Shape::Steps { steps, pieces: by_pieces, rising, .. } => {
                let one = |off: &Off| if *by_pieces { off.of_pieces(price, pieces) } else { off.of(price) };
                let mut reached = steps.iter().rev().filter(|(from, _)| *from <= price.most).map(|(_, off)| one(off));
                if price.exact && *rising {
                    reached.next().unwrap_or((0.0, 0.0))
                } else {
                    reached.fold((0.0_f64, 0.0_f64), |best, step| (best.0.max(step.0), best.1.max(step.1)))
                }
            }
            Shape::EachFull { full, less, times } => {
                #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // saturates
                let most = (((price.most / full) as i64) as f64).min(*times) * less;
                (if price.exact { most } else { (price.now * less / full).min(most) }, 0.0)
            }
        };
        ((off + self.slack).min(price.now), slack)
    }

    /// Whether it looks at what prices are at most, and at whether that is exact.
    pub fn measures(&self) -> bool {
        matches!(self.shape, Shape::Steps { .. } | Shape::EachFull { .. })
    }

    /// Whether it measures the sum of its cells rather than each by itself.
    pub fn measures_sum(&self) -> bool {
        self.together || matches!(self.shape, Shape::Steps { each_cell: false, .. })
    }

    /// How much of a fall of the price before it is left after it: 1 where that is not known to be less. It has taken `off`
    /// from `price`.
    pub fn slope(&self, off: f64, price: f64) -> f64 {
        if off + 1.0 >= self.cap {
            return 1.0;
        }
        match &self.shape {
            Shape::Off(Off::Percent(millionths)) | Shape::Pieces(Off::Percent(millionths)) => (1.0 - millionths / 1e6).max(0.0),
            Shape::EachFull { full, less, .. } if (price * less / full - off).abs() < 1e-6 => (1.0 - less / full).max(0.0),
            _ => 1.0,
        }
    }

    /// Of a law on sets, the share of all its cells that it takes at most, and by how much rounding may make it more.
    pub fn share(&self) -> f64 {
        match &self.shape {
            Shape::Off(Off::Percent(millionths)) => millionths / 1e6,
            _ => 1.0,
        }
    }

    /// See [`Self::share`].
    pub fn slack(&self) -> f64 {
        self.slack
    }

    /// The most that a law on sets takes of one piece, as a share.
    pub fn piece_share(&self) -> f64 {
        self.piece_share
    }

    /// The share of each of its cells that it takes at most, where that says how much it takes.
    pub fn rate_of_all(&self) -> Option<f64> {
        let of = |off: &Off| match off {
            Off::Percent(millionths) => Some(millionths / 1e6),
            Off::Amount(_) | Off::Price(_) => None,
        };
        match &self.shape {
            Shape::Off(off) | Shape::Pieces(off) => of(off),
            Shape::Fixed(_) => None,
            Shape::Steps { steps, .. } => steps.iter().try_fold(0.0_f64, |most, (_, off)| Some(most.max(of(off)?))),
            Shape::EachFull { full, less, .. } => Some((less / full).min(1.0)),
        }
    }

    /// The least that may be left of a sum of cells that is no lower than `sum` and no higher than `most`.
    pub fn least_left(&self, sum: f64, most: f64, rounded: bool) -> f64 {
        let left = |off: Off, sum: f64| {
            let (share, slack) = match off {
                Off::Percent(millionths) => (millionths * sum / 1e6, if rounded { ROUNDING } else { 0.0 }),
                Off::Amount(amount) => (amount.min(sum), 0.0),
                Off::Price(price) => ((sum - price).max(0.0), 0.0),
            };
            sum - (share + slack).min(self.cap).min(sum)
        };
        match &self.shape {
            Shape::Off(off) | Shape::Pieces(off) => left(*off, sum),
            Shape::Steps { steps, .. } => {
                let reached = steps.iter().filter(|(from, _)| *from <= most).map(|(from, off)| left(*off, sum.max(*from)));
                let none = steps.first().is_none_or(|(from, _)| *from > sum);
                reached.fold(if none { sum } else { f64::INFINITY }, f64::min)
            }
            Shape::EachFull { full, less, times } => {
                let at = |count: f64, sum: f64| sum - (count.min(*times) * less).min(self.cap).min(sum);
                let count = f64::floor(sum / full);
                let next = (count + 1.0) * full;
                let here = at(count, sum);
                if next <= most { here.min(at(count + 1.0, next)) } else { here }
            }
            Shape::Fixed(_) => 0.0,
        }
    }

    /// How much of a unit more on some of its cells is left after it for sure, each cell by itself.
    pub fn kept(&self) -> f64 {
        match &self.shape {
            Shape::Off(Off::Percent(millionths)) | Shape::Pieces(Off::Percent(millionths)) if self.falling => {
                (1.0 - millionths / 1e6).max(0.0)
            }
            _ => 0.0,
        }
    }

    /// As [`Self::kept`], for a law on the sum of its cells that takes the share `part` of it.
    pub fn kept_of_sum(&self, part: f64) -> f64 {
        let price = |off: &Off| matches!(off, Off::Price(_));
        match &self.shape {
            Shape::Off(off) | Shape::Pieces(off) if price(off) => 0.0,
            Shape::Steps { steps, .. } if steps.iter().any(|(_, off)| price(off)) => 0.0,
            _ => (1.0 - part).max(0.0),
        }
    }

    /// How much a unit more before it can change what it takes off.
    pub fn rate(&self) -> f64 {
        let of = |off: &Off| match off {
            Off::Percent(millionths) => millionths / 1e6,
            Off::Amount(_) => 0.0,
            Off::Price(_) => 1.0,
        };
        match &self.shape {
            Shape::Off(off) | Shape::Pieces(off) => of(off),
            Shape::Fixed(_) => 0.0,
            Shape::Steps { steps, .. } => steps.iter().map(|(_, off)| of(off)).fold(0.0, f64::max),
            Shape::EachFull { full, less, .. } => (less / full).min(1.0),
        }
    }
}

/// The laws of the offer `live`, one for each effect that takes something off, where prices stand as in `state`. `even`
/// says that no offer makes pieces of a line cost differently.
pub(super) fn laws(case: &Case<'_>, live: &LiveOffer, state: &State, even: bool) -> Vec<Law> {
    let Some(offer) = case.offer(live) else { return Vec::new() };
    let budget = offer.limits.budget_left.filter(|_| offer.limits.overrun == Overrun::Refuse);
    let limit = offer.limits.saving_limit().min(budget.unwrap_or(i64::MAX).max(0));
    let effects = offer.effects.iter().zip(&live.effects);
    let at_turn = effects.filter(|(effect, _)| !effect.is_beside_the_order() && effect.at_use.is_none_or(|at| at == live.use_number));
    at_turn
        .map(|(effect, lines)| {
            let cells = cells(case, effect, lines);
            let pieces: Vec<f64> = cells.iter().map(|cell| f64::from(case.quantity(*cell).max(1))).listed();
            let (shape, together, falling) = shape(case, live, effect, lines, even);
            let most = if falling { f64::INFINITY } else { double(most_of_effect(case, live, effect, lines, state)) };
            let slack = pieces_rounded(&effect.kind, pieces.iter().sum()) * 0.5;
            let claims = case.book.stacking.claims == Claims::All && matches!(effect.kind, Kind::BuyGet(_) | Kind::Bundle(_));
            let cap = most.min(double(effect.cap.unwrap_or(i64::MAX))).min(double(limit));
            Law { cells, together, falling, cap, shape, pieces, slack, claims, piece_share: piece_share(&effect.kind) }
        })
        .listed()
}

/// How many of `pieces` pieces, or of their sets, an effect on pieces or sets rounds by itself at most.
fn pieces_rounded(kind: &Kind, pieces: f64) -> f64 {
    let whole = |discount: &Discount| matches!(discount, Discount::Percent(rate) if *rate == Rate::WHOLE);
    match kind {
        Kind::BuyGet(terms) if whole(&terms.discount) => 0.0,
        Kind::Bundle(terms) if terms.discounted.is_none() || whole(&terms.discount) => pieces / 2.0,
        Kind::NthPiece { .. } | Kind::BuyGet(_) | Kind::Bundle(_) => pieces,
        _ => 0.0,
    }
}

/// The most that an effect on sets takes of one piece, as a share.
fn piece_share(kind: &Kind) -> f64 {
    let share = |discount: &Discount| match discount {
        Discount::Percent(rate) => rate.to_f64(),
        Discount::Amount(_) | Discount::Price(_) => 1.0,
    };
    match kind {
        Kind::NthPiece { steps, .. } => steps.iter().map(|(_, discount)| share(discount)).fold(0.0, f64::max),
        Kind::BuyGet(terms) => share(&terms.discount),
        Kind::Bundle(terms) => share(&terms.discount),
        _ => 1.0,
    }
}

/// The lines, then the ways of shipping, that an effect is for.
fn cells(case: &Case<'_>, effect: &Effect, lines: &LiveEffect) -> Vec<usize> {
    if effect.is_shipping() {
        lines.methods.iter().map(|method| case.input.lines.len().saturating_add(*method)).listed()
    } else {
        lines.all_lines()
    }
}

/// The shape of an effect, whether it is counted on the sum, and whether it is falling.
fn shape(case: &Case<'_>, live: &LiveOffer, effect: &Effect, lines: &LiveEffect, stays_even: bool) -> (Shape, bool, bool) {
    let stacking = &case.book.stacking;
    let together = matches!(effect.target, Target::Order | Target::ShippingTotal);
    let no_floor = || lines.lines.iter().all(|line| case.floors(live).get(*line).is_none_or(|floor| *floor <= 0));
    let by_price = stacking.spread_by == SpreadBy::Price || stacking.prices_include_tax;
    let running = effect.base == PriceBase::Running;
    let plain = running && effect.max_pieces.is_none();
    let whole = (Shape::Off(Off::Percent(1e6)), false, false);
    let pieces = effect.target == Target::Units;
    let applied = |off: Off, together: bool| -> (Shape, bool, bool) {
        let by_pieces = pieces || (effect.target == Target::Lines && matches!(off, Off::Price(_)));
        let falling = plain && (!together || (no_floor() && by_price));
        match (by_pieces, off) {
            // Of pieces that cost differently, those below the price can't make up for those above.
            (true, Off::Price(_)) if !stays_even => (Shape::Off(Off::Percent(1e6)), false, false),
            (true, _) => (Shape::Pieces(off), false, falling),
            (false, _) => (Shape::Off(off), together, falling),
        }
    };
    match &effect.kind {
        Kind::Off(discount) if running => applied((*discount).into(), together),
        Kind::Off(discount) if effect.base == PriceBase::Original && !together && !effect.is_shipping() && effect.max_pieces.is_none() => {
            let amount = |line: &usize| {
                let (unit, quantity) = (case.unit_price(*line), i64::from(case.quantity(*line)));
                double(match discount {
                    Discount::Percent(rate) if pieces => rate.of(unit, stacking.rounding).saturating_mul(quantity),
                    Discount::Percent(rate) => rate.of(unit.saturating_mul(quantity), stacking.rounding),
                    Discount::Amount(amount) if pieces => amount.saturating_mul(quantity),
                    Discount::Amount(amount) => *amount,
                    Discount::Price(price) => unit.saturating_sub(*price).max(0).saturating_mul(quantity),
                })
            };
            (Shape::Fixed(lines.lines.iter().map(amount).listed()), false, true)
        }
        Kind::Ladder { steps, by } if running && !effect.is_shipping() => {
            let each_cell = matches!(by, Measure::LineAmount | Measure::LineQuantity);
            if matches!(by, Measure::LineQuantity) {
                return whole;
            }
            let reached = |measured: i64| steps.iter().rev().find(|(from, _)| *from <= measured);
            if *by == Measure::Quantity {
                let quantity = lines.lines.iter().map(|line| i64::from(case.quantity(*line))).fold(0, i64::saturating_add);
                return reached(quantity)
                    .map_or((Shape::Fixed(Vec::new()), false, true), |(_, discount)| applied((*discount).into(), together));
            }
            let steps: Vec<(f64, Off)> = steps.iter().map(|(from, discount)| (double(*from), (*discount).into())).listed();
            let prices = steps.iter().any(|(_, off)| matches!(off, Off::Price(_)));
            let (_, on_sum, falling) = applied(Off::Amount(0.0), together && !each_cell);
            // A price to pay is no discount that is spread: it is counted on the whole.
            let rising = steps.is_sorted_by(|(_, lower), (_, higher)| match (lower, higher) {
                (Off::Percent(lower), Off::Percent(higher)) | (Off::Amount(lower), Off::Amount(higher)) => lower <= higher,
                _ => false,
            });
            if prices { whole } else { (Shape::Steps { steps, each_cell, pieces: pieces && !each_cell, rising }, on_sum, falling) }
        }
        Kind::EachFull { full, less, by, times } if running && !effect.is_shipping() && effect.max_quantity.is_none() => {
            let each_cell = matches!(by, Measure::LineAmount | Measure::LineQuantity);
            let falling = each_cell || (no_floor() && by_price);
            match by {
                Measure::Amount | Measure::LineAmount => {
                    let shape = Shape::EachFull { full: double(*full), less: double(*less), times: f64::from(*times) };
                    (shape, !each_cell, falling && less <= full)
                }
                Measure::Quantity => {
                    let quantity = lines.lines.iter().map(|line| i64::from(case.quantity(*line))).fold(0, i64::saturating_add);
                    let sets = quantity.checked_div(*full).unwrap_or(0).clamp(0, (*times).into());
                    (Shape::Off(Off::Amount(double(sets.saturating_mul(*less)))), true, falling)
                }
                Measure::LineQuantity => whole,
            }
        }
        Kind::NthPiece { steps, by: Measure::Amount | Measure::Quantity, cycle: Some(cycle), pick: Pick::Best } => match steps.as_slice() {
            // Of each cycle the cheapest pieces: no more than their part of what all cost.
            [(from, Discount::Percent(rate))] => {
                let cycle = f64::from(*cycle);
                let discounted = (cycle - double(*from) + 1.0).clamp(0.0, cycle);
                (Shape::Off(Off::Percent(rate.to_f64() * 1e6 * discounted / cycle)), true, false)
            }
            _ => whole,
        },
        Kind::BuyGet(terms) if terms.buy.goods == terms.get.goods && terms.pick == Pick::Best && terms.buy.amount.is_none() => {
            let (buy, get) = (f64::from(terms.buy.quantity), f64::from(terms.get.quantity));
            match terms.discount {
                Discount::Percent(rate) if terms.whole => (Shape::Off(Off::Percent(rate.to_f64() * 1e6 * get / (buy + get))), true, false),
                // The last set may lack pieces that are got: then one is got for all that are bought.
                Discount::Percent(rate) if get <= 1.0 => (Shape::Off(Off::Percent(rate.to_f64() * 1e6 / (buy + 1.0))), true, false),
                _ => whole,
            }
        }
        Kind::Bundle(terms) => match terms.discount {
            Discount::Percent(rate) => (Shape::Off(Off::Percent(rate.to_f64() * 1e6)), true, false),
            _ => whole,
        },
        _ => whole,
    }
}

/// The most that an effect takes off the prices of `state`, or off any lower ones.
fn most_of_effect(case: &Case<'_>, live: &LiveOffer, effect: &Effect, lines: &LiveEffect, state: &State) -> i64 {
    let cells = if effect.is_shipping() {
        lines.methods.iter().filter_map(|method| state.shipping.get(*method).copied()).fold(0, i64::saturating_add)
    } else {
        let all = lines.all_lines();
        all.iter().filter_map(|line| state.lines.get(*line)).map(|line| line.left).fold(0, i64::saturating_add)
    };
    let only = case.offer(live).is_some_and(|offer| offer.effects.len() == 1 && offer.limits.overrun == Overrun::Trim);
    if only && !picks_may_shift(effect, lines) { apply(case, live, &mut state.clone(), None).saving.min(cells) } else { cells }
}

/// Whether pieces taken by earlier offers, or lower prices, can make it take off more.
fn picks_may_shift(effect: &Effect, lines: &LiveEffect) -> bool {
    match &effect.kind {
        Kind::BuyGet(terms) => {
            let simple = lines.set(0) == lines.set(1) || !lines.set(0).iter().any(|line| lines.set(1).contains(line));
            !(simple && matches!(terms.pick, Pick::Best | Pick::Dearest))
        }
        Kind::Bundle(terms) => !(terms.sets.len() == 1 && matches!(terms.pick, Pick::Best | Pick::Dearest)),
        // Fewer pieces at a higher step, or a lower step that gives more.
        Kind::Ladder { .. } => true,
        _ => false,
    }
}

/// What an offer gives beside what it takes off.
pub(super) fn extras(case: &Case<'_>, live: &LiveOffer) -> Gain {
    let mut extras = Gain::default();
    let Some(offer) = case.offer(live) else { return extras };
    for effect in offer.effects.iter().filter(|effect| effect.at_use.is_none_or(|at| at == live.use_number)) {
        let (count, worth) = match &effect.kind {
            Kind::Gift { gifts, choose, worth } => (gifts.len().min(*choose), *worth),
            Kind::NextOrderCoupon { worth, .. } => (1, *worth),
            _ => (0, 0),
        };
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        extras = extras.plus(Gain { worth, extras: count, saving: 0 });
    }
    extras
}
