//! Applying a delta: columns replaced at once where the layout is the same, else the new file made from the old.

use alloc::rc::Rc;

use xxhash_rust::xxh64::xxh64;

use super::super::container::{LENGTH, NEVER};
use super::super::wire::catalog::HeadWire;
use super::super::{Currency, Snapshot, SnapshotError};
use super::Delta;
use super::read::Copied;
use super::source::{Place, raw};
use crate::domain::{AlignedBytes, Column, Zone, from_cbor, from_value};

/// Changes `snapshot` into the one that `delta` leads to. All or nothing; `false`, and nothing is changed, where more
/// than prices, stock and the head differ: then the new file is to be made ([`patched`]) and opened.
///
/// # Errors
///
/// `delta-gap`, `delta-mismatch`, `malformed-delta`, `expired-snapshot`, `older-snapshot`.
pub fn apply(snapshot: &mut Snapshot, delta: &Delta<'_>, now: i64) -> Result<bool, SnapshotError> {
    let source = snapshot.source.as_ref().filter(|source| source.header.digest == delta.base).ok_or(SnapshotError::DeltaGap)?;
    let result = delta.result;
    if result.version < source.header.version {
        return Err(SnapshotError::Older { found: result.version, in_use: source.header.version });
    }
    if result.expires_at != NEVER && result.expires_at <= now {
        return Err(SnapshotError::Expired { at: result.expires_at });
    }
    let length = source.bytes.as_slice().len().saturating_sub(LENGTH);
    if result.body_length != length as u64 || !delta.copies().eq([Copied { to: LENGTH, from: LENGTH, length }]) {
        return Ok(false);
    }
    let items = &snapshot.catalog.items;
    let mut parts = Parts::new([
        (source.price, raw(&items.price)),
        (source.base_price, raw(&items.base_price)),
        (source.stock, raw(&items.stock)),
        (source.head, source.head_bytes.as_slice()),
    ]);
    if !delta.each_patch(|patch| parts.write(patch.at, patch.bytes))? {
        return Ok(false);
    }
    let [price, base_price, stock, head] = parts.0;
    let (price, base_price, stock) =
        (column::<i64>(price, delta, 0)?, column::<i64>(base_price, delta, -1)?, column::<i32>(stock, delta, -1)?);
    let head_bytes = head.changed.map(|bytes| bytes.as_slice().to_vec());
    let head = match head_bytes.as_deref() {
        Some(bytes) => head_of(bytes).filter(|head| head.version == result.version).ok_or(SnapshotError::DeltaMismatch)?,
        None => return Err(SnapshotError::DeltaMismatch), // versions differ, so heads do
    };
    if !stands_still(&head, snapshot) {
        return Ok(false);
    }
    let items = &mut Rc::make_mut(&mut snapshot.catalog).items;
    price.into_iter().for_each(|column| items.price = column);
    base_price.into_iter().for_each(|column| items.base_price = column);
    stock.into_iter().for_each(|column| items.stock = column);
    let info = &mut snapshot.info;
    (info.id, info.version, info.issued_at, info.expires_at) = (head.id, head.version, head.issued_at, head.expires_at);
    if let Some(source) = &mut snapshot.source {
        source.header = result;
        source.header_bytes = delta.result_header.to_vec();
        source.head_bytes = head_bytes.unwrap_or_default();
    }
    Ok(true)
}

/// The file that `delta` makes of the file `old`. It is not checked yet: opening it does that.
///
/// # Errors
///
/// `malformed-delta` where something lies outside of the files.
pub fn patched(old: &[u8], delta: &Delta<'_>) -> Result<AlignedBytes, SnapshotError> {
    let body = usize::try_from(delta.result.body_length).map_err(|_| SnapshotError::MalformedDelta)?;
    let mut new = AlignedBytes::zeroed(LENGTH.saturating_add(body));
    let mut put = |at: usize, bytes: Option<&[u8]>| {
        let slots = bytes.and_then(|bytes| new.as_mut_slice().get_mut(at..at.checked_add(bytes.len())?).zip(Some(bytes)));
        slots.map(|(slots, bytes)| slots.copy_from_slice(bytes)).ok_or(SnapshotError::MalformedDelta)
    };
    for Copied { to, from, length } in delta.copies() {
        put(to, from.checked_add(length).and_then(|end| old.get(from..end)))?;
    }
    let mut failed = None;
    delta.each_patch(|patch| {
        failed = put(patch.at, Some(patch.bytes)).err();
        failed.is_none()
    })?;
    put(0, Some(delta.result_header))?;
    failed.map_or(Ok(new), Err)
}

/// The parts of a file that change in place, each copied when first written to.
struct Parts<'a>([Part<'a>; 4]);

struct Part<'a> {
    place: Place,
    current: &'a [u8],
    changed: Option<AlignedBytes>,
}

impl<'a> Parts<'a> {
    fn new(parts: [(Place, &'a [u8]); 4]) -> Self {
        Parts(parts.map(|(place, current)| Part { place, current, changed: None }))
    }

    /// Whether `bytes` lie in one of the parts; then they are written.
    fn write(&mut self, at: usize, bytes: &[u8]) -> bool {
        let end = at.saturating_add(bytes.len());
        let Some(part) = self.0.iter_mut().find(|part| part.place.start <= at && end <= part.place.end()) else { return false };
        let from = at.saturating_sub(part.place.start);
        let whole = part.changed.get_or_insert_with(|| AlignedBytes::copy_of(part.current));
        let slots = whole.as_mut_slice().get_mut(from..from.saturating_add(bytes.len()));
        slots.map(|slots| slots.copy_from_slice(bytes)).is_some()
    }
}

/// The changed column, checked against its seal; `None` where nothing changed.
fn column<T: bytemuck::Pod + PartialOrd + From<i8>>(
    part: Part<'_>,
    delta: &Delta<'_>,
    least: i8,
) -> Result<Option<Column<T>>, SnapshotError> {
    let Some(bytes) = part.changed else { return Ok(None) };
    let seal = delta.seal(part.place.start, part.place.length).ok_or(SnapshotError::MalformedDelta)?;
    if xxh64(bytes.as_slice(), 0) != seal {
        return Err(SnapshotError::DeltaMismatch);
    }
    let column = Column::<T>::view(&Rc::new(bytes), 0, part.place.length);
    let sound = |column: &Column<T>| column.as_slice().iter().all(|number| *number >= T::from(least));
    column.filter(sound).map(Some).ok_or(SnapshotError::DeltaMismatch)
}

fn head_of(bytes: &[u8]) -> Option<HeadWire> {
    from_value(&from_cbor(bytes).ok()?).ok()
}

/// Whether what compiled parts depend on is the same in `head` as in use.
fn stands_still(head: &HeadWire, snapshot: &Snapshot) -> bool {
    let info = &snapshot.info;
    let currency = Currency { code: head.currency.code.clone(), minor_units: head.currency.minor_units };
    let zone = Zone { name: head.zone.name.clone(), offsets: head.zone.offsets.clone() };
    head.shop == info.shop && currency == info.currency && zone == info.zone && head.locales == info.locales
}
