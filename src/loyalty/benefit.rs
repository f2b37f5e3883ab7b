//! What membership brings.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Audience, MemberView, Person, Quota, QuotaLeft};
use crate::domain::Zone;

/// Something that membership brings.
#[derive(Clone, Debug, Default)]
pub struct Benefit {
    /// Its id.
    pub id: String,
    /// What it is, for the page.
    pub kind: String,
    /// Who has it, and when.
    pub audience: Audience,
    /// How often; without limit where absent.
    pub quota: Option<Quota>,
    /// How often in some tiers, by place, instead.
    pub quota_by_tier: Vec<(Vec<usize>, Quota)>,
    /// Ids of the offers it consists of.
    pub offers: Vec<String>,
    /// The partner that gives it.
    pub partner: Option<String>,
}

impl Benefit {
    /// How often a member of tier `tier` has it.
    pub fn quota_of(&self, tier: usize) -> Option<Quota> {
        let own = self.quota_by_tier.iter().find(|(tiers, _)| tiers.contains(&tier)).map(|(_, quota)| *quota);
        own.or(self.quota)
    }

    /// What is left of it for a member of tier `tier`; `None` where it has no limit. A use is an activity `benefit-used`
    /// about its id.
    pub fn left(&self, tier: usize, view: &MemberView, zone: &Zone, now: i64) -> Option<QuotaLeft> {
        self.quota_of(tier).map(|quota| quota.left(view, "benefit-used", &self.id, zone, now))
    }

    /// Whether `person` has it at `now`, used up or not.
    pub fn has(&self, person: Person<'_>, now: i64) -> bool {
        self.audience.has(person, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Activity, Member};
    use crate::loyalty::Per;

    #[test]
    fn tiers_may_have_quotas_of_their_own() {
        let quota = |count| Quota { count, per: Per::Year };
        let benefit = Benefit {
            id: "wash".into(),
            quota: Some(quota(2)),
            quota_by_tier: alloc::vec![(alloc::vec![2], quota(5))],
            ..Benefit::default()
        };
        let used = Activity { kind: "benefit-used".into(), subject: Some("wash".into()), ..Activity::default() };
        let member = Member { activities: alloc::vec![used], ..Member::default() };
        let view = MemberView::new(&member, &[], &|_| None);
        let left = |tier| benefit.left(tier, &view, &Zone::default(), 5).map(|quota| (quota.count, quota.left));
        assert_eq!((left(1), left(2)), (Some((2, 1)), Some((5, 4))));
        assert_eq!(Benefit::default().left(0, &view, &Zone::default(), 5), None);
    }
}
