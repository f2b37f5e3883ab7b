//! Items as points, from a model outside.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::domain::read_fields;

/// Vectors of items, of texts, pictures or purchases, as a model outside made them: items whose vectors point the same way
/// are alike. `similar` and `for-you` then also tell of what is near, and `nearest` answers for any vector.
///
/// `pack` keeps the direction alone, in one byte a number.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct VectorsWire {
    /// Numbers a vector, 1 to 1024. 64 is read fastest.
    pub dimensions: u32,
    /// Ids of items, none twice. Those that the catalog lacks are dropped.
    pub items: Vec<String>,
    /// The vectors, one after the other in the order of `items`.
    pub values: Vec<f32>,
}

read_fields!(VectorsWire: dimensions, items, values);
