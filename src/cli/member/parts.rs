//! What else is known of members, asked by the retailer's own SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value as Json;

use crate::duckdb::Database;
use crate::orders::query;

/// Parts of which a member has one.
const SINGLE: [&str; 5] = ["attributes", "tier", "birthday", "joinedAt", "pointsAt"];
/// Parts of which a member has any number.
const LISTS: [&str; 8] = ["tags", "grants", "points", "ledger", "activities", "wallet", "uses", "excluded"];

/// By part, by member: what the SQL found, in its order.
#[derive(Debug, Default)]
pub struct Parts(BTreeMap<String, BTreeMap<String, Vec<Json>>>);

impl Parts {
    /// Asks each file.
    ///
    /// # Errors
    /// The part that does not exist, the file and what is wrong with its SQL or its JSON.
    pub fn read(database: &Database, files: &[(String, String)], members: &BTreeSet<&str>) -> Result<Self> {
        let mut parts = Parts::default();
        for (part, file) in files {
            if !SINGLE.contains(&part.as_str()) && !LISTS.contains(&part.as_str()) {
                bail!("--part {part}: there are {}, {}", SINGLE.join(", "), LISTS.join(", "));
            }
            let rows = rows(database, Path::new(file)).with_context(|| file.clone())?;
            let known = parts.0.entry(part.clone()).or_default();
            for (member, json) in rows.into_iter().filter(|(member, _)| members.contains(member.as_str())) {
                let entries = known.entry(member).or_default();
                if SINGLE.contains(&part.as_str()) && !entries.is_empty() {
                    bail!("{file}: two rows for one member, and {part} is one");
                }
                entries.push(json);
            }
        }
        Ok(parts)
    }

    /// Whether any part knows the member.
    pub fn knows(&self, member: &str) -> bool {
        self.0.values().any(|part| part.contains_key(member))
    }

    /// Adds the member's parts to the fields of a profile.
    pub fn add(&self, member: &str, fields: &mut BTreeMap<String, Json>) {
        for (part, members) in &self.0 {
            let Some(entries) = members.get(member) else { continue };
            let value = if LISTS.contains(&part.as_str()) { Some(Json::Array(entries.clone())) } else { entries.first().cloned() };
            fields.extend(value.map(|value| (part.clone(), value)));
        }
    }
}

/// The rows of a query file with the columns `member` and `json` (which may be missing).
pub fn rows(database: &Database, path: &Path) -> Result<Vec<(String, Json)>> {
    let sql = query(path)?;
    let names =
        database.all(&format!("SELECT column_name FROM (DESCRIBE {sql})"), |row| Ok(row.text(0)?.unwrap_or_default().to_owned()))?;
    if !names.iter().any(|name| name == "member") {
        bail!("it has no column `member`, only {}", names.join(", "));
    }
    let json = if names.iter().any(|name| name == "json") { "CAST(json AS VARCHAR)" } else { "NULL::VARCHAR" };
    database.all(&format!("SELECT CAST(member AS VARCHAR), {json} FROM ({sql}) AS asked"), |row| {
        let member = row.text(0)?.unwrap_or_default().to_owned();
        let value = row.text(1)?.map(serde_json::from_str).transpose();
        let value = value.with_context(|| format!("member `{member}`: column `json` is no JSON"))?;
        Ok((member, value.unwrap_or(Json::Null)))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::duckdb::Limits;

    fn parts(part: &str, sql: &str) -> Result<Parts> {
        let database = Database::open(&Limits { memory: "200MB", threads: Some(1), spill: &std::env::temp_dir() }).unwrap();
        let path = std::env::temp_dir().join(format!("regulars-part-{}-{}.sql", std::process::id(), sql.len()));
        fs::write(&path, sql).unwrap();
        let parts = Parts::read(&database, &[(part.into(), path.to_str().unwrap().into())], &BTreeSet::from(["7"]));
        fs::remove_file(path).unwrap();
        parts
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |part: &str, sql: &str| format!("{:#}", parts(part, sql).unwrap_err());
        assert!(refused("colour", "SELECT 1").contains("--part colour: there are attributes"));
        assert!(refused("tags", "SELECT 7 AS id").contains("no column `member`, only id"));
        assert!(refused("tags", "SELECT 7 AS member, 'x' AS json").contains("member `7`: column `json` is no JSON"));
        assert!(refused("tier", "SELECT 7 AS member, '{}' AS json FROM range(2)").contains("two rows for one member"));
    }

    #[test]
    fn lists_keep_the_querys_order_and_other_members_out() {
        let sql = "SELECT m AS member, to_json({'tag': t}) AS json FROM (VALUES (7, 'b'), (8, 'x'), (7, 'a')) AS v(m, t)";
        let mut fields = BTreeMap::new();
        let parts = parts("tags", sql).unwrap();
        parts.add("7", &mut fields);
        assert_eq!(serde_json::to_string(&fields).unwrap(), r#"{"tags":[{"tag":"b"},{"tag":"a"}]}"#);
        assert!(parts.knows("7") && !parts.knows("8"));
    }
}
