//! What the retailer decides of recommended lists.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Texts, Window};
use crate::domain::{Value, read_choice, read_fields};
pub use crate::recommend::Class;

/// What is done with the items that a [`MerchandisingRule`] names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MerchandisingAct {
    /// Their scores are multiplied by `factor`: above 1 they rise, below 1 they fall.
    #[default]
    Boost,
    /// The best of them that can be shown stands at `place`.
    Pin,
    /// They come after all others.
    Bury,
    /// They are not shown: the range of another channel, the last pieces (`{"item.stock": {"$lt": 3}}`).
    Hide,
    /// At most `most` of them are in a list, of each class that `per` names, together where it names none.
    Cap,
}

read_choice!(MerchandisingAct: Boost, Pin, Bury, Hide, Cap);

/// A rule of the retailer for recommended lists. All that hold are applied, in one place, after what the member likes was
/// scored: hidden items first, then boosts and burying, then pins (a place that two want goes to the rule that stands first),
/// then caps. Pinned items count for caps, but are never left out by one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MerchandisingRule {
    /// Its id, as reasons name it: `boosted`, `buried`, `pinned`.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub titles: Texts,
    /// What it does.
    #[serde(default)]
    pub act: MerchandisingAct,
    /// The items: a condition over `item.*`; all where absent.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[serde(default, rename = "where")]
    pub r#where: Value,
    /// When and for whom: a condition over `member.*`, `now.*`, `context.*`. One that asks for the member does not hold in
    /// neutral lists.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[serde(default)]
    pub when: Value,
    /// When in time.
    #[serde(default)]
    pub window: Window,
    /// Strategies of the lists it is for; all where there is none.
    #[serde(default)]
    pub strategies: Vec<String>,
    /// Placements it is for, as requests name them; all where there is none.
    #[serde(default)]
    pub placements: Vec<String>,
    /// Of `boost`, in [0.001, 1000]. Raising it moves the items up.
    #[serde(default)]
    pub factor: Option<f64>,
    /// Of `pin`, from 1 on.
    #[serde(default)]
    pub place: Option<u32>,
    /// Of `cap`.
    #[serde(default)]
    pub most: Option<u32>,
    /// Of `cap`. Items without such a class fall under no cap.
    #[serde(default)]
    pub per: Option<Class>,
}

read_fields!(MerchandisingRule: id(required), titles, act, r#where, when, window, strategies, placements, factor, place, most, per);
