//! The weights that suit this retailer best, chosen on a validation that is honest in time.

use regulars::recommend::{Strategy, Weights};

use super::fold::Fold;
use crate::evaluate::metrics::Mean;

/// A weight and the values to try.
struct Choice {
    name: &'static str,
    weight: fn(&mut Weights) -> &mut f64,
    values: &'static [f64],
}

/// What next-basket lists depend on.
const HABITS: [Choice; 4] = [
    Choice {
        name: "basketDecay",
        weight: |weights| &mut weights.basket_decay,
        values: &[0.8, 0.85, 0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99, 1.0],
    },
    Choice { name: "popularity", weight: |weights| &mut weights.popularity, values: &[0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0] },
    Choice { name: "halfLifeDays", weight: |weights| &mut weights.half_life_days, values: &[0.0, 30.0, 60.0, 90.0, 120.0, 180.0, 365.0] },
    Choice { name: "rhythm", weight: |weights| &mut weights.rhythm, values: &[0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0] },
];

/// What lists of new things depend on beside them.
const DISCOVERY: [Choice; 5] = [
    Choice { name: "together", weight: |weights| &mut weights.together, values: &[0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0] },
    Choice { name: "sequence", weight: |weights| &mut weights.sequence, values: &[0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0] },
    Choice { name: "similar", weight: |weights| &mut weights.similar, values: &[0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0] },
    Choice { name: "category", weight: |weights| &mut weights.category, values: &[0.0, 0.1, 0.3, 0.5, 1.0, 2.0] },
    Choice { name: "trend", weight: |weights| &mut weights.trend, values: &[0.0, 0.05, 0.1, 0.2, 0.5, 1.0] },
];

/// A gain below this is noise: the weight stays.
const LEAST_GAIN: f64 = 0.0002;
/// Pairs of decay and popularity that are measured on all cases.
const LOOKED_AT: usize = 20;
/// Rounds over all weights.
const ROUNDS: usize = 2;

/// Cases that decide about next-basket lists, and about lists of new things, which cost more.
const MOST_CASES: [usize; 2] = [3_000, 900];

/// The best weights for lists of `strategies`, found from the defaults on, one weight after the other; `told` hears of
/// each step.
pub fn tune(folds: &[Fold], strategies: &[Strategy], mut told: impl FnMut(String)) -> Weights {
    let mut weights = Weights::default();
    if folds.is_empty() {
        told("too few households with three baskets to tune on: the weights keep their defaults".into());
        return weights;
    }
    let cases: Vec<_> = folds.iter().map(|fold| fold.len().to_string()).collect();
    told(format!("validations of {} households", cases.join(", ")));
    let all: usize = folds.iter().map(Fold::len).sum();
    let parts = [(Strategy::NextBasket, &HABITS[..]), (Strategy::Discover, &DISCOVERY[..])];
    for ((strategy, choices), most) in parts.into_iter().zip(MOST_CASES).filter(|((strategy, _), _)| strategies.contains(strategy)) {
        let step = all.div_ceil(most);
        let measure = |weights, step| {
            let qualities: Vec<_> = folds.iter().flat_map(|fold| fold.qualities(strategy, weights, None, step)).collect();
            Mean::of(qualities.iter().map(|quality| quality.ndcg_at_10))
        };
        let first = measure(weights, step);
        let mut best = first.mean;
        if strategy == Strategy::NextBasket {
            // These two lean on each other: the faster purchases fade, the more popularity has to say.
            let defaults = weights;
            let pairs = HABITS[0].values.iter().flat_map(|decay| HABITS[1].values.iter().map(move |popularity| (*decay, *popularity)));
            let tries = pairs.map(|(basket_decay, popularity)| Weights { basket_decay, popularity, ..defaults });
            // A quarter of the cases says which pairs are worth a closer look.
            let mut rough: Vec<(f64, Weights)> = tries.map(|tried| (measure(tried, 4 * step).mean, tried)).collect();
            rough.sort_by(|one, other| other.0.total_cmp(&one.0));
            for (_, tried) in rough.into_iter().take(LOOKED_AT) {
                let found = measure(tried, step).mean;
                if found > best + LEAST_GAIN {
                    (best, weights) = (found, tried);
                }
            }
            told(format!("{} basketDecay {}, popularity {}: nDCG@10 {best:.4}", strategy.name(), weights.basket_decay, weights.popularity));
        }
        for _ in 0..ROUNDS {
            let before = best;
            for choice in choices {
                let now = *(choice.weight)(&mut weights);
                for value in choice.values.iter().filter(|value| **value != now) {
                    let mut tried = weights;
                    *(choice.weight)(&mut tried) = *value;
                    let found = measure(tried, step).mean;
                    if found > best + LEAST_GAIN {
                        best = found;
                        weights = tried;
                    }
                }
                let chosen = *(choice.weight)(&mut weights);
                if chosen != now {
                    told(format!("{} {}: {now} -> {chosen}, nDCG@10 {best:.4}", strategy.name(), choice.name));
                }
            }
            if best - before < LEAST_GAIN {
                break;
            }
        }
        told(format!("{}: nDCG@10 {first} with the defaults, {best:.4} tuned", strategy.name()));
    }
    weights
}
