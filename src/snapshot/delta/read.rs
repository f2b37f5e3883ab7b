//! Reading a delta.

use super::super::SnapshotError;
use super::super::container::{Header, HostCheck, Kind, LENGTH, PublicKey, check};

const FIXED: usize = 240;
const COPY: usize = 12;
const SEAL: usize = 16;
/// The longest snapshot that a delta may lead to, in bytes.
const LONGEST: u64 = 1 << 30;

/// A delta whose signature and digest are checked.
#[derive(Clone, Debug)]
pub struct Delta<'a> {
    /// The digest of the snapshot it starts from.
    pub base: [u8; 32],
    /// The header of the snapshot it leads to.
    pub result: Header,
    /// The bytes of that header.
    pub result_header: &'a [u8],
    copies: &'a [u8],
    seals: &'a [u8],
    patches: &'a [u8],
    patch_count: u32,
}

/// Bytes to put into the new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch<'a> {
    /// Where the first goes.
    pub at: usize,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// A range of the old file that the new one has too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it starts in the new file.
    pub to: usize,
    /// Where it starts in the old file.
    pub from: usize,
    /// Its length.
    pub length: usize,
}

impl<'a> Delta<'a> {
    /// Reads the delta in `bytes`. Where there are keys, one of them must have signed it; what the host has `checked`
    /// is not computed again.
    ///
    /// # Errors
    ///
    /// `malformed-delta`, `truncated-snapshot`, `unsupported-format`, `bad-digest`, `unsigned-snapshot`,
    /// `bad-signature`, `bad-public-key`.
    pub fn read(bytes: &'a [u8], keys: &[PublicKey], checked: Option<HostCheck>) -> Result<Self, SnapshotError> {
        let header = Header::of(bytes, Kind::Delta).map_err(|error| match error {
            SnapshotError::Malformed(_) => SnapshotError::MalformedDelta,
            other => other,
        })?;
        let body = bytes.get(LENGTH..).unwrap_or_default();
        match header.body_length.cmp(&(body.len() as u64)) {
            core::cmp::Ordering::Greater => return Err(SnapshotError::Truncated),
            core::cmp::Ordering::Less => return Err(SnapshotError::MalformedDelta),
            core::cmp::Ordering::Equal => {}
        }
        check(bytes, &header, keys, checked)?;
        Self::parts(body).filter(|delta| delta.result.version == header.version).ok_or(SnapshotError::MalformedDelta)
    }

    fn parts(body: &'a [u8]) -> Option<Self> {
        let (fixed, rest) = body.split_at_checked(FIXED)?;
        let result_header = fixed.get(32..32_usize.saturating_add(LENGTH))?;
        let counts = fixed.get(32_usize.saturating_add(LENGTH)..)?;
        let (copies, rest) = rest.split_at_checked(number(counts, 0)?.checked_mul(COPY)?)?;
        let (seals, patches) = rest.split_at_checked(number(counts, 4)?.checked_mul(SEAL)?)?;
        let patch_count = u32::try_from(number(counts, 8)?).ok()?;
        let result = Header::of(result_header, Kind::Snapshot).ok().filter(|header| header.body_length <= LONGEST)?;
        (number(counts, 12)? == 0).then_some(())?;
        let base = *fixed.first_chunk()?;
        Some(Delta { base, result, result_header, copies, seals, patches, patch_count })
    }

    /// What the new file has of the old one.
    pub fn copies(&self) -> impl Iterator<Item = Copied> {
        self.copies
            .chunks_exact(COPY)
            .filter_map(|copy| Some(Copied { to: number(copy, 0)?, from: number(copy, 4)?, length: number(copy, 8)? }))
    }

    /// The seal of the column that starts at `start` of the new file and has `length` bytes.
    pub fn seal(&self, start: usize, length: usize) -> Option<u64> {
        let of_it = |seal: &&[u8]| number(seal, 0) == Some(start) && number(seal, 4) == Some(length);
        let seal = self.seals.chunks_exact(SEAL).find(of_it)?;
        seal.get(8..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// Calls `take` with each patch, in order of place, until it gives `false`.
    ///
    /// # Errors
    ///
    /// `malformed-delta` where the patches end early, or bytes follow them.
    pub fn each_patch(&self, mut take: impl FnMut(Patch<'_>) -> bool) -> Result<bool, SnapshotError> {
        let (mut rest, mut at) = (self.patches, LENGTH);
        for _ in 0..self.patch_count {
            let patch = (|| {
                let gap = leb128(&mut rest)?;
                let length = leb128(&mut rest)?;
                let (bytes, after) = rest.split_at_checked(length)?;
                rest = after;
                Some(Patch { at: at.checked_add(gap)?, bytes })
            })();
            let patch = patch.ok_or(SnapshotError::MalformedDelta)?;
            at = patch.at.saturating_add(patch.bytes.len());
            if !take(patch) {
                return Ok(false);
            }
        }
        if rest.is_empty() { Ok(true) } else { Err(SnapshotError::MalformedDelta) }
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes: &[u8; 4] = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

/// Seven bits a byte, the lowest first; at most 35 bits.
fn leb128(rest: &mut &[u8]) -> Option<usize> {
    let (mut value, mut shift) = (0_u64, 0_u32);
    loop {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if *byte < 0x80 {
            return usize::try_from(value).ok().filter(|_| value <= u64::from(u32::MAX));
        }
        shift = shift.saturating_add(7);
        if shift > 28 {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_end_early_or_never_are_refused() {
        for bytes in [&[][..], &[0x80][..], &[0xff, 0xff, 0xff, 0xff, 0xff, 1][..]] {
            assert_eq!(leb128(&mut &*bytes), None, "{bytes:?}");
        }
        let mut rest = &[0xac, 0x02, 7][..];
        assert_eq!((leb128(&mut rest), rest), (Some(300), &[7][..]));
    }

    #[test]
    fn what_is_no_delta_is_refused() {
        let code = |bytes: &[u8]| Delta::read(bytes, &[], None).unwrap_err();
        assert_eq!(code(b"{}"), SnapshotError::MalformedDelta);
        assert_eq!(code(b""), SnapshotError::Truncated);
    }
}
