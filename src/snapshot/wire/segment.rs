//! A segment of members.

use alloc::string::String;

use serde::Serialize;

use crate::domain::{Value, read_fields};

/// A segment: the members for whom a condition holds. Other rules ask for it as
/// `{"member.segments": {"$in": ["regulars"]}}`; a segment may ask for those before it in the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SegmentWire {
    /// Names it in rules and answers.
    pub id: String,
    /// Names it for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// A condition over `member.*`, `now.*` and `context.*`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub condition: Value,
}

read_fields!(SegmentWire: id(required), name, condition(required));
