//! `regulars rank-offers`: learns which offers members use, from past campaigns.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use indicatif::ProgressBar;
use regulars::domain::AlignedBytes;
use regulars::engine::{CatalogSource, Engine, EngineError, OffersRequest};
use regulars::recommend::{Forest, OFFER_FEATURES, OfferRow};
use regulars::rules::NativeRegex;
use regulars::snapshot::is_binary;
use serde::Deserialize;

use crate::baskets::boost::{Boosting, Lists, boost};
use crate::baskets::forest::{Bins, bytes};
use crate::evaluate::metrics::Mean;
use crate::input;

/// Learn which offers members use, from past campaigns
///
/// Reads occasions as JSON lines: a snapshot as it was, a member as they were, when they were shown its offers, and which they then
/// used, with the instant of each use:
///
///   {"id": "m1/spring", "at": 1491000000000, "catalog": "spring.rgl", "member": "m1.json", "used": {"milk10": 1491300000000}}
///
/// Lines of one catalog follow each other; paths are seen from the file. Offers are ranked by trees over the same features that the
/// device computes; what is written goes into a snapshot by `regulars pack --offer-ranker`. Before, each occasion is ranked by what
/// could be learned from the uses before it: that is what is told, and where trees gain nothing by it (the mean of recall@5 and
/// nDCG@10, with certainty), none are written.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct RankOffers {
    /// Occasions, JSON lines
    occasions: PathBuf,

    /// Where to write the trees
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Where to write how each occasion's offers were ranked by what was learned from earlier ones, {id: [offer, ...]}
    #[arg(long, value_name = "FILE.json")]
    predictions: Option<PathBuf>,

    /// Where to write how good these orders are, and what they gain
    #[arg(long, value_name = "FILE.json")]
    measures: Option<PathBuf>,

    /// Told apart are occasions from this instant on; can be given more than once
    #[arg(long, value_name = "INSTANT", value_parser = crate::clock::instant)]
    from: Vec<i64>,

    /// Features left out, by parts of their names: what they are worth; can be given more than once
    #[arg(long, value_name = "TEXT")]
    without: Vec<String>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    at: i64,
    catalog: PathBuf,
    member: PathBuf,
    used: BTreeMap<String, i64>,
}

/// What was there to choose from, and what was chosen.
struct Occasion {
    id: String,
    at: i64,
    offers: Vec<String>,
    rows: Vec<OfferRow>,
    /// When each offer was used.
    used: Vec<Option<i64>>,
    /// The places of the offers, best first, by weights.
    by_weights: Vec<usize>,
}

/// Before so many occasions nothing is learned: what fewer teach is worse than weights.
const FEWEST: usize = 150;
/// Bins of a feature.
const BINS: usize = 32;
/// Most bytes of the trees.
const MOST_BYTES: usize = 12_000;

/// Trees of one turn learn what each feature says by itself, deeper ones what they say together, and of the order.
const APART: Boosting =
    Boosting { trees: 200, leaves: 2, rate: 0.1, rows_in_leaf: 60, damping: 5.0, lists: 0.7, features: 0.3, order: 0.0 };
const TOGETHER: Boosting = Boosting { trees: 120, leaves: 8, rate: 0.05, features: 0.5, order: 0.8, ..APART };

