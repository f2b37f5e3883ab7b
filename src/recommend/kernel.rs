//! The loops of `scan.rs` and `leaves.rs` as a module of WebAssembly of its own, compiled for speed: once as it is, once with
//! SIMD. `scripts/build-wasm.sh` puts it into the engine's two builds. No part of the crate.
//!
//! It works in the engine's memory and has none of its own: no statics, no stack (the build refuses one), nothing that could
//! panic.
#![no_std]
#![allow(clippy::all)]

#[path = "vectors/scan.rs"]
#[allow(dead_code)]
mod scan;
#[cfg(not(kernel_trial))]
#[path = "ranker/leaves.rs"]
#[allow(dead_code)]
mod leaves;

#[panic_handler]
fn stop(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// [`scan::next_above`]: gives the place, `to` where there is none, and writes the product to `found`. `bits` may be null.
///
/// # Safety
///
/// `codes` has `width` bytes for each item below `to`, `query` has `width` numbers, `bits` a bit for each item below `to`,
/// all within memory; `width` is a multiple of 8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn next_above(
    codes: *const i8,
    width: usize,
    from: usize,
    to: usize,
    query: *const i16,
    bits: *const u32,
    above: i32,
    found: *mut i32,
) -> usize {
    #[cfg(target_feature = "simd128")]
    return unsafe { simd::next_above(codes, width, from, to, query, bits, above, found) };
    #[cfg(not(target_feature = "simd128"))]
    unsafe {
        use core::slice::from_raw_parts;
        let bits = if bits.is_null() { None } else { Some(from_raw_parts(bits, to.div_ceil(32))) };
        match scan::next_above(from_raw_parts(codes, to * width), from, to, from_raw_parts(query, width), bits, above) {
            Some((place, product)) => {
                *found = product;
                place
            }
            None => to,
        }
    }
}

/// [`leaves::add_leaves`].
///
/// # Safety
///
/// Each pointer is that of as many elements as the number behind it says, `lanes` of one [`leaves::Lanes`], all within memory.
#[cfg(not(kernel_trial))]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn add_leaves(
    trees: *const u32,
    trees_length: usize,
    tests: *const leaves::Test,
    tests_length: usize,
    leaves: *const f64,
    leaves_length: usize,
    rows: *const f32,
    rows_length: usize,
    sums: *mut f64,
    sums_length: usize,
    width: usize,
    lanes: *mut leaves::Lanes,
) {
    use core::slice::{from_raw_parts, from_raw_parts_mut};
    unsafe {
        let (trees, tests) = (from_raw_parts(trees, trees_length), from_raw_parts(tests, tests_length));
        let (leaves, rows) = (from_raw_parts(leaves, leaves_length), from_raw_parts(rows, rows_length));
        #[cfg(target_feature = "simd128")]
        use simd::reach;
        #[cfg(not(target_feature = "simd128"))]
        use leaves::reach;
        leaves::add_leaves(trees, tests, leaves, rows, width, &mut *lanes, from_raw_parts_mut(sums, sums_length), reach);
    }
}

#[cfg(target_feature = "simd128")]
mod simd {
    use core::arch::wasm32::*;

