//! Offers from the snapshot's JSON form to the answers of the engine.
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)] // a test may panic

mod after;
mod kinds;
mod nearly;
mod neutral;
mod nudges;
mod oracle;
mod shop;
mod stacking;
mod terms;
mod time;
mod tmall;
