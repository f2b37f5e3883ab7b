//! Files of events, read into one row a unit and experiment.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use super::analysis::Plan;
use super::measures::MEASURES;
use crate::duckdb::{Database, identifier, text};
use crate::orders::pair;

/// Where events are, and how they are read.
#[derive(Args)]
pub struct EventFiles {
    /// Files of events: JSON lines (.jsonl, .ndjson, .json), CSV or Parquet, or patterns such as events/*.parquet
    #[arg(value_name = "FILE")]
    files: Vec<String>,

    /// What a column is called, or SQL that makes it: unit=member_id, amount="round(total * 100)". Columns: unit, at, type,
    /// experiment, variation, arm, amount (minor units), order
    #[arg(long = "column", value_name = "COLUMN=SQL", value_parser = pair)]
    columns: Vec<(String, String)>,

    /// By what units are told apart: a name, and SQL over the columns of exposures
    #[arg(long = "segment", value_name = "NAME=SQL", value_parser = pair)]
    segments: Vec<(String, String)>,
}

/// What an event must say, and the names under which it is looked for. The second is whether it must be there.
const COLUMNS: [(&str, bool, &[&str]); 8] = [
    ("unit", true, &["unit", "member", "hashValue", "visitor"]),
    ("at", true, &["at", "timestamp", "moment"]),
    ("type", true, &["type", "event"]),
    ("experiment", true, &["experiment", "experiment_id"]),
    ("variation", true, &["variation", "variation_id"]),
    ("arm", false, &["key", "arm"]),
    ("amount", false, &["amount", "paid", "total", "list_sum([line.paid for line in lines])"]),
    ("order", false, &["order", "order_id"]),
];

/// Units of all experiments.
#[derive(Default)]
pub struct Units {
    pub experiments: BTreeMap<String, Experiment>,
    /// Names of the segments.
    pub segments: Vec<String>,
    /// The first and last instant of all events.
    pub span: (i64, i64),
    pub events: i64,
}

#[derive(Default)]
pub struct Experiment {
    /// Names of the arms, by their numbers.
    pub arms: BTreeMap<i64, String>,
    /// In the order of their first exposures.
    pub units: Vec<Unit>,
    /// Units seen in several arms, which don't count.
    pub in_several: i64,
}

/// A unit in an experiment.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    pub variation: i64,
    /// The first exposure, in milliseconds since 1970.
    pub at: i64,
    /// Each of [`MEASURES`]; nothing where it can't be known yet.
    pub values: [Option<f64>; MEASURES.len()],
    /// Orders and money before the first exposure.
    pub before: [f64; 2],
    /// The value of each segment.
    pub segments: Vec<String>,
}

const DAY: i64 = 86_400_000;

impl EventFiles {
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Reads the files.
    ///
    /// # Errors
    /// The file, the column and what is wrong with it.
    pub fn units(&self, database: &Database, plan: &Plan, only: Option<&str>) -> Result<Units> {
        for (place, file) in self.files.iter().enumerate() {
            self.load(database, file, place)?;
        }
        let all: Vec<String> = (0..self.files.len()).map(|place| format!("SELECT * FROM events_{place}")).collect();
        database.run(&format!(
            "CREATE TABLE events AS SELECT * FROM ({}) WHERE unit IS NOT NULL AND \"at\" IS NOT NULL",
            all.join(" UNION ALL ")
        ))?;
        let span = "SELECT coalesce(min(\"at\"), 0), coalesce(max(\"at\"), 0), count(*) FROM events";
        let (start, end, events) =
            database.one(span, |row| Ok((row.integer(0)?.unwrap_or(0), row.integer(1)?.unwrap_or(0), row.integer(2)?.unwrap_or(0))))?;
        let mut units = Units {
            segments: self.segments.iter().map(|(name, _)| name.clone()).collect(),
            span: (start, end),
            events,
            ..Units::default()
        };
        self.expose(database, only)?;
        read_units(database, plan, end, &mut units)?;
        Ok(units)
    }

