//! One member, as the server knows them: the content of a member profile.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Basket, Value, read_fields};

/// One member, as the server knows them. Traits, tags and history are personal: they are read only where the member's
/// privacy settings allow it. Tier, points, wallet and uses are the contract with the member.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The member's id.
    pub id: String,
    /// When they joined, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<i64>,
    /// Month and day, `MM-DD`; never a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    /// Traits, seen by rules as `member.<name>`.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub attributes: Value,
    /// Tags, each with where it comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The tier that the server last confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierState>,
    /// Tiers that were given, bought or tried, beside the one that was earned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<TierState>,
    /// Lots of points that the server last confirmed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointsLot>,
    /// The instant up to which `points` contains the movements of `ledger`, in milliseconds since 1970: later ones come
    /// on top. Where absent, `points` contains all of them if there are any lots, and none otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_at: Option<i64>,
    /// Movements of points. Their order does not matter, and one that stands here twice counts once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<LedgerEntry>,
    /// What was bought, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Basket>,
    /// What the member did beside buying: check-ins, reviews, benefits used, orders delivered. Their order does not
    /// matter, and one that stands here twice counts once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<Activity>,
    /// Coupons held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wallet: Vec<WalletCoupon>,
    /// Offers used so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<OfferUse>,
    /// Ids of items never to be recommended to this member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
}

read_fields!(Member:
    id(required), joined_at, birthday, attributes, tags, tier, grants, points, points_at, ledger, history, activities, wallet, uses,
    excluded
);

/// Something a member did, or that happened to an order of theirs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Names it, so that the same one that comes twice counts once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// `check-in`, `review`, `share`, `referral`, `survey`, `delivered`, `benefit-used`, `reward-redeemed`,
    /// `draw-entered`, `impression`, ...
    pub kind: String,
    /// What it is about: an order, a benefit, a reward, a draw, a message, an item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Where it happened: the surface that an `impression` was on (`push`, `home`, ...).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface: Option<String>,
    /// What came of it: the prize that a `draw-result` tells of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
}

read_fields!(Activity: id, at(required), kind(required), subject, surface, result);

/// A tag on a member.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// Its name.
    pub tag: String,
    /// Where it comes from (`server`, `survey`, `device`, ...).
    #[serde(default)]
    pub source: String,
}

read_fields!(Tag: tag(required), source);

/// A tier, as the server last confirmed it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TierState {
    /// The tier's id.
    pub id: String,
    /// Since when, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// Until when (exclusive), in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

read_fields!(TierState: id(required), since, until);

/// Points that came in together and end together.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PointsLot {
    /// Points left.
    pub amount: i64,
    /// When they end (exclusive), in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// When they can first be spent; at once where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_at: Option<i64>,
    /// The wallet; the programme's first where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallet: Option<String>,
}

read_fields!(PointsLot: amount(required), expires_at, available_at, wallet);

/// One movement of points.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntry {
    /// Names the movement, so that the same one that comes twice counts once.
    pub id: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Credits: `earn`, `refund` (spent points that come back), `adjust`, `transfer-in`. Debits: `spend`, `revoke` (earned
    /// points that are taken back), `deduct`, `transfer-out`, `donate`.
    pub kind: String,
    /// Points, never negative; the kind says the direction.
    pub amount: i64,
    /// When earned points end (exclusive), where the server fixed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// When earned points can first be spent, where the server fixed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_at: Option<i64>,
    /// What made it: an order, an action, another movement. A refund names what the spend it gives back named, or that
    /// spend; a revocation what the earning named, or that earning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The earning rule that made it: its caps count it, and its pending time holds where `availableAt` does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The wallet; the programme's first where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallet: Option<String>,
}

read_fields!(LedgerEntry: id(required), at(required), kind(required), amount(required), expires_at, available_at, source, rule, wallet);

/// A coupon in the member's wallet.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WalletCoupon {
    /// The offer it is for.
    pub offer: String,
    /// Its own code, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When the member got it, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<i64>,
    /// When it ends (exclusive), where that differs from the offer's own end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// Uses left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_left: Option<u32>,
}

read_fields!(WalletCoupon: offer(required), code, received_at, expires_at, uses_left);

/// One use of an offer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OfferUse {
    /// The offer.
    pub offer: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The code it was used with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What it saved, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved: Option<i64>,
}

read_fields!(OfferUse: offer(required), at(required), code, saved);
