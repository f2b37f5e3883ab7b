//! `regulars sql`: what a retailer's SQL finds in files, as JSON.

use std::fs;
use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::{Context, Result};
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
        let mut text = String::from("[");
        let mut rows = 0_usize;
        database
            .each(&format!("SELECT CAST({json} AS VARCHAR) FROM ({sql}) AS asked"), |row| {
                text.push_str(if rows == 0 { "\n" } else { ",\n" });
                text.push_str(row.text(0)?.unwrap_or("null"));
                rows += 1;
                Ok(())
            })
            .with_context(in_file)?;
        text.push_str("\n]\n");
        match &self.output {
            Some(path) => fs::write(path, text).with_context(|| path.display().to_string()),
            None => Ok(stdout().write_all(text.as_bytes())?),
        }
    }
}
