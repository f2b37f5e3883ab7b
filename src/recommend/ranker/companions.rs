//! What members with the same items buy beside them: item-based collaborative filtering over the member's own items.

use alloc::vec::Vec;

use super::habits::Habits;
use crate::domain::Item;
use crate::recommend::Knowledge;

/// What the member's items say of other items, bought by the same members.
#[derive(Clone, Debug, Default)]
pub(super) struct Companions {
    rows_of: Vec<u32>,
    rows: Vec<Companion>,
}

/// What all items of the member together say of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Companion {
    pub item: Item,
    /// Sum of the nearness of each of the member's items, each as often as it was bought lately.
    pub pull: f64,
    /// The same sum with each item once.
    pub near: f64,
}

/// The count (of those of a habit) that an item is weighed by.
const LATELY: usize = 1;

impl Companions {
    /// Asks each item of `habits` what goes with it.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn gather(&mut self, habits: &Habits, knowledge: &Knowledge, items: usize) {
        self.clear();
        self.rows_of.resize(items, 0);
        let near = knowledge.companions.read();
        for habit in &habits.rows {
            let weight = habit.decayed.get(LATELY).copied().unwrap_or(0.0);
            near.each(habit.item, |item, step| {
                let Some(place) = self.rows_of.get_mut(item.index()) else { return };
                if *place == 0 {
                    self.rows.push(Companion { item, pull: 0.0, near: 0.0 });
                    *place = u32::try_from(self.rows.len()).unwrap_or(0);
                }
                let Some(row) = place.checked_sub(1).and_then(|row| self.rows.get_mut(row as usize)) else { return };
                let nearness = knowledge.nearness(step);
                row.pull += weight * nearness;
                row.near += nearness;
            });
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        for row in &self.rows {
            if let Some(place) = self.rows_of.get_mut(row.item.index()) {
                *place = 0;
            }
        }
        self.rows.clear();
    }

    /// What is said of `item`: pull and nearness.
    pub fn of(&self, item: Item) -> (f64, f64) {
        let row = self.rows_of.get(item.index()).and_then(|place| self.rows.get(place.checked_sub(1)? as usize));
        row.map_or((0.0, 0.0), |row| (row.pull, row.near))
    }

    /// All of which something is said, in no order that means anything.
    pub fn all(&self) -> &[Companion] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Catalog, Column, DAY, ItemColumns, Lists, StringColumn};
    use crate::recommend::{Neighbours, Signals};

    #[test]
    fn each_own_item_speaks_as_often_as_it_was_bought_lately() {
        let items = ItemColumns { ids: StringColumn::owned(["a", "b", "c"]), ..ItemColumns::default() };
        let catalog = Catalog { items, ..Catalog::default() };
        // a is near to b (1) and to c (2^(-24/24)), b to c (1).
        let lists = Lists { offsets: Column::owned(&[0, 2, 3, 3]), values: Column::owned(&[1, 2, 2]) };
        let companions = Neighbours { lists, steps: Column::owned(&[255, 231, 255]) };
        let knowledge = Knowledge { companions, ..Knowledge::default() }.prepared(&catalog);
        let mut signals = Signals::default();
        signals.add_basket(0, [(Item(0), 1)]);
        signals.add_basket(DAY, [(Item(0), 1), (Item(1), 1)]);
        let mut habits = Habits::default();
        habits.gather(&catalog, &knowledge, &signals, 2 * DAY);
        let mut known = Companions::default();
        for _ in 0..2 {
            known.gather(&habits, &knowledge, 3);
            assert_eq!(known.of(Item(0)), (0.0, 0.0));
            assert_eq!(known.of(Item(1)), (1.9, 1.0));
            assert_eq!(known.of(Item(2)), (1.9 * 0.5 + 1.0, 1.5));
        }
        assert_eq!(known.all().len(), 2);
    }
}
