//! `regulars evaluate`: lists for many households, by the engine that runs on the device, and how good they are.

mod beyond;
mod cases;
mod figures;
mod lists;
pub mod metrics;
mod model;
#[cfg(feature = "train")]
mod orders;
#[cfg(feature = "train")]
mod page;
#[cfg(feature = "train")]
mod plots;
mod policies;
mod study;
mod tasks;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use regulars::domain::{Catalog, Item, Terms};
use regulars::recommend::{Request, Scratch, Strategy};

use crate::baskets::learn::DAY;
use crate::baskets::{Histories, Id, predict};
use cases::Case;
use figures::{Compared, Figures};
use metrics::{Quality, quality};
use model::Model;
use study::Study;

/// Predict what households buy next, and measure how well
///
/// Reads baskets as JSON, {household: [[day, [item, ...]], ...]}, or orders in Parquet or CSV, and writes lists,
/// {household: [item, ...]}, best first, made by the same code that runs on the device from what `regulars train` learned. Days
/// may be mere order. Nothing is learned here: households and items that the model does not know are predicted from their own
/// history. With --report or --json each strategy is measured apart.
///
///   regulars train --baskets history.json --output model
///   regulars evaluate --model model --histories history.json --targets test.json --predictions lists.json
///   regulars evaluate --model model --histories all.json --cutoff 334 --report page.html --json figures.json
///   regulars evaluate --logs events.jsonl --slot hero     what other policies would have brought, from logged propensities
///   regulars evaluate --simulate 1000                     how often these estimates cover a known truth
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Evaluate {
    /// Directory with knowledge.cbor
    #[arg(long, value_name = "DIRECTORY", required_unless_present_any = ["logs", "simulate"])]
    model: Option<PathBuf>,

    /// Baskets of each household up to the one to be predicted; with --cutoff or --last all of them
    #[arg(long, value_name = "FILE", required_unless_present_any = ["logs", "simulate"])]
    histories: Option<PathBuf>,

    /// What each household bought next, {household: [day, [item, ...]]}: lists are made for that day and measured
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cutoff", "last"])]
    targets: Option<PathBuf>,

    /// What is to be found is the first basket of each household from this day on: the number of a day as the baskets have it, or a
    /// date. Nothing that the model learned from may be later
    #[arg(long, value_name = "DAY")]
    cutoff: Option<String>,

    /// What is to be found is the last basket of each household
    #[arg(long, conflicts_with = "cutoff")]
    last: bool,

    /// Brands of items as JSON, {item: brand}
    #[arg(long, value_name = "FILE")]
    brands: Option<PathBuf>,

    /// The brand that is the retailer's own, which rules may favour
    #[arg(long, value_name = "BRAND", requires = "brands")]
    own_brand: Option<String>,

    /// Where to write the lists
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,

    /// for-you, next-basket, buy-again, discover (measured by what was never bought before), ...
    #[arg(long, value_name = "NAME", default_value = "next-basket")]
    strategy: String,

    /// Items in each list
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// Where to write the page: each strategy apart, by history length, coverage, calibration, what weights give and take
    #[cfg(feature = "train")]
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,

    /// Language of the page
    #[cfg(feature = "train")]
    #[arg(long, value_enum, default_value_t, value_name = "LOCALE")]
    locale: crate::report::language::Language,

    /// Where to write these figures
    #[arg(long, value_name = "FILE.json")]
    json: Option<PathBuf>,

    /// Where to write how good the lists of --strategy are, and what they gain
    #[arg(long, value_name = "FILE.json")]
    measures: Option<PathBuf>,

    /// Where to write a snapshot of the model's items, as a page loads it
    #[arg(long, value_name = "FILE.json")]
    snapshot: Option<PathBuf>,

    /// Where to write the scores of the lists, each as the 64 bits of the double
    #[arg(long, value_name = "FILE.json")]
    scores: Option<PathBuf>,

    #[command(flatten)]
    policies: policies::Logs,
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
        let (Some(directory), Some(histories)) = (&self.model, &self.histories) else { return self.policies.run() };
        let model = Model::read(directory, self.brands.as_deref())?;
        if let Some(path) = &self.snapshot {
            fs::write(path, model.snapshot()?).with_context(|| path.display().to_string())?;
        }
        let (histories, targets) = self.split(read_histories(histories)?)?;
        let places: Vec<Option<Item>> = histories.items.iter().map(|id| model.catalog.find(&id.text())).collect();
        let cases: Vec<Option<Case>> = histories
            .households
            .iter()
            .map(|household| {
                let (day, wanted) = targets.as_ref()?.get(&household.key)?;
                Some(Case::of(household, &histories, &model.catalog, &places, *day, wanted))
            })
            .collect();
        self.predict(&model, &histories, targets.is_some(), &places, &cases, strategy)?;
        let cases: Vec<Case> = cases.into_iter().flatten().collect();
        self.report(&model, &cases)
    }

    /// What is known of each household, and what is to be found.
    fn split(&self, histories: Histories) -> Result<(Histories, Option<Targets>)> {
        if self.last {
            let (histories, targets) = cases::split_last(&histories);
            return Ok((histories, Some(targets)));
        }
        if let Some(cutoff) = &self.cutoff {
            let day = match cutoff.parse::<i64>() {
                Ok(day) => day,
                Err(_) => crate::clock::instant(cutoff).map_err(|error| anyhow::anyhow!("--cutoff {cutoff}: {error}"))?.div_euclid(DAY),
            };
            let (histories, targets) = cases::split(&histories, day);
            return Ok((histories, Some(targets)));
        }
        Ok((histories, self.targets.as_deref().map(read_targets).transpose()?))
    }

    fn predict(
        &self,
        model: &Model,
        histories: &Histories,
        measured: bool,
        places: &[Option<Item>],
        cases: &[Option<Case>],
        strategy: Strategy,
    ) -> Result<()> {
        let ids = written_ids(&model.catalog, histories);
        let mut scratch = Scratch::default();
        let mut lists: BTreeMap<&str, Vec<&Id>> = BTreeMap::new();
        let mut scores: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let (name, simple) = study::simple(&model.knowledge, strategy);
        let mut qualities: [Vec<Quality>; 2] = [Vec::new(), Vec::new()];
        let bar = ProgressBar::new(histories.households.len() as u64);
        for (household, case) in bar.wrap_iter(histories.households.iter().zip(cases)) {
            if measured && case.is_none() {
                continue;
            }
            let until = model.knowledge.until.div_euclid(DAY);
            let day = case.as_ref().map_or_else(|| predict::day_of_list(household, until, histories.mere_order), |case| case.day);
            let signals = cases::signals_of(household, places);
            let request = Request::new(strategy, self.limit, day * DAY);
            let list = regulars::recommend::recommend(&model.catalog, &model.knowledge, &signals, &request, &mut scratch).items;
            let wanted = case.as_ref().map(|case| if strategy == Strategy::Discover { &case.new } else { &case.wanted });
            if let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) {
                let other = regulars::recommend::recommend(&model.catalog, &simple, &signals, &request, &mut scratch).items;
                for (qualities, list) in qualities.iter_mut().zip([&list, &other]) {
                    qualities.push(quality(&list.iter().map(|found| found.item.0).collect::<Vec<_>>(), wanted));
                }
            }
            scores.insert(&household.key, list.iter().map(|found| format!("{:016x}", found.score.to_bits())).collect());
            lists.insert(&household.key, list.iter().map(|found| &ids[found.item.index()]).collect());
        }
        bar.finish_and_clear();
        if let Some(path) = &self.predictions {
            fs::write(path, serde_json::to_string(&lists)?).with_context(|| path.display().to_string())?;
            println!("{} lists in {}", lists.len(), path.display());
        }
        if let Some(path) = &self.scores {
            fs::write(path, serde_json::to_string(&scores)?).with_context(|| path.display().to_string())?;
        }
        if measured {
            let compared = Compared::of(self.strategy.clone(), name, &qualities);
            println!("{compared}");
            if let Some(path) = &self.measures {
                fs::write(path, serde_json::to_string_pretty(&compared)? + "\n").with_context(|| path.display().to_string())?;
            }
        }
        Ok(())
    }

    /// Measures each strategy apart, where that is asked for.
    fn report(&self, model: &Model, cases: &[Case]) -> Result<()> {
        #[cfg(feature = "train")]
        let page = self.report.as_ref();
        #[cfg(not(feature = "train"))]
        let page: Option<&PathBuf> = None;
        if page.is_none() && self.json.is_none() {
            return Ok(());
        }
        if cases.is_empty() {
            bail!("nothing to be found: name --targets, --cutoff or --last");
        }
        let figures = figures_of(model, cases, self.own_brand.as_deref());
        for strategy in &figures.strategies {
            println!("{} ({} lists)", strategy.strategy, strategy.cases);
            for system in &strategy.systems {
                let told: Vec<String> = system.measures.iter().map(|(name, mean)| format!("{name} {mean}")).collect();
                let beaten = system.beaten_by.map_or(String::new(), |by| format!("; beaten by {by}"));
                println!("  {:<22} {}{beaten}", system.name, told.join("  "));
            }
        }
        if let Some(path) = &self.json {
            fs::write(path, serde_json::to_string_pretty(&figures)? + "\n").with_context(|| path.display().to_string())?;
        }
        #[cfg(feature = "train")]
        if let Some(path) = page {
            fs::write(path, page::page(&figures, self.locale)).with_context(|| path.display().to_string())?;
            println!("{}", path.display());
        }
        Ok(())
    }
}

