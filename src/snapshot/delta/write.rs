//! Making a delta out of two snapshots.

use alloc::rc::Rc;
use alloc::vec::Vec;

use ed25519_dalek::SigningKey;
use xxhash_rust::xxh64::xxh64;

use super::super::container::{Container, Envelope, Header, Kind, LENGTH, NEVER, sealed};
use super::super::{Part, SnapshotError};
use crate::domain::AlignedBytes;

/// Differences this near to each other become one patch.
const NEAR: usize = 3;
/// Columns that devices replace in place.
const IN_PLACE: [&str; 3] = ["items.price", "items.base-price", "items.stock"];

/// What leads from the snapshot file `old` to the snapshot file `new`, signed where a key is given.
///
/// # Errors
///
/// `malformed-snapshot` where either is none, or both do not fit into 4 GB; `older-snapshot` where `new` is not newer.
pub fn delta(old: &[u8], new: &[u8], key: Option<&SigningKey>) -> Result<Vec<u8>, SnapshotError> {
    let (old_header, header) = (Header::read(old)?, Header::read(new)?);
    if header.version <= old_header.version {
        return Err(SnapshotError::Older { found: header.version, in_use: old_header.version });
    }
    let open = |bytes: &[u8]| Container::open(Rc::new(AlignedBytes::copy_of(bytes)));
    let (before, after) = (open(old)?, open(new)?);
    let copies = copies(&before, &after, old.len(), new.len());
    let mut result = alloc::vec![0; new.len()];
    for (to, from, length) in &copies {
        if let (Some(slots), Some(bytes)) = (range_mut(&mut result, *to, *length), range(old, *from, *length)) {
            slots.copy_from_slice(bytes);
        }
    }
    let patches = differences(&result, new);
    let mut seals = Vec::new();
    for column in after.columns().iter().filter(|column| IN_PLACE.contains(&column.name.as_str())) {
        let bytes = range(new, column.start, column.length).unwrap_or_default();
        seals.push((column.start, column.length, xxh64(bytes, 0)));
    }
    let mut body = old_header.digest.to_vec();
    body.extend_from_slice(new.get(..LENGTH).unwrap_or_default());
    for count in [copies.len(), seals.len(), patches.len(), 0] {
        body.extend(small(count)?);
    }
    for (to, from, length) in copies {
        body.extend([small(to)?, small(from)?, small(length)?].concat());
    }
    for (start, length, seal) in seals {
        body.extend([small(start)?, small(length)?].concat());
        body.extend(seal.to_le_bytes());
    }
    let mut end = LENGTH;
    for (start, length) in patches {
        leb128(&mut body, start.saturating_sub(end));
        leb128(&mut body, length);
        body.extend_from_slice(range(new, start, length).unwrap_or_default());
        end = start.saturating_add(length);
    }
    let envelope = Envelope {
        version: header.version,
        issued_at: header.issued_at,
        expires_at: (header.expires_at != NEVER).then_some(header.expires_at),
    };
    Ok(sealed(Kind::Delta, envelope, &body, key))
}

/// What the new file has of the old one: all of it where the layout is the same, else columns and documents of equal
/// length under the same name.
fn copies(before: &Container, after: &Container, old: usize, new: usize) -> Vec<(usize, usize, usize)> {
    let parts = |container: &Container| -> Vec<(alloc::string::String, &'static str, usize, usize)> {
        let columns = container.columns().iter().map(|column| (column.name.clone(), column.kind, column.start, column.length));
        let documents = container.documents().iter().map(|document| (document.name.clone(), "document", document.start, document.length));
        columns.chain(documents).collect()
    };
    let (before, after) = (parts(before), parts(after));
    if old == new && before == after {
        return alloc::vec![(LENGTH, LENGTH, new.saturating_sub(LENGTH))];
    }
    let kept = |(name, kind, start, length): &(alloc::string::String, &'static str, usize, usize)| {
        let same = before.iter().find(|known| known.0 == *name && known.1 == *kind && known.3 == *length)?;
        Some((*start, same.2, *length))
    };
    after.iter().filter_map(kept).collect()
}

/// Where the body of `new` differs from `result`: starts and lengths.
fn differences(result: &[u8], new: &[u8]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let different = result.iter().zip(new).enumerate().skip(LENGTH).filter(|(_, (one, other))| one != other);
    for (at, _) in different {
        match found.last_mut() {
            Some((start, length)) if at.saturating_sub(start.saturating_add(*length)) <= NEAR => {
                *length = at.saturating_sub(*start).saturating_add(1);
            }
            _ => found.push((at, 1)),
        }
    }
    found
}

fn range(bytes: &[u8], start: usize, length: usize) -> Option<&[u8]> {
    bytes.get(start..start.checked_add(length)?)
}

fn range_mut(bytes: &mut [u8], start: usize, length: usize) -> Option<&mut [u8]> {
    bytes.get_mut(start..start.checked_add(length)?)
}

fn small(number: usize) -> Result<[u8; 4], SnapshotError> {
    u32::try_from(number).map(u32::to_le_bytes).map_err(|_| SnapshotError::Malformed(Part::Body))
}

fn leb128(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        #[allow(clippy::cast_possible_truncation)] // seven bits
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}
