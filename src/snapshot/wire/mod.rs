//! What a snapshot is made of, as it is written and read: lenient, with defaults, compiled once before use.

pub mod catalog;
pub mod knowledge;
pub mod programme;
pub mod offer;
#[cfg(feature = "schema")]
pub mod schema;
pub mod stacking;
