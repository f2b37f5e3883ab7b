//! The catalog snapshot.

pub mod wire;
