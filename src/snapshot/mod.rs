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
mod sections;
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

use crate::domain::{Catalog, Value};
use crate::recommend::{Knowledge, MerchandisingRule, Weights};
use crate::rules::AttributeTable;

/// A snapshot ready for use: checked, compiled (or to be, where it is first asked for), never changed.
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
    /// Attributes that the conditions of the retailer's rules for lists ask for: the first of all attributes.
    pub list_attributes: AttributeTable,
    /// The retailer's rules for lists.
    pub merchandising: Vec<MerchandisingRule>,
    /// Whether the programme says which items suit whom.
    pub has_fit: bool,
    /// Keys of features that prices may depend on: the programme tells everybody of them.
    pub published: Vec<String>,
    /// A GrowthBook payload; null where there is none.
    pub features: Rc<Value>,
    /// Content to recommend; null where there is none.
    pub content: Value,
    sections: sections::Sections,
    /// The file it was read from; `None` where it was read from JSON.
    pub source: Option<delta::Source>,
}
