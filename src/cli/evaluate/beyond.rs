//! Beyond accuracy: what lists are like, whether scores can be read as chances, how steady lists are, and what weights and rules
//! give and take.

use indicatif::ProgressBar;
use regulars::domain::{Catalog, Item, Value};
use regulars::recommend::{Act, Class, ItemSet, Knowledge, Request, Ruling, Scratch, Signals, Strategy, Weights, recommend};

use super::cases::Case;
use super::figures::{Calibration, Rail, RailTrade, Stability, Trade};
use super::lists::{self, Likeness};
use super::metrics::{Mean, found_at, quality};
use super::study::{listed, places, style};
use super::tasks::{self, Task};
use crate::baskets::learn::DAY;

/// Items of a list that is looked at.
const LIST: usize = 10;
/// Cases that settings are tried on.
const TRIED: usize = 400;
/// Tasks of each strategy that settings are tried on.
const TRIED_TASKS: usize = 1_500;
/// Bins of the calibration.
const BINS: usize = 10;

/// What lists are like, by the name of the strategy.
type Likenesses = Vec<(String, Likeness)>;
/// A share for each count of items.
type Curve = Vec<(usize, f64)>;

/// The lists of `strategy` for all cases.
fn lists_of(catalog: &Catalog, knowledge: &Knowledge, cases: &[&Case], strategy: Strategy, scratch: &mut Scratch) -> Vec<Vec<Item>> {
    let list = |case: &&Case| {
        let request = Request::new(strategy, LIST, case.day * DAY);
        listed(catalog, knowledge, &case.signals(usize::MAX), &request, scratch)
    };
    cases.iter().map(list).collect()
}

/// What the lists of the personal strategies are like, and those of the most popular items; and for the first of them how often
/// each item is shown, as [`Figures::shown`](super::figures::Figures::shown) has it.
pub fn lists(catalog: &Catalog, knowledge: &Knowledge, cases: &[Case]) -> (Likenesses, Curve) {
    let mut scratch = Scratch::default();
    let all: Vec<&Case> = cases.iter().collect();
    let mut found = Vec::new();
    let mut shown = Vec::new();
    for strategy in [Strategy::NextBasket, Strategy::ForYou, Strategy::BuyAgain, Strategy::Discover] {
        let lists = lists_of(catalog, knowledge, &all, strategy, &mut scratch);
        if shown.is_empty() {
            shown = curve(&lists::exposures(&lists, catalog.len()));
        }
        found.push((strategy.name().to_owned(), lists::likeness(&lists, catalog, &knowledge.popularity)));
    }
    let popular = Request::new(Strategy::NextBasket, LIST, cases.first().map_or(0, |case| case.day) * DAY);
    let popular = vec![listed(catalog, knowledge, &Signals::default(), &popular, &mut scratch)];
    found.push(("popular".into(), lists::likeness(&popular, catalog, &knowledge.popularity)));
    (found, shown)
}

/// The share of all that is shown that falls on the 1, 2, 5, 10, ... items shown most.
fn curve(exposures: &[u32]) -> Curve {
    let mut sorted: Vec<u32> = exposures.iter().copied().filter(|count| *count > 0).collect();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    let total: f64 = sorted.iter().map(|count| f64::from(*count)).sum();
    let mut steps: Vec<usize> =
        (0..5).flat_map(|power| [1, 2, 5].map(|step| step * 10_usize.pow(power))).filter(|step| *step < sorted.len()).collect();
    steps.push(sorted.len());
    steps.into_iter().map(|step| (step, sorted.iter().take(step).map(|count| f64::from(*count)).sum::<f64>() / total.max(1.0))).collect()
}

/// Whether scores order chances as they should: a logistic curve over the logarithm of the score is fitted on every other
/// household and looked at on the rest.
pub fn calibration(catalog: &Catalog, knowledge: &Knowledge, cases: &[Case]) -> Calibration {
    let mut scratch = Scratch::default();
    let mut halves: [Vec<(f64, bool)>; 2] = [Vec::new(), Vec::new()];
    for (place, case) in cases.iter().enumerate() {
        let request = Request::new(Strategy::NextBasket, 20, case.day * DAY);
        for found in recommend(catalog, knowledge, &case.signals(usize::MAX), &request, &mut scratch).items {
            halves[place % 2].push((libm::log(found.score.max(1e-12)), case.wanted.binary_search(&found.item.0).is_ok()));
        }
    }
    let [learned, judged] = halves;
    let (slope, offset) = logistic(&learned);
    let mut told: Vec<(f64, bool)> = judged.into_iter().map(|(score, bought)| (chance(slope * score + offset), bought)).collect();
    told.sort_by(|one, other| one.0.total_cmp(&other.0));
    let size = told.len().div_ceil(BINS).max(1);
    let bins: Vec<(f64, f64, usize)> = told
        .chunks(size)
        .map(|bin| {
            let count = bin.len() as f64;
            let found = bin.iter().filter(|(_, bought)| *bought).count() as f64;
            (bin.iter().map(|(told, _)| told).sum::<f64>() / count, found / count, bin.len())
        })
        .collect();
    let all = told.len().max(1) as f64;
    let expected_error = bins.iter().map(|(told, found, count)| (told - found).abs() * *count as f64 / all).sum();
    Calibration { bins, expected_error }
}

