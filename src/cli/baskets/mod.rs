//! Training from baskets alone: `{household: [[day, [item, ...]], ...]}`, ids of items and nothing else.

mod fold;
mod histories;
pub mod learn;
pub mod predict;
mod tune;

pub use histories::{Histories, Household, Id};

use std::fs;
use std::path::Path;
#[cfg(not(feature = "train"))]
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};

use fold::Fold;
use learn::{Learning, learn};

/// Learn from baskets: popularity, what goes with what, how often things are bought again
///
/// This build learns from baskets alone, {household: [[day, [item, ...]], ...]}, where days may be mere order; a build with
/// the feature `train` also learns from orders and products in Parquet or CSV.
#[cfg(not(feature = "train"))]
#[derive(clap::Args)]
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
        train(&self.baskets, &self.output, Learning { half_life: self.half_life, neighbours: self.neighbours })
    }
}

/// Learns from the baskets in `file` and writes `knowledge.cbor` into `out`.
///
/// # Errors
/// What is wrong with the file, or with writing.
pub fn train(file: &Path, out: &Path, learning: Learning) -> Result<()> {
    let histories = Histories::read(file)?;
    let count: usize = histories.households.iter().map(|household| household.baskets.len()).sum();
    println!("{count} baskets of {} households, {} items", histories.households.len(), histories.items.len());
    if histories.mere_order {
        println!("days are mere order: popularity is taken without decay, rhythms count baskets");
    }
    let folds = Fold::all(&histories, learning);
    let weights = tune::tune(&folds, |step| println!("  {step}"));
    let mut knowledge = learn(&histories, histories.end(), learning);
    knowledge.weights = weights;
    let bytes = minicbor_serde::to_vec(&knowledge).map_err(|error| anyhow!("{error}"))?;
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let path = out.join("knowledge.cbor");
    fs::write(&path, &bytes).with_context(|| path.display().to_string())?;
    println!("{} {} bytes", path.display(), bytes.len());
    Ok(())
}
