//! What members bought, basket by basket.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{Value as Json, json};

use crate::duckdb::{Database, Row};

/// One member's baskets, oldest first.
#[derive(Debug, Default)]
pub struct History {
    entries: Vec<Json>,
    first: Option<i64>,
}

impl History {
    /// The baskets in the profile's form.
    pub fn entries(&self) -> &[Json] {
        &self.entries
    }

    /// How many there are.
    pub fn baskets(&self) -> usize {
        self.entries.len()
    }

    /// When the first was bought.
    pub fn first(&self) -> Option<i64> {
        self.first
    }
}

/// A basket's time is that of its first line; lines of one item are one line. What was given back whole is left out.
const LINES: &str = "
    WITH counted AS (
        SELECT lines.member, lines.basket, lines.moment, lines.store, lines.id, lines.quantity, lines.paid
        FROM lines
        JOIN chosen ON chosen.member = lines.member
        CROSS JOIN settings
        WHERE lines.moment < settings.until
    ),
    baskets AS (SELECT member, basket, min(moment) AS moment, min(store) AS store FROM counted GROUP BY member, basket)
    SELECT counted.member, counted.basket, baskets.moment, baskets.store, counted.id,
           CAST(sum(counted.quantity) AS BIGINT) AS quantity, CAST(sum(counted.paid) AS BIGINT) AS paid
    FROM counted
    JOIN baskets ON baskets.member = counted.member AND baskets.basket = counted.basket
    GROUP BY counted.member, counted.basket, baskets.moment, baskets.store, counted.id
    HAVING sum(counted.quantity) >= 1
    ORDER BY counted.member, baskets.moment, counted.basket, counted.id";

/// The histories of the members `ids`.
pub fn read(database: &Database, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, History>> {
    let values: Vec<_> = ids.iter().map(|id| format!("({})", crate::duckdb::text(id))).collect();
    database.run(&format!("CREATE TABLE chosen AS SELECT * FROM (VALUES {}) AS given(member)", values.join(", ")))?;
    let mut histories: BTreeMap<String, History> = BTreeMap::new();
    let mut last = (String::new(), String::new());
    database.each(LINES, |row| {
        let (member, basket) = (row.text(0)?.unwrap_or_default(), row.text(1)?.unwrap_or_default());
        let history = histories.entry(member.to_owned()).or_default();
        if (last.0.as_str(), last.1.as_str()) != (member, basket) {
            last = (member.to_owned(), basket.to_owned());
            history.first = history.first.or(row.integer(2)?);
            history.entries.push(opened(row, basket)?);
        }
        let lines = history.entries.last_mut().and_then(|entry| entry.get_mut("lines")).and_then(Json::as_array_mut);
        if let Some(lines) = lines {
            lines.push(line(row)?);
        }
        Ok(())
    })?;
    Ok(histories)
}

fn opened(row: &Row, basket: &str) -> Result<Json> {
    let mut entry = json!({ "id": basket, "at": row.integer(2)?, "lines": [] });
    if let Some(store) = row.text(3)? {
        entry["store"] = json!(store);
    }
    Ok(entry)
}

fn line(row: &Row) -> Result<Json> {
    let mut line = json!({ "item": row.text(4)?.unwrap_or_default() });
    let quantity = row.integer(5)?.unwrap_or(1).min(i64::from(u32::MAX));
    if quantity != 1 {
        line["quantity"] = json!(quantity);
    }
    if let Some(paid) = row.integer(6)? {
        line["paid"] = json!(paid.max(0));
    }
    Ok(line)
}
