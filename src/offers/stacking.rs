//! How offers go together, compiled.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Claims, Class, Exclusive, Mode, OddCents, Rate, Returns, Rounding, Scope, SpreadBy, Within};

/// Which pairs of classes are meant; the same both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassPairs([[bool; 3]; 3]);

impl ClassPairs {
    /// Every pair.
    pub const ALL: ClassPairs = ClassPairs([[true; 3]; 3]);
    /// No pair.
    pub const NONE: ClassPairs = ClassPairs([[false; 3]; 3]);

    /// These pairs, both ways round.
    pub fn of(pairs: &[(Class, Class)]) -> Self {
        let mut table = Self::NONE;
        for (left, right) in pairs {
            for (row, column) in [(left, right), (right, left)] {
                if let Some(cell) = table.0.get_mut(*row as usize).and_then(|row| row.get_mut(*column as usize)) {
                    *cell = true;
                }
            }
        }
        table
    }

    /// Whether the pair is meant.
    pub fn has(self, left: Class, right: Class) -> bool {
        self.0.get(left as usize).and_then(|row| row.get(right as usize)).copied().unwrap_or(false)
    }
}

/// How offers go together.
#[derive(Clone, Debug, PartialEq)]
pub struct Stacking {
    /// How the outermost level chooses.
    pub mode: Mode,
    /// Groups; a group's parent stands before it.
    pub groups: Vec<Group>,
    /// Classes that go together in one order.
    pub classes: ClassPairs,
    /// Classes that may not meet on one line.
    pub apart_on_line: ClassPairs,
    /// What an exclusive offer does.
    pub exclusive: Exclusive,
    /// The order of classes: those left out come last, together.
    pub sequence: Vec<Class>,
    /// The order inside a class.
    pub within: Within,
    /// Who gets odd cents.
    pub odd_cents: OddCents,
    /// What an order's discount is spread by.
    pub spread_by: SpreadBy,
    /// Which pieces of sets count for no other.
    pub claims: Claims,
    /// Whether prices include tax.
    pub prices_include_tax: bool,
    /// The free attribute of items that says their tax in percent: the caller reads it.
    pub tax_attribute: Option<String>,
    /// How fractions are rounded.
    pub rounding: Rounding,
    /// How much an order may take of each shared limit.
    pub pools: Vec<Pool>,
    /// No piece goes below this share of its price.
    pub floor: Rate,
    /// The free attribute of items that says below which price no piece of them goes: the caller reads it.
    pub floor_attribute: Option<String>,
    /// What a return does.
    pub returns: Returns,
    /// Combinations looked at before the search answers with what it has; as many as take some milliseconds where `None`.
    pub search_budget: Option<u32>,
}

impl Default for Stacking {
    fn default() -> Self {
        Stacking {
            mode: Mode::Best,
            groups: Vec::new(),
            classes: ClassPairs::ALL,
            apart_on_line: ClassPairs::NONE,
            exclusive: Exclusive::Alone,
            sequence: alloc::vec![Class::Product, Class::Order, Class::Shipping],
            within: Within::Priority,
            odd_cents: OddCents::LargestRemainder,
            spread_by: SpreadBy::Price,
            claims: Claims::All,
            prices_include_tax: true,
            tax_attribute: None,
            rounding: Rounding::HalfUp,
            pools: Vec::new(),
            floor: Rate::default(),
            floor_attribute: None,
            returns: Returns::Keep,
            search_budget: None,
        }
    }
}

impl Stacking {
    /// The turn of a class: the smaller, the earlier.
    pub fn rank(&self, class: Class) -> usize {
        self.sequence.iter().position(|known| *known == class).unwrap_or(self.sequence.len())
    }
}

/// A group of offers or groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// The group around it.
    pub parent: Option<usize>,
    /// How it chooses.
    pub mode: Mode,
    /// What it chooses for.
    pub scope: Scope,
    /// At most so many of its members.
    pub max: Option<u32>,
    /// If it applies, nothing outside it does.
    pub exclusive: bool,
    /// The higher comes first.
    pub priority: i32,
}

/// A limit shared by several offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// Its id.
    pub id: String,
    /// How much of it one order may take.
    pub max: u32,
}

impl Group {
    /// How many of its members apply at most: one where it chooses the best and does not say otherwise.
    pub fn limit(&self) -> Option<u32> {
        self.max.or((self.mode == Mode::Best).then_some(1))
    }
}
