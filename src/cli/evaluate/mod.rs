//! `regulars evaluate`: lists for many households, by the engine that runs on the device, and how good they are.

pub mod metrics;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use indicatif::ProgressBar;
use regulars::domain::{Catalog, Item, from_cbor, from_value};
use regulars::recommend::{Knowledge, Scratch, Strategy};
use regulars::snapshot::compile::knowledge::aligned;
use regulars::snapshot::wire::knowledge::KnowledgeWire;

use crate::baskets::details::{Classes, Details};
use crate::baskets::learn::DAY;
use crate::baskets::{Histories, Household, Id, predict};
use metrics::{Mean, Quality, quality};

/// Predict what households buy next, and measure how well
///
/// Reads baskets as JSON, {household: [[day, [item, ...]], ...]}, and writes lists, {household: [item, ...]}, best first,
/// made by the same code that runs on the device from what `regulars train` learned. Days may be mere order. Nothing is
/// learned here: households and items that the model does not know are predicted from their own history.
///
///   regulars train --baskets history.json --output model
///   regulars evaluate --model model --histories history.json --targets test.json --predictions lists.json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Evaluate {
    /// Directory with knowledge.cbor
    #[arg(long, value_name = "DIRECTORY")]
    model: PathBuf,

    /// Baskets of each household up to the one to be predicted
    #[arg(long, value_name = "FILE")]
    histories: PathBuf,

    /// What each household bought next, {household: [day, [item, ...]]}: lists are made for that day and measured
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,

    /// Where to write the lists
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,

    /// for-you, next-basket, buy-again, discover (measured by what was never bought before), ...
    #[arg(long, value_name = "NAME", default_value = "next-basket")]
    strategy: String,

    /// Items in each list
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

type Targets = BTreeMap<String, (i64, Vec<Id>)>;

impl Evaluate {
    /// Runs the command.
    ///
    /// # Errors
    /// What is wrong with the input, by file.
    pub fn run(self) -> Result<()> {
        let Some(strategy) = Strategy::named(&self.strategy) else {
            let names: Vec<_> = Strategy::ALL.iter().map(|(name, _)| *name).collect();
            bail!("--strategy {}: no such strategy; there are {}", self.strategy, names.join(", "));
        };
        let (catalog, knowledge) = read_model(&self.model)?;
        let histories = Histories::read(&self.histories)?;
        let targets = self.targets.as_deref().map(read_targets).transpose()?;
        let places: Vec<Option<Item>> = histories.items.iter().map(|id| catalog.find(&id.text())).collect();
        let ids = written_ids(&catalog, &histories);
        let mut scratch = Scratch::default();
        let mut lists: BTreeMap<&str, Vec<&Id>> = BTreeMap::new();
        let mut qualities = Vec::new();
        let bar = ProgressBar::new(histories.households.len() as u64);
        for household in bar.wrap_iter(histories.households.iter()) {
            let target = targets.as_ref().map(|targets| targets.get(&household.key));
            let target = match target {
                Some(None) => continue,
                Some(Some(target)) => Some(target),
                None => None,
            };
            let until = knowledge.until.div_euclid(DAY);
            let day = target.map_or_else(|| predict::day_of_list(household, until, histories.mere_order), |(day, _)| *day);
            let signals = predict::signals_of(&household.baskets, |item| places[item as usize]);
            let list = predict::predict(&catalog, &knowledge, &signals, strategy, day, self.limit, &mut scratch);
            if let Some((_, wanted)) = target {
                qualities.extend(measured(&list, wanted, household, &histories, &catalog, strategy));
            }
            lists.insert(&household.key, list.iter().map(|item| &ids[item.index()]).collect());
        }
        bar.finish_and_clear();
        if let Some(path) = &self.predictions {
            fs::write(path, serde_json::to_string(&lists)?).with_context(|| path.display().to_string())?;
            println!("{} lists in {}", lists.len(), path.display());
        }
        if targets.is_some() {
            report(&qualities);
        }
        Ok(())
    }
}

/// The quality of a list; nothing where the household bought nothing that counts.
fn measured(
    list: &[Item],
    wanted: &[Id],
    household: &Household,
    histories: &Histories,
    catalog: &Catalog,
    strategy: Strategy,
) -> Option<Quality> {
    // Items that the catalog lacks can't be found; they count as wanted all the same.
    let mut missing = u32::try_from(catalog.len()).ok()?;
    let mut place = |id: &Id| {
        catalog.find(&id.text()).map_or_else(
            || {
                missing += 1;
                missing
            },
            |item| item.0,
        )
    };
    let bought = |id: &Id| {
        let known = histories.items.binary_search_by(|known| known.text().cmp(&id.text())).ok().and_then(|place| u32::try_from(place).ok());
        known.is_some_and(|item| household.baskets.iter().any(|(_, basket)| basket.binary_search(&item).is_ok()))
    };
    let mut wanted: Vec<u32> = wanted.iter().filter(|id| strategy != Strategy::Discover || !bought(id)).map(&mut place).collect();
    wanted.sort_unstable();
    wanted.dedup();
    (!wanted.is_empty()).then(|| quality(&list.iter().map(|item| item.0).collect::<Vec<_>>(), &wanted))
}

fn report(qualities: &[Quality]) {
    println!("{} households", qualities.len());
    type Measure = fn(&Quality) -> f64;
    let columns: [(&str, Measure); 4] = [
        ("recall@10", |quality| quality.recall_at_10),
        ("nDCG@10", |quality| quality.ndcg_at_10),
        ("PHR@10", |quality| quality.hit_at_10),
        ("recall@20", |quality| quality.recall_at_20),
    ];
    for (name, column) in columns {
        println!("  {name:<10} {}", Mean::of(qualities.iter().map(column)));
    }
}

fn read_model(directory: &Path) -> Result<(Catalog, Knowledge)> {
    let path = directory.join("knowledge.cbor");
    let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
    let document = from_cbor(&bytes).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    let wire: KnowledgeWire = from_value(&document).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    let catalog = classes(directory)?.catalog(&wire.items);
    let knowledge = aligned(&wire, &catalog).map_err(|error| anyhow!("{}: {} {}", path.display(), error.path(), error.message()))?;
    Ok((catalog, knowledge))
}

/// The classes of items that the model was trained with.
fn classes(directory: &Path) -> Result<Details> {
    let path = directory.join("classes.json");
    if !path.exists() {
        return Ok(Details::default());
    }
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let items: BTreeMap<String, Classes> = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    Ok(Details { items, ..Details::default() })
}

fn read_targets(path: &Path) -> Result<Targets> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| format!("{}: wanted {{household: [day, [item, ...]]}}", path.display()))
}

/// The ids of the catalog, written as the histories write theirs: items that the histories lack as numbers where all of
/// those are.
fn written_ids(catalog: &Catalog, histories: &Histories) -> Vec<Id> {
    let numbers = histories.items.iter().all(|id| matches!(id, Id::Number(_)));
    let written = |id: &str| match histories.items.binary_search_by(|known| known.text().as_str().cmp(id)) {
        Ok(place) => histories.items[place].clone(),
        Err(_) => id.parse().ok().filter(|_| numbers).map_or_else(|| Id::Text(id.into()), Id::Number),
    };
    catalog.items.ids.iter().map(written).collect()
}
