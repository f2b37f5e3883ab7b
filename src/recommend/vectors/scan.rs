//! Going through the codes of all items. A loop worth making for the processor: `kernel.rs` has it for SIMD.

/// The first of the items from `from` up to `to` whose product with `query` is above `above`, and that product. `codes` has
/// `query.len()` numbers an item; where there are `bits`, only items whose bit is set count (32 a word, the lowest first).
#[inline(always)] // in kernel.rs it has no stack to answer by
pub fn next_above(codes: &[i8], from: usize, to: usize, query: &[i16], bits: Option<&[u32]>, above: i32) -> Option<(usize, i32)> {
    let width = query.len().max(1);
    let mut rows = codes.get(from.checked_mul(width)?..)?.chunks_exact(width);
    for place in from..to {
        let row = rows.next()?;
        if let Some(bits) = bits
            && bits.get(place >> 5).is_none_or(|word| (word >> (place & 31)) & 1 == 0)
        {
            continue;
        }
        let product = product(row, query);
        if product > above {
            return Some((place, product));
        }
    }
    None
}

/// The sum of the products, number by number. At most 1,024 numbers below 2,048 times 128: far from what fits.
#[inline]
pub fn product(row: &[i8], query: &[i16]) -> i32 {
    row.iter().zip(query).fold(0, |sum: i32, (code, factor)| sum.wrapping_add(i32::from(*code).wrapping_mul(i32::from(*factor))))
}