    /// One file into a table of the columns above.
    fn load(&self, database: &Database, file: &str, place: usize) -> Result<()> {
        let in_file = || file.to_owned();
        let raw = format!("raw_{place}");
        database.run(&format!("CREATE TABLE {raw} AS {}", reader(database, file)?)).with_context(in_file)?;
        let describe = format!("SELECT column_name, column_type FROM (DESCRIBE {raw})");
        let named =
            |row: &crate::duckdb::Row| Ok((row.text(0)?.unwrap_or_default().to_owned(), row.text(1)?.unwrap_or_default().to_owned()));
        let names: BTreeMap<String, String> = database.all(&describe, named)?.into_iter().collect();
        let mut values = Vec::new();
        for (name, required, candidates) in COLUMNS {
            let given = self.columns.iter().rev().find(|(known, _)| known == name).map(|(_, sql)| sql.as_str());
            let sql = match given {
                Some(sql) => Some(sql.to_owned()),
                None => candidates_of(candidates, &names),
            };
            let Some(sql) = sql else {
                if required {
                    let known: Vec<&str> = names.keys().map(String::as_str).collect();
                    return Err(anyhow!(
                        "{file}: no column for `{name}`; the file has: {}\nname the right one: --column {name}=...",
                        known.join(", ")
                    ));
                }
                let kind = if name == "amount" { "DOUBLE" } else { "VARCHAR" };
                values.push(format!("CAST(NULL AS {kind}) AS {}", identifier(name)));
                continue;
            };
            let kind = database
                .one(&format!("SELECT column_type FROM (DESCRIBE SELECT ({sql}) AS value FROM {raw})"), |row| {
                    Ok(row.text(0)?.unwrap_or_default().to_owned())
                })
                .with_context(|| format!("{file}: --column {name}={sql}"))?;
            values.push(format!("{} AS {}", cast(name, &sql, &kind), identifier(name)));
        }
        for (place, (name, sql)) in self.segments.iter().enumerate() {
            let is_column = names.contains_key(sql.as_str());
            let sql = if is_column { identifier(sql) } else { format!("({sql})") };
            let sql = format!("CAST({sql} AS VARCHAR) AS segment_{place}");
            database.run(&format!("DESCRIBE SELECT {sql} FROM {raw}")).with_context(|| format!("{file}: --segment {name}"))?;
            values.push(sql);
        }
        database
            .run(&format!("CREATE TABLE events_{place} AS SELECT {} FROM {raw}; DROP TABLE {raw}", values.join(", ")))
            .with_context(in_file)
    }

    /// The first exposure of each unit in each experiment.
    fn expose(&self, database: &Database, only: Option<&str>) -> Result<()> {
        let segments: String =
            (0..self.segments.len()).map(|place| format!(", arg_min(segment_{place}, \"at\") AS segment_{place}")).collect();
        let only = only.map_or_else(|| "true".to_owned(), |key| format!("experiment = {}", text(key)));
        database.run(&format!(
            "CREATE TABLE exposed AS
             SELECT experiment, unit, min(\"at\") AS \"at\", arg_min(variation, \"at\") AS variation, arg_min(arm, \"at\") AS arm,
                    count(DISTINCT variation) AS arms{segments}
             FROM events WHERE \"type\" = 'exposure' AND experiment IS NOT NULL AND variation IS NOT NULL AND {only}
             GROUP BY experiment, unit"
        ))
    }
}

/// What selects everything of a file; batches as devices send them are taken apart.
fn reader(database: &Database, file: &str) -> Result<String> {
    let is_pattern = file.contains(['*', '?', '[']);
    if !is_pattern && !Path::new(file).is_file() {
        bail!("{file}: no such file");
    }
    let name = file.to_ascii_lowercase();
    let name = [".gz", ".zst"].iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
    match name.rsplit('.').next() {
        Some("parquet") => Ok(format!("SELECT * FROM read_parquet({})", text(file))),
        Some("csv" | "tsv" | "txt") => Ok(format!("SELECT * FROM read_csv({}, sample_size = -1)", text(file))),
        Some("jsonl" | "ndjson" | "json") => {
            let all = format!(
                "read_json({}, format = 'auto', sample_size = -1, maximum_object_size = 67108864, convert_strings_to_integers = false)",
                text(file)
            );
            let describe = format!("SELECT column_name FROM (DESCRIBE SELECT * FROM {all})");
            let names = database.all(&describe, |row| Ok(row.text(0)?.unwrap_or_default().to_owned())).with_context(|| file.to_owned())?;
            let has = |name: &str| names.iter().any(|known| known == name);
            if !has("events") {
                return Ok(format!("SELECT * FROM {all}"));
            }
            // A batch's own fields (who sent it) stay beside its events, but for those that events have too.
            let batch: Vec<&str> = ["member", "unit", "device"].into_iter().filter(|name| has(name)).collect();
            let beside: String = batch.iter().map(|name| format!("{name}, ")).collect();
            let batches = format!("SELECT {beside}unnest(events, max_depth := 2) FROM {all} WHERE events IS NOT NULL");
            let singles = has("type").then(|| format!(" UNION ALL BY NAME SELECT * EXCLUDE (events) FROM {all} WHERE events IS NULL"));
            Ok(format!("{batches}{}", singles.unwrap_or_default()))
        }
        _ => bail!("{file}: neither JSON lines, CSV nor Parquet: its name should end in .jsonl, .csv or .parquet"),
    }
}

/// The candidates that the file has, the first that says something before the others.
fn candidates_of(candidates: &[&str], names: &BTreeMap<String, String>) -> Option<String> {
    let has = |candidate: &&&str| match candidate.strip_prefix("list_sum(") {
        Some(_) => names.get("lines").is_some_and(|kind| kind.contains("paid")),
        None => names.contains_key(**candidate),
    };
    let found: Vec<String> = candidates
        .iter()
        .filter(has)
        .map(|name| if name.contains('(') { (*name).to_owned() } else { format!("CAST({} AS VARCHAR)", identifier(name)) })
        .collect();
    match found.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => {
            Some(format!("coalesce({})", several.iter().map(|sql| format!("CAST({sql} AS VARCHAR)")).collect::<Vec<_>>().join(", ")))
        }
    }
}

