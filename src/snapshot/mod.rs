//! The catalog snapshot: its wire form, its binary container, and what is compiled from them.

pub mod columns;
pub mod compile;
pub mod container;
pub mod delta;
mod error;
mod info;
pub mod knowledge_columns;
mod open;
#[cfg(not(target_arch = "wasm32"))]
mod pack;
pub mod vector_columns;
mod warnings;
pub mod wire;

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

pub use container::{HostCheck, PublicKey, is_binary};
pub use error::{Part, SnapshotError};
pub use info::{Currency, Info};
pub use open::{OpenOptions, open, open_json};
#[cfg(not(target_arch = "wasm32"))]
pub use pack::{pack, pack_with_vectors};
pub use warnings::Warnings;

use crate::domain::{Catalog, Texts, Value};
use crate::loyalty::Programme;
use crate::offers::{OfferBook, Store};
use crate::recommend::{Knowledge, MerchandisingRule, Weights};
use crate::rules::{AttributeTable, Segments};

/// A snapshot ready for use: checked, compiled, never changed.
#[derive(Debug)]
pub struct Snapshot {
    /// What it says of itself, and what was left out.
    pub info: Info,
    /// Items.
    pub catalog: Rc<Catalog>,
    /// What was learned from baskets, ready for this catalog.
    pub knowledge: Knowledge,
    /// The weights of recommendations: those learned, but for what the programme changes.
    pub weights: Weights,
    /// Attributes that any of its conditions asks for.
    pub attributes: AttributeTable,
    /// Segments of members.
    pub segments: Segments,
    /// Offers, and how they go together.
    pub offers: OfferBook,
    /// Stores of bricks, in the catalog's order.
    pub stores: Vec<Store>,
    /// The membership programme; empty where there is none.
    pub programme: Programme,
    /// The retailer's rules for lists.
    pub merchandising: Vec<MerchandisingRule>,
    /// Keys of features that prices may depend on: the programme tells everybody of them.
    pub published: Vec<String>,
    /// A GrowthBook payload; null where there is none.
    pub features: Value,
    /// Templates of texts.
    pub texts: Texts,
    /// Content to recommend; null where there is none.
    pub content: Value,
    /// The file it was read from; `None` where it was read from JSON.
    pub source: Option<delta::Source>,
}
