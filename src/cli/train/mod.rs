//! `regulars train`: from orders and products to the catalog's items and the shared knowledge.

mod items;
mod knowledge;
mod ranker;
mod steps;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use regulars::snapshot::wire::knowledge::KnowledgeWire;

use crate::baskets::learn::Learning;
use crate::duckdb::Database;
use crate::orders::{Engine, Files, Loaded};
use words::Words;

/// Learn from orders: popularity, what goes with what, how often things are bought again
///
/// Reads orders and products from Parquet or CSV and writes items.json (the catalog's items, with titles and present
/// prices) and knowledge.cbor, both for `regulars pack`. Names of columns default to those of The Complete Journey
/// (transactions.parquet, products.parquet); other retailers say theirs:
///
///   regulars train --orders lines.csv --products items.csv -o trained \
///     --order-column member=customer --order-column moment=ordered_at --order-column paid=amount \
///     --product-column category=class --product-column title_en=name
///
/// From baskets alone, {household: [[day, [item, ...]], ...]}, where days may be mere order, it learns knowledge.cbor,
/// tunes the weights of recommendations on the last baskets, and needs nothing else:
///
///   regulars train --baskets history.json --output model
///
/// The work is SQL on embedded DuckDB (the .sql files in src/cli/train/sql run on Spark unchanged). The same input gives
/// the same bytes.
#[derive(Args)]
#[command(verbatim_doc_comment, mut_args(instead_of_baskets))]
pub struct Train {
    /// Baskets as JSON, instead of orders and products
    #[arg(long, value_name = "FILE")]
    baskets: Option<PathBuf>,

    #[command(flatten)]
    files: Files,

    #[command(flatten)]
    learned: crate::baskets::Options,

    #[command(flatten)]
    engine: Engine,

    /// Only items that at least this many members bought
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_households: u32,

    /// Neighbours kept for each item, in each list
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    neighbours: u32,

    /// Days after which a basket counts half in popularity
    #[arg(long, value_name = "DAYS", default_value_t = 30.0)]
    half_life: f64,

    /// CSV with the words titles are made from, in each language (see demo/words.csv)
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,

    /// Weights and rankers of an earlier training from orders, its ranker.cbor, instead of learning them anew
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ranker", "baskets"])]
    ranker_of: Option<PathBuf>,

    /// Directory to write items.json and knowledge.cbor into; with --ranker also ranker.cbor
    #[arg(short, long, value_name = "DIRECTORY")]
    output: PathBuf,
}

/// Orders and products are needed where there are no baskets.
fn instead_of_baskets(file: clap::Arg) -> clap::Arg {
    if !matches!(file.get_id().as_str(), "orders" | "products") {
        return file;
    }
    file.required(false).required_unless_present("baskets").default_value_if("baskets", clap::builder::ArgPredicate::IsPresent, "")
}

impl Train {
    /// Runs the command.
    ///
    /// # Errors
    /// What is wrong with the input, by file and column.
    pub fn run(self) -> Result<()> {
        if !(self.half_life > 0.0 && self.half_life.is_finite()) {
            bail!("--half-life {}: a number of days above 0 is needed", self.half_life);
        }
        if let Some(baskets) = &self.baskets {
            return crate::baskets::train(baskets, &self.output, self.learning(), &self.learned);
        }
        let earlier = self.ranker_of.as_deref().map(|path| ranker::read(path).with_context(|| path.display().to_string())).transpose()?;
        let database = self.engine.database()?;
        let words = self.words.as_deref().map_or_else(|| Ok(Words::default()), |path| Words::read(&database, path))?;
        let progress = steps::Progress::new();
        let loaded = progress.step("reading orders and products", || self.files.load(&database))?;
        let until = self.files.until.unwrap_or(loaded.end);
        check(&self.files, &loaded)?;
        database.run(&format!(
            "CREATE TABLE settings AS SELECT CAST({until} AS BIGINT) AS until, CAST(86400000 AS BIGINT) AS day, CAST({} AS BIGINT) AS min_buyers,
             CAST({} AS BIGINT) AS neighbours, CAST({:?} AS DOUBLE) AS half_life",
            self.min_households, self.neighbours, self.half_life
        ))?;
        for (what, sql) in steps::STEPS {
            progress.step(what, || database.run(sql)).with_context(|| format!("while {what}"))?;
        }
        let items = progress.step("writing items.json", || items::json(&database, &words))?;
        let mut knowledge = progress.step("writing knowledge.cbor", || knowledge::read(&database, until))?;
        let took = progress.finish();
        fs::create_dir_all(&self.output).with_context(|| self.output.display().to_string())?;
        if self.learned.rank_orders() {
            ranker::add(&mut knowledge, &database, self.learning(), &self.learned, &self.output)?;
            write(&self.output.join(ranker::FILE), &cbor(&ranker::alone(&knowledge))?)?;
        }
        if let Some(earlier) = earlier {
            ranker::take_over(&mut knowledge, &database, self.learning(), earlier)?;
        }
        let knowledge = cbor(&knowledge)?;
        write(&self.output.join("items.json"), &items.text)?;
        write(&self.output.join("knowledge.cbor"), &knowledge)?;
        self.report(&database, &loaded, &items, knowledge.len(), took)
    }

