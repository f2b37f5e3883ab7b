//! One input file: its columns found, checked and read into a table.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::{Column, Kind};
use crate::duckdb::{Database, identifier, text};

/// A file, and how its columns are called.
pub struct Source<'a> {
    /// A path, or a pattern.
    pub file: &'a str,
    /// What is read.
    pub columns: &'static [Column],
    /// What the flags say: a column's name and SQL.
    pub given: &'a [(String, String)],
    /// The flag, for messages.
    pub flag: &'static str,
    /// Decimals of the currency.
    pub decimals: u8,
}

/// A column found in the file.
struct Found {
    column: &'static Column,
    /// SQL over the file's columns; nothing where the file has no such thing.
    sql: Option<String>,
    /// Its type there.
    kind: String,
}

impl Source<'_> {
    /// Reads the file into a new table with one column for each of [`Source::columns`]; what the file lacks is NULL.
    ///
    /// # Errors
    /// The file, the column and what is wrong with it.
    pub fn load(&self, database: &Database, table: &str) -> Result<()> {
        if let Some((name, _)) = self.given.iter().find(|(name, _)| self.columns.iter().all(|column| column.name != name)) {
            let known: Vec<_> = self.columns.iter().map(|column| column.name).collect();
            bail!("{} {name}: no such column; there are {}", self.flag, known.join(", "));
        }
        let (reader, names) = self.reader(database)?;
        let found = self.columns.iter().map(|column| self.find(database, &reader, &names, column)).collect::<Result<Vec<_>>>()?;
        for column in &found {
            self.check(database, &reader, column)?;
        }
        let values: Vec<_> = found.iter().map(|found| format!("{} AS {}", self.value(found), identifier(found.column.name))).collect();
        database.run(&format!("CREATE TABLE {table} AS SELECT {} FROM {reader}", values.join(", "))).with_context(|| self.file.to_owned())
    }

    /// The function that reads the file, and the names of the file's columns.
    fn reader(&self, database: &Database) -> Result<(String, Vec<String>)> {
        let (plain, csv) = plain_reader(self.file)?;
        let describe = format!("SELECT column_name FROM (DESCRIBE SELECT * FROM {plain})");
        let names = database.all(&describe, |row| Ok(row.text(0)?.unwrap_or_default().to_owned())).with_context(|| self.file.to_owned())?;
        if !csv {
            return Ok((plain, names));
        }
        // Ids that look like numbers keep their zeros: what is wanted as text is not guessed.
        let texts = self.columns.iter().filter(|column| column.kind == Kind::Text).flat_map(|column| self.candidates(column));
        let mut texts: Vec<_> = texts
            .filter(|sql| names.iter().any(|name| name.eq_ignore_ascii_case(sql)))
            .map(|name| format!("{}: 'VARCHAR'", text(name)))
            .collect();
        texts.sort();
        texts.dedup();
        let reader = if texts.is_empty() {
            plain
        } else {
            format!("read_csv({}, sample_size = -1, types = {{{}}})", text(self.file), texts.join(", "))
        };
        Ok((reader, names))
    }

    /// What may be the column: what the flag says, or else the default and then the column's own name.
    fn candidates<'b>(&'b self, column: &'b Column) -> Vec<&'b str> {
        let given = self.given.iter().rev().find(|(name, _)| name == column.name);
        given.map_or_else(|| vec![column.default, column.name], |(_, sql)| vec![sql.as_str()])
    }

    fn find(&self, database: &Database, reader: &str, names: &[String], column: &'static Column) -> Result<Found> {
        let mut reason = None;
        for sql in self.candidates(column) {
            let exact = names.iter().find(|name| name.as_str() == sql);
            let sql = exact.map_or_else(|| format!("({sql})"), |name| identifier(name));
            let described = database.all(&format!("SELECT column_type FROM (DESCRIBE SELECT {sql} AS value FROM {reader})"), |row| {
                Ok(row.text(0)?.unwrap_or_default().to_owned())
            });
            match described {
                Ok(kind) => return Ok(Found { column, sql: Some(sql), kind: kind.concat() }),
                Err(error) => reason = reason.or(Some(error)),
            }
        }
        let is_given = self.given.iter().any(|(name, _)| name == column.name);
        if column.required || is_given {
            let first = reason.map(|error| error.to_string()).unwrap_or_default();
            return Err(anyhow!(
                "{}: no column for `{}` ({}): {}\nthe file has: {}\nname the right one: {} {}=...",
                self.file,
                column.name,
                column.meaning,
                first.lines().next().unwrap_or_default(),
                names.join(", "),
                self.flag,
                column.name
            ));
        }
        Ok(Found { column, sql: None, kind: String::new() })
    }

    /// Fails on the first value of the column that is not of its kind.
    fn check(&self, database: &Database, reader: &str, found: &Found) -> Result<()> {
        let Some(sql) = &found.sql else { return Ok(()) };
        let (wanted, target) = match found.column.kind {
            Kind::Text => return Ok(()),
            Kind::Integer | Kind::Money => ("a number", "DOUBLE"),
            Kind::Time => ("a date or a time", "TIMESTAMP"),
        };
        match found.kind.as_str() {
            "VARCHAR" => {}
            "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "UTINYINT" | "USMALLINT" | "UINTEGER" | "UBIGINT" | "HUGEINT" => return Ok(()),
            kind if target == "DOUBLE" && (kind == "DOUBLE" || kind == "FLOAT" || kind.starts_with("DECIMAL")) => return Ok(()),
            kind if target == "TIMESTAMP" && (kind == "DATE" || kind.starts_with("TIMESTAMP")) => return Ok(()),
            kind => bail!("{}: column `{}` ({sql}) is {kind}, and {wanted} is needed", self.file, found.column.name),
        }
        let odd = format!(
            "SELECT number, value FROM (SELECT row_number() OVER () AS number, {sql} AS value FROM {reader})
             WHERE value IS NOT NULL AND TRY_CAST(value AS {target}) IS NULL ORDER BY number LIMIT 1"
        );
        let odd = database.all(&odd, |row| Ok((row.integer(0)?.unwrap_or(0), row.text(1)?.unwrap_or_default().to_owned())))?;
        match odd.first() {
            None => Ok(()),
            Some((number, value)) => {
                bail!("{}: row {number}, column `{}` ({sql}): `{value}` is not {wanted}", self.file, found.column.name)
            }
        }
    }

    fn value(&self, found: &Found) -> String {
        let sql = found.sql.as_deref().unwrap_or("NULL");
        match found.column.kind {
            Kind::Text => format!("nullif(trim(CAST({sql} AS VARCHAR)), '')"),
            Kind::Integer => format!("TRY_CAST(round(CAST({sql} AS DOUBLE)) AS BIGINT)"),
            Kind::Money => format!("TRY_CAST(round(CAST({sql} AS DOUBLE) * {}) AS BIGINT)", 10_i64.pow(u32::from(self.decimals))),
            Kind::Time if found.kind.ends_with("INT") || found.kind == "INTEGER" || found.kind == "UINTEGER" => {
                format!("CAST({sql} AS BIGINT)")
            }
            Kind::Time => format!("epoch_ms(CAST({sql} AS TIMESTAMP))"),
        }
    }
}

