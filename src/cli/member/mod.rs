//! `regulars member`: members' profiles from orders and what else is known of them.

mod history;
mod parts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Map, Value as Json, json};

use crate::duckdb::Database;
use crate::orders::{Engine, Files, Tables, settings};
use history::History;
use parts::Parts;
use regulars::domain::{Member, Value, from_value};

/// Members' profiles, as the engine takes them: what they bought, and what else is known of them
///
/// History comes from the orders. Everything else is asked by SQL files of the retailer's own, each with the columns
/// `member` and `json`, over the tables `lines`, `products`, `settings` (`until`) and those named with --table:
///
///   regulars member --orders lines.csv --products items.csv --all -o members \
///     --table mailed=campaigns.csv --part wallet=wallet.sql --part attributes=traits.sql
///
/// Parts: attributes, tier and birthday (one row a member); tags, grants, points, ledger, activities, wallet, uses and
/// excluded (one row an entry). What is written is checked against the profile's form first.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Profiles {
    #[command(flatten)]
    files: Files,

    #[command(flatten)]
    engine: Engine,

    #[command(flatten)]
    tables: Tables,

    /// A member's id; may be given several times
    #[arg(long = "member", value_name = "ID", required_unless_present_any = ["all", "choose"])]
    members: Vec<String>,

    /// Every member
    #[arg(long, conflicts_with_all = ["members", "choose"])]
    all: bool,

    /// SQL that says which members, best first: column `member`, and, where it has a column `json`, what the index says of them
    #[arg(long, value_name = "FILE", conflicts_with = "members")]
    choose: Option<PathBuf>,

    /// SQL that knows a part of the profile: columns `member` and `json`
    #[arg(long = "part", value_name = "PART=FILE", value_parser = crate::orders::pair)]
    parts: Vec<(String, String)>,

    /// Where to write: a directory, one file a member; for one member without it, the standard output
    #[arg(short, long, value_name = "DIRECTORY")]
    output: Option<PathBuf>,

    /// Where to write a list of the profiles: id, file, baskets, and what --choose says
    #[arg(long, value_name = "FILE", requires = "output")]
    index: Option<PathBuf>,
}

impl Profiles {
    /// Runs the command.
    ///
    /// # Errors
    /// What is wrong with the input, by file and column.
    pub fn run(self) -> Result<()> {
        let database = self.engine.database()?;
        let loaded = self.files.load(&database)?;
        let until = self.files.until.unwrap_or(loaded.end);
        settings(&database, &[("until", until)])?;
        self.tables.declare(&database)?;
        let chosen = self.chosen(&database)?;
        if chosen.is_empty() {
            bail!("{}: no member is chosen", self.files.orders);
        }
        let ids: BTreeSet<&str> = chosen.iter().map(|(id, _)| id.as_str()).collect();
        let parts = Parts::read(&database, &self.parts, &ids)?;
        let mut histories = history::read(&database, &ids)?;
        if self.output.is_none() && chosen.len() > 1 {
            bail!("{} members need --output, a directory", chosen.len());
        }
        if let Some(out) = &self.output {
            fs::create_dir_all(out).with_context(|| out.display().to_string())?;
        }
        let mut index = Vec::new();
        let mut bytes = 0;
        for (id, about) in &chosen {
            let history = histories.remove(id);
            if history.is_none() && !parts.knows(id) {
                bail!("{}: member `{id}` has no orders before --until, and no part names it", self.files.orders);
            }
            let history = history.unwrap_or_default();
            let profile = serde_json::to_vec(&profile(id, &history, &parts)?)?;
            bytes += profile.len();
            let Some(out) = &self.output else {
                stdout().write_all(&profile)?;
                println!();
                return Ok(());
            };
            let file = file_name(id);
            write(&out.join(&file), &profile)?;
            let mut entry =
                Map::from_iter([("id".into(), json!(id)), ("file".into(), json!(file)), ("baskets".into(), json!(history.baskets()))]);
            entry.extend(about.clone());
            index.push(Json::Object(entry));
        }
        if let Some(path) = &self.index {
            write(path, &serde_json::to_vec_pretty(&index)?)?;
        }
        println!("{} profiles, {} bytes on average", chosen.len(), bytes / chosen.len());
        Ok(())
    }

    /// The ids, and what the index says of them.
    fn chosen(&self, database: &Database) -> Result<Vec<(String, Map<String, Json>)>> {
        if !self.members.is_empty() {
            return Ok(self.members.iter().map(|id| (id.clone(), Map::new())).collect());
        }
        let Some(path) = &self.choose else {
            let sql = "SELECT DISTINCT member FROM lines CROSS JOIN settings WHERE moment < until ORDER BY member";
            return database.all(sql, |row| Ok((row.text(0)?.unwrap_or_default().to_owned(), Map::new())));
        };
        let rows = parts::rows(database, path).with_context(|| path.display().to_string())?;
        let about = |json: Json| match json {
            Json::Object(about) => about,
            _ => Map::new(),
        };
        let mut seen = BTreeSet::new();
        Ok(rows.into_iter().filter(|(id, _)| seen.insert(id.clone())).map(|(id, json)| (id, about(json))).collect())
    }
}

/// The profile of one member, in the form the engine takes.
fn profile(id: &str, history: &History, parts: &Parts) -> Result<Member> {
    let mut fields = BTreeMap::from([("id".to_owned(), json!(id)), ("history".to_owned(), Json::Array(history.entries().to_vec()))]);
    if let Some(first) = history.first() {
        fields.insert("joinedAt".into(), json!(first));
    }
    parts.add(id, &mut fields);
    let whole = Json::Object(fields.into_iter().collect());
    from_value(&serde_json::from_value::<Value>(whole)?)
        .with_context(|| format!("the profile of member `{id}`: a --part gives something else than the profile's form"))
}

/// A file name for an id: letters, digits, `-` and `_` stand for themselves.
fn file_name(id: &str) -> String {
    let mut name = String::new();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name + ".json"
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn no_id_leaves_the_directory() {
        assert_eq!(file_name("../../etc/passwd"), "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd.json");
        assert_eq!(file_name("会员"), "%E4%BC%9A%E5%91%98.json");
        assert_eq!(file_name("2375"), "2375.json");
    }
}
