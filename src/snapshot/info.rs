//! What a snapshot says of itself.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::wire::catalog::HeadWire;
use crate::domain::{Reason, Zone};

/// What a snapshot says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Info {
    /// Names it, for logs and answers.
    pub id: String,
    /// The shop it is for.
    pub shop: String,
    /// Rises with each snapshot of a shop.
    pub version: u64,
    /// When it was made, in milliseconds since 1970.
    pub issued_at: i64,
    /// When it ends (exclusive), in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The shop's clock.
    pub zone: Zone,
    /// How many days before a reduction its base price must have been the lowest; not asked where `None`.
    pub base_price_days: Option<u32>,
    /// Locales of titles and texts, the one to fall back to first; never empty in an opened snapshot.
    pub locales: Vec<String>,
    /// What was left out, and why: codes as in [`super::Warnings`].
    pub warnings: Vec<Reason>,
}

/// A currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Currency {
    /// ISO 4217.
    pub code: String,
    /// How many decimals a minor unit is, 0 to 4.
    pub minor_units: u8,
}

impl Info {
    pub(super) fn of(head: HeadWire) -> Self {
        Info {
            id: head.id,
            shop: head.shop,
            version: head.version,
            issued_at: head.issued_at,
            expires_at: head.expires_at,
            currency: Currency { code: head.currency.code, minor_units: head.currency.minor_units },
            zone: Zone { name: head.zone.name, offsets: head.zone.offsets },
            base_price_days: head.base_price_days,
            locales: head.locales,
            warnings: Vec::new(),
        }
    }
}
