//! What points can be exchanged for, and draws.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Audience, Quota};
use crate::domain::Reason;

/// Something that points can be exchanged for.
#[derive(Clone, Debug, Default)]
pub struct Reward {
    /// Its id.
    pub id: String,
    /// What it is, for the page.
    pub kind: String,
    /// Points it costs.
    pub cost: i64,
    /// What it costs some tiers, by place.
    pub cost_by_tier: Vec<(Vec<usize>, i64)>,
    /// Minor units to be paid beside the points.
    pub price: i64,
    /// The place of the wallet.
    pub wallet: usize,
    /// The item that is had.
    pub item: Option<String>,
    /// The offer of which a coupon is had.
    pub offer: Option<String>,
    /// The draw of which a chance is had.
    pub draw: Option<String>,
    /// Pieces left when the snapshot was made.
    pub stock: Option<u32>,
    /// How often one member may have it.
    pub quota: Option<Quota>,
    /// Who may have it, and when.
    pub audience: Audience,
}

impl Reward {
    /// Points it costs a member of tier `tier`.
    pub fn cost_of(&self, tier: usize) -> i64 {
        self.cost_by_tier.iter().find(|(tiers, _)| tiers.contains(&tier)).map_or(self.cost, |(_, cost)| *cost)
    }
}

/// A draw whose rules are published. The server draws.
#[derive(Clone, Debug, Default)]
pub struct Draw {
    /// Its id.
    pub id: String,
    /// The version of the published rules.
    pub rules_version: String,
    /// The prizes.
    pub prizes: Vec<Prize>,
    /// Points a chance costs.
    pub cost: i64,
    /// The place of the wallet.
    pub wallet: usize,
    /// How often one member may try.
    pub quota: Option<Quota>,
    /// Who may, and when.
    pub audience: Audience,
}

/// A prize of a [`Draw`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prize {
    /// Its id.
    pub id: String,
    /// The chance of winning it at one try, in [0, 1].
    pub odds: Option<f64>,
    /// Pieces there are.
    pub stock: Option<u32>,
    /// What it is worth, in minor units.
    pub value: i64,
}

/// The most that a prize may be worth in China: CNY 50,000, in fen (Interim Provisions on Regulating Promotion Acts).
const MOST_IN_CNY: i64 = 5_000_000;
/// How far rounding may carry the sum of odds above one.
const ODDS_TOLERANCE: f64 = 1e-9;

impl Draw {
    /// Why it may not be shown, where its rules are not published or not lawful; `currency` is the shop's.
    ///
    /// | code | facts | when |
    /// |---|---|---|
    /// | `draw-without-rules-version` | `draw` | nobody could say later which rules held |
    /// | `draw-without-prizes` | `draw` | there is nothing to win |
    /// | `draw-without-odds` | `draw`, `prize` | a prize has neither odds nor a number of pieces |
    /// | `draw-odds-impossible` | `draw` | odds below 0, or more than 1 together |
    /// | `draw-prize-too-high` | `draw`, `prize`, `most` | in CNY, worth more than 50,000 |
    pub fn refusal(&self, currency: &str) -> Option<Reason> {
        let refused = |code| Reason::new(code).with("draw", self.id.as_str());
        if self.rules_version.trim().is_empty() {
            return Some(refused("draw-without-rules-version"));
        }
        if self.prizes.is_empty() {
            return Some(refused("draw-without-prizes"));
        }
        if let Some(prize) = self.prizes.iter().find(|prize| prize.odds.is_none() && prize.stock.is_none()) {
            return Some(refused("draw-without-odds").with("prize", prize.id.as_str()));
        }
        let odds = || self.prizes.iter().filter_map(|prize| prize.odds);
        if odds().any(|odds| !(0.0..=1.0).contains(&odds)) || odds().sum::<f64>() > 1.0 + ODDS_TOLERANCE {
            return Some(refused("draw-odds-impossible"));
        }
        let too_high = self.prizes.iter().find(|prize| currency == "CNY" && prize.value > MOST_IN_CNY);
        too_high.map(|prize| refused("draw-prize-too-high").with("prize", prize.id.as_str()).with("most", MOST_IN_CNY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(prizes: &[(Option<f64>, Option<u32>, i64)]) -> Draw {
        let prize =
            |(odds, stock, value): &(Option<f64>, Option<u32>, i64)| Prize { id: "p".into(), odds: *odds, stock: *stock, value: *value };
        Draw { id: "d".into(), rules_version: "1".into(), prizes: prizes.iter().map(prize).collect(), ..Draw::default() }
    }

    fn refusal(draw: &Draw) -> Option<String> {
        draw.refusal("CNY").map(|reason| reason.code.into_owned())
    }

    #[test]
    fn a_draw_without_published_rules_is_refused() {
        let code = |code: &str| Some(String::from(code));
        let unversioned = Draw { rules_version: " ".into(), ..draw(&[(Some(0.1), None, 0)]) };
        assert_eq!(refusal(&unversioned), code("draw-without-rules-version"));
        assert_eq!(refusal(&draw(&[])), code("draw-without-prizes"));
        assert_eq!(refusal(&draw(&[(Some(0.1), None, 0), (None, None, 0)])), code("draw-without-odds"));
        assert_eq!(refusal(&draw(&[(Some(0.7), None, 0), (Some(0.4), None, 0)])), code("draw-odds-impossible"));
        assert_eq!(refusal(&draw(&[(Some(-0.1), None, 0)])), code("draw-odds-impossible"));
        assert_eq!(refusal(&draw(&[(Some(0.1), None, 5_000_001)])), code("draw-prize-too-high"));
        assert_eq!(draw(&[(Some(0.1), None, 5_000_001)]).refusal("USD"), None);
        assert_eq!(refusal(&draw(&[(Some(0.1), None, 5_000_000), (None, Some(3), 0)])), None);
    }

    #[test]
    fn tiers_may_pay_another_cost() {
        let reward = Reward { cost: 500, cost_by_tier: alloc::vec![(alloc::vec![1, 2], 400)], ..Reward::default() };
        assert_eq!((reward.cost_of(0), reward.cost_of(2)), (500, 400));
    }
}
