//! What the items that a request starts from say of their neighbours: sums that thousands of items have, in tables of their own.

use alloc::vec::Vec;

use super::Knowledge;
use super::knowledge::Neighbours;
use crate::domain::Item;

/// How an item is bound to an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// In the same basket.
    Together,
    /// Bought after it.
    Sequence,
    /// Can stand for it.
    Similar,
}

/// What one bond says of an item, and which anchor said it loudest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pull {
    /// The sum over all anchors.
    pub sum: f64,
    /// What the loudest anchor said.
    pub loudest: f64,
    /// The loudest anchor, the first of equals; of no meaning where none said anything.
    anchor: u32,
}

impl Pull {
    /// Adds what `anchor` says.
    pub fn add(&mut self, anchor: Item, strength: f64) {
        self.sum += strength;
        if strength > self.loudest {
            self.loudest = strength;
            self.anchor = anchor.0;
        }
    }

    /// The loudest anchor, the first of equals.
    pub fn anchor(&self) -> Option<Item> {
        (self.loudest > 0.0).then_some(Item(self.anchor))
    }
}

/// A table from items to what anchors say of them, used again by the next request without giving memory back.
#[derive(Clone, Debug, Default)]
pub struct Pulls {
    /// For each item 1 + its row, or 0.
    rows_of: Vec<u32>,
    /// The item of each row.
    items: Vec<Item>,
    /// By [`Bond`], then by row; rows at the end that a bond says nothing of are left out.
    rows: [Vec<Pull>; 3],
}

impl Pulls {
    /// Forgets everything, and makes room for `items` items.
    pub fn reset(&mut self, items: usize) {
        for item in self.items.drain(..) {
            if let Some(row) = self.rows_of.get_mut(item.index()) {
                *row = 0;
            }
        }
        self.rows.iter_mut().for_each(Vec::clear);
        self.rows_of.resize(items, 0);
    }

    /// Lets each of `anchors` speak for its neighbours, with its strength times how near they are.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn gather(&mut self, bond: Bond, anchors: &[(Item, f64)], neighbours: &Neighbours, knowledge: &Knowledge) {
        let near = neighbours.read();
        let Pulls { rows_of, items, rows } = self;
        let Some(pulls) = rows.get_mut(bond as usize) else { return };
        for (anchor, strength) in anchors {
            near.each(*anchor, |item, step| {
                if let Some(pull) = entry(rows_of, items, pulls, item) {
                    pull.add(*anchor, strength * knowledge.nearness(step));
                }
            });
        }
    }

    /// What `bond` says of `item`, to be changed; `None` for an item that the catalog does not have.
    pub fn entry(&mut self, bond: Bond, item: Item) -> Option<&mut Pull> {
        entry(&mut self.rows_of, &mut self.items, self.rows.get_mut(bond as usize)?, item)
    }

    /// What `bond` says of `item`.
    pub fn get(&self, bond: Bond, item: Item) -> Pull {
        let row = self.rows_of.get(item.index()).and_then(|place| place.checked_sub(1));
        let pull = row.and_then(|row| self.rows.get(bond as usize)?.get(row as usize));
        pull.copied().unwrap_or_default()
    }

    /// The sums that bonds say of `item`, by [`Bond`]; `None` where none says anything.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn sums(&self, item: Item) -> Option<[f64; 3]> {
        let row = self.rows_of.get(item.index())?.checked_sub(1)? as usize;
        let sum = |pulls: &Vec<Pull>| pulls.get(row).map_or(0.0, |pull| pull.sum);
        let [together, sequence, similar] = &self.rows;
        Some([sum(together), sum(sequence), sum(similar)])
    }
}

/// What one bond says of `item` in `pulls`. Apart from the table, for the loop over thousands of neighbours.
#[inline(always)]
fn entry<'p>(rows_of: &mut [u32], items: &mut Vec<Item>, pulls: &'p mut Vec<Pull>, item: Item) -> Option<&'p mut Pull> {
    let place = rows_of.get_mut(item.index())?;
    if *place == 0 {
        items.push(item);
        *place = u32::try_from(items.len()).ok()?;
    }
    let row = place.checked_sub(1)? as usize;
    while row >= pulls.len() {
        pulls.push(Pull::default());
    }
    pulls.get_mut(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_outside_the_catalog_has_no_row() {
        let mut pulls = Pulls::default();
        pulls.reset(2);
        assert!(pulls.entry(Bond::Similar, Item(2)).is_none() && pulls.sums(Item(2)).is_none());
    }

    #[test]
    fn bonds_speak_each_for_itself_and_reset_forgets() {
        let mut pulls = Pulls::default();
        pulls.reset(3);
        pulls.entry(Bond::Together, Item(2)).unwrap().add(Item(0), 0.5);
        pulls.entry(Bond::Similar, Item(1)).unwrap().add(Item(2), 0.25);
        assert_eq!([0, 1, 2].map(|item| pulls.sums(Item(item))), [None, Some([0.0, 0.0, 0.25]), Some([0.5, 0.0, 0.0])]);
        assert_eq!((pulls.get(Bond::Together, Item(2)).anchor(), pulls.get(Bond::Similar, Item(2)).anchor()), (Some(Item(0)), None));
        pulls.reset(2);
        assert_eq!((pulls.sums(Item(1)), pulls.get(Bond::Similar, Item(1))), (None, Pull::default()));
    }

    #[test]
    fn the_first_of_the_loudest_anchors_is_named() {
        let mut pull = Pull::default();
        pull.add(Item(5), 0.5);
        pull.add(Item(1), 0.5);
        assert_eq!((pull.sum, pull.anchor()), (1.0, Some(Item(5))));
    }
}
