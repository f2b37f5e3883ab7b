//! What is known of a member and an item together: gathered for one request, item by item.

use alloc::vec::Vec;

use super::pulls::Pulls;
use crate::domain::Item;

/// What is known of the member and one item.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Purchases, each counted less the longer ago.
    pub frequency: f64,
    /// Baskets that contain it.
    pub times: u32,
    /// When it was bought last and first, in milliseconds since 1970; of no meaning where `times` is 0.
    pub last_at: i64,
    /// See `last_at`.
    pub first_at: i64,
    /// Looked at or searched for on this device.
    pub session: f64,
    /// When it was looked at last.
    pub viewed_at: Option<i64>,
    /// Place of the search that found it.
    pub search: Option<u32>,
    /// How well it answers the request's query, in [0, 1].
    pub relevance: f64,
    /// The member's rating of the item, in [-1, 1].
    pub rating: f64,
    /// In the cart, or the item asked about.
    pub in_cart: bool,
    /// Never to be recommended to this member.
    pub excluded: bool,
    /// Looked at, clicked or put into the cart in this visit.
    pub in_visit: bool,
}

/// A table from items to their evidence, used again by the next request without giving memory back.
#[derive(Clone, Debug, Default)]
pub struct EvidenceTable {
    /// For each item 1 + its row, or 0.
    rows_of: Vec<u32>,
    rows: Vec<(Item, Evidence)>,
    /// What the items that the request starts from say.
    pub pulls: Pulls,
}

impl EvidenceTable {
    /// Forgets everything, and makes room for `items` items.
    pub fn reset(&mut self, items: usize) {
        for (item, _) in &self.rows {
            if let Some(row) = self.rows_of.get_mut(item.index()) {
                *row = 0;
            }
        }
        self.rows.clear();
        self.rows_of.resize(items, 0);
        self.pulls.reset(items);
    }

    /// What is known of `item`.
    #[inline]
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn get(&self, item: Item) -> Option<&Evidence> {
        let row = self.rows_of.get(item.index())?.checked_sub(1)?;
        self.rows.get(row as usize).map(|(_, evidence)| evidence)
    }

    /// The row of `item`, a new one where there was none; `None` for an item that the catalog does not have.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn entry(&mut self, item: Item) -> Option<&mut Evidence> {
        let row = self.rows_of.get_mut(item.index())?;
        if *row == 0 {
            self.rows.push((item, Evidence::default()));
            *row = u32::try_from(self.rows.len()).ok()?;
        }
        self.rows.get_mut(row.checked_sub(1)? as usize).map(|(_, evidence)| evidence)
    }

    /// All rows, in the order in which they were first asked for.
    pub fn rows(&self) -> &[(Item, Evidence)] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_outside_the_catalog_has_no_row() {
        let mut table = EvidenceTable::default();
        table.reset(2);
        assert!(table.entry(Item(2)).is_none() && table.get(Item(2)).is_none());
    }

    #[test]
    fn reset_forgets_and_may_shrink() {
        let mut table = EvidenceTable::default();
        table.reset(3);
        table.entry(Item(2)).unwrap().times = 4;
        table.entry(Item(0)).unwrap().times = 1;
        assert_eq!(table.get(Item(2)).unwrap().times, 4);
        table.reset(1);
        assert!(table.get(Item(0)).is_none() && table.rows().is_empty());
        table.reset(3);
        assert!(table.get(Item(2)).is_none());
    }
}
