//! Items as points: what a model outside (of texts, pictures, or purchases) found to be near each other. One vector an
//! item, in one byte a number; near is what points the same way (the cosine).
//!
//! Products of whole numbers are the same on every machine, so the nearest are, too.

mod query;
#[cfg_attr(regulars_kernel, allow(dead_code))]
mod scan;
mod taste;

use alloc::vec::Vec;

pub use query::VectorQuery;
pub(super) use taste::gather;

use super::top_k::{Scored, TopK};
use crate::domain::{AddAll, Column, Item};

/// Most numbers a vector can have.
pub const MOST_DIMENSIONS: usize = 1024;

/// The vectors of all items.
#[derive(Clone, Debug, Default)]
pub struct Vectors {
    /// Numbers a vector; 0 where the catalog has none.
    pub dimensions: usize,
    /// [`Vectors::width`] signed bytes an item, those behind `dimensions` 0; zeros where an item has no vector.
    pub codes: Column<u8>,
    /// What a step of a code stands for in a vector of length 1.
    pub step: f32,
}

impl Vectors {
    /// Bytes an item: `dimensions`, up to a multiple of 8.
    pub fn width(&self) -> usize {
        self.dimensions.next_multiple_of(8)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Whether these are vectors for `items` items, or none.
    pub fn is_sound(&self, items: usize) -> bool {
        let right_length = items.checked_mul(self.width()).is_some_and(|length| length == self.codes.len());
        self.codes.is_empty() || right_length && self.dimensions > 0 && self.dimensions <= MOST_DIMENSIONS && self.step > 0.0
    }

    /// From vectors of any length, `dimensions` numbers an item; a vector of zeros is none.
    pub fn from_numbers(dimensions: usize, numbers: &[f32]) -> Self {
        let length = |row: &[f32]| f64::sqrt(row.iter().fold(0.0, |sum, number| sum + f64::from(*number) * f64::from(*number)));
        let mut greatest = 0.0;
        for row in numbers.chunks_exact(dimensions.max(1)) {
            let most = row.iter().fold(0.0, |most: f64, number| most.max(f64::from(number.abs())));
            if most > 0.0 {
                greatest = f64::max(greatest, most / length(row));
            }
        }
        let mut vectors = Vectors { dimensions, codes: Column::default(), step: narrow(greatest / 127.0) };
        let width = vectors.width();
        let mut codes = Vec::with_capacity(numbers.len());
        for row in numbers.chunks_exact(dimensions.max(1)) {
            let unit = length(row) * f64::from(vectors.step);
            let code = |number: &f32| if unit > 0.0 { rounded(f64::from(*number) / unit, 127.0) } else { 0 };
            codes.add_all(row.iter().map(code).map(|code| i8::try_from(code).unwrap_or(0).cast_unsigned()));
            codes.resize(codes.len().next_multiple_of(width), 0);
        }
        vectors.codes = Column::owned(&codes);
        vectors
    }

    /// The codes of `item`; nothing where the catalog has none.
    pub(super) fn row(&self, item: Item) -> &[i8] {
        let start = item.index().saturating_mul(self.width());
        bytemuck::cast_slice(self.codes.as_slice().get(start..start.saturating_add(self.width())).unwrap_or_default())
    }

    /// Puts the items nearest to `query` into `best`, the nearest first, as many as `top` keeps; the score is the cosine. Of
    /// equally near ones the smaller item comes first. Where there are `bits`, only items whose bit is set count.
    pub fn nearest(&self, query: &VectorQuery, bits: Option<&[u32]>, top: &mut TopK, best: &mut Vec<Scored>) {
        let items = self.codes.len().checked_div(self.width()).unwrap_or(0);
        let codes: &[i8] = bytemuck::cast_slice(self.codes.as_slice());
        let mut from = 0;
        let mut above = i32::MIN;
        if query.factors().len() == self.width() && bits.is_none_or(|bits| bits.len() >= items.div_ceil(32)) {
            while let Some((place, product)) = next_above(codes, from, items, query.factors(), bits, above) {
                let item = Item(u32::try_from(place).unwrap_or(u32::MAX));
                top.offer(Scored { score: f64::from(product), tie: 0, item });
                above = top.bar().map_or(i32::MIN, whole);
                from = place.saturating_add(1);
            }
        }
        top.drain_into(best);
        for scored in best {
            scored.score *= query.step() * f64::from(self.step);
        }
    }
}

#[cfg(not(regulars_kernel))]
use scan::next_above;

/// [`scan::next_above`] as `kernel.rs` has it, in the module that is built for speed.
#[cfg(regulars_kernel)]
#[allow(unsafe_code)] // the lengths are checked here
fn next_above(codes: &[i8], from: usize, to: usize, query: &[i16], bits: Option<&[u32]>, above: i32) -> Option<(usize, i32)> {
    #[link(wasm_import_module = "kernel")]
    unsafe extern "C" {
        fn next_above(
            codes: *const i8,
            width: usize,
            from: usize,
            to: usize,
            query: *const i16,
            bits: *const u32,
            above: i32,
            found: *mut i32,
        ) -> usize;
    }
    let width = query.len();
    let fits = to.checked_mul(width).is_some_and(|length| length <= codes.len()) && bits.is_none_or(|bits| bits.len() >= to.div_ceil(32));
    if !fits || from >= to || width == 0 || !width.is_multiple_of(8) {
        return None;
    }
    let bits = bits.map_or(core::ptr::null(), <[u32]>::as_ptr);
    let mut product = 0;
    // SAFETY: each pointer is that of a slice that is long enough, as checked above.
    let place = unsafe { next_above(codes.as_ptr(), width, from, to, query.as_ptr(), bits, above, &raw mut product) };
    (place < to).then_some((place, product))
}

/// To the nearest whole number within `most` of 0.
#[allow(clippy::cast_possible_truncation)] // within range
fn rounded(number: f64, most: f64) -> i16 {
    libm::round(number.clamp(-most, most)) as i16
}

#[allow(clippy::cast_possible_truncation)] // a product, which was whole
fn whole(score: f64) -> i32 {
    score as i32
}

#[allow(clippy::cast_possible_truncation)] // to the nearest that fits
fn narrow(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nearest(vectors: &Vectors, query: &VectorQuery, bits: Option<&[u32]>, limit: usize) -> Vec<(u32, f64)> {
        let (mut top, mut best) = (TopK::default(), Vec::new());
        top.reset(limit);
        vectors.nearest(query, bits, &mut top, &mut best);
        best.iter().map(|scored| (scored.item.0, scored.score)).collect()
    }

    #[test]
    fn without_vectors_nothing_is_near() {
        let (mut query, none) = (VectorQuery::default(), Vectors::default());
        assert!(none.is_sound(3));
        query.set(&none, [1.0, 0.0].into_iter());
        assert!(nearest(&none, &query, None, 3).is_empty());
    }

    #[test]
    fn wrong_lengths_are_unsound() {
        let vectors = Vectors::from_numbers(3, &[1.0, 0.0, 0.0, 0.0, 2.0, 0.0]);
        assert!(vectors.is_sound(2) && !vectors.is_sound(1) && !vectors.is_sound(3));
        assert!(!Vectors { dimensions: 9, ..vectors.clone() }.is_sound(2));
        assert!(!Vectors { step: 0.0, ..vectors }.is_sound(2));
    }

    #[test]
    fn near_is_what_points_the_same_way_and_equals_go_by_place() {
        let vectors = Vectors::from_numbers(2, &[9.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 3.0, 0.5, 0.0, -1.0, 0.0]);
        let mut query = VectorQuery::default();
        query.set(&vectors, [4.0, 0.0].into_iter());
        let found = nearest(&vectors, &query, None, 6);
        assert_eq!(found.iter().map(|(item, _)| *item).collect::<Vec<_>>(), [0, 4, 2, 1, 3, 5]);
        for ((_, score), cosine) in found.iter().zip([1.0, 1.0, core::f64::consts::FRAC_1_SQRT_2, 0.0, 0.0, -1.0]) {
            assert!((score - cosine).abs() < 0.005, "{score} and {cosine}");
        }
        assert_eq!(nearest(&vectors, &query, Some(&[0b011_000]), 2).iter().map(|(item, _)| *item).collect::<Vec<_>>(), [4, 3]);
        assert!(nearest(&vectors, &query, Some(&[]), 2).is_empty());
    }

    proptest! {
        #[test]
        fn equals_sorting_all_products(
            (dimensions, numbers, wanted) in (1_usize..70).prop_flat_map(|dimensions| {
                let numbers = proptest::collection::vec(-3_i8..=3, dimensions * 40);
                (Just(dimensions), numbers, proptest::collection::vec(-1.0_f64..1.0, dimensions))
            }),
            bits in proptest::option::of(any::<[u32; 2]>()),
            limit in 0_usize..50,
        ) {
            let numbers: Vec<f32> = numbers.iter().map(|number| f32::from(*number)).collect();
            let vectors = Vectors::from_numbers(dimensions, &numbers);
            prop_assert!(vectors.is_sound(40));
            let mut query = VectorQuery::default();
            query.set(&vectors, wanted.iter().copied());
            let product = |item: u32| scan::product(vectors.row(Item(item)), query.factors());
            let allowed = |item: &u32| bits.is_none_or(|bits| (bits[*item as usize / 32] >> (item % 32)) & 1 == 1);
            let mut all: Vec<u32> = (0..40).filter(allowed).collect();
            all.sort_by_key(|item| (-product(*item), *item));
            all.truncate(limit);
            let found = nearest(&vectors, &query, bits.as_ref().map(|bits| &bits[..]), limit);
            prop_assert_eq!(found.iter().map(|(item, _)| *item).collect::<Vec<_>>(), all);
        }
    }
}
