//! What is measured of each unit.

use serde::Serialize;

/// What is good for the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    Higher,
    Lower,
}

/// One number of each unit, from its first exposure to the end of its window.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measure {
    /// What flags and JSON call it.
    pub name: &'static str,
    /// What the page calls it.
    pub title: &'static str,
    /// Whether each unit has 0 or 1, so that the mean is a share.
    pub is_share: bool,
    /// Whether it counts money, in minor units.
    pub is_money: bool,
    pub better: Better,
    /// Watched for harm rather than hoped for.
    pub guardrail: bool,
    /// How it is made.
    pub definition: &'static str,
}

const fn share(name: &'static str, title: &'static str, definition: &'static str) -> Measure {
    Measure { name, title, is_share: true, is_money: false, better: Better::Higher, guardrail: false, definition }
}

const fn count(name: &'static str, title: &'static str, definition: &'static str) -> Measure {
    Measure { is_share: false, ..share(name, title, definition) }
}

const fn guardrail(measure: Measure) -> Measure {
    Measure { better: Better::Lower, guardrail: true, ..measure }
}

/// All measures, in the order of the columns that [`super::events`] reads.
pub const MEASURES: [Measure; 9] = [
    share("conversion", "Conversion", "the unit bought at least once"),
    count("orders", "Orders a unit", "orders of the unit"),
    Measure { is_money: true, ..count("revenue", "Revenue a unit", "what the unit paid, in minor units") },
    share(
        "retention",
        "Retention",
        "anything happened again after --retention days and before twice as many; of units exposed that long ago",
    ),
    share("repurchase", "Repurchase", "the unit bought at least twice"),
    share("redemption", "Redemption", "the unit used an offer (`offer-used`)"),
    share("referral", "Referral", "the unit shared or referred (`share`, `referral`)"),
    guardrail(count("returns", "Returns a unit", "returns of the unit (`return`)")),
    guardrail(count("dismissals", "Dismissals a unit", "items the unit dismissed (`dismiss`)")),
];

/// For which measures the same is known from before the first exposure, as CUPED needs it: orders, and what was paid.
pub const BEFORE: [Option<usize>; 9] = [Some(0), Some(0), Some(1), None, Some(0), None, None, None, None];
