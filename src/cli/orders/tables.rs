//! Further files that a retailer's own SQL asks.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;

use super::source::plain_reader;
use crate::duckdb::{Database, identifier, text};

/// Files that SQL sees as tables.
#[derive(Args)]
pub struct Tables {
    /// A Parquet, CSV or JSON file (an array of objects) that the SQL sees as a table of this name
    #[arg(long = "table", value_name = "NAME=FILE", value_parser = super::pair)]
    pub tables: Vec<(String, String)>,
}

impl Tables {
    /// Makes the tables known to the database.
    ///
    /// # Errors
    /// The file that is missing or can't be read.
    pub fn declare(&self, database: &Database) -> Result<()> {
        for (name, file) in &self.tables {
            let reader = match file.rsplit('.').next() {
                Some("json") => format!("read_json({}, format = 'array', maximum_object_size = 67108864)", text(file)),
                _ => plain_reader(file)?.0,
            };
            database.run(&format!("CREATE VIEW {} AS SELECT * FROM {reader}", identifier(name))).with_context(|| file.clone())?;
        }
        Ok(())
    }
}

/// The query in a file: one statement, without a semicolon at its end.
pub fn query(path: &Path) -> Result<String> {
    let sql = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let sql = sql.trim().trim_end_matches(';').trim_end().to_owned();
    if sql.is_empty() {
        bail!("{}: no SQL in it", path.display());
    }
    Ok(sql)
}

/// The table `settings`, of one row.
pub fn settings(database: &Database, values: &[(&str, i64)]) -> Result<()> {
    let columns: Vec<_> = values.iter().map(|(name, value)| format!("CAST({value} AS BIGINT) AS {}", identifier(name))).collect();
    database.run(&format!("CREATE TABLE settings AS SELECT {}", columns.join(", ")))
}
