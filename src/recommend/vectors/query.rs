//! A point to look around.

use alloc::vec::Vec;

use super::{Vectors, rounded};
use crate::domain::Item;

/// A point as the loop over the items takes it. Used again without giving memory back.
#[derive(Clone, Debug, Default)]
pub struct VectorQuery {
    point: Vec<f64>,
    factors: Vec<i16>,
    step: f64,
}

/// The greatest factor: products of 1,024 numbers still fit, and the query is sixteen times as exact as the items.
const GREATEST: f64 = 2047.0;

impl VectorQuery {
    /// Looks around `point`, which has as many numbers as the vectors have; missing ones are 0.
    pub fn set(&mut self, vectors: &Vectors, point: impl Iterator<Item = f64>) {
        self.clear(vectors);
        for (number, given) in self.point.iter_mut().zip(point) {
            *number = given;
        }
        self.ready();
    }

    /// Looks around `item`.
    pub fn set_item(&mut self, vectors: &Vectors, item: Item) {
        self.clear(vectors);
        self.add(vectors, item, 1.0);
        self.ready();
    }

    /// Starts a sum of items' vectors.
    pub(super) fn clear(&mut self, vectors: &Vectors) {
        self.point.clear();
        self.point.resize(vectors.width(), 0.0);
    }

    /// Adds the vector of `item`, so many times.
    pub(super) fn add(&mut self, vectors: &Vectors, item: Item, times: f64) {
        for (number, code) in self.point.iter_mut().zip(vectors.row(item)) {
            *number += times * f64::from(*code);
        }
    }

    /// What the sum points to is looked around.
    pub(super) fn ready(&mut self) {
        let (mut greatest, mut squares) = (0.0, 0.0);
        for number in &mut self.point {
            if !number.is_finite() {
                *number = 0.0;
            }
            greatest = f64::max(greatest, number.abs());
        }
        let scale = if greatest > 0.0 { GREATEST / greatest } else { 0.0 };
        self.factors.clear();
        for number in &self.point {
            squares += (number * scale) * (number * scale);
            self.factors.push(rounded(number * scale, GREATEST));
        }
        self.step = if squares > 0.0 { 1.0 / f64::sqrt(squares) } else { 0.0 };
    }

    /// What the numbers of items are multiplied by.
    pub(super) fn factors(&self) -> &[i16] {
        &self.factors
    }

    /// What a step of a factor stands for, the query being of length 1.
    pub(super) fn step(&self) -> f64 {
        self.step
    }
}
