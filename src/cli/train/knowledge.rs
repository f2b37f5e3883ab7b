//! Tables of the database into the knowledge's wire form.

use anyhow::Result;

use crate::duckdb::{Database, Row};
use regulars::snapshot::wire::knowledge::{KNOWLEDGE_FORMAT, KnowledgeWire, NeighboursWire};

/// What the tables hold.
pub fn read(database: &Database, until: i64) -> Result<KnowledgeWire> {
    let counts = "SELECT count(*), count(DISTINCT member) FROM baskets";
    let (baskets, members) = database.one(counts, |row| Ok((count(row, 0)?, count(row, 1)?)))?;
    let mut knowledge = KnowledgeWire { format: KNOWLEDGE_FORMAT, until, baskets, members, ..KnowledgeWire::default() };
    let columns = "SELECT items.id, items.buyers, popularity.popularity, popularity.recent, popularity.trend, rhythm.days, rhythm.spread, repeats.rate
                   FROM items
                   JOIN popularity ON popularity.item = items.item
                   JOIN rhythm ON rhythm.item = items.item
                   JOIN repeats ON repeats.item = items.item
                   ORDER BY items.item";
    database.each(columns, |row| {
        let number = |column| Ok::<_, anyhow::Error>(row.number(column)?.unwrap_or(0.0) as f32);
        knowledge.items.push(row.text(0)?.unwrap_or_default().to_owned());
        knowledge.buyers.push(u32::try_from(count(row, 1)?)?);
        knowledge.popularity.push(number(2)?);
        knowledge.recent.push(number(3)?);
        knowledge.trend.push(number(4)?);
        knowledge.rhythm_days.push(number(5)?);
        knowledge.rhythm_spread.push(number(6)?);
        knowledge.repeat_rate.push(number(7)?);
        Ok(())
    })?;
    knowledge.bought_together = neighbours(database, "bought_together", knowledge.items.len())?;
    knowledge.in_sequence = neighbours(database, "in_sequence", knowledge.items.len())?;
    knowledge.similar = neighbours(database, "similar_items", knowledge.items.len())?;
    Ok(knowledge)
}

fn neighbours(database: &Database, table: &str, items: usize) -> Result<NeighboursWire> {
    let mut lists = NeighboursWire { offsets: vec![0], ..NeighboursWire::default() };
    let close_before = |lists: &mut NeighboursWire, item: usize| -> Result<()> {
        let end = u32::try_from(lists.items.len())?;
        lists.offsets.resize(item + 1, end);
        Ok(())
    };
    database.each(&format!("SELECT i, j, CAST(score AS DOUBLE) FROM {table} ORDER BY i, place"), |row| {
        close_before(&mut lists, usize::try_from(count(row, 0)?)?)?;
        lists.items.push(u32::try_from(count(row, 1)?)?);
        lists.scores.push(row.number(2)?.unwrap_or(0.0) as f32);
        Ok(())
    })?;
    close_before(&mut lists, items)?;
    Ok(if lists.items.is_empty() { NeighboursWire::default() } else { lists })
}

fn count(row: &Row, column: usize) -> Result<u64> {
    Ok(u64::try_from(row.integer(column)?.unwrap_or(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duckdb::Limits;

    #[test]
    fn lists_begin_where_the_one_before_ends() {
        let database = Database::open(&Limits { memory: "200MB", threads: Some(1), spill: &std::env::temp_dir() }).unwrap();
        let table = "CREATE TABLE t AS SELECT * FROM (VALUES (1::BIGINT, 1, 3::BIGINT, 0.5::FLOAT), (1, 2, 0, 0.25), (4, 1, 1, 0.125)) AS v(i, place, j, score)";
        database.run(table).unwrap();
        let lists = neighbours(&database, "t", 6).unwrap();
        assert_eq!(lists.offsets, [0, 0, 2, 2, 2, 3, 3]);
        assert_eq!(lists.items, [3, 0, 1]);
        assert_eq!(lists.scores, [0.5, 0.25, 0.125]);
        database.run("DELETE FROM t").unwrap();
        assert_eq!(neighbours(&database, "t", 6).unwrap(), NeighboursWire::default());
    }
}