impl RankOffers {
    /// Runs the command.
    ///
    /// # Errors
    /// What is wrong with the input, by file and line.
    pub fn run(self) -> Result<()> {
        let mut occasions = read(&self.occasions)?;
        for occasion in &mut occasions {
            for row in &mut occasion.rows {
                for (value, name) in row.iter_mut().zip(OFFER_FEATURES) {
                    if self.without.iter().any(|part| name.contains(part)) {
                        *value = 0.0;
                    }
                }
            }
        }
        let learned = backtest(&occasions);
        if let Some(path) = &self.predictions {
            let named = |order: &[usize], occasion: &Occasion| order.iter().map(|place| occasion.offers[*place].clone()).collect();
            let orders: BTreeMap<&str, Vec<String>> =
                occasions.iter().zip(&learned).map(|(occasion, order)| (occasion.id.as_str(), named(order, occasion))).collect();
            fs::write(path, serde_json::to_string(&orders)?).with_context(|| path.display().to_string())?;
        }
        let mut gains = false;
        let mut told_apart = Vec::new();
        for from in std::iter::once(i64::MIN).chain(self.from.iter().copied()) {
            let judged = judged(&occasions, &learned, from);
            let name = if from == i64::MIN { "all".into() } else { format!("from {}", crate::clock::written(from)) };
            println!("{name}: {} occasions", judged.first().map_or(0, |rows| rows.len()));
            let [popular, weights, trees] = &judged;
            let measures = NAMES.iter().enumerate().map(|(measure, label)| {
                let mean = |rows: &[Measures]| Mean::of(rows.iter().map(move |row| row[measure]));
                serde_json::json!({"name": label, "popular": mean(popular), "weights": mean(weights), "mean": mean(trees),
                    "gain": gain(trees, weights, measure)})
            });
            told_apart.push(serde_json::json!({"from": name, "cases": trees.len(), "measures": measures.collect::<Vec<_>>()}));
            told("most popular goods", popular, None);
            told("by weights", weights, Some(("most popular goods", popular)));
            told("by trees", trees, Some(("by weights", weights)));
            gains |= from == i64::MIN && kept(trees, weights).interval[0] > 0.0;
        }
        if let Some(path) = &self.measures {
            fs::write(path, serde_json::to_string_pretty(&told_apart)? + "\n").with_context(|| path.display().to_string())?;
        }
        if let Some(path) = &self.output {
            let all: Vec<&Occasion> = occasions.iter().collect();
            let trees = if gains { learn(&all, i64::MAX) } else { Vec::new() };
            fs::write(path, &trees).with_context(|| path.display().to_string())?;
            let why = if gains { "" } else { ": they gain nothing with certainty, so offers are ranked by weights" };
            println!("{} bytes of trees{why}", trees.len());
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<Occasion>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut open: Option<(PathBuf, Engine)> = None;
    let bar = ProgressBar::new(text.lines().count() as u64);
    let mut occasions = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("{}:{}", path.display(), number + 1);
        let line: Line = serde_json::from_str(line).with_context(place)?;
        if open.as_ref().is_none_or(|(known, _)| *known != line.catalog) {
            open = Some((line.catalog.clone(), engine(&folder.join(&line.catalog), line.at)?));
        }
        let Some((_, engine)) = &mut open else { bail!("{}: no catalog", place()) };
        let occasion = occasion(engine, folder, line).map_err(|error| error.context(place()))?;
        occasions.extend(Some(occasion).filter(|occasion| !occasion.rows.is_empty()));
        bar.inc(1);
    }
    bar.finish_and_clear();
    occasions.sort_by_key(|occasion| occasion.at);
    Ok(occasions)
}

fn engine(path: &Path, now: i64) -> Result<Engine> {
    let mut engine = Engine::new(0, Rc::new(NativeRegex));
    let bytes = input::bytes(path)?;
    let value;
    let source = if is_binary(&bytes) {
        CatalogSource::Binary(AlignedBytes::copy_of(&bytes))
    } else {
        value = input::json(&bytes, path)?;
        CatalogSource::Json(&value)
    };
    engine.load_catalog(source, &[], now).map_err(|error| failed(&error).context(path.display().to_string()))?;
    Ok(engine)
}

fn failed(error: &EngineError) -> anyhow::Error {
    anyhow!("{error}")
}

fn occasion(engine: &mut Engine, folder: &Path, line: Line) -> Result<Occasion> {
    let Line { id, at, member, used, .. } = line;
    engine.load_member(&input::value(&folder.join(&member))?, at).map_err(|error| failed(&error).context(member.display().to_string()))?;
    let (offers, rows): (Vec<String>, Vec<OfferRow>) = engine.offer_rows(at).map_err(|error| failed(&error))?.into_iter().unzip();
    let request = OffersRequest { now: Some(at), ..OffersRequest::default() };
    let shown = engine.offers(&request, at).map_err(|error| failed(&error))?.offers;
    let scores: BTreeMap<&str, f64> = shown.iter().map(|status| (status.id.as_str(), status.score)).collect();
    let by_weights = order(offers.len(), |place| scores.get(offers[place].as_str()).copied().unwrap_or(0.0));
    let used = offers.iter().map(|offer| used.get(offer).copied()).collect();
    Ok(Occasion { id, at, offers, rows, used, by_weights })
}

/// Places by falling score, of equals the first.
fn order(count: usize, score: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|one, other| score(*other).total_cmp(&score(*one)));
    places
}

