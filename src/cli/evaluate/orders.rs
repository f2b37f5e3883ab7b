//! Baskets from a retailer's own table of orders.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use crate::baskets::{Histories, Household, Id};
use crate::duckdb::{Database, Limits};
use crate::orders::{ORDERS, Source};

/// What each member bought on one day, days counted from 1970; columns have the names that `regulars train --orders` knows
/// (`household_id`, `basket_id`, `transaction_timestamp`, `product_id`).
///
/// # Errors
/// What is wrong with the file.
pub fn read(path: &Path) -> Result<Histories> {
    let spill = std::env::temp_dir().join(format!("regulars-{}", std::process::id()));
    let database = Database::open(&Limits { memory: "4GB", threads: None, spill: &spill })?;
    let file = path.display().to_string();
    Source { file: &file, columns: ORDERS, given: &[], flag: "--histories", decimals: 2 }.load(&database, "lines")?;
    let days = "SELECT DISTINCT member, CAST(floor(moment / 86400000.0) AS BIGINT) AS day, id FROM lines
                WHERE member IS NOT NULL AND moment IS NOT NULL AND id IS NOT NULL";
    let items =
        database.all(&format!("SELECT DISTINCT id FROM ({days}) ORDER BY id"), |row| Ok(row.text(0)?.unwrap_or_default().to_owned()))?;
    let rows = database.all(&format!("SELECT member, day, id FROM ({days}) ORDER BY member, day, id"), |row| {
        Ok((row.text(0)?.unwrap_or_default().to_owned(), row.integer(1)?.unwrap_or(0), row.text(2)?.unwrap_or_default().to_owned()))
    })?;
    let mut sorted = items;
    sorted.sort_unstable();
    let mut members: BTreeMap<String, Vec<(i64, Vec<u32>)>> = BTreeMap::new();
    for (member, day, id) in rows {
        let Some(place) = sorted.binary_search(&id).ok().and_then(|place| u32::try_from(place).ok()) else { continue };
        let baskets = members.entry(member).or_default();
        match baskets.last_mut().filter(|(known, _)| *known == day) {
            Some((_, basket)) => basket.push(place),
            None => baskets.push((day, vec![place])),
        }
    }
    let household = |(key, mut baskets): (String, Vec<(i64, Vec<u32>)>)| {
        baskets.iter_mut().for_each(|(_, basket)| basket.sort_unstable());
        Household { key, baskets }
    };
    // Written as numbers where all of them are.
    let number = |id: &String| id.parse::<i64>().ok().filter(|number| number.to_string() == *id);
    let numbers = sorted.iter().all(|id| number(id).is_some());
    let written = |id: String| number(&id).filter(|_| numbers).map_or(Id::Text(id), Id::Number);
    let households = members.into_iter().map(household).collect();
    Ok(Histories { items: sorted.into_iter().map(written).collect(), households, mere_order: false })
}
