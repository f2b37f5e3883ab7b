//! Offers from the snapshot's JSON form to the answers of the engine.
#![allow(missing_docs)]

mod after;
mod kinds;
mod oracle;
mod shop;
