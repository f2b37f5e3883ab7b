//! Wire forms to the forms that requests run on.

pub mod items;
pub mod knowledge;
pub mod moment;
pub mod names;
pub mod offers;
pub mod programme;
pub mod segments;
pub mod stores;
pub mod terms;
pub mod vectors;

use crate::domain::{Catalog, Value, ValueError, Zone};
use crate::rules::{AttributeTable, RuleContext};
use crate::snapshot::Warnings;

/// What sections are compiled with.
pub struct Context<'a> {
    /// The items they speak of.
    pub catalog: &'a Catalog,
    /// The shop's clock.
    pub zone: &'a Zone,
    /// The code of the catalogue's currency.
    pub currency: &'a str,
    /// What conditions may refer to.
    pub rules: RuleContext<'a>,
    /// The attributes that conditions ask for.
    pub attributes: AttributeTable,
    /// What was left out.
    pub warnings: Warnings,
}

impl Context<'_> {
    /// The elements of the section called `name`: none where it is absent, or, with the warning `section-disabled`,
    /// where it is no list.
    pub fn list<'v>(&mut self, name: &'static str, section: &'v Value) -> &'v [Value] {
        if let Value::Array(elements) = section {
            return elements;
        }
        if !section.is_null() {
            self.warnings.push(ValueError::wrong_type("a list", section).in_field(name).reason("section-disabled"));
        }
        &[]
    }
}