fn chance(logit: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-logit))
}

/// Slope and offset of the likeliest logistic curve, by Newton's method.
fn logistic(points: &[(f64, bool)]) -> (f64, f64) {
    let (mut slope, mut offset) = (1.0, 0.0);
    for _ in 0..30 {
        let (mut by_slope, mut by_offset, mut a, mut b, mut c) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
        for (score, bought) in points {
            let told = chance(slope * score + offset);
            let (miss, weight) = (f64::from(u8::from(*bought)) - told, told * (1.0 - told));
            by_slope += miss * score;
            by_offset += miss;
            a += weight * score * score;
            b += weight * score;
            c += weight;
        }
        let determinant = a * c - b * b;
        if determinant.abs() < 1e-12 {
            break;
        }
        slope += (c * by_slope - b * by_offset) / determinant;
        offset += (a * by_offset - b * by_slope) / determinant;
    }
    (slope, offset)
}

/// How steady next-basket lists are.
pub fn stability(catalog: &Catalog, knowledge: &Knowledge, cases: &[Case]) -> Stability {
    let mut scratch = Scratch::default();
    let mut sums = Stability::default();
    let cases: Vec<&Case> = cases.iter().step_by(cases.len().div_ceil(TRIED).max(1)).collect();
    for case in &cases {
        let mut list = |signals: &Signals, day: i64| {
            listed(catalog, knowledge, signals, &Request::new(Strategy::NextBasket, LIST, day * DAY), &mut scratch)
        };
        let signals = case.signals(usize::MAX);
        let first = list(&signals, case.day);
        sums.asked_again += f64::from(u8::from(list(&case.signals(usize::MAX), case.day) == first));
        sums.next_day += lists::overlap(&first, &list(&signals, case.day + 1));
        sums.next_basket += lists::overlap(&first, &list(&one_more(catalog, case), case.day + 1));
    }
    let count = cases.len().max(1) as f64;
    Stability { asked_again: sums.asked_again / count, next_day: sums.next_day / count, next_basket: sums.next_basket / count }
}

/// Values of weights that are tried, by their names; those of the visit, of ratings and of what is new need what baskets don't say.
const TRIED_WEIGHTS: [(&str, &[f64]); 11] = [
    ("basketDecay", &[0.9, 0.98]),
    ("popularity", &[0.1, 1.0]),
    ("rhythm", &[0.3, 1.0]),
    ("together", &[0.0, 3.0]),
    ("sequence", &[0.0, 3.0]),
    ("similar", &[0.0, 1.0]),
    ("category", &[0.0, 2.0]),
    ("trend", &[0.0, 0.5]),
    ("diversity", &[0.1, 0.3, 0.6]),
    ("longTail", &[0.1, 0.3, 0.6, 0.9]),
    ("halfLifeDays", &[30.0, 180.0]),
];
/// The same for lists that follow single items.
const TRIED_ON_RAILS: [(&str, &[f64]); 3] =
    [("variety", &[0.0, 0.25, 0.5, 0.75, 1.0]), ("popularity", &[3.0, 10.0, 30.0, 100.0]), ("longTail", &[0.3])];

fn changed(base: Weights, name: &str, value: f64) -> (String, Weights) {
    (format!("{name} {value}"), base.changed(&Value::Object(vec![(name.into(), Value::Number(value))])))
}

/// The settings of `tried`, one at a time, after what is `base`.
fn settings(base: Weights, tried: &[(&str, &[f64])]) -> Vec<(String, Weights)> {
    let each = tried.iter().flat_map(|(name, values)| values.iter().map(move |value| changed(base, name, *value)));
    std::iter::once(("as it is".into(), base)).chain(each).collect()
}

