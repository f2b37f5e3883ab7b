//! How much of an action is believed.

use alloc::string::String;

/// More of an action than this over a stretch is not believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Velocity {
    /// The kind of action; `purchase` for orders.
    pub action: String,
    /// How many are believed.
    pub count: u32,
    /// Over how many seconds.
    pub seconds: u32,
}

impl Velocity {
    /// Whether one more at `at` is too much, after those of the same kind at `before`.
    pub fn is_exceeded(&self, at: i64, before: impl Iterator<Item = i64>) -> bool {
        let length = i64::from(self.seconds).saturating_mul(1000);
        let recent = before.filter(|known| *known <= at && at.saturating_sub(*known) < length).count();
        recent >= self.count as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_within_the_stretch_is_too_much() {
        let velocity = Velocity { action: "share".into(), count: 2, seconds: 10 };
        let exceeded = |before: &[i64]| velocity.is_exceeded(20_000, before.iter().copied());
        assert!(!exceeded(&[9_000, 10_000, 15_000]));
        assert!(!exceeded(&[15_000, 25_000]));
        assert!(exceeded(&[10_001, 20_000]));
        assert!(Velocity { count: 0, ..velocity }.is_exceeded(5, core::iter::empty()));
    }
}
