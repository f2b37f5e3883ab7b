//! What was wrong in a snapshot without making it useless.

use alloc::vec::Vec;

use crate::domain::{Reason, ValueError};

/// How many warnings are kept word for word.
const KEPT: usize = 200;

/// What was wrong in a snapshot without making it useless: each names the part that was left out.
///
/// | code | facts | means |
/// |---|---|---|
/// | `item-disabled` | `item` or `index`, `path`, `message` | the item is left out |
/// | `item-duplicate` | `item` | of items with the same id the last was taken |
/// | `offer-disabled` | `offer` or `index`, `path`, `message` | the offer is left out |
/// | `segment-disabled` | `segment` or `index`, `path`, `message` | the segment is left out |
/// | `segment-problem` | `segment`, `path`, `message` | a test in the segment never holds |
/// | `section-disabled` | `path`, `message` | the section is left out |
/// | `programme-disabled` | `path`, `message` | the shop is without tiers and points |
/// | `programme-part-disabled` | `part` or `index`, `path`, `message` | the tier, wallet or benefit is left out |
/// | `knowledge-disabled` | `path`, `message` | nothing learned is used |
/// | `features-disabled` | `path`, `message` | there are no features |
/// | `text-disabled` | `locale`, `code` | the template is left out |
/// | `zone-without-offsets` | `zone` | the shop's clock runs on UTC |
/// | `signature-not-checked` | | no public key was given |
/// | `more-warnings` | `count` | so many more were not kept |
#[derive(Clone, Debug, Default)]
pub struct Warnings {
    kept: Vec<Reason>,
    more: u32,
}

impl Warnings {
    /// One more.
    pub fn push(&mut self, warning: Reason) {
        if self.kept.len() < KEPT {
            self.kept.push(warning);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// `code` for the thing called `id`, or for the one at `index` where it has none.
    pub fn disabled(&mut self, code: &'static str, noun: &'static str, id: Option<&str>, index: usize, error: &ValueError) {
        let reason = Reason::new(code);
        let reason = match id {
            Some(id) => reason.with(noun, id),
            None => reason.with("index", u32::try_from(index).unwrap_or(u32::MAX)),
        };
        self.push(reason.with("path", error.path()).with("message", error.message()));
    }

    /// Those kept, and `more-warnings` where there were more.
    pub fn into_reasons(mut self) -> Vec<Reason> {
        if self.more > 0 {
            self.kept.push(Reason::new("more-warnings").with("count", self.more));
        }
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_warnings_is_counted_not_kept() {
        let mut warnings = Warnings::default();
        for _ in 0..1000 {
            warnings.push(Reason::new("item-disabled"));
        }
        let reasons = warnings.into_reasons();
        assert_eq!(reasons.len(), 201);
        assert_eq!(reasons[200].integer("count"), Some(800));
    }
}
