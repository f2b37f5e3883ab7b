//! `regulars sql`: what a retailer's SQL finds in files, as JSON.

use std::fs;
use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::clock;
use crate::orders::{Engine, Tables, query, settings};

/// Ask Parquet and CSV files with SQL, and write the rows as a JSON array
///
/// For what `regulars pack` takes and a retailer has in tables: offers from a coupon table, items from a product table.
/// Each row is an object; a column called `json` alone is taken as it is.
///
///   regulars sql offers.sql --table coupons=coupons.parquet --until 2018-01-01 -o offers.json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Sql {
    /// A file with one statement
    file: PathBuf,

    #[command(flatten)]
    tables: Tables,

    /// The SQL sees it as `until` of the table `settings`: a date, or 2018-01-01T05:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = clock::instant, default_value = "9999-01-01")]
    until: i64,

    /// Write the only row by itself, not an array
    #[arg(long)]
    one: bool,

    /// Where to write; the standard output where absent
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    engine: Engine,
}

impl Sql {
    /// Runs the command.
    ///
    /// # Errors
    /// What is wrong with a file or with the SQL.
    pub fn run(self) -> Result<()> {
        let database = self.engine.database()?;
        settings(&database, &[("until", self.until)])?;
        self.tables.declare(&database)?;
        let sql = query(&self.file)?;
        let in_file = || self.file.display().to_string();
        let describe = format!("SELECT column_name FROM (DESCRIBE {sql})");
        let names = database.all(&describe, |row| Ok(row.text(0)?.unwrap_or_default().to_owned())).with_context(in_file)?;
        let json = if names == ["json"] { "json" } else { "to_json(asked)" };
        let rows = database
            .all(&format!("SELECT CAST({json} AS VARCHAR) FROM ({sql}) AS asked"), |row| Ok(row.text(0)?.unwrap_or("null").to_owned()))
            .with_context(in_file)?;
        let text = match rows.as_slice() {
            [row] if self.one => format!("{row}\n"),
            rows if self.one => bail!("{}: {} rows, and --one needs one", self.file.display(), rows.len()),
            rows => format!("[\n{}\n]\n", rows.join(",\n")),
        };
        match &self.output {
            Some(path) => fs::write(path, text).with_context(|| path.display().to_string()),
            None => Ok(stdout().write_all(text.as_bytes())?),
        }
    }
}