/// How each occasion is ranked by what was learned before it; by weights where that was too little.
fn backtest(occasions: &[Occasion]) -> Vec<Vec<usize>> {
    let mut orders: Vec<Vec<usize>> = Vec::new();
    let mut known: Option<(i64, Option<Forest>)> = None;
    let bar = ProgressBar::new(occasions.len() as u64);
    for occasion in bar.wrap_iter(occasions.iter()) {
        if known.as_ref().is_none_or(|(at, _)| *at != occasion.at) {
            let before: Vec<&Occasion> = occasions.iter().filter(|earlier| earlier.at < occasion.at).collect();
            let trees = learn(&before, occasion.at);
            known = Some((occasion.at, Forest::read(&trees, OFFER_FEATURES.len())));
        }
        let forest = known.as_ref().and_then(|(_, forest)| forest.as_ref());
        orders.push(match forest {
            Some(forest) => order(occasion.rows.len(), |place| forest.sum(&occasion.rows[place])),
            None => occasion.by_weights.clone(),
        });
    }
    bar.finish_and_clear();
    orders
}

/// Trees from what was used before `until`; none where that is too little.
fn learn(occasions: &[&Occasion], until: i64) -> Vec<u8> {
    let is_used = |used: &Option<i64>| used.is_some_and(|at| at < until);
    let told: Vec<&Occasion> = occasions.iter().copied().filter(|occasion| occasion.used.iter().any(is_used)).collect();
    if told.len() < FEWEST {
        return Vec::new();
    }
    let values = |feature: usize, of_used: bool| {
        let each = told.iter().flat_map(|occasion| occasion.rows.iter().zip(&occasion.used));
        each.filter(|(_, used)| is_used(used) == of_used).map(|(row, _)| row[feature]).collect::<Vec<f32>>()
    };
    let bins: Vec<Bins> =
        (0..OFFER_FEATURES.len()).map(|feature| Bins::of([values(feature, false), values(feature, true)], BINS)).collect();
    let mut lists = Lists { bins: vec![Vec::new(); bins.len()], starts: vec![0], ..Lists::default() };
    lists.counts = bins.iter().map(|bins| bins.0.len() + 1).collect();
    for occasion in told {
        for row in &occasion.rows {
            for ((column, bins), value) in lists.bins.iter_mut().zip(&bins).zip(row) {
                column.push(bins.bin(*value));
            }
        }
        lists.bought.extend(occasion.used.iter().map(is_used));
        lists.starts.push(lists.bought.len());
        lists.wanted.push(occasion.used.iter().filter(|used| is_used(used)).count());
    }
    let mut boosted = boost(&lists, APART, |_| {});
    boosted.trees.extend(boost(&lists, TOGETHER, |_| {}).trees);
    loop {
        let trees = bytes(&boosted, &bins);
        if trees.len() <= MOST_BYTES || boosted.trees.pop().is_none() {
            return trees;
        }
    }
}

/// AUC, recall@5, recall@10, nDCG@10 of an occasion.
type Measures = [f64; 4];
const NAMES: [&str; 4] = ["AUC", "recall@5", "recall@10", "nDCG@10"];
/// What trees must gain in, taken together: the first screen, and its order.
const DECIDE: [usize; 2] = [1, 3];