/// The function of SQL that reads a file, and whether it is CSV.
pub(super) fn plain_reader(file: &str) -> Result<(String, bool)> {
    let is_pattern = file.contains(['*', '?', '[']);
    if !is_pattern && !Path::new(file).is_file() {
        bail!("{file}: no such file");
    }
    let name = file.to_ascii_lowercase();
    let name = [".gz", ".zst"].iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
    match name.rsplit('.').next() {
        Some("parquet") => Ok((format!("read_parquet({})", text(file)), false)),
        Some("csv" | "tsv" | "txt") => Ok((format!("read_csv({}, sample_size = -1)", text(file)), true)),
        _ => bail!("{file}: neither Parquet nor CSV: its name should end in .parquet, .csv or .tsv (.csv.gz too)"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::super::{ORDERS, PRODUCTS};
    use super::*;
    use crate::duckdb::Limits;

    fn database() -> Database {
        Database::open(&Limits { memory: "200MB", threads: Some(1), spill: &std::env::temp_dir() }).unwrap()
    }

    fn written(name: &str, content: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("{}-{name}", std::process::id()));
        fs::write(&path, content).unwrap();
        path
    }

    fn load(name: &str, content: &str, columns: &'static [Column], given: &[(&str, &str)]) -> Result<(Database, i64)> {
        let path = written(name, content);
        let given: Vec<_> = given.iter().map(|(name, sql)| ((*name).to_owned(), (*sql).to_owned())).collect();
        let database = database();
        let file = path.to_str().unwrap();
        let loaded = Source { file, columns, given: &given, flag: "--order-column", decimals: 2 }.load(&database, "read");
        fs::remove_file(&path).unwrap();
        loaded?;
        let rows = database.one("SELECT count(*) FROM read", |row| Ok(row.integer(0)?.unwrap_or(0)))?;
        Ok((database, rows))
    }

    fn refused(name: &str, content: &str, given: &[(&str, &str)]) -> String {
        format!("{:#}", load(name, content, ORDERS, given).map(drop).unwrap_err())
    }

    const GOOD: &str = "member,basket,moment,id,quantity\n007,b1,2017-01-01 10:00:00,0042,2\n";

    #[test]
    fn what_is_missing_is_named_with_what_is_there() {
        let message = refused("missing.csv", "who,basket,moment,id\nx,1,2017-01-01,y\n", &[]);
        for part in ["missing.csv", "`member`", "who, basket, moment, id", "--order-column member="] {
            assert!(message.contains(part), "{message}");
        }
        assert!(refused("given.csv", GOOD, &[("store", "shop")]).contains("`store`"));
        assert!(refused("unknown.csv", GOOD, &[("customer", "member")]).contains("no such column; there are member, basket"));
        let none =
            Source { file: "nowhere.csv", columns: ORDERS, given: &[], flag: "", decimals: 2 }.load(&database(), "read").unwrap_err();
        assert_eq!(none.to_string(), "nowhere.csv: no such file");
        assert!(refused("orders.xlsx", GOOD, &[]).contains("neither Parquet nor CSV"));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named_with_its_row() {
        let message = refused("kinds.csv", "member,basket,moment,id,quantity\na,1,2017-01-01,x,1\na,1,2017-01-01,x,two\n", &[]);
        assert!(message.ends_with("-kinds.csv: row 2, column `quantity` (\"quantity\"): `two` is not a number"), "{message}");
        let message = refused("times.csv", "member,basket,moment,id\na,1,soon,x\n", &[]);
        assert!(message.contains("row 1, column `moment`") && message.contains("`soon` is not a date or a time"), "{message}");
    }

    #[test]
    fn ids_keep_their_zeros() {
        let (database, rows) = load("zeros.csv", GOOD, ORDERS, &[]).unwrap();
        assert_eq!(rows, 1);
        let ids = database.one("SELECT member, id, moment, quantity FROM read", |row| {
            Ok((row.text(0)?.unwrap().to_owned(), row.text(1)?.unwrap().to_owned(), row.integer(2)?, row.integer(3)?))
        });
        assert_eq!(ids.unwrap(), ("007".into(), "0042".into(), Some(1_483_264_800_000), Some(2)));
    }

    #[test]
    fn money_is_kept_in_minor_units() {
        let csv = "member,basket,moment,id,net,tax\na,1,1483264800000,x,1.10,0.05\n";
        let (database, _) = load("money.csv", csv, ORDERS, &[("paid", "net + tax")]).unwrap();
        let paid = database.one("SELECT paid, moment FROM read", |row| Ok((row.integer(0)?, row.integer(1)?)));
        assert_eq!(paid.unwrap(), (Some(115), Some(1_483_264_800_000)));
    }

    #[test]
    fn what_products_lack_is_nothing() {
        let (database, rows) = load("products.csv", "id,title\n1,Milk\n", PRODUCTS, &[]).unwrap();
        assert_eq!(rows, 1);
        assert!(database.one("SELECT kind FROM read", |row| Ok(row.text(0)?.is_none())).unwrap());
    }
}
