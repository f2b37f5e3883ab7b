//! Weights and the ranker, learned from the same orders as the knowledge.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use regulars::domain::{from_cbor, from_value};
use regulars::recommend::{FEATURES, Forest};
use regulars::snapshot::wire::knowledge::KnowledgeWire;

use crate::baskets::details::{Classes, Details};
use crate::baskets::learn::{DAY, Learning, learn};
use crate::baskets::{Histories, Household, Id, Options, learn_ranker};
use crate::duckdb::Database;

/// Tunes the weights of `knowledge`, and adds the ranker and what it asks beside.
///
/// # Errors
/// The tables can't be read, or a finished stage can't be kept in `out`.
pub fn add(knowledge: &mut KnowledgeWire, database: &Database, learning: Learning, options: &Options, out: &Path) -> Result<()> {
    let histories = histories(database, &knowledge.items)?;
    let details = Details { items: classes(database)?, flyers: Vec::new() };
    learn_ranker(knowledge, histories, details, learning, options, out)
}

/// The file beside `knowledge.cbor` that [`take_over`] reads.
pub const FILE: &str = "ranker.cbor";

/// The weights and the ranker of `knowledge`, and nothing else of it.
pub fn alone(knowledge: &KnowledgeWire) -> KnowledgeWire {
    KnowledgeWire {
        format: knowledge.format,
        until: knowledge.until,
        weights: knowledge.weights,
        ranker: knowledge.ranker.clone(),
        ..KnowledgeWire::default()
    }
}

/// The weights and the ranker in `file`, which an earlier training wrote.
///
/// # Errors
/// The file is none, or holds no ranker that this program reads.
pub fn read(file: &Path) -> Result<KnowledgeWire> {
    let bytes = std::fs::read(file)?;
    let learned: KnowledgeWire = from_value(&from_cbor(&bytes).map_err(|error| anyhow!("{error}"))?).map_err(|error| anyhow!("{error}"))?;
    let forests = [&learned.ranker.next_basket, &learned.ranker.discover];
    let broken = |bytes: &&Vec<u8>| !bytes.is_empty() && Forest::read(bytes, FEATURES).is_none();
    if forests.iter().all(|bytes| bytes.is_empty()) || forests.iter().any(broken) {
        bail!("no ranker that this program reads: give the ranker.cbor of a training with --ranker");
    }
    Ok(learned)
}

/// Gives `knowledge` the weights and the ranker of `learned`, with what the ranker asks beside.
///
/// # Errors
/// The tables can't be read.
pub fn take_over(knowledge: &mut KnowledgeWire, database: &Database, learning: Learning, learned: KnowledgeWire) -> Result<()> {
    let forests = [&learned.ranker.next_basket, &learned.ranker.discover];
    let histories = histories(database, &knowledge.items)?;
    let asks = |bytes: &Vec<u8>| Forest::read(bytes, FEATURES).is_some_and(|forest| forest.asks_companions());
    let companions = if forests.into_iter().any(asks) { learning.companions } else { 0 };
    let own = learn(&histories, histories.end(), Learning { neighbours: 0, companions, ..learning });
    (knowledge.week, knowledge.rebuy, knowledge.companions) = (own.week, own.rebuy, own.companions);
    (knowledge.weights, knowledge.ranker) = (learned.weights, learned.ranker);
    Ok(())
}

/// Each member's baskets, a basket being what was bought on one day.
fn histories(database: &Database, items: &[String]) -> Result<Histories> {
    let mut households: Vec<Household> = Vec::new();
    database.each("SELECT member, moment, item FROM contents ORDER BY member, moment, item", |row| {
        let member = row.text(0)?.unwrap_or_default();
        let day = row.integer(1)?.context("a basket without a time")?.div_euclid(DAY);
        let item = u32::try_from(row.integer(2)?.unwrap_or(0))?;
        if households.last().is_none_or(|known| known.key != member) {
            households.push(Household { key: member.to_owned(), baskets: Vec::new() });
        }
        let Some(household) = households.last_mut() else { return Ok(()) };
        match household.baskets.last_mut().filter(|(known, _)| *known == day) {
            Some((_, basket)) => basket.push(item),
            None => household.baskets.push((day, vec![item])),
        }
        Ok(())
    })?;
    for (_, basket) in households.iter_mut().flat_map(|household| &mut household.baskets) {
        basket.sort_unstable();
        basket.dedup();
    }
    Ok(Histories { items: items.iter().cloned().map(Id::Text).collect(), households, mere_order: false })
}

fn classes(database: &Database) -> Result<BTreeMap<String, Classes>> {
    let mut classes = BTreeMap::new();
    let sql = "SELECT items.id, products.department, products.category, products.kind FROM items JOIN products ON products.id = items.id";
    database.each(sql, |row| {
        let name = |column| Ok::<_, anyhow::Error>(row.text(column)?.map(str::to_owned));
        let of = Classes { department: name(1)?, category: name(2)?, kind: name(3)? };
        classes.insert(row.text(0)?.unwrap_or_default().to_owned(), of);
        Ok(())
    })?;
    Ok(classes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duckdb::Limits;

    #[test]
    fn what_was_bought_on_one_day_is_one_basket() {
        let database = Database::open(&Limits { memory: "200MB", threads: Some(1), spill: &std::env::temp_dir() }).unwrap();
        let table = "CREATE TABLE contents AS SELECT * FROM (VALUES ('b', 86400000::BIGINT, 1::BIGINT), ('a', 86399999, 0), ('a', 5, 2), ('a', 7, 0), ('a', 86400000, 1)) AS v(member, moment, item)";
        database.run(table).unwrap();
        let known = histories(&database, &["x", "y", "z"].map(String::from)).unwrap();
        assert_eq!(known.households.iter().map(|household| household.key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(known.households[0].baskets, [(0, vec![0, 2]), (1, vec![1])]);
        assert_eq!((known.households[1].baskets.clone(), known.items.len()), (vec![(1, vec![1])], 3));
    }
}