/// What settings give and take, on lists `for-you`; `own` names the brand that the retailer may favour.
pub fn trades(catalog: &Catalog, knowledge: &Knowledge, cases: &[Case], own: Option<u32>) -> Vec<Trade> {
    let cases: Vec<&Case> = cases.iter().filter(|case| !case.wanted.is_empty()).collect();
    let cases: Vec<&Case> = cases.iter().step_by(cases.len().div_ceil(TRIED).max(1)).copied().collect();
    let base = knowledge.weights;
    let everything = ItemSet::of(catalog, |_| true);
    let favoured = ItemSet::of(catalog, |item| own.is_some() && catalog.items.brand.get(item.index()) == own);
    let weighed = settings(base, &TRIED_WEIGHTS);
    let mut settings: Vec<(String, Weights, Option<Act>)> = weighed.into_iter().map(|(name, weights)| (name, weights, None)).collect();
    settings.push(("cap: 2 a category".into(), base, Some(Act::Cap(2, Some(Class::Category)))));
    if own.is_some() {
        settings.extend([1.2, 1.5, 2.0].map(|by| (format!("boost own brand × {by}"), base, Some(Act::Boost(by)))));
    }
    let mut scratch = Scratch::default();
    let bar = ProgressBar::new(settings.len() as u64).with_style(style()).with_message("weights");
    bar.wrap_iter(settings.into_iter())
        .map(|(setting, weights, act)| {
            let items = if matches!(act, Some(Act::Boost(_))) { &favoured } else { &everything };
            let rulings: Vec<Ruling> = act.map(|act| Ruling { id: "tried", act, items }).into_iter().collect();
            let mut list = |signals: &Signals, day: i64| {
                let request = Request { weights: Some(&weights), rulings: &rulings, ..Request::new(Strategy::ForYou, LIST, day * DAY) };
                listed(catalog, knowledge, signals, &request, &mut scratch)
            };
            let (mut all, mut ndcg, mut kept) = (Vec::with_capacity(cases.len()), Vec::with_capacity(cases.len()), 0.0);
            for case in &cases {
                let first = list(&case.signals(usize::MAX), case.day);
                kept += lists::overlap(&first, &list(&one_more(catalog, case), case.day + 1));
                ndcg.push(quality(&places(&first), &case.wanted).ndcg_at_10);
                all.push(first);
            }
            let lists = lists::likeness(&all, catalog, &knowledge.popularity);
            Trade { setting, ndcg: Mean::of(ndcg.iter().copied()), stability: kept / (cases.len() as f64).max(1.0), lists }
        })
        .collect()
}

/// What settings give and take on lists that follow single items: whether the item to be found is among the first ten.
pub fn rails(catalog: &Catalog, knowledge: &Knowledge, cases: &[Case]) -> Vec<Rail> {
    let mut scratch = Scratch::default();
    let mut rail = |tasks: Vec<Task>| {
        let tasks: Vec<&Task> = tasks.iter().step_by(tasks.len().div_ceil(TRIED_TASKS).max(1)).collect();
        let strategy = tasks.first()?.strategy;
        let settings = settings(knowledge.weights, &TRIED_ON_RAILS);
        let bar = ProgressBar::new(settings.len() as u64).with_style(style()).with_message(strategy.name());
        let each = bar.wrap_iter(settings.into_iter()).map(|(setting, weights)| {
            let knowledge = Knowledge { weights, ..knowledge.clone() };
            let all: Vec<Vec<Item>> =
                tasks.iter().map(|task| task.list(catalog, &knowledge, strategy, usize::MAX, LIST, &mut scratch)).collect();
            let found = |measure: usize| {
                let rows: Vec<f64> = all.iter().zip(&tasks).map(|(list, task)| found_at(&places(list), task.wanted)[measure]).collect();
                Mean::of(rows.iter().copied())
            };
            RailTrade { setting, hit: found(0), reciprocal: found(1), lists: lists::likeness(&all, catalog, &knowledge.popularity) }
        });
        Some(Rail { strategy: strategy.name(), trades: each.collect() })
    };
    [tasks::together(catalog, cases), tasks::similar(catalog, cases), tasks::session(catalog, cases)]
        .into_iter()
        .filter_map(&mut rail)
        .collect()
}

/// What is known once the basket that was to be found is bought.
fn one_more(catalog: &Catalog, case: &Case) -> Signals {
    let mut later = case.signals(usize::MAX);
    let held = case.wanted.iter().filter(|item| (**item as usize) < catalog.len());
    later.add_basket(case.day * DAY, held.map(|item| (Item(*item), 1)));
    later
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logistic_curve_is_found_again() {
        // At each score, as many are bought as the curve with slope 2 and offset -1 says.
        let mut points = Vec::new();
        for score in [-1.0, 0.0, 0.5, 1.0, 2.0] {
            let bought = (chance(2.0 * score - 1.0) * 10_000.0).round() as usize;
            points.extend((0..10_000).map(|place| (score, place < bought)));
        }
        let (slope, offset) = logistic(&points);
        assert!((slope - 2.0).abs() < 0.01 && (offset + 1.0).abs() < 0.01, "{slope} {offset}");
        assert_eq!(logistic(&[]), (1.0, 0.0));
    }

    #[test]
    fn the_curve_of_what_is_shown_ends_with_all_of_it() {
        assert_eq!(curve(&[0, 6, 3, 1]), [(1, 0.6), (2, 0.9), (3, 1.0)]);
        assert_eq!(curve(&[]), [(0, 0.0)]);
    }
}