fn cast(name: &str, sql: &str, kind: &str) -> String {
    let is_time = kind == "DATE" || kind.starts_with("TIMESTAMP");
    match name {
        "at" if is_time => format!("epoch_ms(CAST(({sql}) AS TIMESTAMP))"),
        "at" => format!("coalesce(TRY_CAST(({sql}) AS BIGINT), epoch_ms(TRY_CAST(({sql}) AS TIMESTAMP)))"),
        "variation" => format!("TRY_CAST(({sql}) AS BIGINT)"),
        "amount" => format!("TRY_CAST(({sql}) AS DOUBLE)"),
        _ => format!("nullif(CAST(({sql}) AS VARCHAR), '')"),
    }
}

/// One row a unit, in the order of first exposures.
fn read_units(database: &Database, plan: &Plan, end: i64, units: &mut Units) -> Result<()> {
    let names: String = (0..units.segments.len()).map(|place| format!(", x.segment_{place}")).collect();
    let (window, before, retention) = (plan.window * DAY, plan.before * DAY, plan.retention * DAY);
    let within = format!("e.\"at\" >= x.\"at\" AND e.\"at\" < x.\"at\" + {window}");
    let bought = "count(DISTINCT coalesce(e.\"order\", CAST(e.\"at\" AS VARCHAR))) FILTER (WHERE e.\"type\" = 'purchase' AND";
    let sql = format!(
        "SELECT x.experiment, x.variation, x.\"at\",
                CAST({bought} {within}) AS BIGINT),
                CAST(coalesce(sum(e.amount) FILTER (WHERE e.\"type\" = 'purchase' AND {within}), 0) AS DOUBLE),
                CAST(CASE WHEN x.\"at\" + 2 * {retention} > {end} THEN NULL
                     ELSE count(e.\"at\") FILTER (WHERE e.\"type\" <> 'exposure' AND e.\"at\" >= x.\"at\" + {retention} AND e.\"at\" < x.\"at\" + 2 * {retention}) END AS BIGINT),
                CAST(count(e.\"at\") FILTER (WHERE e.\"type\" = 'offer-used' AND {within}) AS BIGINT),
                CAST(count(e.\"at\") FILTER (WHERE e.\"type\" IN ('share', 'referral') AND {within}) AS BIGINT),
                CAST(count(e.\"at\") FILTER (WHERE e.\"type\" = 'return' AND {within}) AS BIGINT),
                CAST(count(e.\"at\") FILTER (WHERE e.\"type\" = 'dismiss' AND {within}) AS BIGINT),
                CAST({bought} e.\"at\" < x.\"at\") AS BIGINT),
                CAST(coalesce(sum(e.amount) FILTER (WHERE e.\"type\" = 'purchase' AND e.\"at\" < x.\"at\"), 0) AS DOUBLE),
                CAST(x.arm AS VARCHAR){names}
         FROM exposed AS x LEFT JOIN events AS e ON e.unit = x.unit AND e.\"at\" >= x.\"at\" - {before} AND e.\"at\" < x.\"at\" + greatest({window}, 2 * {retention})
         WHERE x.arms = 1
         GROUP BY x.experiment, x.unit, x.variation, x.\"at\", x.arm{names}
         ORDER BY x.experiment, x.\"at\", x.unit"
    );
    let count_of = units.segments.len();
    database.each(&sql, |row| {
        let experiment = units.experiments.entry(row.text(0)?.unwrap_or_default().to_owned()).or_default();
        let number = |column| Ok::<_, anyhow::Error>(row.integer(column)?.map(|number| number as f64));
        let variation = row.integer(1)?.unwrap_or(0);
        let orders = number(3)?.unwrap_or(0.0);
        let flag = |count: Option<f64>| count.map(|count| f64::from(u8::from(count > 0.0)));
        let unit = Unit {
            variation,
            at: row.integer(2)?.unwrap_or(0),
            values: [
                flag(Some(orders)),
                Some(orders),
                row.number(4)?,
                flag(number(5)?),
                Some(f64::from(u8::from(orders >= 2.0))),
                flag(number(6)?),
                flag(number(7)?),
                number(8)?,
                number(9)?,
            ],
            before: [number(10)?.unwrap_or(0.0), row.number(11)?.unwrap_or(0.0)],
            segments: (0..count_of).map(|place| Ok(row.text(13 + place)?.unwrap_or("(none)").to_owned())).collect::<Result<_>>()?,
        };
        if let Some(arm) = row.text(12)? {
            experiment.arms.insert(variation, arm.to_owned());
        }
        experiment.arms.entry(variation).or_insert_with(|| variation.to_string());
        experiment.units.push(unit);
        Ok(())
    })?;
    let several = "SELECT experiment, CAST(count(*) AS BIGINT) FROM exposed WHERE arms > 1 GROUP BY experiment";
    for (key, count) in database.all(several, |row| Ok((row.text(0)?.unwrap_or_default().to_owned(), row.integer(1)?.unwrap_or(0))))? {
        units.experiments.entry(key).or_default().in_several = count;
    }
    Ok(())
}
