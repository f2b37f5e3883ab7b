//! `regulars report`: what experiments did, from files of events.

pub mod analysis;
mod events;
pub mod figures;
pub mod language;
mod measures;
mod page;
pub mod plots;
mod simulation;

use std::fs;
use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::orders::Engine;
use analysis::Plan;
use events::EventFiles;
use language::Language;

/// What experiments did: sample ratio, effects with intervals, guardrails, segments; as JSON and as one HTML page
///
/// Reads events as devices send them (JSON lines, one event or one batch a line), or tables of events (CSV, Parquet): who,
/// when, which type, and for exposures which experiment and arm. A unit counts from its first exposure on, in the arm of
/// that exposure; units seen in several arms are left out and counted.
///
///   regulars report events/*.jsonl --segment channel=channel -o report.html --json report.json
///   regulars report --sample events.jsonl            writes events of a simulated experiment with known effects
///   regulars report --simulate 1000                  how often intervals cover the truth, over so many experiments
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Report {
    #[command(flatten)]
    files: EventFiles,

    #[command(flatten)]
    plan: Plan,

    /// Only this experiment; all that have exposures where absent
    #[arg(long, value_name = "KEY")]
    experiment: Option<String>,

    /// Where to write the page
    #[arg(short, long, value_name = "FILE.html")]
    output: Option<PathBuf>,

    /// Where to write the figures as JSON; the standard output where neither this nor --output is given
    #[arg(long, value_name = "FILE.json")]
    json: Option<PathBuf>,

    /// Title of the page; `Experiments` or `实验报告` by default
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// Language of the page
    #[arg(long, value_enum, default_value_t, value_name = "LOCALE")]
    locale: Language,

    /// Writes events of one simulated experiment with known effects, and does nothing else
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["files", "simulate"])]
    sample: Option<PathBuf>,

    /// Prints how often intervals cover a known truth and how often tests alarm without an effect, over so many simulated
    /// experiments, and does nothing else
    #[arg(long, value_name = "N", conflicts_with = "files")]
    simulate: Option<u32>,

    /// Decides what is simulated
    #[arg(long, value_name = "N", default_value_t = 2026)]
    seed: u64,

    #[command(flatten)]
    engine: Engine,
}

impl Report {
    /// Runs the command.
    ///
    /// # Errors
    /// What is wrong with a file, by its column.
    pub fn run(self) -> Result<()> {
        if let Some(path) = &self.sample {
            return fs::write(path, simulation::sample(self.seed)).with_context(|| path.display().to_string());
        }
        if let Some(count) = self.simulate {
            return Ok(writeln!(stdout(), "{}", simulation::coverage(count, self.seed, &self.plan))?);
        }
        if self.files.is_empty() {
            bail!("name at least one file of events");
        }
        let database = self.engine.database()?;
        let units = self.files.units(&database, &self.plan, self.experiment.as_deref())?;
        if units.experiments.is_empty() {
            bail!("no exposure in these files: events of type `exposure` with `experiment` and `variation` are needed");
        }
        let report = analysis::analyse(&units, &self.plan);
        let text = || serde_json::to_string_pretty(&report).map(|text| text + "\n");
        match &self.json {
            Some(path) => fs::write(path, text()?).with_context(|| path.display().to_string())?,
            None if self.output.is_none() => stdout().write_all(text()?.as_bytes())?,
            None => {}
        }
        if let Some(path) = &self.output {
            fs::write(path, page::page(&report, self.title.as_deref().unwrap_or(self.locale.of("Experiments", "实验报告")), self.locale))
                .with_context(|| path.display().to_string())?;
        }
        Ok(())
    }
}
