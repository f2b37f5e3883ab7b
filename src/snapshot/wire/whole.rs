//! The whole JSON form of a snapshot, for its JSON Schema. Reading goes section by section, so that what is wrong in one
//! does not touch the others.
#![cfg(feature = "schema")]
#![allow(dead_code)] // only its schema is used

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::catalog::{HeadWire, ItemWire};
use super::knowledge::KnowledgeWire;
use super::offer::Offer;
use super::programme::Programme;
use super::segment::SegmentWire;
use super::stacking::Stacking;
use super::store::Store;
use super::vectors::VectorsWire;

/// A catalog snapshot: items, what was learned from baskets, the membership programme, offers, segments, features and
/// texts of one shop. Fields that are not known are ignored.
#[derive(schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogWire<'a> {
    #[serde(flatten)]
    head: HeadWire,
    /// Items; of two with the same id the last counts.
    #[serde(default, borrow)]
    items: Vec<ItemWire<'a>>,
    /// What was learned from baskets, as `regulars train` writes it.
    #[serde(default)]
    knowledge: Option<KnowledgeWire>,
    /// Vectors of items.
    #[serde(default)]
    vectors: Option<VectorsWire>,
    /// The membership programme.
    #[serde(default)]
    programme: Option<Programme>,
    /// Offers.
    #[serde(default)]
    offers: Vec<Offer>,
    /// How offers go together.
    #[serde(default)]
    stacking: Option<Stacking>,
    /// Segments of members; a segment may ask for those before it.
    #[serde(default)]
    segments: Vec<SegmentWire>,
    /// Stores of bricks.
    #[serde(default)]
    stores: Vec<Store>,
    /// A GrowthBook SDK payload: `features`, `experiments`, `savedGroups`.
    #[serde(default)]
    features: serde_json::Map<String, serde_json::Value>,
    /// Templates of texts, by locale and reason code.
    #[serde(default)]
    texts: BTreeMap<String, BTreeMap<String, String>>,
    /// Kept for readers of other versions: content is among `items`, with the attribute `content`.
    #[serde(default)]
    content: Vec<serde_json::Value>,
}
