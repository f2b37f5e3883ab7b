//! Digest and signature of a binary snapshot.

use alloc::vec::Vec;

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use super::header::{DIGESTED, Header, LENGTH, SIGNED};
use crate::snapshot::SnapshotError;

/// An Ed25519 public key, 32 bytes.
pub type PublicKey = Vec<u8>;

/// The body is digested in blocks of so many bytes, the last of what is left: a host that digests large files slowly (it
/// copies them first) or on several threads is quick, and the module's own code, which a browser makes faster between two
/// calls of a function, is so early.
const BLOCK: usize = 1 << 17;

/// SHA-256 of the header's first 64 bytes and, one after the other, of the SHA-256 of each block of the body.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut whole = Sha256::new();
    whole.update(bytes.get(..DIGESTED).unwrap_or_default());
    for block in bytes.get(LENGTH..).unwrap_or_default().chunks(BLOCK) {
        whole.update(Sha256::digest(block));
    }
    whole.finalize().into()
}

/// Names a public key: the first 8 bytes of its SHA-256.
pub fn key_id(public_key: &[u8]) -> [u8; 8] {
    let hash: [u8; 32] = Sha256::digest(public_key).into();
    hash.first_chunk().copied().unwrap_or_default()
}

/// What the host has found with its own cryptography, which is many times faster than the module's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostCheck {
    /// The digest of exactly these bytes ([`digest`]), as it computed it.
    pub digest: [u8; 32],
    /// Whether it has found the signature to be made by the key that the header names.
    pub signed: bool,
}

/// Checks that one of `keys` made the signature, where there are keys, and that the digest fits.
///
/// # Errors
///
/// `unsigned-snapshot`, `bad-public-key`, `bad-signature`, `unchecked-signature`, `bad-digest`.
pub fn check(bytes: &[u8], header: &Header, keys: &[PublicKey], host: Option<HostCheck>) -> Result<(), SnapshotError> {
    let by_host = host.is_some_and(|host| host.signed) && header.is_signed() && keys.iter().any(|key| key_id(key) == header.key_id);
    if !keys.is_empty() && !by_host {
        match (header.is_signed(), cfg!(feature = "signatures")) {
            (false, _) => return Err(SnapshotError::Unsigned),
            (true, false) => return Err(SnapshotError::UncheckedSignature),
            (true, true) => verify(bytes, header, keys)?,
        }
    }
    let found = host.map_or_else(|| digest(bytes), |host| host.digest);
    if found == header.digest { Ok(()) } else { Err(SnapshotError::BadDigest) }
}

/// Checks that one of `keys` made the signature.
///
/// # Errors
///
/// `unsigned-snapshot`, `bad-public-key`, `bad-signature`.
pub fn verify(bytes: &[u8], header: &Header, keys: &[PublicKey]) -> Result<(), SnapshotError> {
    let mut candidates = Vec::with_capacity(keys.len());
    for key in keys {
        let bytes: &[u8; 32] = key.as_slice().try_into().map_err(|_| SnapshotError::BadPublicKey)?;
        candidates.push(VerifyingKey::from_bytes(bytes).map_err(|_| SnapshotError::BadPublicKey)?);
    }
    if !header.is_signed() {
        return Err(SnapshotError::Unsigned);
    }
    let message = bytes.get(..SIGNED).unwrap_or_default();
    let signature = Signature::from_bytes(&header.signature);
    let named = candidates.iter().filter(|key| key_id(key.as_bytes()) == header.key_id);
    if named.into_iter().any(|key| key.verify_strict(message, &signature).is_ok()) { Ok(()) } else { Err(SnapshotError::BadSignature) }
}
