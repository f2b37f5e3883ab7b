//! The kinds of numbers that columns are made of.

use bytemuck::Pod;

use super::generated::regulars::Kind;

/// A kind of number that columns are made of.
pub trait Number: Pod {
    /// As it is stored.
    const KIND: Kind;

    /// Whether all of `numbers` are sound: neither infinite nor 'not a number'.
    fn all_sound(_numbers: &[Self]) -> bool {
        true
    }
}

impl Number for u8 {
    const KIND: Kind = Kind::U8;
}

impl Number for i32 {
    const KIND: Kind = Kind::I32;
}

impl Number for u32 {
    const KIND: Kind = Kind::U32;
}

impl Number for i64 {
    const KIND: Kind = Kind::I64;
}

impl Number for f32 {
    const KIND: Kind = Kind::F32;

    fn all_sound(numbers: &[Self]) -> bool {
        numbers.iter().all(|number| number.is_finite())
    }
}
