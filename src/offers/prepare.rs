//! A cart made ready: which offers take part, on which of its lines.

use alloc::vec::Vec;

use super::eligibility::{Standing, standing, standing_of_changed};
use super::offer::Kind;
use super::{Effect, Filter, Offer, OfferBook, QuoteInput, Rate, Rounding};
use crate::domain::{AddAll, Arrange, Listed};
use crate::rules::{Attributes, Layered};

/// A cart made ready.
pub(super) struct Case<'a> {
    pub book: &'a OfferBook,
    pub input: &'a QuoteInput<'a>,
    /// For each line, its price before offers.
    subtotals: Vec<i64>,
    /// For each filter, the lines that pass it.
    goods: Vec<Vec<usize>>,
    /// For each line, what no piece may go below, whatever the offer.
    floors: Vec<i64>,
    /// For each offer of the book, how it stands before any other is applied.
    pub standings: Vec<Standing>,
    /// Offers that take part, by their place in the book.
    pub live: Vec<LiveOffer>,
}

/// An offer that takes part.
#[derive(Clone, Debug)]
pub(super) struct LiveOffer {
    /// Its place in the book.
    pub place: usize,
    /// For each effect, what it is for.
    pub effects: Vec<LiveEffect>,
    /// The floors, where the offer has a stricter one of its own.
    floors: Option<Vec<i64>>,
    /// Which use by the member this is, from 1.
    pub use_number: u32,
}

/// What an effect is for.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveEffect {
    /// Lines of the target.
    pub lines: Vec<usize>,
    /// Ways of shipping of the target.
    pub methods: Vec<usize>,
    /// Lines of each part of a set.
    sets: Vec<Vec<usize>>,
}

impl LiveOffer {
    /// Whether it may reduce `line`.
    pub fn touches(&self, line: usize) -> bool {
        self.effects.iter().any(|effect| effect.lines.contains(&line) || effect.sets.iter().any(|set| set.contains(&line)))
    }

    /// The same offer on the lines that `allowed` lets through.
    pub fn restricted(&self, allowed: impl Fn(usize) -> bool) -> LiveOffer {
        let keep = |lines: &[usize]| lines.iter().copied().filter(|line| allowed(*line)).listed();
        let restrict = |effect: &LiveEffect| LiveEffect {
            lines: keep(&effect.lines),
            methods: effect.methods.clone(),
            sets: effect.sets.iter().map(|set| keep(set)).listed(),
        };
        LiveOffer { effects: self.effects.iter().map(restrict).listed(), floors: self.floors.clone(), ..*self }
    }
}

impl LiveEffect {
    /// All lines that it may reduce.
    pub fn all_lines(&self) -> Vec<usize> {
        let mut lines: Vec<usize> = self.lines.iter().chain(self.sets.iter().flatten()).copied().listed();
        lines.arrange();
        lines.dedup();
        lines
    }

    /// Whether it has parts.
    pub fn has_sets(&self) -> bool {
        !self.sets.is_empty()
    }

    /// The lines of part `part`.
    pub fn set(&self, part: usize) -> &[usize] {
        self.sets.get(part).map_or(&[], Vec::as_slice)
    }
}

impl<'a> Case<'a> {
    pub fn new(book: &'a OfferBook, input: &'a QuoteInput<'a>) -> Self {
        let filters = book.filters.iter().map(|_| Vec::new()).listed();
        Self::with(book, input, filters, 0, &[])
    }

    /// The same for `input`, whose lines are those of this one, maybe of more pieces, and what comes behind them.
    pub fn changed<'b>(&self, input: &'b QuoteInput<'b>) -> Case<'b>
    where
        'a: 'b,
    {
        let same = input.now == self.input.now && input.tier == self.input.tier;
        let changed = Case::with(self.book, input, self.goods.clone(), self.input.lines.len(), if same { &self.standings } else { &[] });
        debug_assert!(changed.is_same(&Case::new(self.book, input)), "a changed case is not that of its cart");
        changed
    }

    /// Whether the same offers take part on the same lines.
    fn is_same(&self, other: &Case<'_>) -> bool {
        let taking_part = |case: &Case<'_>| case.live.iter().map(|live| (live.place, live.use_number)).listed();
        self.goods == other.goods && taking_part(self) == taking_part(other)
    }

    /// `goods` has the lines before `from` already; `before` is how offers stood with another cart.
    fn with(book: &'a OfferBook, input: &'a QuoteInput<'a>, mut goods: Vec<Vec<usize>>, from: usize, before: &[Standing]) -> Self {
        let price = |price: i64| price.max(0);
        let subtotals: Vec<i64> = input.lines.iter().map(|line| price(line.unit_price).saturating_mul(line.quantity.into())).listed();
        let share_floor = |unit_price: i64| book.stacking.floor.of(price(unit_price), Rounding::Up);
        let floors = input.lines.iter().map(|line| share_floor(line.unit_price).max(line.floor).max(0)).listed();
        for (filter, (condition, goods)) in book.filters.iter().zip(&mut goods).enumerate() {
            let lines = input.lines.iter().enumerate().skip(from);
            let passing = lines.filter(|(_, line)| line.quantity > 0 && input.passes(line, filter, condition));
            goods.add_all(passing.map(|(place, _)| place));
        }
        let mut case = Case { book, input, subtotals, goods, floors, standings: Vec::new(), live: Vec::new() };
        case.judge(before);
        case
    }

