//! Weights and rankers for one retailer, chosen on validations only.

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use regulars::domain::Value;
use regulars::recommend::{COMPANION_FEATURES, Feature, Strategy, Weights};

use super::fold::{Asked, FEWEST_CASES, Fold, Place, Source};
use super::ranker::{self, Binned, SOURCES, Size};
use super::stages::{Found, Stages};
use super::tune;
use crate::evaluate::metrics::{Mean, Quality};

/// Companions are kept where they gain for certain this share of what weights alone reach.
const LEAST_WORTH: f64 = 0.01;
/// Validations that weights are tuned on.
const TUNED: usize = 3;

/// What was chosen.
#[derive(Default)]
pub struct Learned {
    /// The weights.
    pub weights: Weights,
    /// The forests, in bytes; empty where weights alone are as good.
    pub next_basket: Vec<u8>,
    /// See `next_basket`.
    pub discover: Vec<u8>,
    /// Companions of each item that the forests ask; 0 where they ask none.
    pub companions: usize,
}

/// Chooses weights and rankers. Rankers are compared with the weights on the newest fold, learned from those before; what is
/// kept is learned once more, from the newest on.
///
/// # Errors
/// A finished stage can't be kept.
pub fn train(source: &Source, size: Size, ranked: &[Strategy], ablate: bool, stages: &Stages) -> Result<Learned> {
    let neighbours = ranked.iter().map(|strategy| source.asked(*strategy).neighbours).max().unwrap_or(0);
    let tuned = stages.once("weights", || {
        // Of last baskets the newest are the most alike to what is asked; members with short histories lack the others.
        let count = if source.last_baskets { 1 } else { TUNED };
        let bar = bar("preparing validations", count);
        let folds = (0..count).filter_map(|back| {
            bar.inc(1);
            source.fold(source.validation(back), Asked { neighbours, companions: 0 })
        });
        let folds: Vec<Fold> = folds.collect();
        bar.finish_and_clear();
        let mut said = Vec::new();
        let weights = tune::tune(&folds, ranked, |step| said.push(step));
        Found { bytes: serde_json::to_vec(&weights).unwrap_or_default(), said }
    })?;
    tell(&tuned.said);
    let changes: Value = serde_json::from_slice(&tuned.bytes)?;
    let mut learned = Learned { weights: Weights::default().changed(&changes), ..Learned::default() };
    if size == Size::None {
        return Ok(learned);
    }
    let companions = source.learning.companions;
    let Some(validation) = source.fold(source.validation(0), Asked { neighbours, companions }) else { return Ok(learned) };
    for strategy in ranked.iter().copied() {
        let name = strategy.name();
        let judged = stages.once(&format!("{name}-judged"), || judge(source, &validation, strategy, learned.weights, size, ablate))?;
        tell(&judged.said);
        if judged.bytes.is_empty() {
            continue;
        }
        let with = ranker::read(&judged.bytes).is_some_and(|forest| forest.asks_companions());
        let asked = Asked { companions: if with { companions } else { 0 }, ..source.asked(strategy) };
        learned.companions = learned.companions.max(asked.companions);
        let forest = stages.once(&format!("{name}-ranker"), || {
            let mut all = binned(source, &source.earlier(None, strategy), (strategy, asked), learned.weights, size);
            let bar = bar("training the ranker on all", 0);
            let bytes = all.learn(size, &[], |trees| bar.set_position(trees as u64));
            bar.finish_and_clear();
            Found { bytes, said: Vec::new() }
        })?;
        match strategy {
            Strategy::Discover => learned.discover = forest.bytes,
            _ => learned.next_basket = forest.bytes,
        }
    }
    Ok(learned)
}

fn tell(lines: &[String]) {
    lines.iter().for_each(|line| println!("  {line}"));
}