    /// [`leaves::reach`](super::leaves::reach), four rows at once.
    #[cfg(not(kernel_trial))]
    #[inline(always)]
    pub fn reach(tests: &[super::leaves::Test], lanes: &super::leaves::Lanes) -> [u32; super::leaves::LANES] {
        let all = u32x4_splat(u32::MAX);
        let (mut first, mut second, mut third, mut fourth) = (all, all, all, all);
        for test in tests {
            let Some(values) = lanes.get(test.feature as usize) else { continue };
            let (threshold, lower) = (f32x4_splat(test.threshold), u32x4_splat(test.lower));
            let left = |reached: v128, from: usize| {
                let four = unsafe { v128_load(values.as_ptr().add(from).cast()) };
                v128_andnot(reached, v128_and(f32x4_ge(four, threshold), lower))
            };
            (first, second, third, fourth) = (left(first, 0), left(second, 4), left(third, 8), left(fourth, 12));
        }
        let (a, b, c, d) = (u32x4_extract_lane::<0>, u32x4_extract_lane::<1>, u32x4_extract_lane::<2>, u32x4_extract_lane::<3>);
        let of = |four: v128| [a(four), b(four), c(four), d(four)];
        let ([a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]) = (of(first), of(second), of(third), of(fourth));
        [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }

    /// Eight numbers of a row, widened, times eight of the query, added up in pairs.
    #[inline(always)]
    unsafe fn eight(row: *const i8, query: v128) -> v128 {
        i32x4_dot_i16x8(unsafe { i16x8_load_extend_i8x8(row) }, query)
    }

    /// The product of one row in four parts. `CHUNKS` is how many times eight numbers it has; 0: as `chunks` says.
    #[inline(always)]
    unsafe fn row<const CHUNKS: usize>(row: *const i8, held: &[v128; CHUNKS], query: *const i16, chunks: usize) -> v128 {
        let mut sum = i32x4_splat(0);
        if CHUNKS > 0 {
            let mut chunk = 0;
            while chunk < CHUNKS {
                sum = i32x4_add(sum, unsafe { eight(row.add(8 * chunk), held[chunk]) });
                chunk += 1;
            }
        } else {
            let mut chunk = 0;
            while chunk < chunks {
                sum = i32x4_add(sum, unsafe { eight(row.add(8 * chunk), v128_load(query.add(8 * chunk).cast())) });
                chunk += 1;
            }
        }
        sum
    }

    /// Four rows' four parts each, added up: the four products.
    #[inline(always)]
    fn four(a: v128, b: v128, c: v128, d: v128) -> v128 {
        let ab = i32x4_add(i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
        let cd = i32x4_add(i32x4_shuffle::<0, 4, 1, 5>(c, d), i32x4_shuffle::<2, 6, 3, 7>(c, d));
        i32x4_add(i32x4_shuffle::<0, 1, 4, 5>(ab, cd), i32x4_shuffle::<2, 3, 6, 7>(ab, cd))
    }

    #[inline(always)]
    unsafe fn through<const CHUNKS: usize>(
        codes: *const i8,
        width: usize,
        from: usize,
        to: usize,
        query: *const i16,
        bits: *const u32,
        above: i32,
        found: *mut i32,
    ) -> usize {
        let chunks = width / 8;
        let mut held = [i32x4_splat(0); CHUNKS];
        let mut chunk = 0;
        while chunk < CHUNKS {
            held[chunk] = unsafe { v128_load(query.add(8 * chunk).cast()) };
            chunk += 1;
        }
        let bar = i32x4_splat(above);
        // Groups of four lie at multiples of four, so that the bits of one are in one word. What lies outside of from..to
        // is left out by its bit.
        let mut place = from & !3;
        while place < to {
            let mut wanted = 0b1111;
            if place < from {
                wanted &= 0b1111 << (from - place);
            }
            if !bits.is_null() {
                wanted &= unsafe { *bits.add(place >> 5) } >> (place & 31);
                if wanted & 0b1111 == 0 {
                    place += 4;
                    continue;
                }
            }
            let left = to - place;
            let at = unsafe { codes.add(place * width) };
            let last = if left < 4 { left - 1 } else { 3 };
            if left < 4 {
                wanted &= !(0b1111 << left);
            }
            // Rows behind the last are read as the last itself.
            let step = |row: usize| if row > last { last * width } else { row * width };
            let products = unsafe {
                four(
                    row::<CHUNKS>(at, &held, query, chunks),
                    row::<CHUNKS>(at.add(step(1)), &held, query, chunks),
                    row::<CHUNKS>(at.add(step(2)), &held, query, chunks),
                    row::<CHUNKS>(at.add(step(3)), &held, query, chunks),
                )
            };
            let high = u32::from(i32x4_bitmask(i32x4_gt(products, bar))) & wanted;
            if high != 0 {
                let lane = high.trailing_zeros() as usize;
                // By bytes, for there is no stack to take one of four from.
                let bytes = i8x16_add(i32x4_splat(0x03_02_01_00), i8x16_splat(4 * lane as i8));
                let product = i32x4_extract_lane::<0>(i8x16_swizzle(products, bytes));
                unsafe { *found = product };
                return place + lane;
            }
            place += 4;
        }
        to
    }

    #[inline(always)]
    pub unsafe fn next_above(
        codes: *const i8,
        width: usize,
        from: usize,
        to: usize,
        query: *const i16,
        bits: *const u32,
        above: i32,
        found: *mut i32,
    ) -> usize {
        unsafe {
            if width == 64 {
                through::<8>(codes, width, from, to, query, bits, above, found)
            } else {
                through::<0>(codes, width, from, to, query, bits, above, found)
            }
        }
    }
}
