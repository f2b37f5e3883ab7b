//! The file a snapshot was read from, and what deltas have changed since.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::super::Snapshot;
use super::super::container::{Container, Header, LENGTH};
use crate::domain::{AlignedBytes, Column};

/// The file a snapshot was read from, and where in it lies what deltas change in place.
#[derive(Clone, Debug)]
pub struct Source {
    pub(super) bytes: Rc<AlignedBytes>,
    /// Of the snapshot in use, which deltas may have led to.
    pub(super) header: Header,
    pub(super) header_bytes: Vec<u8>,
    pub(super) price: Place,
    pub(super) base_price: Place,
    pub(super) stock: Place,
    pub(super) head: Place,
    /// The document `head` of the snapshot in use.
    pub(super) head_bytes: Vec<u8>,
}

/// A range of the file; of length 0 where there is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub start: usize,
    pub length: usize,
}

impl Place {
    pub fn end(self) -> usize {
        self.start.saturating_add(self.length)
    }
}

impl Source {
    /// The source of what `container` holds.
    pub fn of(bytes: &Rc<AlignedBytes>, header: Header, container: &Container) -> Self {
        let column = |name: &str| {
            let found = container.columns().iter().find(|column| column.name == name);
            found.map_or_else(Place::default, |column| Place { start: column.start, length: column.length })
        };
        let head = container.documents().iter().find(|document| document.name == "head");
        let head = head.map_or_else(Place::default, |document| Place { start: document.start, length: document.length });
        let whole = bytes.as_slice();
        Source {
            bytes: bytes.clone(),
            header,
            header_bytes: whole.get(..LENGTH).unwrap_or_default().to_vec(),
            price: column("items.price"),
            base_price: column("items.base-price"),
            stock: column("items.stock"),
            head,
            head_bytes: whole.get(head.start..head.end()).unwrap_or_default().to_vec(),
        }
    }

    /// The digest that names the snapshot in use.
    pub fn digest(&self) -> &[u8; 32] {
        &self.header.digest
    }
}

impl Snapshot {
    /// The file of this snapshot, deltas included; `None` where it was read from JSON.
    pub fn to_bytes(&self) -> Option<AlignedBytes> {
        let source = self.source.as_ref()?;
        let mut whole = AlignedBytes::copy_of(source.bytes.as_slice());
        let items = &self.catalog.items;
        let mut put = |start: usize, bytes: &[u8]| {
            if let Some(slots) = whole.as_mut_slice().get_mut(start..start.saturating_add(bytes.len())) {
                slots.copy_from_slice(bytes);
            }
        };
        put(0, &source.header_bytes);
        put(source.head.start, &source.head_bytes);
        put(source.price.start, raw(&items.price));
        put(source.base_price.start, raw(&items.base_price));
        put(source.stock.start, raw(&items.stock));
        Some(whole)
    }
}

/// The bytes of a column's numbers.
pub(super) fn raw<T: bytemuck::Pod>(column: &Column<T>) -> &[u8] {
    bytemuck::cast_slice(column.as_slice())
}
