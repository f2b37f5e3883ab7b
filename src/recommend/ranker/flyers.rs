//! Which items were in the flyer, and when.

use alloc::vec::Vec;

use crate::domain::{Column, Item, Listed, Lists};

/// Flyers, each for a span of days; days are counted from 1970 in UTC.
#[derive(Clone, Debug, Default)]
pub struct Flyers {
    /// First day of each, rising.
    pub from: Column<i32>,
    /// The day after the last of each: not after the first day of the next.
    pub until: Column<i32>,
    /// Items of each, ascending.
    pub lists: Lists,
    /// How well placed, parallel to the lists' values: 1 inside, up to 9 for the front page.
    pub places: Column<u8>,
}

impl Flyers {
    /// Whether columns fit each other, spans are in order, and items are among `items`.
    pub fn is_sound(&self, items: usize) -> bool {
        let spans: Vec<(i32, i32)> = self.from.as_slice().iter().copied().zip(self.until.as_slice().iter().copied()).listed();
        let list = |flyer| self.lists.get(flyer);
        self.from.len() == self.until.len()
            && (self.from.is_empty() && self.lists.values.is_empty() || self.lists.is_sound(self.from.len()))
            && self.places.len() == self.lists.values.len()
            && spans.iter().all(|(from, until)| from < until)
            && spans.windows(2).all(|pair| matches!(pair, [one, next] if one.1 <= next.0))
            && (0..self.from.len()).all(|flyer| list(flyer).is_sorted_by(|one, next| one < next))
            && self.lists.values.as_slice().iter().all(|item| (*item as usize) < items)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.from.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.from.is_empty()
    }

    /// The flyer of `day`.
    pub fn on(&self, day: i64) -> Option<usize> {
        let after = self.from.as_slice().partition_point(|from| i64::from(*from) <= day);
        let flyer = after.checked_sub(1)?;
        (day < i64::from(self.until.get(flyer)?)).then_some(flyer)
    }

    /// How well `item` is placed in `flyer`; 0 where it is not in it.
    pub fn place(&self, flyer: usize, item: Item) -> u8 {
        let range = self.lists.range(flyer);
        let found = self.lists.get(flyer).binary_search(&item.0).ok();
        found.and_then(|place| self.places.as_slice().get(range)?.get(place)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flyers() -> Flyers {
        Flyers {
            from: Column::owned(&[7, 14]),
            until: Column::owned(&[13, 21]),
            lists: Lists { offsets: Column::owned(&[0, 2, 3]), values: Column::owned(&[1, 4, 0]) },
            places: Column::owned(&[1, 9, 2]),
        }
    }

    #[test]
    fn a_day_between_two_flyers_has_none() {
        let flyers = flyers();
        assert_eq!([6, 7, 12, 13, 14, 20, 21].map(|day| flyers.on(day)), [None, Some(0), Some(0), None, Some(1), Some(1), None]);
        assert_eq!([(0, 4), (0, 0), (1, 0), (1, 9)].map(|(flyer, item)| flyers.place(flyer, Item(item))), [9, 0, 2, 0]);
    }

    #[test]
    fn what_does_not_fit_is_unsound() {
        assert!(flyers().is_sound(5) && Flyers::default().is_sound(0));
        assert!(!flyers().is_sound(4));
        assert!(!Flyers { until: Column::owned(&[15, 21]), ..flyers() }.is_sound(5));
        assert!(!Flyers { places: Column::owned(&[1]), ..flyers() }.is_sound(5));
        assert!(!Flyers { lists: Lists { offsets: Column::owned(&[0, 2, 3]), values: Column::owned(&[4, 1, 0]) }, ..flyers() }.is_sound(5));
    }
}
