//! Who has something, and when.

use alloc::string::String;
use alloc::vec::Vec;

use super::{condition, window};
use crate::domain::{AddAll, Listed, Value, ValueError};
use crate::loyalty::{Audience, Ladder};
use crate::snapshot::compile::Context;
use crate::snapshot::wire::programme as wire;

/// Who has something, as its wire form says.
pub(super) struct Said<'w> {
    pub tiers: &'w [String],
    pub from_tier: Option<&'w String>,
    pub segments: &'w [String],
    pub when: &'w Value,
    pub window: &'w wire::Window,
}

impl Said<'_> {
    /// # Errors
    ///
    /// Where a tier is none, or an end of the window is no moment.
    pub fn compile(&self, ladder: &Ladder, context: &mut Context<'_>) -> Result<Audience, ValueError> {
        let mut tiers = places(self.tiers, ladder).map_err(|error| error.in_field("tiers"))?;
        if let Some(from) = self.from_tier {
            let from = place(from, ladder).map_err(|error| error.in_field("fromTier"))?;
            tiers.add_all(from..ladder.tiers.len());
        }
        let window = window(self.window, context)?;
        Ok(Audience { tiers, segments: self.segments.to_vec(), when: condition(self.when, context), window })
    }
}

/// The places of tiers.
pub(super) fn places(ids: &[String], ladder: &Ladder) -> Result<Vec<usize>, ValueError> {
    ids.iter().enumerate().map(|(index, id)| place(id, ladder).map_err(|error| error.at_index(index))).listed_until_error()
}

fn place(id: &str, ladder: &Ladder) -> Result<usize, ValueError> {
    ladder.find(id).ok_or_else(|| ValueError::invalid("is no tier"))
}
