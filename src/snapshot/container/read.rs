//! Reading a body: columns as views into its bytes, documents as values.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use flatbuffers::VerifierOptions;

use super::generated::regulars::{Body, Kind, body_buffer_has_identifier};
use super::header::LENGTH;
use super::number::Number;
use crate::domain::{AlignedBytes, Column, Lists, StringColumn, Value, from_cbor};
use crate::snapshot::{Part, SnapshotError};

/// How many columns and documents a body can hold together.
const MOST_PARTS: usize = 65_536;

/// The columns and documents of a checked body, by name.
pub struct Container {
    bytes: Rc<AlignedBytes>,
    columns: Vec<StoredColumn>,
    documents: Vec<StoredDocument>,
}

/// Where a column lies.
#[derive(Clone, Debug)]
pub struct StoredColumn {
    /// Its name.
    pub name: String,
    /// The kind of its numbers: `u8`, `i32`, `u32`, `i64`, `f32`; empty for one this engine does not know.
    pub kind: &'static str,
    /// Where its first byte lies in the file.
    pub start: usize,
    /// Its length in bytes, without what fills up the last block.
    pub length: usize,
}

/// Where a document lies.
#[derive(Clone, Debug)]
pub struct StoredDocument {
    /// Its name.
    pub name: String,
    /// Where its first byte lies in the file.
    pub start: usize,
    /// Its length in bytes.
    pub length: usize,
}

impl Container {
    /// Checks the frame of the body that follows the header in `bytes`, and finds its parts.
    ///
    /// # Errors
    ///
    /// `malformed-snapshot`.
    pub fn open(bytes: Rc<AlignedBytes>) -> Result<Self, SnapshotError> {
        let whole = bytes.as_slice();
        let unsound = || SnapshotError::Malformed(Part::Body);
        let body = whole.get(LENGTH..).ok_or_else(unsound)?;
        if body.len() < 8 || !body_buffer_has_identifier(body) {
            return Err(unsound());
        }
        let options = VerifierOptions {
            max_depth: 8,
            max_tables: MOST_PARTS,
            max_apparent_size: body.len().saturating_mul(2),
            ..VerifierOptions::default()
        };
        let body = flatbuffers::root_with_opts::<Body<'_>>(&options, body).map_err(|_| unsound())?;
        let place = |part: &[u8]| (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
        let mut columns = Vec::with_capacity(body.columns().len());
        for column in body.columns() {
            let bytes = column.data().bytes();
            let (kind, width) = layout(column.kind());
            let length = (column.length() as usize).saturating_mul(width);
            if length > bytes.len() {
                return Err(SnapshotError::Malformed(Part::Column(column.name().into())));
            }
            columns.push(StoredColumn { name: column.name().into(), kind, start: place(bytes), length });
        }
        let mut documents = Vec::with_capacity(body.documents().len());
        for document in body.documents() {
            let bytes = document.data().bytes();
            documents.push(StoredDocument { name: document.name().into(), start: place(bytes), length: bytes.len() });
        }
        let rising = columns.is_sorted_by(|one, other| one.name < other.name) && documents.is_sorted_by(|one, other| one.name < other.name);
        if !rising {
            return Err(unsound());
        }
        Ok(Container { bytes, columns, documents })
    }

    /// The column called `name`, in place; empty where there is none.
    ///
    /// # Errors
    ///
    /// `malformed-snapshot` where it is of another kind, not aligned, or holds a number that is not finite.
    pub fn column<T: Number>(&self, name: &str) -> Result<Column<T>, SnapshotError> {
        let Ok(place) = self.columns.binary_search_by(|column| column.name.as_str().cmp(name)) else { return Ok(Column::default()) };
        let stored = self.columns.get(place).filter(|stored| stored.kind == layout(T::KIND).0);
        stored
            .and_then(|stored| Column::view(&self.bytes, stored.start, stored.length))
            .filter(|column| T::all_sound(column.as_slice()))
            .ok_or_else(|| SnapshotError::Malformed(Part::Column(name.into())))
    }

    /// As [`Container::column`], and of `length` numbers or none.
    ///
    /// # Errors
    ///
    /// `malformed-snapshot`.
    pub fn column_of<T: Number>(&self, name: &str, length: usize) -> Result<Column<T>, SnapshotError> {
        let column = self.column(name)?;
        if column.is_empty() || column.len() == length { Ok(column) } else { Err(SnapshotError::Malformed(Part::Column(name.into()))) }
    }

    /// A column of places below `below`, or [`crate::domain::Terms::NONE`]; of `length` numbers or none.
    ///
    /// # Errors
    ///
    /// `malformed-snapshot`.
    pub fn places(&self, name: &str, length: usize, below: usize) -> Result<Column<u32>, SnapshotError> {
        let column = self.column_of::<u32>(name, length)?;
        let sound = |place: &u32| (*place as usize) < below || *place == crate::domain::Terms::NONE;
        if column.as_slice().iter().all(sound) { Ok(column) } else { Err(SnapshotError::Malformed(Part::Column(name.into()))) }
    }

    /// The texts in the columns `<name>.ends` and `<name>.text`.
    ///
    /// # Errors
    ///
    /// `malformed-snapshot`.
    pub fn texts(&self, name: &str) -> Result<StringColumn, SnapshotError> {
        let ends = joined(name, ".ends");
        let text = self.column(&joined(name, ".text"))?;
        StringColumn::new(self.column(&ends)?, text).ok_or(SnapshotError::Malformed(Part::Column(ends)))
    }

    /// `lists` lists of places below `below`, in the columns `<name>.offsets` and `<name>.values`.
    ///
    /// # Errors
    ///
    /// `malformed-snapshot`.
    pub fn lists(&self, name: &str, lists: usize, below: usize) -> Result<Lists, SnapshotError> {
        let offsets = joined(name, ".offsets");
        let found = Lists { offsets: self.column(&offsets)?, values: self.column(&joined(name, ".values"))? };
        let sound = found.is_sound(lists) && found.values.as_slice().iter().all(|place| (*place as usize) < below);
        if sound { Ok(found) } else { Err(SnapshotError::Malformed(Part::Column(offsets))) }
    }

    /// The document called `name`; null where there is none.
    ///
    /// # Errors
    ///
    /// `malformed-snapshot`.
    pub fn document(&self, name: &str) -> Result<Value, SnapshotError> {
        let Ok(place) = self.documents.binary_search_by(|document| document.name.as_str().cmp(name)) else { return Ok(Value::Null) };
        let unsound = || SnapshotError::Malformed(Part::Document(name.into()));
        let stored = self.documents.get(place).ok_or_else(unsound)?;
        let end = stored.start.saturating_add(stored.length);
        from_cbor(self.bytes.as_slice().get(stored.start..end).ok_or_else(unsound)?).map_err(|_| unsound())
    }

    /// All columns by ascending name.
    pub fn columns(&self) -> &[StoredColumn] {
        &self.columns
    }

    /// All documents by ascending name.
    pub fn documents(&self) -> &[StoredDocument] {
        &self.documents
    }
}

fn layout(kind: Kind) -> (&'static str, usize) {
    match kind {
        Kind::U8 => ("u8", 1),
        Kind::I32 => ("i32", 4),
        Kind::U32 => ("u32", 4),
        Kind::I64 => ("i64", 8),
        Kind::F32 => ("f32", 4),
        _ => ("", 0),
    }
}

/// `name` with `ending`.
pub fn joined(name: &str, ending: &str) -> String {
    let mut whole = String::with_capacity(name.len().saturating_add(ending.len()));
    whole.push_str(name);
    whole.push_str(ending);
    whole
}
