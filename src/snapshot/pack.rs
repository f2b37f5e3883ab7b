//! From the JSON form to the binary one.

use alloc::vec::Vec;

use ed25519_dalek::SigningKey;

use super::container::{Envelope, Writer};
use super::open::{SECTIONS, open_json, section};
use super::{OpenOptions, Snapshot, SnapshotError, columns, knowledge_columns};
use crate::domain::{Value, from_value};
use crate::rules::RegexEngine;
use crate::snapshot::wire::catalog::HeadWire;

/// The binary form of the JSON form `value`, signed where a key is given, and the snapshot that both open to.
///
/// The same content and key give the same bytes.
///
/// # Errors
///
/// As [`open_json`].
pub fn pack(value: &Value, regex: &dyn RegexEngine, key: Option<&SigningKey>) -> Result<(Vec<u8>, Snapshot), SnapshotError> {
    let snapshot = open_json(value, &OpenOptions::new(regex))?;
    let mut writer = Writer::default();
    columns::write_catalog(&snapshot.catalog, &mut writer)?;
    knowledge_columns::write(&snapshot.knowledge, &mut writer)?;
    let head: HeadWire = from_value(value)?;
    writer.document_of("head", &head)?;
    for name in SECTIONS {
        writer.document(name, section(value, name))?;
    }
    let envelope = Envelope { version: head.version, issued_at: head.issued_at, expires_at: head.expires_at };
    Ok((writer.finish(envelope, key), snapshot))
}
