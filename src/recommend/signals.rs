//! What a recommendation may know of one member.

use alloc::string::String;
use alloc::vec::Vec;

use crate::domain::Item;

/// What a recommendation may know of one member: history, and what happened on this device.
///
/// Without personalisation the caller gives one that is empty but for what the present visit shows; nothing else about
/// the member can then be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signals {
    baskets: Vec<PastBasket>,
    lines: Vec<(Item, u32)>,
    /// Items looked at, clicked or put into the cart, oldest first.
    pub touches: Vec<Touch>,
    /// Searches, oldest first.
    pub searches: Vec<Search>,
    /// Items never to be recommended: excluded by the server, or 'not interested'. Ascending, none twice.
    pub excluded: Vec<Item>,
    /// Latest rating of each rated item, from -1 (worst) to 1 (best), by ascending item.
    pub ratings: Vec<(Item, f64)>,
}

#[derive(Clone, Debug, PartialEq)]
struct PastBasket {
    at: i64,
    end: usize,
}

/// An item that was looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The item.
    pub item: Item,
    /// How much it tells: 1 for a view or a click, more for what was put into the cart.
    pub weight: f64,
}

/// A search, with what it found in the catalog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The words, as they were typed.
    pub query: String,
    /// The items found, best first.
    pub found: Vec<Item>,
}

impl Signals {
    /// Adds what was bought at instant `at`. Lines of the same item are one; the order of calls does not matter.
    pub fn add_basket(&mut self, at: i64, lines: impl IntoIterator<Item = (Item, u32)>) {
        let place = self.baskets.partition_point(|known| known.at <= at);
        let start = place.checked_sub(1).and_then(|before| self.baskets.get(before)).map_or(0, |before| before.end);
        let mut added: Vec<(Item, u32)> = Vec::new();
        for (item, quantity) in lines {
            match added.binary_search_by_key(&item, |(known, _)| *known) {
                Ok(found) => {
                    if let Some((_, pieces)) = added.get_mut(found) {
                        *pieces = pieces.saturating_add(quantity);
                    }
                }
                Err(free) => added.insert(free, (item, quantity)),
            }
        }
        let count = added.len();
        self.lines.splice(start..start, added);
        self.baskets.insert(place, PastBasket { at, end: start });
        for basket in self.baskets.iter_mut().skip(place) {
            basket.end = basket.end.saturating_add(count);
        }
    }

    /// How many baskets there are.
    pub fn len(&self) -> usize {
        self.baskets.len()
    }

    /// Whether there is no basket.
    pub fn is_empty(&self) -> bool {
        self.baskets.is_empty()
    }

    /// When, and what with how many pieces, newest first; items of a basket ascending.
    pub fn newest_first(&self) -> impl Iterator<Item = (i64, &[(Item, u32)])> {
        let earlier = self.baskets.iter().map(|basket| basket.end).rev().skip(1).chain(core::iter::once(0));
        let baskets = self.baskets.iter().rev().zip(earlier);
        baskets.map(|(basket, start)| (basket.at, self.lines.get(start..basket.end).unwrap_or_default()))
    }

    /// Adds an item that must not be recommended.
    pub fn exclude(&mut self, item: Item) {
        if let Err(place) = self.excluded.binary_search(&item) {
            self.excluded.insert(place, item);
        }
    }

    /// Sets the rating of `item`, held to [-1, 1]; what is no number is ignored.
    pub fn rate(&mut self, item: Item, rating: f64) {
        if rating.is_nan() {
            return;
        }
        let rating = rating.clamp(-1.0, 1.0);
        match self.ratings.binary_search_by_key(&item, |(known, _)| *known) {
            Ok(place) => {
                if let Some((_, known)) = self.ratings.get_mut(place) {
                    *known = rating;
                }
            }
            Err(place) => self.ratings.insert(place, (item, rating)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baskets_come_newest_first_whatever_the_order_of_calls() {
        let mut signals = Signals::default();
        signals.add_basket(20, [(Item(3), 1), (Item(1), 1), (Item(3), 2)]);
        signals.add_basket(30, []);
        signals.add_basket(10, [(Item(9), 1)]);
        let baskets: Vec<_> = signals.newest_first().collect();
        assert_eq!(baskets, [(30, &[][..]), (20, &[(Item(1), 1), (Item(3), 3)][..]), (10, &[(Item(9), 1)][..])]);
    }

    #[test]
    fn the_last_rating_counts() {
        let mut signals = Signals::default();
        signals.rate(Item(2), 9.0);
        signals.rate(Item(1), f64::NAN);
        signals.rate(Item(2), -0.5);
        assert_eq!(signals.ratings, [(Item(2), -0.5)]);
    }
}
