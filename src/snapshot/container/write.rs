//! Writing a binary snapshot.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use ed25519_dalek::{Signer, SigningKey};
use flatbuffers::FlatBufferBuilder;
use serde::Serialize;

use super::generated::regulars::{Block, Body, BodyArgs, Column, ColumnArgs, Document, DocumentArgs, Kind, finish_body_buffer};
use super::header::{Header, Kind as FileKind, LENGTH, NEVER, SIGNED};
use super::number::Number;
use super::read::joined;
use super::signature::{digest, key_id};
use crate::domain::{Lists, StringColumn, Value, ValueError, to_cbor};

/// What stands in the header beside what follows from the body.
#[derive(Clone, Copy, Debug)]
pub struct Envelope {
    /// Version of the snapshot.
    pub version: u64,
    /// When it was made, in milliseconds since 1970.
    pub issued_at: i64,
    /// When it ends (exclusive), in milliseconds since 1970.
    pub expires_at: Option<i64>,
}

/// Collects columns and documents.
#[derive(Default)]
pub struct Writer {
    columns: BTreeMap<String, (Kind, u32, Vec<Block>)>,
    documents: BTreeMap<String, Vec<u8>>,
}

impl Writer {
    /// Adds a column; nothing where it is empty.
    pub fn column<T: Number>(&mut self, name: &str, numbers: &[T]) {
        if numbers.is_empty() {
            return;
        }
        let bytes: &[u8] = bytemuck::cast_slice(numbers);
        let blocks = bytes.chunks(size_of::<Block>()).map(|chunk| {
            let mut block = Block::default();
            for (slot, byte) in block.0.iter_mut().zip(chunk) {
                *slot = *byte;
            }
            block
        });
        let length = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        self.columns.insert(name.into(), (T::KIND, length, blocks.collect()));
    }

    /// Adds texts as the columns `<name>.ends` and `<name>.text`.
    pub fn texts(&mut self, name: &str, texts: &StringColumn) {
        let (ends, text) = texts.parts();
        self.column(&joined(name, ".ends"), ends.as_slice());
        self.column(&joined(name, ".text"), text.as_slice());
    }

    /// Adds lists as the columns `<name>.offsets` and `<name>.values`.
    pub fn lists(&mut self, name: &str, lists: &Lists) {
        self.column(&joined(name, ".offsets"), lists.offsets.as_slice());
        self.column(&joined(name, ".values"), lists.values.as_slice());
    }

    /// Adds a document; nothing where it is null.
    ///
    /// # Errors
    ///
    /// Where the value can't be written as CBOR.
    pub fn document(&mut self, name: &str, value: &Value) -> Result<(), ValueError> {
        if value.is_null() { Ok(()) } else { self.document_of(name, value) }
    }

    /// Adds a document.
    ///
    /// # Errors
    ///
    /// Where the value can't be written as CBOR.
    pub fn document_of<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), ValueError> {
        self.documents.insert(name.into(), to_cbor(value)?);
        Ok(())
    }

    /// The whole file, signed where a key is given. The same content gives the same bytes.
    pub fn finish(self, envelope: Envelope, key: Option<&SigningKey>) -> Vec<u8> {
        sealed(FileKind::Snapshot, envelope, &self.body(), key)
    }

    fn body(self) -> Vec<u8> {
        let mut builder = FlatBufferBuilder::new();
        let mut columns = Vec::with_capacity(self.columns.len());
        for (name, (kind, length, blocks)) in &self.columns {
            let args = ColumnArgs {
                name: Some(builder.create_string(name)),
                kind: *kind,
                length: *length,
                data: Some(builder.create_vector(blocks)),
            };
            columns.push(Column::create(&mut builder, &args));
        }
        let mut documents = Vec::with_capacity(self.documents.len());
        for (name, data) in &self.documents {
            let args = DocumentArgs { name: Some(builder.create_string(name)), data: Some(builder.create_vector(data)) };
            documents.push(Document::create(&mut builder, &args));
        }
        let args = BodyArgs { columns: Some(builder.create_vector(&columns)), documents: Some(builder.create_vector(&documents)) };
        let body = Body::create(&mut builder, &args);
        finish_body_buffer(&mut builder, body);
        builder.finished_data().to_vec()
    }
}

/// A file of `kind`: header and body, signed where a key is given.
pub fn sealed(kind: FileKind, envelope: Envelope, body: &[u8], key: Option<&SigningKey>) -> Vec<u8> {
    let mut header = Header {
        body_length: body.len() as u64,
        version: envelope.version,
        issued_at: envelope.issued_at,
        expires_at: envelope.expires_at.unwrap_or(NEVER),
        key_id: key.map_or([0; 8], |key| key_id(key.verifying_key().as_bytes())),
        digest: [0; 32],
        signature: [0; 64],
    };
    let mut bytes = header.to_bytes(kind).to_vec();
    bytes.extend_from_slice(body);
    header.digest = digest(&bytes);
    if let Some(key) = key {
        let message = header.to_bytes(kind);
        header.signature = key.sign(message.get(..SIGNED).unwrap_or_default()).to_bytes();
    }
    bytes.splice(..LENGTH, header.to_bytes(kind));
    bytes
}
