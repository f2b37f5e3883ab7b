//! Names that many items share, each stored once.

use crate::domain::{Map, StringColumn, Terms};

/// Collects names, then numbers them by their bytes.
#[derive(Default)]
pub struct TermsBuilder<'a> {
    names: Map<&'a str, u32>,
}

impl<'a> TermsBuilder<'a> {
    /// Notes that `name` is used.
    pub fn add(&mut self, name: &'a str) {
        self.names.insert(name, Terms::NONE);
    }

    /// Numbers all names, ascending.
    pub fn number(&mut self) {
        for (place, number) in self.names.values_mut().enumerate() {
            *number = u32::try_from(place).unwrap_or(Terms::NONE);
        }
    }

    /// The number of `name`; [`Terms::NONE`] where it was not added.
    pub fn term(&self, name: &str) -> u32 {
        self.names.get(name).copied().unwrap_or(Terms::NONE)
    }

    /// The names in the order of their numbers.
    pub fn build(self) -> Terms {
        Terms(StringColumn::owned(self.names.keys()))
    }
}
