//! What the member bought, and when.

use crate::domain::{DAY, exp2};
use crate::recommend::evidence::{Evidence, EvidenceTable};
use crate::recommend::{Signals, Weights};

/// Gathers purchases before `now`. Returns how many baskets counted.
///
/// A purchase counts `basket_decay^n * 2^(-days / half_life_days)` where `n` baskets and `days` days lie between it and
/// now. Baskets after `now` are left out.
pub(in crate::recommend) fn gather(signals: &Signals, weights: &Weights, now: i64, table: &mut EvidenceTable) -> u32 {
    let mut count = 0_u32;
    let mut decay = 1.0;
    for (at, lines) in signals.newest_first().skip_while(|(at, _)| *at > now) {
        let worth = decay * fading(days_between(at, now), weights.half_life_days);
        for (item, _) in lines {
            let Some(evidence) = table.entry(*item) else { continue };
            if evidence.times == 0 {
                evidence.last_at = at;
            }
            evidence.first_at = at;
            evidence.times = evidence.times.saturating_add(1);
            evidence.frequency += worth;
        }
        decay *= weights.basket_decay;
        count = count.saturating_add(1);
    }
    count
}

/// Days from `from` to `to`; 0 where `to` is earlier.
#[allow(clippy::cast_precision_loss)] // a span of milliseconds that people live to see is exact in a double
pub(in crate::recommend) fn days_between(from: i64, to: i64) -> f64 {
    to.saturating_sub(from).max(0) as f64 / DAY as f64
}

/// What is left of 1 after `age`, where half is left after `half_life`; all of it where `half_life` is 0.
pub(in crate::recommend) fn fading(age: f64, half_life: f64) -> f64 {
    if half_life > 0.0 { exp2(-age / half_life) } else { 1.0 }
}

/// The days after which the member usually buys the item again: the mean of their own gaps, drawn towards the usual
/// rhythm of all members as if that were [`PRIOR_GAPS`] gaps of their own. `None` where nothing is known.
pub(in crate::recommend) fn interval(evidence: &Evidence, rhythm_days: f64) -> Option<f64> {
    let gaps = f64::from(evidence.times.saturating_sub(1));
    let span = days_between(evidence.first_at, evidence.last_at);
    let prior = if rhythm_days > 0.0 { PRIOR_GAPS } else { 0.0 };
    let interval = (span + prior * rhythm_days) / (gaps + prior);
    (interval.is_finite() && interval > 0.0).then_some(interval)
}

/// How many gaps of the member's own the usual rhythm of all members is worth.
const PRIOR_GAPS: f64 = 2.0;

/// Whether the time has come, from 0 (just bought, or long given up) to 1 (this is the day): a bell over the logarithm
/// of days since the last purchase over the usual interval, as wide as gaps usually spread.
pub(in crate::recommend) fn dueness(days_since: f64, interval: f64, spread: f64) -> f64 {
    let width = if spread > 0.0 { spread.clamp(0.25, 2.0) } else { USUAL_SPREAD };
    let distance = libm::log(days_since.max(1.0 / 24.0) / interval) / width;
    libm::exp(-0.5 * distance * distance)
}

const USUAL_SPREAD: f64 = 0.7;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Item;

    #[test]
    fn baskets_to_come_do_not_count() {
        let mut signals = Signals::default();
        signals.add_basket(DAY, [(Item(0), 1)]);
        signals.add_basket(3 * DAY, [(Item(0), 1), (Item(1), 1)]);
        let mut table = EvidenceTable::default();
        table.reset(2);
        assert_eq!(gather(&signals, &Weights::default(), 2 * DAY, &mut table), 1);
        assert!(table.get(Item(1)).is_none());
        assert_eq!(table.get(Item(0)).unwrap().times, 1);
    }

    #[test]
    fn older_baskets_count_less() {
        let mut signals = Signals::default();
        signals.add_basket(0, [(Item(0), 1)]);
        signals.add_basket(10 * DAY, [(Item(1), 5), (Item(0), 1)]);
        let mut table = EvidenceTable::default();
        table.reset(2);
        let weights = Weights { basket_decay: 0.5, half_life_days: 10.0, ..Weights::default() };
        gather(&signals, &weights, 10 * DAY, &mut table);
        assert_eq!(table.get(Item(1)).unwrap().frequency, 1.0);
        assert_eq!(table.get(Item(0)).unwrap().frequency, 1.25);
        assert_eq!(table.get(Item(0)).unwrap().first_at, 0);
    }

    #[test]
    fn an_interval_needs_a_gap_or_a_known_rhythm() {
        let bought = |times, last_at| Evidence { times, last_at, ..Evidence::default() };
        assert_eq!(interval(&bought(1, 0), 0.0), None);
        assert_eq!(interval(&bought(1, 0), 7.0), Some(7.0));
        assert_eq!(interval(&bought(3, 20 * DAY), 0.0), Some(10.0));
        assert_eq!(interval(&bought(3, 20 * DAY), 6.0), Some(8.0));
    }

    #[test]
    fn what_was_just_bought_or_given_up_is_not_due() {
        assert_eq!(dueness(7.0, 7.0, 0.0), 1.0);
        assert!(dueness(0.0, 7.0, 0.0) < 0.001);
        assert!(dueness(100.0, 7.0, 0.0) < 0.01);
    }
}
