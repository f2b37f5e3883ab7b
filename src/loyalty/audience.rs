//! Who has something, and when.

use alloc::string::String;
use alloc::vec::Vec;

use crate::domain::Reason;
use crate::rules::{AttributeSource, Condition};

/// Who has something, and when: whoever meets all that is given.
#[derive(Clone, Debug, Default)]
pub struct Audience {
    /// Places of the tiers it is for; all where empty.
    pub tiers: Vec<usize>,
    /// Members of one of these segments; all where empty.
    pub segments: Vec<String>,
    /// Who, beside that.
    pub when: Condition,
    /// From when (inclusive) until when (exclusive).
    pub window: (Option<i64>, Option<i64>),
}

/// A member as an [`Audience`] sees them.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// The place of the tier they hold.
    pub tier: usize,
    /// The segments they are in, as far as those may be read.
    pub segments: &'a [String],
    /// What conditions read.
    pub attributes: &'a dyn AttributeSource,
}

/// What keeps somebody from something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// It begins at this instant.
    NotStarted(i64),
    /// It ended at this instant.
    Ended(i64),
    /// It is for other tiers; the lowest above the member's, where there is one.
    Tier(Option<usize>),
    /// It is for other segments.
    Segment,
    /// The condition does not hold.
    Condition,
}

impl Audience {
    /// What keeps `person` from it at `now`, first of all time; `None` where nothing does.
    pub fn barrier(&self, person: Person<'_>, now: i64) -> Option<Barrier> {
        let (from, until) = self.window;
        if let Some(until) = until.filter(|until| *until <= now) {
            return Some(Barrier::Ended(until));
        }
        if !self.tiers.is_empty() && !self.tiers.contains(&person.tier) {
            return Some(Barrier::Tier(self.tiers.iter().copied().filter(|place| *place > person.tier).min()));
        }
        if !self.segments.is_empty() && !self.segments.iter().any(|wanted| person.segments.contains(wanted)) {
            return Some(Barrier::Segment);
        }
        if !self.when.matches(person.attributes) {
            return Some(Barrier::Condition);
        }
        from.filter(|from| *from > now).map(Barrier::NotStarted)
    }

    /// Whether `person` has it at `now`.
    pub fn has(&self, person: Person<'_>, now: i64) -> bool {
        self.barrier(person, now).is_none()
    }
}

impl Barrier {
    /// As a reason; `tier` names the place of a tier.
    ///
    /// | code | facts |
    /// |---|---|
    /// | `not-started`, `ended` | `at` |
    /// | `needs-tier` | `needed`, where a higher tier has it |
    /// | `needs-segment`, `condition` | |
    pub fn reason(self, tier: &dyn Fn(usize) -> String) -> Reason {
        match self {
            Barrier::NotStarted(at) => Reason::new("not-started").with("at", at),
            Barrier::Ended(at) => Reason::new("ended").with("at", at),
            Barrier::Tier(Some(place)) => Reason::new("needs-tier").with("needed", tier(place)),
            Barrier::Tier(None) => Reason::new("needs-tier"),
            Barrier::Segment => Reason::new("needs-segment"),
            Barrier::Condition => Reason::new("condition"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_barrier_is_told_and_without_any_everybody_has_it() {
        let person = |tier, segments| Person { tier, segments, attributes: &() };
        assert!(Audience::default().has(person(0, &[]), 5));
        let audience = Audience {
            tiers: alloc::vec![2, 3],
            segments: alloc::vec!["young".into()],
            window: (Some(10), Some(20)),
            ..Audience::default()
        };
        let young = ["young".into()];
        assert_eq!(audience.barrier(person(2, &young), 20), Some(Barrier::Ended(20)));
        assert_eq!(audience.barrier(person(1, &young), 15), Some(Barrier::Tier(Some(2))));
        assert_eq!(audience.barrier(person(4, &young), 15), Some(Barrier::Tier(None)));
        assert_eq!(audience.barrier(person(2, &[]), 15), Some(Barrier::Segment));
        assert_eq!(audience.barrier(person(2, &young), 9), Some(Barrier::NotStarted(10)));
        assert!(audience.has(person(3, &young), 10) && !audience.has(person(3, &young), 9));
    }
}