fn binned(source: &Source, places: &[Place], lists: (Strategy, Asked), weights: Weights, size: Size) -> Binned {
    let bar = bar("preparing folds", places.len());
    let binned = Binned::of(source, places, lists, weights, size, || bar.inc(1));
    bar.finish_and_clear();
    binned
}

/// The forest that was learned for `strategy` from what lies before `validation`; empty where it gains nothing there.
fn judge(source: &Source, validation: &Fold, strategy: Strategy, weights: Weights, size: Size, ablate: bool) -> Found {
    let name = strategy.name();
    let mut said = Vec::new();
    let places = source.earlier(Some(source.validation(0)), strategy);
    let mut earlier = binned(source, &places, (strategy, source.asked(strategy)), weights, size);
    let (lists, rows) = earlier.size();
    if lists < FEWEST_CASES {
        said.push(format!("{name}: too little history to train a ranker and to validate it: weights alone"));
        return Found { bytes: Vec::new(), said };
    }
    said.push(format!("{name}: a ranker learns from {lists} lists of {rows} rows"));
    let base = validation.qualities(strategy, weights, None, 1);
    let mut judged = |left_out: &[usize], what: &str| {
        let bar = bar(what, 0);
        let bytes = earlier.learn(size, left_out, |trees| bar.set_position(trees as u64));
        bar.finish_and_clear();
        (validation.qualities(strategy, weights, ranker::read(&bytes).as_ref(), 1), bytes)
    };
    let companions: Vec<usize> = COMPANION_FEATURES.iter().map(|feature| *feature as usize).collect();
    let (mut ranked, mut bytes) = judged(&companions, "training the ranker");
    let mut left_out = companions;
    if source.learning.companions > 0 {
        let (with, bytes_with) = judged(&[], "training it with companions");
        let worth = gain(&with, &ranked);
        // Their lists weigh more in the snapshot than all trees: they have to be worth it.
        let kept = worth.interval[0] > LEAST_WORTH * mean(&base).mean;
        said.push(format!("{name}: what members with the same items buy is worth {worth}: {}", if kept { "kept" } else { "left out" }));
        if kept {
            (ranked, bytes) = (with, bytes_with);
            left_out.clear();
        }
    }
    let gain = gain(&ranked, &base);
    said.push(format!("{name}: nDCG@10 {} by weights, {} ranked ({} bytes): {gain} gained", mean(&base), mean(&ranked), bytes.len()));
    if ablate {
        for (source, features) in SOURCES {
            let without: Vec<usize> = features.iter().map(|feature| *feature as usize).chain(left_out.iter().copied()).collect();
            let (without, _) = judged(&without, source);
            said.push(format!("{name}: {source} is worth {}", self::gain(&ranked, &without)));
        }
    }
    if !is_likely(&gain) {
        said.push(format!("{name}: no likely gain: weights alone"));
        return Found { bytes: Vec::new(), said };
    }
    Found { bytes, said }
}

/// Whether a gain is more than its standard error: by chance alone that happens one time in six.
fn is_likely(gain: &Mean) -> bool {
    gain.mean > (gain.interval[1] - gain.interval[0]) / (2.0 * 1.96)
}

fn mean(qualities: &[Quality]) -> Mean {
    Mean::of(qualities.iter().map(|quality| quality.ndcg_at_10))
}

/// The mean difference of nDCG@10, pair by pair.
fn gain(of: &[Quality], over: &[Quality]) -> Mean {
    Mean::of(of.iter().zip(over).map(|(one, other)| one.ndcg_at_10 - other.ndcg_at_10))
}

/// A bar to `length`, or a count where that is 0.
fn bar(what: &str, length: usize) -> ProgressBar {
    let bar = if length > 0 { ProgressBar::new(length as u64) } else { ProgressBar::no_length() };
    let template = if length > 0 { "{msg} {bar:24} {pos}/{len} ({elapsed})" } else { "{msg} {spinner} {pos} ({elapsed})" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar
}

const _: () = assert!(Feature::ALL.len() <= regulars::recommend::MOST_FEATURES);
