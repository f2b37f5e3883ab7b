//! What may be said to a member, when, and how often.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Audience, MemberView, Per, Quota, QuotaLeft};
use crate::domain::{Activity, Zone};

/// What may be said, when, how often.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    /// When nothing is said on surfaces that interrupt: minutes of the shop's day, from (inclusive) until (exclusive), over
    /// midnight where the end is not after the start.
    pub quiet: Option<(u16, u16)>,
    /// How much may be said over a stretch in all, on surfaces that interrupt.
    pub caps: Vec<Quota>,
    /// The surfaces that interrupt.
    pub interrupting: Vec<String>,
    /// What can be said.
    pub messages: Vec<Message>,
    /// Where a member reaches a person.
    pub person: String,
    /// For how many days something that was dismissed is not said again.
    pub dismissed_days: u32,
}

/// What a message is about, which decides whom it fits beside its audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Topic {
    /// Nothing else.
    #[default]
    Free,
    /// An offer, or those that can be had.
    Offer,
    /// A coupon held that ends soon.
    CouponEnds,
    /// Points that end soon.
    PointsEnd,
    /// A tier within reach.
    TierNudge,
    /// A tier that would be lost.
    TierKeep,
    /// A task, or those under way.
    Task,
    /// Something bought before whose time has come.
    BuyAgain,
    /// A stage of the membership.
    Stage(&'static str),
}

impl Topic {
    /// The topic of messages of `kind`.
    pub fn of(kind: &str) -> Self {
        match kind {
            "offer" => Topic::Offer,
            "coupon-ends" => Topic::CouponEnds,
            "expiring-points" => Topic::PointsEnd,
            "tier-nudge" => Topic::TierNudge,
            "tier-keep" => Topic::TierKeep,
            "task" => Topic::Task,
            "buy-again" => Topic::BuyAgain,
            "welcome" => Topic::Stage("new"),
            "care" => Topic::Stage("slipping"),
            "win-back" => Topic::Stage("lapsed"),
            _ => Topic::Free,
        }
    }

    /// Whether it reads traits, tags or history.
    pub fn is_personal(self) -> bool {
        matches!(self, Topic::BuyAgain | Topic::Stage(_))
    }
}

/// Something that can be said to a member it fits.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Its kind, for the page.
    pub kind: String,
    /// What it is about.
    pub topic: Topic,
    /// Whom it fits, and when.
    pub audience: Audience,
    /// The surfaces it can be shown on; all where empty.
    pub surfaces: Vec<String>,
    /// How much it matters.
    pub weight: f64,
    /// How often one member may see it.
    pub quota: Option<Quota>,
    /// The offer it is about.
    pub offer: Option<String>,
    /// The task it is about.
    pub task: Option<String>,
    /// The benefit it is about.
    pub benefit: Option<String>,
    /// The item or article it is about.
    pub item: Option<String>,
    /// Whether it reads traits, tags or history.
    pub personal: bool,
    /// Whether it stays away from surfaces that interrupt unless it names them.
    pub calm: bool,
}

impl Contact {
    /// Whether `surface` interrupts.
    pub fn interrupts(&self, surface: &str) -> bool {
        self.interrupting.iter().any(|known| known == surface)
    }

    /// When the quiet hours that hold `now` end; `None` outside of them.
    pub fn quiet_until(&self, zone: &Zone, now: i64) -> Option<i64> {
        let (from, until) = self.quiet?;
        let local = zone.local(now);
        let (from, until, minute) = (i64::from(from), i64::from(until), local.minute_of_day());
        let over_midnight = until <= from;
        let is_quiet = if over_midnight { minute >= from || minute < until } else { from <= minute && minute < until };
        let tomorrow = over_midnight && minute >= from;
        let date = super::span::add_days(local.date, tomorrow.into());
        is_quiet.then(|| zone.instant(date, until.saturating_mul(crate::domain::MINUTE)))
    }

    /// What the caps leave at `now` on surfaces that interrupt; `None` where there are none.
    pub fn left(&self, view: &MemberView, zone: &Zone, now: i64) -> Option<QuotaLeft> {
        let interrupting = |activity: &Activity| match &activity.surface {
            Some(surface) => self.interrupts(surface),
            // A sight on a surface that is not known counts, where it is of a message: silence is the safer mistake.
            None => activity.subject.as_ref().is_some_and(|subject| self.is_message(subject)),
        };
        QuotaLeft::tightest(self.caps.iter().map(|quota| {
            let stretch = quota.per.around(zone, now, view.joined);
            let seen = view
                .activities
                .iter()
                .filter(|activity| activity.kind == "impression" && stretch.up_to(now).contains(activity.at) && interrupting(activity));
            let used = if matches!(quota.per, Per::Order | Per::Action) { 0 } else { u32::try_from(seen.count()).unwrap_or(u32::MAX) };
            QuotaLeft {
                count: quota.count,
                used,
                left: quota.count.saturating_sub(used),
                resets_at: Some(stretch.end).filter(|end| *end != i64::MAX),
            }
        }))
    }

    /// Whether `subject` is a message, or one of the several that a message becomes (`<message>:<what>`).
    fn is_message(&self, subject: &str) -> bool {
        self.messages
            .iter()
            .any(|message| subject.strip_prefix(message.id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DAY, HOUR, Member};

    #[test]
    fn quiet_hours_pass_midnight() {
        let zone = Zone { name: "x".into(), offsets: alloc::vec![(i64::MIN, 3600)] };
        let contact = |from, until| Contact { quiet: Some((from, until)), ..Contact::default() };
        let night = contact(22 * 60, 8 * 60);
        let at = |hour: i64| 9 * DAY + hour * HOUR - HOUR; // on the shop's clock
        assert_eq!(night.quiet_until(&zone, at(22)), Some(at(32)));
        assert_eq!(night.quiet_until(&zone, at(24)), Some(at(32)));
        assert_eq!(night.quiet_until(&zone, at(7)), Some(at(8)));
        assert_eq!((night.quiet_until(&zone, at(8)), night.quiet_until(&zone, at(21))), (None, None));
        let noon = contact(12 * 60, 14 * 60);
        assert_eq!((noon.quiet_until(&zone, at(13)), noon.quiet_until(&zone, at(14))), (Some(at(14)), None));
        assert_eq!(Contact::default().quiet_until(&zone, at(3)), None);
    }

    #[test]
    fn caps_count_sights_on_surfaces_that_interrupt() {
        let sight = |id: &str, at, subject: &str, surface: Option<&str>| Activity {
            id: id.into(),
            at,
            kind: "impression".into(),
            subject: Some(subject.into()),
            surface: surface.map(Into::into),
            ..Activity::default()
        };
        let message = Message { id: "sale".into(), ..Message::default() };
        let contact = Contact {
            caps: alloc::vec![Quota { count: 3, per: Per::Day }, Quota { count: 9, per: Per::Month }],
            interrupting: alloc::vec!["push".into()],
            messages: alloc::vec![message],
            ..Contact::default()
        };
        let activities = alloc::vec![
            sight("a", 5, "sale", Some("push")),
            sight("b", 6, "sale", Some("home")),
            sight("c", 7, "sale:spring", None),
            sight("d", 8, "milk", None),
        ];
        let member = Member { activities, ..Member::default() };
        let left = contact.left(&MemberView::new(&member, &[], &|_| None), &Zone::default(), 100).unwrap();
        assert_eq!((left.used, left.left, left.resets_at), (2, 1, Some(DAY)));
    }
}
