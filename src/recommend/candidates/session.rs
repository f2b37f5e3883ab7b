//! What was looked at and searched for on this device.

use alloc::vec::Vec;

use super::history::{days_between, fading};
use crate::domain::Item;
use crate::recommend::evidence::EvidenceTable;
use crate::recommend::{Signals, Weights};

/// Gathers touches and searches before `now`. A touch counts its weight, a search 1 shared among what it found (at most
/// [`MOST_FOUND`] items), each halved with every `session_half_life_hours`.
pub(in crate::recommend) fn gather(signals: &Signals, weights: &Weights, now: i64, table: &mut EvidenceTable) {
    let worth = |at| fading(days_between(at, now) * 24.0, weights.session_half_life_hours);
    for touch in signals.touches.iter().filter(|touch| touch.at <= now) {
        if let Some(evidence) = table.entry(touch.item) {
            let weight = if touch.weight > 0.0 { touch.weight.min(10.0) } else { 0.0 };
            evidence.session += weight * worth(touch.at);
            evidence.viewed_at = evidence.viewed_at.max(Some(touch.at));
        }
    }
    for (place, search) in signals.searches.iter().enumerate().filter(|(_, search)| search.at <= now) {
        let found = search.found.get(..MOST_FOUND.min(search.found.len())).unwrap_or_default();
        let share = worth(search.at) / f64::sqrt(u32::try_from(found.len()).map_or(1.0, f64::from));
        for item in found {
            if let Some(evidence) = table.entry(*item) {
                evidence.session += share;
                evidence.search = u32::try_from(place).ok();
            }
        }
    }
}

/// The items of the visit as anchors, behind those that are there: the newest touch speaks with its weight, each one before with
/// [`EARLIER`] of that, all the less the longer ago they were. Only the last [`MOST_ANCHORS`] items count.
pub(in crate::recommend) fn anchors(
    signals: &Signals,
    weights: &Weights,
    now: i64,
    table: &mut EvidenceTable,
    anchors: &mut Vec<(Item, f64)>,
) {
    let mut place = 1.0;
    let given = anchors.len();
    for touch in signals.touches.iter().rev().filter(|touch| touch.at <= now && touch.weight > 0.0) {
        if anchors.len().saturating_sub(given) == MOST_ANCHORS {
            break;
        }
        let strength = touch.weight.min(10.0) * place * fading(days_between(touch.at, now) * 24.0, weights.session_half_life_hours);
        if strength < FORGOTTEN {
            break;
        }
        if anchors.iter().any(|(known, _)| *known == touch.item) {
            continue;
        }
        if let Some(evidence) = table.entry(touch.item) {
            evidence.in_visit = true;
            anchors.push((touch.item, strength));
            place *= EARLIER;
        }
    }
}

/// How much of what a touch tells the one before it tells.
const EARLIER: f64 = 0.8;
/// How many items of a visit count.
const MOST_ANCHORS: usize = 20;
/// A touch that tells less than this belongs to an earlier visit.
const FORGOTTEN: f64 = 0.01;

/// How many of the items found by a search count.
const MOST_FOUND: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::HOUR;
    use crate::recommend::{Search, Touch};

    #[test]
    fn the_newest_touch_speaks_loudest_and_old_visits_are_over() {
        let mut signals = Signals::default();
        let touch = |hour: i64, item, weight| Touch { at: hour * HOUR, item: Item(item), weight };
        signals.touches = [touch(0, 3, 1.0), touch(500, 0, 1.0), touch(500, 1, 2.0), touch(500, 0, 1.0), touch(501, 2, 1.0)].to_vec();
        let mut table = EvidenceTable::default();
        table.reset(4);
        let mut found = alloc::vec![(Item(1), 1.0)];
        anchors(&signals, &Weights::default(), 500 * HOUR, &mut table, &mut found);
        assert_eq!(found, [(Item(1), 1.0), (Item(0), 1.0)]);
        found.clear();
        anchors(&signals, &Weights::default(), 500 * HOUR, &mut table, &mut found);
        assert_eq!(found, [(Item(0), 1.0), (Item(1), 1.6)]);
        assert!(table.get(Item(0)).unwrap().in_visit && table.get(Item(3)).is_none());
    }

    #[test]
    fn views_fade_and_searches_are_shared() {
        let mut signals = Signals::default();
        signals.touches = [(0, 0), (24, 0), (25, 1)].map(|(hour, item)| Touch { at: hour * HOUR, item: Item(item), weight: 1.0 }).to_vec();
        signals.searches = alloc::vec![Search { at: 24 * HOUR, query: "milk".into(), found: (0..4).map(Item).collect() }];
        let mut table = EvidenceTable::default();
        table.reset(4);
        gather(&signals, &Weights::default(), 24 * HOUR, &mut table);
        assert_eq!(table.get(Item(0)).unwrap().session, 2.0);
        assert_eq!(table.get(Item(0)).unwrap().viewed_at, Some(24 * HOUR));
        assert_eq!(table.get(Item(1)).unwrap().session, 0.5);
        assert_eq!(table.get(Item(1)).unwrap().viewed_at, None);
    }
}
