//! Sorting.

use super::Listed;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Sorts lists, stably: what compares equal keeps its order.
///
/// The standard library's sorts are compiled anew for each type and order, up to a kilobyte of the WebAssembly module
/// each; of this one it is a tenth, and the same work for the few dozen elements that lists have here. Where there are
/// thousands, and often, the library's are faster.
pub trait Arrange<T> {
    /// Ascending by `compare`.
    fn arrange_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);

    /// Ascending by `key`.
    fn arrange_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.arrange_by(|one, other| key(one).cmp(&key(other)));
    }

    /// Ascending.
    fn arrange(&mut self)
    where
        T: Ord,
    {
        self.arrange_by(T::cmp);
    }
}

impl<T> Arrange<T> for [T] {
    #[inline]
    fn arrange_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let count = self.len();
        if count > 1 {
            arrange(&mut List { elements: self, compare }, count);
        }
    }
}

/// A list as the one sort sees it.
trait Places {
    /// Whether the element at `one` belongs behind the one at `other`.
    fn is_behind(&self, one: usize, other: usize) -> bool;
    /// Exchanges two elements.
    fn exchange(&mut self, one: usize, other: usize);
}

struct List<'a, T, F> {
    elements: &'a mut [T],
    compare: F,
}

impl<T, F: Fn(&T, &T) -> Ordering> Places for List<'_, T, F> {
    fn is_behind(&self, one: usize, other: usize) -> bool {
        match (self.elements.get(one), self.elements.get(other)) {
            (Some(one), Some(other)) => (self.compare)(one, other) == Ordering::Greater,
            _ => false,
        }
    }

    fn exchange(&mut self, one: usize, other: usize) {
        if one < self.elements.len() && other < self.elements.len() {
            self.elements.swap(one, other);
        }
    }
}

/// Up to so many elements are moved one by one.
const FEW: usize = 16;

#[inline(never)]
fn arrange(list: &mut dyn Places, count: usize) {
    // What a server sends, and what was put in order before, mostly is.
    if (1..count).all(|next| !list.is_behind(next.wrapping_sub(1), next)) {
        return;
    }
    if count <= FEW {
        for next in 1..count {
            for place in (1..=next).rev() {
                let before = place.wrapping_sub(1);
                if !list.is_behind(before, place) {
                    break;
                }
                list.exchange(before, place);
            }
        }
        return;
    }
    let mut order = merged(list, count);
    // Round each ring of places: every element goes where it belongs, the last where the first came from.
    for start in 0..count {
        let mut place = start;
        while let Some(slot) = order.get_mut(place) {
            let from = core::mem::replace(slot, place);
            if from == start || from == place {
                break;
            }
            list.exchange(place, from);
            place = from;
        }
    }
}

/// The places of the elements in ascending order, by merging the runs that are in order already, two by two: lists that were
/// put in order each, and then one behind the other, are merged once.
fn merged(list: &dyn Places, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).listed();
    let starts = (1..count).filter(|next| list.is_behind(next.wrapping_sub(1), *next));
    let mut ends: Vec<usize> = starts.chain([count]).listed();
    let mut next = Vec::with_capacity(count);
    while ends.len() > 1 {
        next.clear();
        let mut merged_ends = Vec::with_capacity(ends.len().div_ceil(2));
        for pair in ends.chunks(2) {
            let end = pair.last().copied().unwrap_or(count);
            let run = |from: usize, to: usize| order.get(from..to).unwrap_or_default();
            let middle = pair.first().copied().unwrap_or(end);
            let (mut left, mut right) = (run(next.len(), middle), run(middle, end));
            while let ([one, left_rest @ ..], [other, right_rest @ ..]) = (left, right) {
                if list.is_behind(*one, *other) {
                    next.push(*other);
                    right = right_rest;
                } else {
                    next.push(*one);
                    left = left_rest;
                }
            }
            next.extend_from_slice(left);
            next.extend_from_slice(right);
            merged_ends.push(end);
        }
        core::mem::swap(&mut order, &mut next);
        ends = merged_ends;
    }
    order
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lists_are_sorted_as_the_library_sorts_them(mut list in prop::collection::vec((0_u8..20, any::<u32>()), 0..120)) {
            let mut expected = list.clone();
            expected.sort_by_key(|(key, _)| *key);
            list.arrange_by_key(|(key, _)| *key);
            prop_assert_eq!(&list, &expected);
            expected.sort();
            list.arrange();
            prop_assert_eq!(&list, &expected);
        }

        #[test]
        fn lists_one_behind_the_other_are_merged(lists in prop::collection::vec(prop::collection::vec((0_u8..20, any::<u32>()), 0..40), 0..6)) {
            let mut list: Vec<(u8, u32)> = lists.into_iter().flat_map(|mut part| { part.sort_by_key(|(key, _)| *key); part }).collect();
            let mut expected = list.clone();
            expected.sort_by_key(|(key, _)| *key);
            list.arrange_by_key(|(key, _)| *key);
            prop_assert_eq!(&list, &expected);
        }

        #[test]
        fn what_is_not_copied_is_sorted_too(mut list in prop::collection::vec(any::<String>(), 0..60)) {
            let mut expected = list.clone();
            expected.sort_by(|one, other| other.cmp(one));
            list.arrange_by(|one, other| other.cmp(one));
            prop_assert_eq!(list, expected);
        }
    }
}
