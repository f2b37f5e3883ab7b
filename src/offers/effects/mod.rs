//! What each kind of effect takes off a cart, one kind a file.

mod bundle;
mod buy_get;
mod each_full;
mod ladder;
mod nth_piece;
mod off;
mod shelf;

use alloc::vec::Vec;

use super::offer::{Effect, Kind};
use super::prepare::{Case, LiveEffect, LiveOffer};
use super::state::State;
pub(super) use shelf::{Shelf, Slot, Taken};

/// A reduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// What is reduced.
    pub place: Place,
    /// By how much, in minor units; more than 0.
    pub amount: i64,
}

/// What a [`Cut`] reduces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A line as a whole.
    Line(usize),
    /// Pieces of a line, without it being said which: `count` of them are claimed where `claim` says so.
    Some { line: usize, count: u32, claim: bool },
    /// Pieces of a line: `count` of run `run`. They are claimed where `claim` says so; their amount may then be 0.
    Pieces { line: usize, run: usize, count: u32, claim: bool },
    /// A way of shipping.
    Shipping(usize),
}

/// One effect at its turn: everything that decides what it takes off.
#[derive(Clone, Copy)]
pub(super) struct Turn<'a> {
    /// The cart.
    pub case: &'a Case<'a>,
    /// The effect.
    pub effect: &'a Effect,
    /// The lines it is for.
    pub live: &'a LiveEffect,
    /// For each line, what a piece may not go below.
    pub floors: &'a [i64],
    /// What earlier offers have left.
    pub state: &'a State,
}

impl<'a> Turn<'a> {
    /// The turn of the first effect of `live`.
    pub fn of(case: &'a Case<'a>, live: &'a LiveOffer, state: &'a State) -> Option<Self> {
        let effect = case.offer(live)?.effects.first()?;
        Some(Turn { case, effect, live: live.effects.first()?, floors: case.floors(live), state })
    }

    /// What the effect takes off, before its cap.
    pub fn cuts(&self) -> Vec<Cut> {
        match &self.effect.kind {
            Kind::Off(discount) => self.off(*discount),
            Kind::Ladder { steps, by } => self.ladder(steps, *by),
            Kind::EachFull { full, less, by, times } => self.each_full(*full, *less, *by, *times),
            Kind::NthPiece { steps, by, cycle, pick } => self.nth_piece(steps, *by, *cycle, *pick),
            Kind::BuyGet(terms) => self.buy_get(terms),
            Kind::Bundle(terms) => self.bundle(terms),
            Kind::Gift { .. } | Kind::NextOrderCoupon { .. } => Vec::new(),
        }
    }
}
