//! Exact whole numbers, for reading and writing decimals.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// A whole number of any size: 32 bits each, the lowest first, none above the highest that is not 0.
#[derive(Clone)]
pub(crate) struct Big(Vec<u32>);

impl Big {
    #[allow(clippy::cast_possible_truncation)] // the lower half, then the upper
    pub(crate) fn of(number: u64) -> Self {
        let mut big = Big(alloc::vec![number as u32, (number >> 32) as u32]);
        big.trim();
        big
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// Times two to the power of `bits`.
    pub(crate) fn shifted(mut self, bits: u32) -> Self {
        self.multiply(1 << (bits % 32));
        let mut words = alloc::vec![0; (bits / 32) as usize];
        words.append(&mut self.0);
        Big(words)
    }

    #[allow(clippy::cast_possible_truncation)] // the lower half of a product, and what is carried
    pub(crate) fn multiply(&mut self, factor: u32) {
        let mut carry = 0_u64;
        for word in &mut self.0 {
            let product = u64::from(*word).wrapping_mul(factor.into()).wrapping_add(carry); // fits: (2^32 - 1)^2 + 2^32 - 1
            *word = product as u32;
            carry = product >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Adds what is less than 2^32.
    pub(crate) fn add(&mut self, addend: u32) {
        let mut carry = addend;
        for word in &mut self.0 {
            let (sum, over) = word.overflowing_add(carry);
            *word = sum;
            carry = over.into();
        }
        if carry > 0 {
            self.0.push(carry);
        }
    }

    /// How many bits it takes; none for 0.
    pub(crate) fn bits(&self) -> u32 {
        let words = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let spare = self.0.last().map_or(0, |word| word.leading_zeros());
        words.saturating_mul(32).saturating_sub(spare)
    }

    pub(crate) fn plus(&self, other: &Big) -> Big {
        let mut carry = false;
        let mut words = Vec::with_capacity(self.0.len().max(other.0.len()).saturating_add(1));
        for place in 0..self.0.len().max(other.0.len()) {
            let word = |big: &Big| big.0.get(place).copied().unwrap_or(0);
            let (sum, first) = word(self).overflowing_add(word(other));
            let (sum, second) = sum.overflowing_add(carry.into());
            words.push(sum);
            carry = first || second;
        }
        if carry {
            words.push(1);
        }
        Big(words)
    }

    /// Takes off what is not more than this.
    pub(crate) fn subtract(&mut self, other: &Big) {
        let mut borrow = false;
        for (place, word) in self.0.iter_mut().enumerate() {
            let (less, first) = word.overflowing_sub(other.0.get(place).copied().unwrap_or(0));
            let (less, second) = less.overflowing_sub(borrow.into());
            *word = less;
            borrow = first || second;
        }
        self.trim();
    }

    pub(crate) fn compare(&self, other: &Big) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}
