//! Rows of an answer, read out of DuckDB's column chunks.
#![allow(unsafe_code)] // DuckDB hands out pointers into its chunks: each read states what makes it sound

use std::slice;
use std::str;

use anyhow::{Result, anyhow, bail};

use super::library::{Handle, Library, RawResult};

// duckdb.h, DUCKDB_TYPE
const BIGINT: u32 = 5;
const DOUBLE: u32 = 11;
const VARCHAR: u32 = 17;

/// One row. Columns count from 0. SQL casts what it selects to BIGINT, DOUBLE or VARCHAR.
pub struct Row<'chunk> {
    columns: &'chunk [Vector],
    place: usize,
}

struct Vector {
    kind: u32,
    data: *const u8,
    validity: *const u64,
}

impl Row<'_> {
    /// A whole number; nothing where it is NULL.
    pub fn integer(&self, column: usize) -> Result<Option<i64>> {
        let read = |data: *const u8| -> i64 { unsafe { data.cast::<i64>().add(self.place).read() } };
        self.read(column, BIGINT, read)
    }

    /// A number; nothing where it is NULL.
    pub fn number(&self, column: usize) -> Result<Option<f64>> {
        let read = |data: *const u8| -> f64 { unsafe { data.cast::<f64>().add(self.place).read() } };
        self.read(column, DOUBLE, read)
    }

    /// A text; nothing where it is NULL.
    pub fn text(&self, column: usize) -> Result<Option<&str>> {
        let bytes = self.read(column, VARCHAR, |data| {
            // SAFETY: a VARCHAR is 16 bytes: its length, then up to 12 bytes of text, or 4 of them and a pointer to
            // all. Both live as long as the chunk, which the row borrows.
            unsafe {
                let cell = data.add(self.place * 16);
                let length = cell.cast::<u32>().read() as usize;
                let start = if length <= 12 { cell.add(4) } else { cell.add(8).cast::<*const u8>().read() };
                slice::from_raw_parts(start, length)
            }
        })?;
        bytes.map(|bytes| str::from_utf8(bytes).map_err(|_| anyhow!("column {} holds text that is not UTF-8", column + 1))).transpose()
    }

    fn read<T>(&self, column: usize, kind: u32, read: impl FnOnce(*const u8) -> T) -> Result<Option<T>> {
        let vector = self.columns.get(column).ok_or_else(|| anyhow!("there is no column {}", column + 1))?;
        if vector.kind != kind {
            bail!("column {} has another type than the one read: CAST it to BIGINT, DOUBLE or VARCHAR", column + 1);
        }
        // SAFETY: a bit for each row; a null pointer means that no row is NULL.
        let known = vector.validity.is_null() || unsafe { vector.validity.add(self.place / 64).read() } >> (self.place % 64) & 1 == 1;
        Ok(known.then(|| read(vector.data)))
    }
}

/// Calls `visit` with each row.
pub fn each(library: &Library, result: &mut RawResult, visit: &mut dyn FnMut(&Row) -> Result<()>) -> Result<()> {
    // SAFETY: the result is an answer of DuckDB's.
    let count = unsafe { (library.column_count)(result) };
    let kinds: Vec<u32> = (0..count).map(|column| unsafe { (library.column_type)(result, column) }).collect();
    loop {
        // SAFETY: the result is not read in any other way; null says that there is no further chunk.
        let chunk = Chunk { library, handle: unsafe { (library.fetch_chunk)(*result) } };
        if chunk.handle.is_null() {
            return Ok(());
        }
        let vector = |(column, kind): (u64, &u32)| unsafe {
            // SAFETY: `column` is one of the chunk's; its data and validity live as long as the chunk.
            let vector = (library.chunk_vector)(chunk.handle, column);
            Vector { kind: *kind, data: (library.vector_data)(vector), validity: (library.vector_validity)(vector) }
        };
        let columns: Vec<Vector> = (0..).zip(&kinds).map(vector).collect();
        let size = unsafe { (library.chunk_size)(chunk.handle) } as usize;
        for place in 0..size {
            visit(&Row { columns: &columns, place })?;
        }
    }
}

struct Chunk<'library> {
    library: &'library Library,
    handle: Handle,
}

impl Drop for Chunk<'_> {
    fn drop(&mut self) {
        if !self.handle.is_null() {
            // SAFETY: owned here alone.
            unsafe { (self.library.destroy_chunk)(&raw mut self.handle) }
        }
    }
}
