//! What it is time to buy again, by the item's rhythm alone: a reminder needs a date, whatever ranks lists best.

use alloc::vec::Vec;

use super::eligibility::Eligibility;
use super::merchandising::Bend;
use super::reasons::of_habit;
use super::scoring::{Due, Scorer};
use super::{Knowledge, Recommended, Request, Scratch, Signals, Strategy, gather, part};
use crate::domain::{Arrange, Catalog};

/// A reminder before so much of the usual interval has gone would come too early.
const EARLIEST: f64 = 0.85;
/// Below this dueness the habit has been given up.
const LEAST: f64 = 0.5;
/// Purchases that make a habit.
const HABIT: u32 = 2;

/// Up to `request.limit` items that the member buys again and again and whose time has come: the dearer the habit and the nearer
/// its day, the earlier. Held back as in [`Strategy::BuyAgain`]: what is in the cart, excluded, durable, out of stock, hidden by a rule or not
/// let through by the filter. Equal scores go by ascending item.
pub fn due(catalog: &Catalog, knowledge: &Knowledge, signals: &Signals, request: &Request, scratch: &mut Scratch) -> Vec<Recommended> {
    let weights = request.weights.unwrap_or(&knowledge.weights);
    let strengths = part::strengths(weights, Strategy::BuyAgain);
    gather(catalog, knowledge, signals, request, &strengths, false, scratch);
    let Scratch { table, affinity, .. } = scratch;
    let scorer = Scorer::new(catalog, knowledge, weights, table, affinity, strengths, request.now);
    let bend = Bend::new(request.rulings, weights, knowledge);
    let eligibility = Eligibility::new(catalog, request, &bend);
    let mut found: Vec<Recommended> = Vec::new();
    for (item, evidence) in table.rows().iter().filter(|(_, evidence)| evidence.times >= HABIT) {
        let Some(due) = scorer.due(*item, evidence).filter(has_come) else { continue };
        if eligibility.barrier(*item, table).is_none() && !eligibility.is_content(*item) {
            let score = due.dueness * (1.0 - 1.0 / f64::from(evidence.times));
            found.push(Recommended { item: *item, score, reasons: of_habit(&due, evidence) });
        }
    }
    found.arrange_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.item.cmp(&other.item)));
    found.truncate(request.limit);
    found
}

fn has_come(due: &Due) -> bool {
    due.since_days >= due.every_days * EARLIEST && due.dueness >= LEAST
}
