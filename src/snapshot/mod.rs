//! The catalog snapshot: its wire form, its binary container, and what is compiled from them.

pub mod compile;
pub mod container;
mod error;
mod warnings;
pub mod wire;

pub use compile::texts::Texts;
pub use error::{Part, SnapshotError};
pub use warnings::Warnings;
