//! What was learned from baskets: the shared knowledge that recommendations stand on.
//!
//! Written by `regulars train` as `knowledge.cbor` (CBOR with the camelCase names below) and, for people and small
//! shops, as JSON with the same names. Read by `regulars pack`, which aligns it with the catalog's items.
//!
//! Nothing here is about one member. Nothing after [`KnowledgeWire::until`] may have been used to make it, of any
//! member: that is what lets an evaluation be honest.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::domain::read_fields;
use crate::recommend::Weights;

/// The `format` written today. Readers take 1 to this one and refuse what is newer.
pub const KNOWLEDGE_FORMAT: u32 = 1;

/// What was learned from baskets.
///
/// A basket is what one member bought at one time (one day, where the data has no finer time); its items are a set:
/// quantities don't count twice. Columns are parallel to `items`: each has its length, or is empty where the
/// trainer could not tell, which reads as zeros.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct KnowledgeWire {
    /// Version of this form: [`KNOWLEDGE_FORMAT`].
    pub format: u32,
    /// Milliseconds since 1970: only baskets before this instant were used.
    pub until: i64,
    /// How many baskets were used.
    pub baskets: u64,
    /// How many members they belong to.
    pub members: u64,
    /// Ids of the items known, strictly ascending by bytes (as Rust and `ORDER BY` with binary collation sort, not by
    /// number). Items of the catalog that are missing here have no popularity, rhythm or neighbours; items here that
    /// the catalog lacks are dropped by `pack`.
    pub items: Vec<String>,

    /// The share of baskets that can be expected to contain the item, in [0, 1]: baskets that contain it over all
    /// baskets, each counted with 2^(-age / half-life), age up to `until`. Half-life 30 days unless tuning chose
    /// another. For a trainer without times: plain shares.
    pub popularity: Vec<f32>,
    /// The share of baskets of the last 28 days before `until` that contain it, in [0, 1]. For a trainer without times: of the
    /// last three of each member.
    pub recent: Vec<f32>,
    /// How the last 28 days differ from the 84 days before, relative: 0.5 means half as many baskets again. With `n`
    /// baskets of the item in the last 28 days and `e` expected from its share before: `(n + 10) / (e + 10) - 1`, so
    /// that few sales give no trend. At least -1. Items first sold in the last 28 days: 0. For a trainer without times: the last
    /// three baskets of each member against the nine before.
    pub trend: Vec<f32>,
    /// Typical days between two purchases by the same member: the median over all such gaps of all members; 0 where
    /// there are fewer than 5 gaps.
    pub rhythm_days: Vec<f32>,
    /// How far the gaps spread: half the distance between their quartiles, over the median. 0 means clockwork, about
    /// 0.7 is usual. 0 where `rhythm_days` is 0.
    pub rhythm_spread: Vec<f32>,
    /// Members who bought it in at least two baskets over members who bought it, in [0, 1], drawn towards the mean of
    /// all items by 5 members: `(again + 5 * mean) / (buyers + 5)`.
    pub repeat_rate: Vec<f32>,
    /// How many members bought it.
    pub buyers: Vec<u32>,
    /// The share of baskets of the last 7 days before `until` that contain it, in [0, 1]. For a trainer without times: of the last
    /// of each member.
    pub week: Vec<f32>,
    /// Of the baskets of its buyers after the first that held it, the share that held it again, in [0, 1], drawn to
    /// one in twenty: `(again + 3) / (baskets + 60)`.
    pub rebuy: Vec<f32>,
    /// How much more it sells while it is in the flyer, in [0.3, 10]; 1.5 where that was not seen yet. Empty where there
    /// are no flyers, which reads as 1.
    pub flyer_lift: Vec<f32>,
    /// Flyers, oldest first: those of the last weeks, by which members' habits are known, and those that are known
    /// ahead for the snapshot's life.
    pub flyers: Vec<FlyerWire>,

    /// Items in the same basket. Score of `j` for `i`: cosine of the sets of baskets, damped for thin evidence:
    /// `n(i,j) / sqrt(n(i) * n(j)) * n(i,j) / (n(i,j) + 10)`; only pairs seen at least 3 times.
    pub bought_together: NeighboursWire,
    /// Items in the same member's next two baskets but not in this one, and new to them (not bought in an earlier
    /// basket). Score of `j` for `i`: the same formula, with `n(i,j)` members.
    pub in_sequence: NeighboursWire,
    /// Items that can stand for each other. Score of `j` for `i`: cosine of the sets of members who bought them,
    /// damped as above, times 1 if both are of the same kind of product, 0.5 if of the same category, 0.1 otherwise;
    /// where the catalog has no kinds or categories the factor is 1. Pairs usually bought in the same basket are
    /// complements: the score is multiplied by `1 - min(1, n_baskets(i,j) / min(n_baskets(i), n_baskets(j)))`.
    pub similar: NeighboursWire,
    /// Items that the same members buy, in whatever baskets. Score of `j` for `i`: cosine of the sets of members who bought
    /// them, damped as above. Only the ranker asks for it; empty where it does not.
    pub companions: NeighboursWire,

    /// What each signal counts for. Absent weights take their defaults.
    pub weights: Weights,
    /// The learned ranker.
    pub ranker: RankerWire,
}

read_fields!(KnowledgeWire:
    format, until, baskets, members, items, popularity, recent, trend, rhythm_days, rhythm_spread, repeat_rate, buyers,
    week, rebuy, flyer_lift, flyers, bought_together, in_sequence, similar, companions, weights, ranker
);

/// For each item its nearest others, best first: list `i` lies between `offsets[i]` and `offsets[i + 1]`.
///
/// At most about 20 an item. Never the item itself, none twice, scores above 0 and finite, falling; equal scores by
/// ascending place. Empty `offsets` means no item has neighbours.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct NeighboursWire {
    /// One more than there are items, rising from 0 to the length of `items`.
    pub offsets: Vec<u32>,
    /// Places in [`KnowledgeWire::items`].
    pub items: Vec<u32>,
    /// In (0, 1], parallel to `items`.
    pub scores: Vec<f32>,
}

read_fields!(NeighboursWire: offsets, items, scores);

/// The learned ranker: forests in the bytes that `recommend::Forest` documents, empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct RankerWire {
    /// Times only say the order of baskets: there are no weekdays.
    pub mere_order: bool,
    /// Ranks what is bought next.
    pub next_basket: Vec<u8>,
    /// Ranks what was never bought.
    pub discover: Vec<u8>,
    /// Ranks offers.
    pub offers: Vec<u8>,
}

read_fields!(RankerWire: mere_order, next_basket, discover, offers);

/// What was in the flyer for some days, everywhere or nearly so.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct FlyerWire {
    /// Its first day, counted from 1970 in UTC.
    pub from: i32,
    /// The day after its last.
    pub until: i32,
    /// Places in [`KnowledgeWire::items`], ascending, none twice.
    pub items: Vec<u32>,
    /// How well each is placed, from 1 (inside) to 9 (front page).
    pub places: Vec<u8>,
}

read_fields!(FlyerWire: from, until, items, places);