    /// Sees how each offer stands, and makes ready those that take part.
    fn judge(&mut self, before: &[Standing]) {
        let mut cart = Attributes::default();
        #[allow(clippy::cast_precision_loss)] // numbers of the rule language are doubles
        for (id, number) in [
            (self.book.cart.subtotal, self.subtotal_of(Filter::ALL)),
            (self.book.cart.quantity, self.quantity_of(Filter::ALL)),
            (self.book.cart.lines, i64::try_from(self.goods(Filter::ALL).len()).unwrap_or(i64::MAX)),
        ] {
            if let Some(id) = id {
                cart.set(id, number as f64);
            }
        }
        let request = Layered::new(&cart, self.input.request);
        let judged = |(place, offer): (usize, &Offer)| match before.get(place) {
            Some(before) => standing_of_changed(self, offer, &request, before),
            None => standing(self, offer, &request),
        };
        self.standings = self.book.offers.iter().enumerate().map(judged).listed();
        let standings = core::mem::take(&mut self.standings);
        for (place, (offer, standing)) in self.book.offers.iter().zip(&standings).enumerate() {
            if standing.is_eligible() {
                let live = self.live_offer(place, offer, standing.use_number);
                self.live.push(live);
            }
        }
        self.standings = standings;
    }

    pub fn live_offer(&self, place: usize, offer: &Offer, use_number: u32) -> LiveOffer {
        let stricter = offer.floor > self.book.stacking.floor;
        let floors = stricter.then(|| {
            let own = |line: usize| offer.floor.of(self.unit_price(line), Rounding::Up);
            self.floors.iter().enumerate().map(|(line, floor)| own(line).max(*floor)).listed()
        });
        let effects = offer.effects.iter().map(|effect| self.live_effect(offer, effect)).listed();
        LiveOffer { place, effects, floors, use_number }
    }

    fn live_effect(&self, offer: &Offer, effect: &Effect) -> LiveEffect {
        let lines = |filter: Filter| -> Vec<usize> {
            let kept = |line: &usize| !(offer.skip_reduced && self.is_reduced(*line));
            self.goods(filter).iter().copied().filter(kept).listed()
        };
        let methods = if effect.is_shipping() {
            let named = |method: &str| effect.methods.is_empty() || effect.methods.iter().any(|known| known == method);
            let all = self.input.shipping.iter().enumerate();
            all.filter(|(_, shipping)| named(&shipping.method)).map(|(place, _)| place).listed()
        } else {
            Vec::new()
        };
        let sets = match &effect.kind {
            Kind::BuyGet(terms) => alloc::vec![lines(terms.buy.goods), lines(terms.get.goods)],
            Kind::Bundle(terms) => terms.sets.iter().map(|set| lines(set.goods)).listed(),
            _ => Vec::new(),
        };
        LiveEffect { lines: lines(effect.goods), methods, sets }
    }

    /// The lines that pass `filter`.
    pub fn goods(&self, filter: Filter) -> &[usize] {
        self.goods.get(filter.0 as usize).map_or(&[], Vec::as_slice)
    }

    pub fn quantity(&self, line: usize) -> u32 {
        self.input.lines.get(line).map_or(0, |line| line.quantity)
    }

    pub fn unit_price(&self, line: usize) -> i64 {
        self.input.lines.get(line).map_or(0, |line| line.unit_price.max(0))
    }

    pub fn tax(&self, line: usize) -> Rate {
        self.input.lines.get(line).map_or(Rate::default(), |line| line.tax)
    }

    /// The price of `line` before offers.
    pub fn subtotal(&self, line: usize) -> i64 {
        self.subtotals.get(line).copied().unwrap_or(0)
    }

    pub fn subtotals(&self) -> &[i64] {
        &self.subtotals
    }

    pub fn shipping_price(&self, method: usize) -> i64 {
        self.input.shipping.get(method).map_or(0, |shipping| shipping.price.max(0))
    }

    /// What the lines that pass `filter` cost before offers.
    pub fn subtotal_of(&self, filter: Filter) -> i64 {
        self.goods(filter).iter().map(|line| self.subtotal(*line)).fold(0, i64::saturating_add)
    }

    /// The pieces of the lines that pass `filter`.
    pub fn quantity_of(&self, filter: Filter) -> i64 {
        self.goods(filter).iter().map(|line| i64::from(self.quantity(*line))).fold(0, i64::saturating_add)
    }

    fn is_reduced(&self, line: usize) -> bool {
        self.input.lines.get(line).is_some_and(|line| line.base_price.is_some_and(|base| base > line.unit_price))
    }

    pub fn offer(&self, live: &LiveOffer) -> Option<&'a Offer> {
        self.book.offers.get(live.place)
    }

    /// The floors that hold for `live`.
    pub fn floors<'b>(&'b self, live: &'b LiveOffer) -> &'b [i64] {
        live.floors.as_deref().unwrap_or(&self.floors)
    }
}
