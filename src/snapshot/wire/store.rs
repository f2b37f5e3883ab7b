//! A store of bricks.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::offer::Schedule;
use crate::domain::{Map, read_fields};

/// A store: where it is, when it is open, what it has.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Store {
    /// Its id: what requests give as `store`, and rules read as `context.store`.
    pub id: String,
    /// What people call it, by locale.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub titles: Map<String, String>,
    /// Degrees north of the equator, -90 to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east of Greenwich, -180 to 180. Both or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// When it is open: at one of these times; always where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opening: Vec<Schedule>,
    /// Pieces at hand by item; an item that is not named here is not there. Not known where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<Map<String, u32>>,
}

read_fields!(Store: id(required), titles, latitude, longitude, opening, stock);
