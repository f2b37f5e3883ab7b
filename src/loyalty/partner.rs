//! Partners, and the exchange of their points.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Cap, MemberView, Per};
use crate::domain::{Zone, read_choice};
use crate::rules::Condition;

/// A partner whose points, offers and benefits members can use.
#[derive(Clone, Debug, Default)]
pub struct Partner {
    /// Its id.
    pub id: String,
    /// Whose members' it is.
    pub when: Condition,
    /// Exchange of the partner's points and one's own.
    pub conversions: Vec<Conversion>,
    /// Ids of the offers that come from it.
    pub offers: Vec<String>,
    /// What wins where one of them and one's own can't be used together.
    pub precedence: Precedence,
}

/// What wins where an offer of a partner and one's own can't be used together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Precedence {
    /// What saves more; the own one where they save the same.
    #[default]
    Best,
    /// One's own.
    Own,
    /// The partner's.
    Partner,
}

read_choice!(Precedence: Best, Own, Partner);

/// Exchange of points of one kind for another. Done by the server; it shows as movements whose `rule` is the
/// conversion's id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversion {
    /// Its id.
    pub id: String,
    /// The wallet that points leave.
    pub from: String,
    /// The place of that wallet, where it is the programme's.
    pub from_own: Option<usize>,
    /// The wallet they come to.
    pub to: String,
    /// So many points that leave ...
    pub give: i64,
    /// ... make so many that come, rounded down.
    pub get: i64,
    /// The least points that leave.
    pub min: i64,
    /// Points leave in steps of this.
    pub step: i64,
    /// The most over a stretch, in points that leave.
    pub caps: Vec<Cap>,
}

impl Conversion {
    /// What `points` that leave make.
    pub fn makes(&self, points: i64) -> i64 {
        let product = i128::from(points.max(0)).saturating_mul(self.get.into());
        i64::try_from(product.checked_div(self.give.into()).unwrap_or(0)).unwrap_or(i64::MAX)
    }

    /// Points that may still leave by the caps at `now`; `None` where no cap says so.
    pub fn left(&self, view: &MemberView, zone: &Zone, now: i64) -> Option<i64> {
        let left = |cap: &Cap| {
            let single = matches!(cap.per, Per::Order | Per::Action);
            let stretch = cap.per.around(zone, now, view.joined).up_to(now);
            let done = view.ledger.iter().filter(|entry| !single && entry.rule.as_ref() == Some(&self.id) && stretch.contains(entry.at));
            // Each conversion counts once: by what left, where that is known, else by what came.
            let leaving = |kind: &str| super::view::is_credit(kind) == Some(false);
            let (mut points, mut times) = (0_i64, 0_u32);
            for entry in done.filter(|entry| leaving(&entry.kind) == self.from_own.is_some()) {
                let gone = if self.from_own.is_some() { entry.amount } else { self.cost_of(entry.amount) };
                (points, times) = (points.saturating_add(gone), times.saturating_add(1));
            }
            if cap.count.is_some_and(|most| times >= most) {
                return Some(0);
            }
            cap.points.map(|most| most.saturating_sub(points).max(0))
        };
        self.caps.iter().filter_map(left).min()
    }

    /// The most that `balance` points let leave at `now`, in whole steps; 0 where that is less than the least.
    pub fn most(&self, balance: i64, left: Option<i64>) -> i64 {
        let most = balance.min(left.unwrap_or(i64::MAX)).max(0);
        let whole = most.saturating_sub(most.checked_rem(self.step.max(1)).unwrap_or(0));
        if whole < self.min.max(1) { 0 } else { whole }
    }

    fn cost_of(&self, came: i64) -> i64 {
        let product = i128::from(came.max(0)).saturating_mul(self.give.into());
        i64::try_from(product.checked_div(self.get.into()).unwrap_or(0)).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LedgerEntry, Member};
    use crate::loyalty::WhenReached;

    fn conversion(from_own: Option<usize>) -> Conversion {
        let cap = Cap { points: Some(5000), count: Some(3), per: Per::Month, when_reached: WhenReached::Trim };
        Conversion { id: "miles".into(), from_own, give: 3, get: 2, min: 300, step: 100, caps: alloc::vec![cap], ..Conversion::default() }
    }

    fn left(conversion: &Conversion, entries: &[(&str, i64)]) -> Option<i64> {
        let entry = |(kind, amount): &(&str, i64)| LedgerEntry {
            kind: (*kind).into(),
            amount: *amount,
            rule: Some("miles".into()),
            at: 5,
            ..LedgerEntry::default()
        };
        let member = Member { ledger: entries.iter().map(entry).collect(), ..Member::default() };
        conversion.left(&MemberView::new(&member, &[], &|_| None), &Zone::default(), 9)
    }

    #[test]
    fn what_comes_is_rounded_down_and_leaves_in_steps_from_the_least_on() {
        let own = conversion(Some(0));
        assert_eq!((own.makes(100), own.makes(301), own.makes(-5)), (66, 200, 0));
        assert_eq!((own.most(299, None), own.most(450, None), own.most(9000, Some(550))), (0, 400, 500));
    }

    #[test]
    fn caps_count_what_left_on_either_side() {
        assert_eq!(left(&conversion(Some(0)), &[("transfer-out", 600), ("transfer-in", 400)]), Some(4400));
        assert_eq!(left(&conversion(None), &[("transfer-in", 400)]), Some(4400));
        assert_eq!(left(&conversion(Some(0)), &[("transfer-out", 1), ("transfer-out", 1), ("transfer-out", 1)]), Some(0));
    }
}
