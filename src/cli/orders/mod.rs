//! The retailer's own files: orders and products in Parquet or CSV, under whatever names their columns have.

mod columns;
mod source;
mod tables;

pub use columns::{Column, Kind, ORDERS, PRODUCTS};
pub use source::Source;
pub use tables::{Tables, query, settings};

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::duckdb::{Database, Limits};

/// Where orders and products are, and how they are read.
#[derive(Args)]
pub struct Files {
    /// Orders, one row a line: a Parquet or CSV file, or a pattern such as orders/*.parquet
    #[arg(long, value_name = "FILE")]
    pub orders: String,

    /// Products, one row an item: a Parquet or CSV file
    #[arg(long, value_name = "FILE")]
    pub products: String,

    /// What a column of the orders is called, or SQL that makes it: member=customer_id, paid="net + tax".
    /// Columns: member, basket, moment, id, store, quantity, paid, price
    #[arg(long = "order-column", value_name = "COLUMN=SQL", value_parser = pair)]
    pub order_columns: Vec<(String, String)>,

    /// The same for products. Columns: id, department, category, kind, type, size, brand, manufacturer, title, title_en,
    /// title_zh
    #[arg(long = "product-column", value_name = "COLUMN=SQL", value_parser = pair)]
    pub product_columns: Vec<(String, String)>,

    /// Only products for which this SQL over the columns above holds: "department <> 'FUEL'"
    #[arg(long = "where", value_name = "SQL", default_value = "true")]
    pub condition: String,

    /// Nothing at or after this instant is read: a date (its midnight in UTC) or 2018-01-01T05:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = crate::clock::instant)]
    pub until: Option<i64>,

    /// Decimals of the currency: amounts are read in major units and kept in minor ones
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=4))]
    pub decimals: u8,
}

/// What the SQL engine may use.
#[derive(Args)]
pub struct Engine {
    /// Memory that the SQL engine may use before it spills to disk
    #[arg(long, value_name = "SIZE", default_value = "4GB")]
    pub memory: String,

    /// Threads; as many as there are processors where absent
    #[arg(long, value_name = "N")]
    pub threads: Option<u32>,

    /// Directory for what does not fit in memory
    #[arg(long, value_name = "DIRECTORY")]
    pub spill: Option<PathBuf>,
}

impl Engine {
    /// A database for this run.
    pub fn database(&self) -> Result<Database> {
        let spill = self.spill.clone().unwrap_or_else(|| std::env::temp_dir().join(format!("regulars-{}", std::process::id())));
        Database::open(&Limits { memory: &self.memory, threads: self.threads, spill: &spill })
    }
}

/// What was read.
pub struct Loaded {
    /// Lines of orders in the file.
    pub rows: i64,
    /// Lines that name no member, basket, item or time, and were left out.
    pub unnamed: i64,
    /// Lines of items that the products don't have, and were left out.
    pub unknown: i64,
    /// Products kept.
    pub products: i64,
    /// Products that occur more than once; the first by its text was kept.
    pub doubles: i64,
    /// The instant after the last line, in milliseconds since 1970.
    pub end: i64,
    /// Whether there are prices.
    pub priced: bool,
}

impl Files {
    /// Reads both files into the tables `lines` and `products`.
    pub fn load(&self, database: &Database) -> Result<Loaded> {
        let products = Source {
            file: &self.products,
            columns: PRODUCTS,
            given: &self.product_columns,
            flag: "--product-column",
            decimals: self.decimals,
        };
        products.load(database, "products_read")?;
        database
            .run(&format!(
                "CREATE TABLE products AS SELECT * EXCLUDE (copy) FROM (
                   SELECT *, row_number() OVER (PARTITION BY id ORDER BY coalesce(department, ''), coalesce(category, ''), coalesce(kind, ''), coalesce(size, ''), coalesce(title, '')) AS copy
                   FROM products_read WHERE id IS NOT NULL) AS p WHERE copy = 1 AND ({})",
                self.condition
            ))
            .map_err(|error| error.context("--where"))?;
        let doubles = "SELECT count(id) - count(DISTINCT id) FROM products_read";
        let doubles = database.one(doubles, |row| Ok(row.integer(0)?.unwrap_or(0)))?;

        let orders =
            Source { file: &self.orders, columns: ORDERS, given: &self.order_columns, flag: "--order-column", decimals: self.decimals };
        orders.load(database, "lines_read")?;
        database.run(
            "CREATE TABLE lines AS
             SELECT member, basket, moment, id, store, coalesce(quantity, 1) AS quantity, paid,
                    coalesce(price, CAST(round(CAST(paid AS DOUBLE) / nullif(coalesce(quantity, 1), 0)) AS BIGINT)) AS price
             FROM lines_read
             WHERE member IS NOT NULL AND basket IS NOT NULL AND moment IS NOT NULL AND id IS NOT NULL",
        )?;
        let sql = "SELECT (SELECT count(*) FROM lines_read), (SELECT count(*) FROM lines_read) - count(*),
                          count(*) FILTER (WHERE id NOT IN (SELECT id FROM products)), (SELECT count(*) FROM products),
                          coalesce(max(moment) + 1, 0), count(price) FROM lines";
        let whole = |value: Option<i64>| value.unwrap_or(0);
        let loaded = database.one(sql, |row| {
            Ok(Loaded {
                rows: whole(row.integer(0)?),
                unnamed: whole(row.integer(1)?),
                unknown: whole(row.integer(2)?),
                products: whole(row.integer(3)?),
                doubles,
                end: whole(row.integer(4)?),
                priced: row.integer(5)? > Some(0),
            })
        })?;
        database.run("DROP TABLE products_read; DROP TABLE lines_read")?;
        Ok(loaded)
    }
}

/// `NAME=VALUE`, each trimmed.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, sql)) if !name.trim().is_empty() && !sql.trim().is_empty() => Ok((name.trim().into(), sql.trim().into())),
        _ => Err("write it as NAME=VALUE, such as member=customer_id".into()),
    }
}
