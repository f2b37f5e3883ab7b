//! The 192 bytes at the start of a binary snapshot.
//!
//! | bytes | holds |
//! |---|---|
//! | 0..8 | `89 52 47 4C 0D 0A 1A 0A`: found changed where a transfer took the file for text |
//! | 8..10 | format: 1 |
//! | 10..12 | kind: 1 for a snapshot, 2 for a delta |
//! | 12..16 | length of the header: 192 |
//! | 16..24 | length of the body |
//! | 24..32 | version of the snapshot |
//! | 32..40 | when it was made, in milliseconds since 1970, signed |
//! | 40..48 | when it ends, likewise; 2⁶³ - 1 for never |
//! | 48..56 | the first 8 bytes of the SHA-256 of the signer's public key; zero without signature |
//! | 56..64 | zero |
//! | 64..96 | SHA-256 of bytes 0..64 and of the SHA-256 of each 131,072 bytes of the body, the last block of what is left |
//! | 96..128 | zero |
//! | 128..192 | Ed25519 signature of bytes 0..128; zero without signature |
//! | 192.. | the body |
//!
//! All integers are little-endian.

use crate::snapshot::{Part, SnapshotError};

/// How many bytes the header has.
pub const LENGTH: usize = 192;
/// The part of it that the digest covers, before the body.
pub const DIGESTED: usize = 64;
/// The part of it that the signature covers.
pub const SIGNED: usize = 128;
/// The `expires_at` of a snapshot that never ends.
pub const NEVER: i64 = i64::MAX;

const MAGIC: [u8; 8] = *b"\x89RGL\r\n\x1a\n";
const FORMAT: u16 = 1;

/// What follows the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Columns and documents.
    Snapshot = 1,
    /// What changed from one snapshot to the next.
    Delta = 2,
}

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Length of the body in bytes.
    pub body_length: u64,
    /// Version of the snapshot.
    pub version: u64,
    /// When it was made, in milliseconds since 1970.
    pub issued_at: i64,
    /// When it ends (exclusive), in milliseconds since 1970; [`NEVER`] for never.
    pub expires_at: i64,
    /// Names the signer's key; zero without signature.
    pub key_id: [u8; 8],
    /// The digest of the header's first [`DIGESTED`] bytes and the body, as [`super::digest`] makes it.
    pub digest: [u8; 32],
    /// Ed25519 signature of the header's first [`SIGNED`] bytes; zero without signature.
    pub signature: [u8; 64],
}

/// Whether `bytes` begin like a binary snapshot, whatever follows.
pub fn is_binary(bytes: &[u8]) -> bool {
    bytes.first() == MAGIC.first()
}

impl Header {
    /// Reads the header at the start of `bytes`, which must hold exactly it and the body.
    ///
    /// # Errors
    ///
    /// `truncated-snapshot`, `malformed-snapshot`, `unsupported-format`.
    pub fn read(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let header = Self::of(bytes, Kind::Snapshot)?;
        let body_length = bytes.len().saturating_sub(LENGTH) as u64;
        match header.body_length.cmp(&body_length) {
            core::cmp::Ordering::Greater => Err(SnapshotError::Truncated),
            core::cmp::Ordering::Less => Err(SnapshotError::Malformed(Part::Header("body-length"))),
            core::cmp::Ordering::Equal => Ok(header),
        }
    }

    /// Reads the header of a file of `kind` at the start of `bytes`, whatever follows it.
    ///
    /// # Errors
    ///
    /// `truncated-snapshot`, `malformed-snapshot`, `unsupported-format`.
    pub fn of(bytes: &[u8], kind: Kind) -> Result<Self, SnapshotError> {
        let magic = bytes.get(..MAGIC.len()).unwrap_or(bytes);
        if !MAGIC.starts_with(magic) {
            return Err(SnapshotError::Malformed(Part::Magic));
        }
        let format = u16::from_le_bytes(array(bytes, 8)?);
        if format > FORMAT {
            return Err(SnapshotError::UnsupportedFormat { found: format.into(), supported: FORMAT.into() });
        }
        let unsound = |field| Err(SnapshotError::Malformed(Part::Header(field)));
        if format == 0 {
            return unsound("format");
        }
        if u16::from_le_bytes(array(bytes, 10)?) != kind as u16 {
            return unsound("kind");
        }
        if u32::from_le_bytes(array(bytes, 12)?) as usize != LENGTH {
            return unsound("header-length");
        }
        let header = Header {
            body_length: u64::from_le_bytes(array(bytes, 16)?),
            version: u64::from_le_bytes(array(bytes, 24)?),
            issued_at: i64::from_le_bytes(array(bytes, 32)?),
            expires_at: i64::from_le_bytes(array(bytes, 40)?),
            key_id: array(bytes, 48)?,
            digest: array(bytes, 64)?,
            signature: array(bytes, 128)?,
        };
        if array(bytes, 56)? != [0; 8] || array(bytes, 96)? != [0; 32] {
            return unsound("reserved");
        }
        Ok(header)
    }

    /// The bytes of the header of a file of `kind`.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn to_bytes(self, kind: Kind) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let mut put = |at: usize, part: &[u8]| {
            for (slot, byte) in bytes.iter_mut().skip(at).zip(part) {
                *slot = *byte;
            }
        };
        put(0, &MAGIC);
        put(8, &FORMAT.to_le_bytes());
        put(10, &(kind as u16).to_le_bytes());
        put(12, &(LENGTH as u32).to_le_bytes());
        put(16, &self.body_length.to_le_bytes());
        put(24, &self.version.to_le_bytes());
        put(32, &self.issued_at.to_le_bytes());
        put(40, &self.expires_at.to_le_bytes());
        put(48, &self.key_id);
        put(64, &self.digest);
        put(128, &self.signature);
        bytes
    }

    /// Whether there is a signature, sound or not.
    pub fn is_signed(&self) -> bool {
        self.signature != [0; 64]
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], SnapshotError> {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or(SnapshotError::Truncated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Header {
        Header { body_length: 3, version: 7, issued_at: -1, expires_at: NEVER, key_id: [1; 8], digest: [2; 32], signature: [3; 64] }
    }

    #[test]
    fn what_is_no_header_is_refused() {
        let code = |bytes: &[u8]| Header::read(bytes).unwrap_err();
        assert_eq!(code(b"{\"format\": 1}"), SnapshotError::Malformed(Part::Magic));
        assert_eq!(code(b""), SnapshotError::Truncated);
        assert_eq!(code(b"\x89RGL\n\x1a\n"), SnapshotError::Malformed(Part::Magic));
        let mut sound = sample().to_bytes(Kind::Snapshot).to_vec();
        assert_eq!(code(&sound), SnapshotError::Truncated);
        sound.extend_from_slice(b"abcd");
        assert_eq!(code(&sound), SnapshotError::Malformed(Part::Header("body-length")));
        sound.pop();
        for (at, field) in [(10, "kind"), (12, "header-length"), (56, "reserved"), (127, "reserved")] {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x80;
            assert_eq!(code(&bytes), SnapshotError::Malformed(Part::Header(field)));
        }
        sound[8] = 2;
        assert_eq!(code(&sound), SnapshotError::UnsupportedFormat { found: 2, supported: 1 });
        sound[8] = 0;
        assert_eq!(code(&sound), SnapshotError::Malformed(Part::Header("format")));
    }

    #[test]
    fn a_header_survives_a_round_trip() {
        let mut bytes = sample().to_bytes(Kind::Snapshot).to_vec();
        bytes.extend_from_slice(b"abc");
        assert_eq!(Header::read(&bytes), Ok(sample()));
    }
}
