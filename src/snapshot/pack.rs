//! From the JSON form to the binary one.

use alloc::vec::Vec;

use ed25519_dalek::SigningKey;

use super::compile::vectors::aligned;
use super::container::{Envelope, Writer};
use super::open::{SECTIONS, open_json, section};
use super::{OpenOptions, Snapshot, SnapshotError, columns, knowledge_columns, vector_columns};
use crate::domain::{Value, from_value};
use crate::rules::RegexEngine;
use crate::snapshot::wire::catalog::HeadWire;
use crate::snapshot::wire::vectors::VectorsWire;

/// The binary form of the JSON form `value`, signed where a key is given, and the snapshot that both open to.
///
/// The same content and key give the same bytes.
///
/// # Errors
///
/// As [`open_json`].
pub fn pack(value: &Value, regex: &dyn RegexEngine, key: Option<&SigningKey>) -> Result<(Vec<u8>, Snapshot), SnapshotError> {
    pack_with_vectors(value, None, regex, key)
}

/// As [`pack`], with `vectors` in place of those in `value`.
///
/// # Errors
///
/// As [`open_json`]; `malformed-json` where the vectors do not fit.
pub fn pack_with_vectors(
    value: &Value,
    vectors: Option<&VectorsWire>,
    regex: &dyn RegexEngine,
    key: Option<&SigningKey>,
) -> Result<(Vec<u8>, Snapshot), SnapshotError> {
    let mut snapshot = open_json(value, &OpenOptions::new(regex))?;
    if let Some(vectors) = vectors {
        snapshot.knowledge.vectors = aligned(vectors, &snapshot.catalog).map_err(|error| error.in_field("vectors"))?;
    }
    let mut writer = Writer::default();
    columns::write_catalog(&snapshot.catalog, &mut writer)?;
    knowledge_columns::write(&snapshot.knowledge, &mut writer)?;
    vector_columns::write(&snapshot.knowledge.vectors, &mut writer)?;
    let head: HeadWire = from_value(value)?;
    writer.document_of("head", &head)?;
    for name in SECTIONS {
        writer.document(name, section(value, name))?;
    }
    let envelope = Envelope { version: head.version, issued_at: head.issued_at, expires_at: head.expires_at };
    Ok((writer.finish(envelope, key), snapshot))
}
