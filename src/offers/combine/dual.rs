//! The bound where sets of pieces are formed: how much of each price is left at least, from the last law to the first.
//!
//! What is left in the end is bounded from below by a weight for each price, and a constant. A percentage scales weights;
//! an amount adds to the constant; a law on sets takes no more than its share of all its cells together and no more of
//! one than its pieces allow, wherever it takes it. So laws on the same goods multiply, as they do in truth, while the
//! other bound adds what sets take one by one.

use super::bound::{Bound, Role};
use super::law::{Law, Price};
use super::scratch::{Done, Scratch, note_gain};

/// Halvings that look for the weight down to which a law on sets takes all it may.
const HALVINGS: u32 = 4;

impl Bound {
    /// What the laws of `scratch` take off at most.
    pub(super) fn dual(&self, scratch: &mut Scratch) -> f64 {
        // Laws that take whole pieces, none of them twice, count together, at the turn of the first.
        let claims = |done: &Done| self.law(done).is_some_and(|(_, own)| own.law.claims);
        let first = scratch.done.iter().position(claims);
        let cells = scratch.most.len();
        let mut weights = core::mem::take(&mut scratch.weights);
        weights.clear();
        weights.resize(cells, 1.0);
        scratch.claimed.clear();
        scratch.claimed.resize(cells, 0.0);
        scratch.gains.clear();
        let (mut constant, mut piece) = (0.0, 0.0_f64);
        for at in (0..scratch.done.len()).rev() {
            let Some(done) = scratch.done.get(at) else { continue };
            let Some((step, own)) = self.law(done) else { continue };
            let law = &own.law;
            let heaviest = law.cells.iter().filter_map(|cell| weights.get(*cell)).copied().fold(0.0, f64::max);
            let pool = law.claims;
            if pool {
                for cell in &law.cells {
                    if let Some(share) = scratch.claimed.get_mut(*cell) {
                        *share = share.max(law.share());
                    }
                }
                piece = piece.max(law.piece_share());
            }
            match done {
                Done::Applied { price, .. } => {
                    let fixed = fixed(law, &weights, &scratch.most, heaviest);
                    match law.rate_of_all() {
                        Some(rate) if rate * price * heaviest <= fixed => scale(law, &mut weights, 1.0 - rate),
                        _ => constant += fixed,
                    }
                }
                Done::Counted { certain: true, .. } if pool => constant += law.slack() * heaviest,
                Done::Counted { certain: true, .. } => {
                    let share = |_: usize| law.share();
                    let price: f64 = law.cells.iter().filter_map(|cell| scratch.most.get(*cell)).sum();
                    if law.share() * price + law.slack() < law.cap {
                        constant += law.slack() * heaviest;
                        cut(&mut weights, &scratch.most, law.cells.iter().copied(), share, law.piece_share(), heaviest);
                    } else {
                        constant += law.cap * heaviest;
                    }
                }
                Done::Counted { step: place, start, .. } => {
                    let offs = law.cells.iter().zip(scratch.flat.get(*start..).unwrap_or_default());
                    let gain: f64 = if pool {
                        0.0
                    } else if law.falling {
                        offs.map(|(cell, off)| off * weights.get(*cell).map_or(1.0, |weight| weight.max(0.0))).sum()
                    } else {
                        offs.map(|(_, off)| off).sum::<f64>() * heaviest
                    };
                    if let Role::Member(choice) = step.role {
                        note_gain(&mut scratch.gains, *place, choice, gain, 0.0);
                    }
                }
            }
            if first == Some(at) {
                let share = |cell: usize| scratch.claimed.get(cell).copied().unwrap_or(0.0);
                let heaviest =
                    weights.iter().enumerate().filter(|(cell, _)| share(*cell) > 0.0).map(|(_, weight)| *weight).fold(0.0, f64::max);
                let claimed = (0..cells).filter(|cell| share(*cell) > 0.0);
                cut(&mut weights, &scratch.most, claimed, share, piece, heaviest);
            }
        }
        let taken: f64 = scratch.most.iter().zip(&weights).map(|(price, weight)| price * (1.0 - weight)).sum();
        scratch.weights = weights;
        taken + constant + scratch.best_of_choices(|flat| flat.gain)
    }
}

/// What a law takes off at most whatever the prices, as far as it is left in the end.
fn fixed(law: &Law, weights: &[f64], most: &[f64], heaviest: f64) -> f64 {
    let capped = law.cap * heaviest;
    if law.rate_of_all().is_some() && !law.measures() {
        return capped;
    }
    let price = |now: f64| Price { now, most: now, exact: false, even: false, rounded: false };
    let at = |cell: &usize| most.get(*cell).copied().unwrap_or(0.0);
    if law.together {
        let (off, _) = law.off(0, &price(law.cells.iter().map(at).sum()));
        return capped.min(off * heaviest);
    }
    let each = law.cells.iter().enumerate().map(|(place, cell)| {
        let (off, _) = law.off(place, &price(at(cell)));
        off * weights.get(*cell).map_or(1.0, |weight| weight.max(0.0))
    });
    capped.min(each.sum())
}

/// A percentage: of what is left of each cell, so much stays.
fn scale(law: &Law, weights: &mut [f64], left: f64) {
    for cell in &law.cells {
        if let Some(weight) = weights.get_mut(*cell).filter(|weight| **weight > 0.0) {
            *weight *= left;
        }
    }
}

/// A law that takes no more than `share` of each cell, all of them together, and no more than the part `piece` of any:
/// at worst from those that weigh most. `limit` is the weight down to which it does.
fn cut(
    weights: &mut [f64],
    prices: &[f64],
    cells: impl Iterator<Item = usize> + Clone,
    share: impl Fn(usize) -> f64,
    piece: f64,
    heaviest: f64,
) {
    // Whichever limit is taken bounds; the best one is where what it may take is used up.
    let (mut low, mut high) = (0.0, heaviest);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        let mut room = 0.0;
        for cell in cells.clone() {
            let (Some(weight), Some(price)) = (weights.get(cell), prices.get(cell)) else { continue };
            room += price * (share(cell) - if *weight > middle { piece } else { 0.0 });
        }
        if room > 0.0 { high = middle } else { low = middle }
    }
    let limit = if piece > 0.0 { high } else { heaviest };
    for cell in cells {
        if let Some(weight) = weights.get_mut(cell) {
            *weight -= limit * share(cell) + piece * (*weight - limit).max(0.0);
        }
    }
}
