//! Lists from iterators.

use alloc::vec::Vec;

/// Puts what an iterator gives into a list, one after the other.
///
/// The standard library's `collect` sets several functions side by side for each place it is called at: one that asks how
/// long the list will be, one that makes room, one that fills it without looking, another for lists made where the old one
/// lay. This is one loop. Where a list has thousands of elements, and often, the library's is faster.
pub trait Listed: Iterator + Sized {
    /// All elements, in order.
    fn listed(self) -> Vec<Self::Item> {
        let mut list = Vec::new();
        for element in self {
            list.push(element);
        }
        list
    }

    /// All elements, in order.
    ///
    /// # Errors
    ///
    /// The first there is; nothing behind it is asked for.
    fn listed_until_error<T, E>(self) -> Result<Vec<T>, E>
    where
        Self: Iterator<Item = Result<T, E>>,
    {
        let mut list = Vec::new();
        for element in self {
            list.push(element?);
        }
        Ok(list)
    }
}

impl<I: Iterator> Listed for I {}

/// Adds to a list what an iterator gives: `extend` as one loop, for the reason above.
pub trait AddAll<T> {
    /// All elements, in order.
    fn add_all(&mut self, elements: impl IntoIterator<Item = T>);
}

impl<T> AddAll<T> for Vec<T> {
    fn add_all(&mut self, elements: impl IntoIterator<Item = T>) {
        for element in elements {
            self.push(element);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_all_in_order() {
        let mut list = (1..=3).map(|number| number * 2).listed();
        list.add_all(Some(7));
        list.add_all(None);
        list.add_all([9, 8]);
        assert_eq!(list, [2, 4, 6, 7, 9, 8]);
    }

    #[test]
    fn nothing_is_asked_for_behind_an_error() {
        let mut asked = 0;
        let mut until = |wrong| {
            (0..5).inspect(|_| asked += 1).map(|number| if number == wrong { Err(number) } else { Ok(number) }).listed_until_error()
        };
        assert_eq!(until(2), Err(2));
        assert_eq!(until(9), Ok(vec![0, 1, 2, 3, 4]));
        assert_eq!(asked, 3 + 5);
    }
}
