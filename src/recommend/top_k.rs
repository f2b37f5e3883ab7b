//! The best `k` of many, ties by a fixed rule.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::domain::{AddAll, Item};

/// An item with its score. Greater means worse, so that a heap's top is the worst kept: a lower score is worse; of
/// equal scores the greater `tie` is, then the greater item.
#[derive(Clone, Copy, Debug)]
pub struct Scored {
    /// Not NaN.
    pub score: f64,
    /// Decides between equal scores: the smaller is better.
    pub tie: u64,
    /// The item.
    pub item: Item,
}

impl Ord for Scored {
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.tie.cmp(&other.tie)).then(self.item.cmp(&other.item))
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Scored {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Scored {}

/// Keeps the best `k` of what it is offered.
#[derive(Clone, Debug, Default)]
pub struct TopK {
    capacity: usize,
    heap: BinaryHeap<Scored>,
}

impl TopK {
    /// Forgets all; keeps the best `capacity` from now on.
    pub fn reset(&mut self, capacity: usize) {
        self.capacity = capacity;
        self.heap.clear();
    }

    /// Whether `candidate` would be kept.
    #[inline(always)]
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn takes(&self, candidate: &Scored) -> bool {
        // Most are worse by their score alone.
        let beats = |worst: &Scored| candidate.score >= worst.score && candidate < worst;
        self.heap.len() < self.capacity || self.heap.peek().is_some_and(beats)
    }

    /// The score above which something is kept; `None` while there is room.
    pub fn bar(&self) -> Option<f64> {
        if self.heap.len() < self.capacity { None } else { Some(self.heap.peek().map_or(f64::MAX, |worst| worst.score)) }
    }

    /// Keeps `candidate` if it is among the best so far.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn offer(&mut self, candidate: Scored) {
        if self.heap.len() < self.capacity {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    /// Moves those kept to `best`, the best first.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn drain_into(&mut self, best: &mut Vec<Scored>) {
        best.clear();
        best.add_all(self.heap.drain());
        best.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_kept_with_no_room() {
        let mut top = TopK::default();
        let one = Scored { score: 1.0, tie: 0, item: Item(0) };
        assert!(!top.takes(&one));
        top.offer(one);
        let mut best = Vec::new();
        top.drain_into(&mut best);
        assert!(best.is_empty());
    }

    proptest! {
        #[test]
        fn equals_sorting_everything(scores in proptest::collection::vec(-3_i8..3, 0..60), capacity in 0_usize..20) {
            let all: Vec<Scored> = (0..).zip(&scores).map(|(place, score)| Scored { score: f64::from(*score), tie: 0, item: Item(place) }).collect();
            let mut top = TopK::default();
            top.reset(capacity);
            all.iter().for_each(|scored| top.offer(*scored));
            let mut best = Vec::new();
            top.drain_into(&mut best);
            let mut expected: Vec<(i8, u32)> = scores.iter().map(|score| -score).zip(0..).collect();
            expected.sort();
            expected.truncate(capacity);
            prop_assert_eq!(best.iter().map(|scored| scored.item.0).collect::<Vec<_>>(), expected.iter().map(|(_, place)| *place).collect::<Vec<_>>());
        }
    }
}