    fn learning(&self) -> Learning {
        Learning { half_life: self.half_life, neighbours: self.neighbours as usize, companions: self.neighbours as usize }
    }

    /// Says what was learned from what, and what was left out.
    fn report(&self, database: &Database, loaded: &Loaded, items: &items::Items, bytes: usize, took: Duration) -> Result<()> {
        let sql = "SELECT (SELECT count(*) FROM sold), (SELECT count(*) FROM baskets), (SELECT count(DISTINCT member) FROM baskets),
                          (SELECT count(*) FROM items), (SELECT count(*) FROM rhythm WHERE days > 0),
                          (SELECT count(DISTINCT i) FROM bought_together), (SELECT count(DISTINCT i) FROM in_sequence),
                          (SELECT count(DISTINCT i) FROM similar_items)";
        let counts: Vec<i64> = database.one(sql, |row| (0..8).map(|column| Ok(row.integer(column)?.unwrap_or(0))).collect())?;
        let [lines, baskets, members, kept, rhythm, together, sequence, similar] = counts[..] else { bail!("counts are missing") };
        println!("{} lines read, {lines} used: {baskets} baskets of {members} members", loaded.rows);
        for (count, what) in [
            (loaded.unnamed, "lines left out: no member, basket, item or time"),
            (loaded.unknown, "lines left out: of no product that is kept"),
            (loaded.doubles, "products left out: their id occurs twice"),
            (items.unpriced, "items left out of items.json: no price above 0"),
        ] {
            if count > 0 {
                println!("  {count} {what}");
            }
        }
        println!("{kept} of {} products bought by at least {} members", loaded.products, self.min_households);
        println!(
            "  {together} with items bought together, {sequence} with items bought next, {similar} with similar items, {rhythm} with a rhythm"
        );
        let out = self.output.display();
        println!("{out}/items.json {} bytes, {out}/knowledge.cbor {bytes} bytes, {:.1} s", items.text.len(), took.as_secs_f64());
        if let Some(warning) = smallness(baskets, members, together) {
            eprintln!("warning: {warning}");
        }
        Ok(())
    }
}

fn check(files: &Files, loaded: &Loaded) -> Result<()> {
    if loaded.rows == 0 {
        bail!("{}: no lines", files.orders);
    }
    if loaded.products == 0 {
        bail!("{}: no products (--where {:?})", files.products, files.condition);
    }
    if loaded.unknown + loaded.unnamed >= loaded.rows {
        bail!("{}: none of its {} lines names an item that {} has: do both write ids alike?", files.orders, loaded.rows, files.products);
    }
    if !loaded.priced {
        bail!("{}: no prices: name the column, --order-column price=... (one piece) or --order-column paid=... (the line)", files.orders);
    }
    Ok(())
}

/// What data this small can't tell.
fn smallness(baskets: i64, members: i64, together: i64) -> Option<String> {
    if baskets == 0 {
        return Some("no basket is before --until: nothing was learned".into());
    }
    (members < 100 || baskets < 2000).then(|| {
        format!(
            "{baskets} baskets of {members} members are few: pairs count from 3 baskets on, so {together} items have neighbours at all, and trends \
             and rhythms are drawn to zero. Popularity holds; expect little of the rest below about 2000 baskets of 100 members."
        )
    })
}

fn cbor(knowledge: &KnowledgeWire) -> Result<Vec<u8>> {
    minicbor_serde::to_vec(knowledge).map_err(|error| anyhow!("{error}"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::{Train, smallness};

    #[derive(clap::Parser)]
    struct Alone {
        #[command(flatten)]
        train: Train,
    }

    #[test]
    fn baskets_need_no_orders_and_orders_need_products() {
        let parse = |flags: &[&str]| Alone::try_parse_from(["train", "--output", "o"].iter().chain(flags));
        assert!(parse(&["--baskets", "b.json"]).is_ok_and(|alone| alone.train.baskets.is_some()));
        assert!(parse(&["--orders", "o.csv"]).is_err());
        assert!(parse(&["--orders", "o.csv", "--products", "p.csv"]).is_ok_and(|alone| alone.train.files.orders == "o.csv"));
    }

    #[test]
    fn small_data_is_called_small() {
        assert_eq!(smallness(130_520, 2_469, 11_763), None);
        assert!(smallness(12, 3, 0).unwrap().contains("12 baskets of 3 members are few"));
        assert!(smallness(0, 0, 0).unwrap().contains("--until"));
    }
}
