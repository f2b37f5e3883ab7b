//! What is measured of each unit.

use serde::Serialize;

use super::language::Language;

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
    /// The same in Chinese.
    #[serde(skip)]
    pub chinese: [&'static str; 2],
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

const fn share(name: &'static str, [title, definition]: [&'static str; 2], chinese: [&'static str; 2]) -> Measure {
    Measure { name, title, chinese, is_share: true, is_money: false, better: Better::Higher, guardrail: false, definition }
}

const fn count(name: &'static str, english: [&'static str; 2], chinese: [&'static str; 2]) -> Measure {
    Measure { is_share: false, ..share(name, english, chinese) }
}

const fn guardrail(measure: Measure) -> Measure {
    Measure { better: Better::Lower, guardrail: true, ..measure }
}

impl Measure {
    /// What the page calls it.
    pub fn title(&self, language: Language) -> &'static str {
        language.of(self.title, self.chinese[0])
    }

    /// How it is made.
    pub fn definition(&self, language: Language) -> &'static str {
        language.of(self.definition, self.chinese[1])
    }
}

/// All measures, in the order of the columns that [`super::events`] reads.
pub const MEASURES: [Measure; 9] = [
    share("conversion", ["Conversion", "the unit bought at least once"], ["转化率", "至少下过一单"]),
    count("orders", ["Orders a unit", "orders of the unit"], ["人均订单数", "该用户的订单数"]),
    Measure {
        is_money: true,
        ..count("revenue", ["Revenue a unit", "what the unit paid, in minor units"], ["人均消费", "该用户实付金额，以最小货币单位计"])
    },
    share(
        "retention",
        ["Retention", "anything happened again after --retention days and before twice as many; of units exposed that long ago"],
        ["留存率", "曝光满 --retention 天之后、两倍天数之内再有任何行为；只计曝光已满相应天数的用户"],
    ),
    share("repurchase", ["Repurchase", "the unit bought at least twice"], ["复购率", "至少下过两单"]),
    share("redemption", ["Redemption", "the unit used an offer (`offer-used`)"], ["核销率", "使用过优惠（`offer-used`）"]),
    share(
        "referral",
        ["Referral", "the unit shared or referred (`share`, `referral`)"],
        ["分享推荐率", "分享或推荐过（`share`、`referral`）"],
    ),
    guardrail(count("returns", ["Returns a unit", "returns of the unit (`return`)"], ["人均退货数", "该用户的退货次数（`return`）"])),
    guardrail(count(
        "dismissals",
        ["Dismissals a unit", "items the unit dismissed (`dismiss`)"],
        ["人均拒绝数", "该用户点“不感兴趣”的次数（`dismiss`）"],
    )),
];

/// For which measures the same is known from before the first exposure, as CUPED needs it: orders, and what was paid.
pub const BEFORE: [Option<usize>; 9] = [Some(0), Some(0), Some(1), None, Some(0), None, None, None, None];