/// The measures of the occasions from `from` on where something was used and something not: by popularity, by weights, by trees.
fn judged(occasions: &[Occasion], learned: &[Vec<usize>], from: i64) -> [Vec<Measures>; 3] {
    let popularity = OFFER_FEATURES.iter().position(|name| *name == "popularity").unwrap_or(0);
    let mut all = [Vec::new(), Vec::new(), Vec::new()];
    for (occasion, learned) in occasions.iter().zip(learned).filter(|(occasion, _)| occasion.at >= from) {
        let used: Vec<bool> = occasion.used.iter().map(Option::is_some).collect();
        if used.iter().all(|used| *used) || !used.iter().any(|used| *used) {
            continue;
        }
        let popular = order(used.len(), |place| f64::from(occasion.rows[place][popularity]));
        for (rows, order) in all.iter_mut().zip([&popular, &occasion.by_weights, learned]) {
            rows.push(measures(order, &used));
        }
    }
    all
}

fn measures(order: &[usize], used: &[bool]) -> Measures {
    let places: Vec<usize> = order.iter().enumerate().filter(|(_, offer)| used[**offer]).map(|(place, _)| place).collect();
    let wanted = places.len() as f64;
    let within = |most: usize| places.iter().filter(|place| **place < most).count() as f64 / wanted;
    let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let missed: usize = places.iter().enumerate().map(|(number, place)| place - number).sum();
    let gain: f64 = places.iter().filter(|place| **place < 10).map(|place| discount(*place)).sum();
    let ideal: f64 = (0..places.len().min(10)).map(discount).sum();
    [1.0 - missed as f64 / (wanted * (order.len() as f64 - wanted)), within(5), within(10), gain / ideal]
}

fn gain(rows: &[Measures], others: &[Measures], measure: usize) -> Mean {
    Mean::of(rows.iter().zip(others).map(move |(row, other)| row[measure] - other[measure]))
}

fn kept(rows: &[Measures], others: &[Measures]) -> Mean {
    let of = |row: &Measures| DECIDE.iter().map(|measure| row[*measure]).sum::<f64>() / DECIDE.len() as f64;
    Mean::of(rows.iter().zip(others).map(move |(row, other)| of(row) - of(other)))
}

fn told(name: &str, rows: &[Measures], over: Option<(&str, &[Measures])>) {
    println!("  {name}");
    for (measure, label) in NAMES.iter().enumerate() {
        let gained = over.map_or(String::new(), |(other, others)| format!("  over {other} {}", gain(rows, others, measure)));
        println!("    {label:<10} {}{gained}", Mean::of(rows.iter().map(move |row| row[measure])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Occasions a day apart; of five offers the one with the most of the first feature is used a day later.
    fn occasions(count: usize) -> Vec<Occasion> {
        (0..count)
            .map(|number| {
                let best = number % 5;
                let rows = (0..5).map(|place| {
                    let mut row = [0.0; OFFER_FEATURES.len()];
                    row[0] = if place == best { 9.0 } else { place as f32 };
                    row
                });
                let at = number as i64 * 10;
                Occasion {
                    id: number.to_string(),
                    at,
                    offers: (0..5).map(|place| place.to_string()).collect(),
                    rows: rows.collect(),
                    used: (0..5).map(|place| (place == best).then_some(at + 10)).collect(),
                    by_weights: (0..5).collect(),
                }
            })
            .collect()
    }

    #[test]
    fn nothing_is_learned_from_what_was_used_later() {
        let occasions = occasions(FEWEST + 9);
        let all: Vec<&Occasion> = occasions.iter().collect();
        assert!(learn(&all, 10).is_empty(), "only one use lies before");
        let orders = backtest(&occasions);
        // What was used at an instant is not known to what begins at it.
        assert!(orders[..=FEWEST].iter().all(|order| *order == [0, 1, 2, 3, 4]));
        assert!(orders.iter().enumerate().skip(FEWEST + 1).all(|(number, order)| order[0] == number % 5));
    }

    #[test]
    fn measures_are_those_of_the_field() {
        let found = measures(&[2, 0, 1], &[true, false, true]);
        assert_eq!(found, [1.0, 1.0, 1.0, 1.0]);
        let [auc, _, _, ndcg] = measures(&[1, 0, 2], &[true, false, false]);
        assert_eq!((auc, ndcg), (0.5, 1.0 / 3.0_f64.log2()));
    }
}
