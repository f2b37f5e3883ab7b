//! What a snapshot is made of, as it is written and read: lenient, with defaults, compiled once before use.

pub mod catalog;
pub mod knowledge;
pub mod offer;
pub mod programme;
#[cfg(feature = "schema")]
pub mod schema;
pub mod segment;
pub mod stacking;
pub mod store;
pub mod vectors;
#[cfg(feature = "schema")]
pub mod whole;