fn figures_of(model: &Model, cases: &[Case], own_brand: Option<&str>) -> Figures {
    let Model { catalog, knowledge, .. } = model;
    let mut study = Study::new(catalog, knowledge, cases);
    let (strategies, not_measured) = study.strategies();
    let cold_start = study.cold_start();
    let trend = study.trend();
    let by_history = strategies.first().map(|next_basket| study.by_history(next_basket)).unwrap_or_default();
    study.done();
    let (lists, shown) = beyond::lists(catalog, knowledge, cases);
    let own = own_brand
        .and_then(|name| (0_u32..).map_while(|term| Some((term, catalog.terms.name(term)?))).filter(|(_, known)| *known == name).last());
    let mut bought = vec![0.0; catalog.len()];
    cases.iter().flat_map(|case| &case.wanted).for_each(|item| bought.get_mut(*item as usize).into_iter().for_each(|count| *count += 1.0));
    let of_items = self::lists::brands(catalog, |_| 1.0);
    let of_bought = self::lists::brands(catalog, |item| bought[item.index()]);
    Figures {
        households: cases.len(),
        items: catalog.len(),
        ranker_bytes: model.ranker_bytes(),
        strategies,
        not_measured,
        trend,
        by_history,
        cold_start,
        lists,
        brands: of_items.into_iter().zip(of_bought).map(|((name, items), (_, bought))| (name, items, bought)).collect(),
        shown,
        calibration: beyond::calibration(catalog, knowledge, cases),
        stability: beyond::stability(catalog, knowledge, cases),
        rails: beyond::rails(catalog, knowledge, cases),
        trades: beyond::trades(catalog, knowledge, cases, own.map(|(term, _)| term).filter(|term| *term != Terms::NONE)),
    }
}

/// Baskets as JSON, or orders as tables.
fn read_histories(path: &Path) -> Result<Histories> {
    if path.extension().is_some_and(|extension| extension == "json") {
        return Histories::read(path);
    }
    #[cfg(feature = "train")]
    return orders::read(path);
    #[cfg(not(feature = "train"))]
    bail!("{}: this build reads baskets as JSON only", path.display());
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
