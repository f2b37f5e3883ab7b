//! How much it matters now to say something.

use super::candidate::{Candidate, Sources};
use super::share_of_category;
use crate::domain::{DAY, Reason, exp2, power};

/// Ends within this time are told as a reason.
const SOON: i64 = DAY * 7;
/// In how many days the urgency of an end doubles.
const URGENCY_DAYS: f64 = 3.0;
/// What is left of the score after each sight of the last week.
const AFTER_A_SIGHT: f64 = 0.8;
/// From which share of purchases on a category is told as a reason.
const TOLD_SHARE: f64 = 0.1;

impl Sources<'_> {
    /// Fills in the score: weight × urgency × nearness × worth × liking × freshness.
    ///
    /// | factor | is |
    /// |---|---|
    /// | weight | the message's own |
    /// | urgency | 1 + 2^(-d/3) with `d` days to the end; 1 without one |
    /// | nearness | from 0.5 at the start of the way (to a tier, of a task) to 1.5 at its end; 1 without one |
    /// | worth | of an offer that can be had, 1 and the share that it saves of the cart; of one the cart lacks for, 0.7 |
    /// | liking | 1 and the share of the member's purchases in the category of the item it is about |
    /// | freshness | 0.8 for each sight of the last 7 days |
    pub fn score(&self, candidate: &mut Candidate<'_>) {
        let (now, message) = (self.seen.now, candidate.message);
        let mut score = message.weight * candidate.worth;
        if let Some(near) = candidate.nearness {
            score *= 0.5 + near;
        }
        self.audience_reasons(candidate);
        if let Some(item) = candidate.item.as_deref().filter(|_| self.stage.is_some())
            && let Some((category, share)) = share_of_category(&self.seen.snapshot.catalog, self.member, item, now)
        {
            score *= 1.0 + share;
            if share >= TOLD_SHARE {
                candidate.reasons.push(Reason::new("from-your-category").with("category", category));
            }
        }
        if let Some(end) = candidate.ends_at {
            let left = end.saturating_sub(now).max(0);
            #[allow(clippy::cast_precision_loss)] // days
            let days = left as f64 / DAY as f64;
            score *= 1.0 + exp2(-days / URGENCY_DAYS);
            if left <= SOON {
                candidate.reasons.push(Reason::new("ends-soon").with("at", end));
            }
        }
        let week = |at: i64| at <= now && now.saturating_sub(at) < SOON;
        let sights = self.seen.view.activities.iter().filter(|activity| {
            activity.kind == "impression" && week(activity.at) && activity.subject.as_deref() == Some(candidate.id.as_str())
        });
        let times = u32::try_from(sights.count()).unwrap_or(u32::MAX);
        if times > 0 {
            score *= power(AFTER_A_SIGHT, f64::from(times));
            candidate.reasons.push(Reason::new("seen").with("times", times));
        }
        candidate.score = score;
    }

    /// Why its audience has the member.
    fn audience_reasons(&self, candidate: &mut Candidate<'_>) {
        let audience = &candidate.message.audience;
        if let Some(segment) = audience.segments.iter().find(|wanted| self.known.segments.contains(wanted)) {
            candidate.reasons.push(Reason::new("for-segment").with("segment", segment.as_str()));
        }
        if !audience.tiers.is_empty() {
            candidate.reasons.push(Reason::new("for-tier").with("tier", self.seen.tier_id(self.known.tier)));
        }
        if !audience.when.is_empty() {
            candidate.reasons.push(Reason::new("fits"));
        }
    }
}
