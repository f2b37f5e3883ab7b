//! Events in SQLite.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::{Connection, params};

use super::events::{Batch, Event};
use crate::clock;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS batches (
        id TEXT PRIMARY KEY,
        device TEXT NOT NULL,
        member TEXT NOT NULL,
        session TEXT,
        taken_at INTEGER NOT NULL,
        events INTEGER NOT NULL,
        dropped INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS events (
        device TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        batch TEXT NOT NULL REFERENCES batches(id),
        member TEXT NOT NULL,
        type TEXT NOT NULL,
        at INTEGER NOT NULL,
        item TEXT,
        id TEXT,
        unit TEXT NOT NULL,
        fields TEXT NOT NULL,
        PRIMARY KEY (device, sequence)
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX IF NOT EXISTS events_by_id ON events (unit, type, id) WHERE id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS events_by_member ON events (member, at);
";

/// The database that events go to.
///
/// A batch counts once by its id, an event once by its device and sequence, and one with an `id` of its own once for its
/// member and type. `member` is what the device says; `session` is who the proxy said was there.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    pub fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path).with_context(|| path.display().to_string())?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A device forgets what was taken: it must be on the disk before it is told.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.execute_batch(SCHEMA).with_context(|| path.display().to_string())?;
        Ok(Store { connection: Mutex::new(connection) })
    }

    /// Takes a batch, all or nothing; how many of its events are new.
    pub fn take(&self, batch: &Batch, session: Option<&str>) -> Result<usize> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let new = transaction.execute(
            "INSERT OR IGNORE INTO batches VALUES (?, ?, ?, ?, ?, ?, ?)",
            params![batch.id, batch.device, batch.member, session, clock::now(), batch.events.len() as i64, batch.dropped as i64],
        )?;
        if new == 0 {
            return Ok(0);
        }
        let mut taken = 0;
        {
            let mut insert = transaction.prepare_cached("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
            for event in &batch.events {
                let id = event.fields.get("id").and_then(serde_json::Value::as_str);
                let fields = serde_json::to_string(&event.fields)?;
                taken += insert.execute(params![
                    batch.device,
                    event.sequence as i64,
                    batch.id,
                    batch.member,
                    event.kind,
                    event.at,
                    event.item,
                    id,
                    unit(batch, event),
                    fields
                ])?;
            }
        }
        transaction.commit()?;
        Ok(taken)
    }
}

/// Within whose doings an event's own id is unique: the member's; of nobody known, the device's, but for exposures, whose
/// ids name the unit themselves.
fn unit<'b>(batch: &'b Batch, event: &Event) -> &'b str {
    match (batch.member.as_str(), event.kind.as_str()) {
        ("", "exposure") => "",
        ("", _) => &batch.device,
        (member, _) => member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(json: &str) -> Batch {
        serde_json::from_str(json).unwrap()
    }

    fn count(store: &Store, table: &str) -> i64 {
        let connection = store.connection.lock().unwrap();
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_batch_is_taken_once_and_so_is_an_event() {
        let store = Store::open(Path::new(":memory:")).unwrap();
        let first = batch(
            r#"{"id": "d-0-1", "device": "d", "member": "m", "events": [{"sequence": 0, "type": "view", "at": 1}, {"sequence": 1, "type": "view", "at": 2, "x": [1]}]}"#,
        );
        assert_eq!((store.take(&first, None).unwrap(), store.take(&first, None).unwrap()), (2, 0));
        // The same events in a batch formed anew, with one more.
        let again = batch(
            r#"{"id": "d-1-2", "device": "d", "member": "m", "events": [{"sequence": 1, "type": "view", "at": 2}, {"sequence": 2, "type": "view", "at": 3}]}"#,
        );
        assert_eq!(store.take(&again, Some("m")).unwrap(), 1);
        assert_eq!((count(&store, "batches"), count(&store, "events")), (2, 3));
    }

    #[test]
    fn an_event_with_an_id_counts_once_for_its_member() {
        let store = Store::open(Path::new(":memory:")).unwrap();
        let of = |device: &str, member: &str, kind: &str| {
            batch(&format!(
                r#"{{"id": "{device}-{member}-{kind}", "device": "{device}", "member": "{member}", "events": [{{"sequence": 0, "type": "{kind}", "at": 1, "id": "a"}}]}}"#
            ))
        };
        let taken: Vec<usize> = [
            of("d", "m", "exposure"),
            of("e", "m", "exposure"),
            of("f", "n", "exposure"),
            of("g", "", "exposure"),
            of("h", "", "exposure"),
            of("i", "", "check-in"),
            of("j", "", "check-in"),
        ]
        .iter()
        .map(|batch| store.take(batch, None).unwrap())
        .collect();
        assert_eq!(taken, [1, 0, 1, 1, 0, 1, 1]);
    }
}
