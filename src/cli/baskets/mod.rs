//! Training from baskets alone: `{household: [[day, [item, ...]], ...]}`, ids of items and nothing else.

pub mod boost;
pub mod details;
mod flyers;
mod fold;
pub mod forest;
mod histories;
pub mod learn;
pub mod predict;
mod ranker;
mod stages;
mod steps;
mod train;
mod tune;

pub use histories::{Histories, Household, Id};

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use clap::Args;

use details::Details;
use fold::{Asked, Source};
use learn::Learning;
use ranker::Size;
use regulars::recommend::Strategy;
use stages::Stages;

/// Learn from baskets: popularity, what goes with what, how often things are bought again
///
/// This build learns from baskets alone, {household: [[day, [item, ...]], ...]}, where days may be mere order; a build with
/// the feature `train` also learns from orders and products in Parquet or CSV.
#[cfg(not(feature = "train"))]
#[derive(Args)]
pub struct Train {
    /// Baskets as JSON
    #[arg(long, value_name = "FILE")]
    baskets: PathBuf,

    /// Neighbours kept for each item, in each list
    #[arg(long, value_name = "N", default_value_t = 20)]
    neighbours: usize,

    /// Days after which a basket counts half in popularity
    #[arg(long, value_name = "DAYS", default_value_t = 30.0)]
    half_life: f64,

    #[command(flatten)]
    options: Options,

    /// Directory to write knowledge.cbor into
    #[arg(long, short, value_name = "DIRECTORY")]
    output: PathBuf,
}

#[cfg(not(feature = "train"))]
impl Train {
    /// Runs the command.
    ///
    /// # Errors
    /// What is wrong with the input, by file.
    pub fn run(self) -> Result<()> {
        if !(self.half_life > 0.0 && self.half_life.is_finite()) {
            anyhow::bail!("--half-life {}: a number of days above 0 is needed", self.half_life);
        }
        train(
            &self.baskets,
            &self.output,
            Learning { half_life: self.half_life, neighbours: self.neighbours, companions: self.neighbours },
            &self.options,
        )
    }
}

/// What is known beside baskets, and how the ranker is trained.
#[derive(Args)]
pub struct Options {
    /// What is known beside baskets, as JSON: {"items": {id: {"kind", "category", "department"}}, "flyers": [{"from", "until", "items": {id: place}}]}
    #[arg(long, value_name = "FILE", requires = "baskets")]
    details: Option<PathBuf>,

    /// The learned ranker: trees within 25 kB (by default from baskets), a step function a feature within 2 kB, or none (by default
    /// from orders, whose weights then keep their defaults too)
    #[arg(long, value_enum)]
    ranker: Option<Size>,

    /// The lists that a ranker is learned for
    #[arg(long, value_name = "STRATEGY", value_delimiter = ',', default_values = ["next-basket", "discover"])]
    rank: Vec<String>,

    /// What is learned from: the last months (time), or each household's last baskets (last), for a test that leaves these
    /// out; with mere order always the latter
    #[arg(long, value_enum, default_value = "time", requires = "baskets")]
    folds: Folds,

    /// Also say what each source of information is worth: trains once more without each
    #[arg(long)]
    ablate: bool,
}

#[cfg(feature = "train")]
impl Options {
    /// Whether a ranker is asked for where orders are learned from.
    pub fn rank_orders(&self) -> bool {
        self.ranker.is_some()
    }
}

impl Options {
    /// What the outcome depends on beside the input.
    fn settings(&self, source: &Source) -> String {
        format!("{:?} {} {:?} {:?} {}", source.learning, source.last_baskets, self.ranker, self.rank, self.ablate)
    }
}

/// What is held out while training.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Folds {
    Time,
    Last,
}

fn strategies(names: &[String]) -> Result<Vec<Strategy>> {
    let named = |name: &String| {
        let strategy = Strategy::named(name).filter(|known| matches!(known, Strategy::NextBasket | Strategy::Discover));
        strategy.with_context(|| format!("--rank {name}: there are next-basket and discover"))
    };
    names.iter().map(named).collect()
}

/// Learns from the baskets in `file` and writes `knowledge.cbor` and `classes.json` into `out`.
///
/// # Errors
/// What is wrong with the file, or with writing.
pub fn train(file: &Path, out: &Path, learning: Learning, options: &Options) -> Result<()> {
    let histories = Histories::read(file)?;
    let details = options.details.as_deref().map(Details::read).transpose()?.unwrap_or_default();
    let count: usize = histories.households.iter().map(|household| household.baskets.len()).sum();
    println!("{count} baskets of {} households, {} items", histories.households.len(), histories.items.len());
    if histories.mere_order {
        println!("days are mere order: popularity is taken without decay, rhythms count baskets");
    }
    let last_baskets = histories.mere_order || options.folds == Folds::Last;
    let source = Source { histories, details, learning, last_baskets };
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let known = options.details.as_deref().map(fs::read).transpose()?.unwrap_or_default();
    let stages = Stages::open(out, &[&fs::read(file)?, &known, options.settings(&source).as_bytes()])?;
    let mut learned = train::train(&source, options.ranker.unwrap_or(Size::Full), &strategies(&options.rank)?, options.ablate, &stages)?;
    let until = source.histories.end();
    let asked = Asked { neighbours: learning.neighbours, companions: learned.companions };
    let mut knowledge = source.knowledge(&source.histories, until, asked);
    knowledge.weights = learned.weights;
    knowledge.ranker.next_basket = std::mem::take(&mut learned.next_basket);
    knowledge.ranker.discover = std::mem::take(&mut learned.discover);
    let bytes = minicbor_serde::to_vec(&knowledge).map_err(|error| anyhow!("{error}"))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = out.join(name);
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        println!("{} {} bytes", path.display(), bytes.len());
        anyhow::Ok(())
    };
    write("knowledge.cbor", &bytes)?;
    let known = |id: &String| source.details.items.get(id).map(|classes| (id.clone(), classes));
    let classes: std::collections::BTreeMap<String, &details::Classes> = knowledge.items.iter().filter_map(known).collect();
    write("classes.json", &serde_json::to_vec(&classes)?)?;
    stages.finish()
}

/// Tunes the weights of `knowledge`, which was learned from the same baskets otherwise, and adds the ranker with what it asks beside.
///
/// # Errors
/// A finished stage can't be kept in `out`.
#[cfg(feature = "train")]
pub fn learn_ranker(
    knowledge: &mut regulars::snapshot::wire::knowledge::KnowledgeWire,
    histories: Histories,
    details: Details,
    learning: Learning,
    options: &Options,
    out: &Path,
) -> Result<()> {
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let source = Source { histories, details, learning, last_baskets: options.folds == Folds::Last };
    let stages = Stages::open(out, &[&source.bytes()?, options.settings(&source).as_bytes()])?;
    let size = options.ranker.unwrap_or(Size::None);
    let learned = train::train(&source, size, &strategies(&options.rank)?, options.ablate, &stages)?;
    let asked = Asked { neighbours: 0, companions: learned.companions };
    let own = source.knowledge(&source.histories, source.histories.end(), asked);
    (knowledge.week, knowledge.rebuy, knowledge.companions) = (own.week, own.rebuy, own.companions);
    knowledge.weights = learned.weights;
    knowledge.ranker.next_basket = learned.next_basket;
    knowledge.ranker.discover = learned.discover;
    stages.finish()
}
