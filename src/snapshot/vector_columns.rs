//! Vectors of items in a container: the column `vectors.codes` (u8, the signed codes, `dimensions` up to a multiple of 8 an
//! item) and the document `vectors` (`dimensions`, `step`).

use serde::Serialize;

use super::container::Container;
use super::{Part, SnapshotError};
use crate::domain::{from_value, read_fields};
use crate::recommend::Vectors;
#[cfg(not(target_arch = "wasm32"))]
use {super::container::Writer, crate::domain::ValueError};

#[derive(Default, Serialize)]
struct Document {
    dimensions: u32,
    step: f32,
}

read_fields!(Document: dimensions, step);

/// Reads the vectors of `items` items.
///
/// # Errors
///
/// `malformed-snapshot`.
pub fn read(container: &Container, items: usize) -> Result<Vectors, SnapshotError> {
    let document = container.document("vectors")?;
    if document.is_null() {
        return Ok(Vectors::default());
    }
    let document: Document = from_value(&document).map_err(|error| error.in_field("vectors"))?;
    let vectors = Vectors { dimensions: document.dimensions as usize, codes: container.column("vectors.codes")?, step: document.step };
    if vectors.is_sound(items) { Ok(vectors) } else { Err(SnapshotError::Malformed(Part::Column("vectors.codes".into()))) }
}

/// Writes the vectors.
///
/// # Errors
///
/// Where a value can't be written as CBOR.
#[cfg(not(target_arch = "wasm32"))]
pub fn write(vectors: &Vectors, writer: &mut Writer) -> Result<(), ValueError> {
    if vectors.is_empty() {
        return Ok(());
    }
    writer.column("vectors.codes", vectors.codes.as_slice());
    writer.document_of("vectors", &Document { dimensions: u32::try_from(vectors.dimensions).unwrap_or(0), step: vectors.step })
}
