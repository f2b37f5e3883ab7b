//! Offers from the snapshot's JSON form to the answers of the engine.
#![allow(missing_docs)]

mod kinds;
mod oracle;
mod shop;
