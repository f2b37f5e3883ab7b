//! Shapes that only the JSON Schema needs, for fields read as a free value.
#![cfg(feature = "schema")]

use alloc::string::String;

/// Milliseconds since 1970 UTC, or a date (`2026-03-01`) or date and time (`2026-03-01T09:30`) on the shop's clock.
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)] // only its schema is used
pub enum Moment {
    /// Milliseconds since 1970 UTC.
    Instant(i64),
    /// On the shop's clock.
    Clock(String),
}
