//! How often one member may have something, and what is left of it.

use alloc::vec::Vec;

use serde::Serialize;

use super::{MemberView, Per};
use crate::domain::{Arrange, Listed, Zone};

/// How often one member may have something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many times.
    pub count: u32,
    /// Over which stretch.
    pub per: Per,
}

/// A quota at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct QuotaLeft {
    /// How many times in all over the stretch.
    pub count: u32,
    /// Used so far.
    pub used: u32,
    /// Left.
    pub left: u32,
    /// When it begins anew, in milliseconds since 1970; `null` where it never does.
    pub resets_at: Option<i64>,
}

impl Quota {
    /// What is left at `now`: a use is an activity of `kind` about `subject`.
    pub fn left(self, view: &MemberView, kind: &str, subject: &str, zone: &Zone, now: i64) -> QuotaLeft {
        let stretch = self.per.around(zone, now, view.joined);
        let single = matches!(self.per, Per::Order | Per::Action);
        let used = if single { 0 } else { view.uses(kind, subject, stretch.up_to(now)) };
        QuotaLeft {
            count: self.count,
            used,
            left: self.count.saturating_sub(used),
            resets_at: Some(stretch.end).filter(|end| *end != i64::MAX && !single),
        }
    }
}

impl QuotaLeft {
    /// The tightest of several: the one with least left, of equals the one that begins anew last.
    pub fn tightest(all: impl Iterator<Item = QuotaLeft>) -> Option<QuotaLeft> {
        let mut all: Vec<QuotaLeft> = all.listed();
        all.arrange_by_key(|quota| (quota.left, core::cmp::Reverse(quota.resets_at.unwrap_or(i64::MAX))));
        all.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Activity, DAY, Member};

    #[test]
    fn uses_of_the_stretch_count_up_to_now_and_no_others() {
        let used = |day: i64, subject: &str| Activity {
            at: day * DAY,
            kind: "benefit-used".into(),
            subject: Some(subject.into()),
            ..Activity::default()
        };
        let activities = alloc::vec![used(40, "wash"), used(50, "wash"), used(51, "car"), used(29, "wash"), used(58, "wash")];
        let member = Member { activities, ..Member::default() };
        let view = MemberView::new(&member, &[], &|_| None);
        let left = |count, per| Quota { count, per }.left(&view, "benefit-used", "wash", &Zone::default(), 55 * DAY);
        assert_eq!(left(5, Per::Month), QuotaLeft { count: 5, used: 2, left: 3, resets_at: Some(59 * DAY) });
        assert_eq!(left(1, Per::Total), QuotaLeft { count: 1, used: 3, left: 0, resets_at: None });
        assert_eq!(left(1, Per::Order), QuotaLeft { count: 1, used: 0, left: 1, resets_at: None });
    }

    #[test]
    fn the_tightest_quota_decides() {
        let quota = |left, resets_at| QuotaLeft { left, resets_at, ..QuotaLeft::default() };
        let tightest = QuotaLeft::tightest([quota(2, Some(5)), quota(0, Some(1)), quota(0, Some(9))].into_iter());
        assert_eq!(tightest, Some(quota(0, Some(9))));
        assert_eq!(QuotaLeft::tightest(core::iter::empty()), None);
    }
}
