//! Why a snapshot is refused.

use alloc::string::String;
use core::fmt;

use crate::domain::ValueError;

/// Why a snapshot is refused. What was in use before stays in use.
///
/// | code | means | what to do |
/// |---|---|---|
/// | `malformed-snapshot` | the bytes are no snapshot, or one whose parts contradict each other | fetch it again; have it packed again |
/// | `truncated-snapshot` | the bytes end too early | fetch it again |
/// | `bad-digest` | bytes were changed after packing | fetch it again |
/// | `unsigned-snapshot` | keys were given and the snapshot has no signature | `regulars pack --key` |
/// | `bad-signature` | no given key made the signature | give the right public key; otherwise do not trust the source |
/// | `unchecked-signature` | keys were given, the host has not found the signature to be right, and this build of the module cannot check it | on hosts without Ed25519 a build with `signatures`; otherwise do not trust the source |
/// | `bad-public-key` | a given key is no Ed25519 public key of 32 bytes | give the bytes `regulars keygen` wrote |
/// | `unsupported-format` | written for a newer engine | update the package |
/// | `older-snapshot` | its version is below the one in use | keep the one in use |
/// | `expired-snapshot` | its own end has passed | fetch a new one |
/// | `wrong-shop` | it is for another shop | fetch the right one |
/// | `malformed-delta` | the bytes are no delta, or one that contradicts itself | fetch the whole snapshot |
/// | `delta-gap` | the delta does not start from the snapshot in use | fetch the whole snapshot |
/// | `delta-mismatch` | what the delta leads to is not what it promised | fetch the whole snapshot |
/// | `malformed-json` | the JSON form lacks a field or has one of the wrong type; `path` names it | correct the field |
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The bytes are no snapshot, or one whose parts contradict each other. Says which part.
    Malformed(Part),
    /// The bytes end too early.
    Truncated,
    /// Bytes were changed after packing.
    BadDigest,
    /// Keys were given and the snapshot has no signature.
    Unsigned,
    /// No given key made the signature.
    BadSignature,
    /// The host has not found the signature to be right, and this build cannot check it.
    UncheckedSignature,
    /// A given key is no Ed25519 public key.
    BadPublicKey,
    /// Written for a newer engine.
    UnsupportedFormat {
        /// The format it was written in.
        found: u32,
        /// The newest that this engine reads.
        supported: u32,
    },
    /// Its version is below the one in use.
    Older {
        /// Its version.
        found: u64,
        /// The one in use.
        in_use: u64,
    },
    /// Its own end has passed.
    Expired {
        /// When it ended, in milliseconds since 1970.
        at: i64,
    },
    /// It is for another shop.
    WrongShop {
        /// The shop it is for.
        found: String,
    },
    /// The bytes are no delta, or one that contradicts itself.
    MalformedDelta,
    /// The delta does not start from the snapshot in use.
    DeltaGap,
    /// What the delta leads to is not what it promised.
    DeltaMismatch,
    /// A field of the JSON form, or of a document in the container.
    Json(ValueError),
}

/// The part of a snapshot that is malformed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first bytes are not those of a snapshot.
    Magic,
    /// A field of the header.
    Header(&'static str),
    /// The frame that holds columns and documents.
    Body,
    /// The column with this name.
    Column(String),
    /// The document with this name.
    Document(String),
}

impl SnapshotError {
    /// From the closed set above.
    pub fn code(&self) -> &'static str {
        match self {
            SnapshotError::Malformed(_) => "malformed-snapshot",
            SnapshotError::Truncated => "truncated-snapshot",
            SnapshotError::BadDigest => "bad-digest",
            SnapshotError::Unsigned => "unsigned-snapshot",
            SnapshotError::BadSignature => "bad-signature",
            SnapshotError::UncheckedSignature => "unchecked-signature",
            SnapshotError::BadPublicKey => "bad-public-key",
            SnapshotError::UnsupportedFormat { .. } => "unsupported-format",
            SnapshotError::Older { .. } => "older-snapshot",
            SnapshotError::Expired { .. } => "expired-snapshot",
            SnapshotError::WrongShop { .. } => "wrong-shop",
            SnapshotError::MalformedDelta => "malformed-delta",
            SnapshotError::DeltaGap => "delta-gap",
            SnapshotError::DeltaMismatch => "delta-mismatch",
            SnapshotError::Json(_) => "malformed-json",
        }
    }

    /// The field or part at fault: `programme.tiers[2].id`, `items.price`.
    pub fn path(&self) -> Option<&str> {
        match self {
            SnapshotError::Json(error) => Some(error.path()),
            SnapshotError::Malformed(Part::Header(field)) => Some(field),
            SnapshotError::Malformed(Part::Column(name) | Part::Document(name)) => Some(name),
            _ => None,
        }
    }

    /// In words: lowercase, no full stop.
    pub fn message(&self) -> String {
        let named = |before: &str, name: &str, after: &str| {
            let mut text = String::from(before);
            text.push('`');
            text.push_str(name);
            text.push('`');
            text.push_str(after);
            text
        };
        match self {
            SnapshotError::Malformed(Part::Magic) => "the bytes do not begin like a snapshot".into(),
            SnapshotError::Malformed(Part::Header(field)) => named("the header's field ", field, " is unsound"),
            SnapshotError::Malformed(Part::Body) => "the body's frame is unsound".into(),
            SnapshotError::Malformed(Part::Column(name)) => named("the column ", name, " is missing or unsound"),
            SnapshotError::Malformed(Part::Document(name)) => named("the document ", name, " is missing or unsound"),
            SnapshotError::Truncated => "the snapshot ends too early".into(),
            SnapshotError::BadDigest => "the snapshot's bytes do not match its digest".into(),
            SnapshotError::Unsigned => "the snapshot is not signed".into(),
            SnapshotError::BadSignature => "none of the public keys made the snapshot's signature".into(),
            SnapshotError::UncheckedSignature => {
                "the host has not found the signature to be right, and this build of the module cannot check it".into()
            }
            SnapshotError::BadPublicKey => "a public key must be the 32 bytes of an ed25519 key".into(),
            SnapshotError::UnsupportedFormat { .. } => "the snapshot was written for a newer engine".into(),
            SnapshotError::Older { .. } => "the snapshot is older than the one in use".into(),
            SnapshotError::Expired { .. } => "the snapshot has expired".into(),
            SnapshotError::WrongShop { found } => named("the snapshot is for the shop ", found, ""),
            SnapshotError::MalformedDelta => "the bytes are no sound delta".into(),
            SnapshotError::DeltaGap => "the delta does not start from the snapshot in use".into(),
            SnapshotError::DeltaMismatch => "the delta led to something else than it promised".into(),
            SnapshotError::Json(error) => {
                let mut text = String::new();
                if !error.path().is_empty() {
                    text = named("", error.path(), " ");
                }
                text.push_str(&error.message());
                text
            }
        }
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message())
    }
}

impl core::error::Error for SnapshotError {}

impl From<ValueError> for SnapshotError {
    fn from(error: ValueError) -> Self {
        SnapshotError::Json(error)
    }
}
