//! Splitting an amount over lines so that the shares add up.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::money::multiply_divide;
use super::{OddCents, Rounding};
use crate::domain::{Arrange, Listed};

/// Splits `total` in proportion to `weights` (none negative); the shares add up to `total` exactly. Where all weights
/// are zero, in equal parts. A negative total is split like its opposite. No weights, no shares.
///
/// ```
/// use regulars::offers::{OddCents, allocate};
/// assert_eq!(allocate(299, &[4300, 1400, 2300], OddCents::LargestRemainder), [161, 52, 86]);
/// assert_eq!(allocate(1000, &[1, 1, 1], OddCents::Middle), [333, 334, 333]);
/// ```
pub fn allocate(total: i64, weights: &[i64], odd_cents: OddCents) -> Vec<i64> {
    if total < 0 {
        let mut shares = allocate(total.saturating_neg(), weights, odd_cents);
        shares.iter_mut().for_each(|share| *share = share.saturating_neg());
        return shares;
    }
    let Some(sum) = weights.iter().try_fold(0_i64, |sum, weight| sum.checked_add(*weight)) else {
        // Beyond any honest amount: a coarser proportion that can be added up.
        let halves: Vec<i64> = weights.iter().map(|weight| weight / 2).listed();
        return allocate(total, &halves, odd_cents);
    };
    let count = i64::try_from(weights.len()).unwrap_or(i64::MAX);
    let weight_of = |weight: i64| if sum == 0 { 1 } else { weight };
    let sum = if sum == 0 { count } else { sum };
    let mut shares: Vec<i64> = weights.iter().map(|weight| multiply_divide(total, weight_of(*weight), sum, Rounding::Down)).listed();
    let given = shares.iter().fold(0_i64, |given, share| given.saturating_add(*share));
    let odd = total.saturating_sub(given);
    if odd > 0 {
        hand_out(odd, &mut shares, odd_cents, |place| {
            let weight = weight_of(weights.get(place).copied().unwrap_or(0));
            (weight > 0).then(|| remainder(total, weight, sum))
        });
    }
    shares
}

/// The part that the floor of `total * weight / sum` leaves over, times `sum`.
fn remainder(total: i64, weight: i64, sum: i64) -> i64 {
    match total.checked_mul(weight) {
        Some(product) => product.checked_rem_euclid(sum).unwrap_or(0),
        None => {
            let rest = i128::from(total).saturating_mul(i128::from(weight)).checked_rem_euclid(i128::from(sum));
            rest.and_then(|rest| i64::try_from(rest).ok()).unwrap_or(0)
        }
    }
}

/// Adds `odd` units to the shares for which `remainder` gives something: fewer units than there are such shares.
fn hand_out(odd: i64, shares: &mut [i64], odd_cents: OddCents, remainder: impl Fn(usize) -> Option<i64>) {
    let mut places: Vec<(i64, usize)> = (0..shares.len()).filter_map(|place| remainder(place).map(|rest| (rest, place))).listed();
    let mut add = |place: Option<&(i64, usize)>, units: i64| {
        if let Some(share) = place.and_then(|(_, place)| shares.get_mut(*place)) {
            *share = share.saturating_add(units);
        }
    };
    match odd_cents {
        OddCents::Last => add(places.last(), odd),
        OddCents::Middle => add(places.get(places.len() / 2), odd),
        OddCents::First | OddCents::LargestRemainder | OddCents::LargestRemainderLast => {
            match odd_cents {
                OddCents::LargestRemainder => places.arrange_by_key(|(rest, place)| (Reverse(*rest), *place)),
                OddCents::LargestRemainderLast => places.arrange_by_key(|(rest, place)| (Reverse(*rest), Reverse(*place))),
                _ => {}
            }
            let units = usize::try_from(odd).unwrap_or(usize::MAX);
            places.iter().take(units).for_each(|place| add(Some(place), 1));
        }
    }
}

/// Splits `total` (not negative) like [`allocate`], but no share exceeds its capacity: what does not fit goes to the
/// others, in proportion to their weights. The shares add up to `total`, or to all capacities where those are less.
///
/// ```
/// use regulars::offers::{OddCents, allocate_within};
/// let shares = allocate_within(3600, &[10_000, 4000, 3000, 1000], &[1000, 1000, 3000, 1000], OddCents::LargestRemainder);
/// assert_eq!(shares, [1000, 1000, 1200, 400]);
/// ```
pub fn allocate_within(total: i64, weights: &[i64], capacities: &[i64], odd_cents: OddCents) -> Vec<i64> {
    let mut shares = allocate(total.max(0), weights, odd_cents);
    let fits = |shares: &[i64]| shares.iter().zip(capacities).all(|(share, capacity)| share <= capacity);
    if shares.len() == capacities.len() && fits(&shares) {
        return shares;
    }
    shares.iter_mut().for_each(|share| *share = 0);
    let mut left = total.max(0).min(capacities.iter().fold(0_i64, |sum, capacity| sum.saturating_add((*capacity).max(0))));
    // Each round but the last fills one line at least.
    while left > 0 {
        let room = |place: usize, share: i64| capacities.get(place).map_or(0, |capacity| (*capacity).max(0).saturating_sub(share));
        let open: Vec<usize> = (0..shares.len()).filter(|place| shares.get(*place).is_some_and(|share| room(*place, *share) > 0)).listed();
        let open_weights: Vec<i64> = open.iter().map(|place| weights.get(*place).copied().unwrap_or(0)).listed();
        for (place, part) in open.iter().zip(allocate(left, &open_weights, odd_cents)) {
            if let Some(share) = shares.get_mut(*place) {
                let part = part.min(room(*place, *share));
                *share = share.saturating_add(part);
                left = left.saturating_sub(part);
            }
        }
        if open.is_empty() {
            break;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use OddCents::{First, LargestRemainder, Last, Middle};

    #[test]
    fn nothing_to_split_or_nobody_to_split_over() {
        assert!(allocate(5, &[], First).is_empty());
        assert_eq!(allocate(0, &[0, 0], First), [0, 0]);
        assert_eq!(allocate_within(5, &[1, 1], &[0, 0], First), [0, 0]);
        assert_eq!(allocate_within(-5, &[1, 1], &[9, 9], First), [0, 0]);
    }

    #[test]
    fn each_rule_gives_the_odd_cents_to_its_line() {
        assert_eq!(allocate(5000, &[12_000, 23_000, 30_000], First), [924, 1769, 2307]);
        assert_eq!(allocate(5000, &[12_000, 23_000, 30_000], LargestRemainder), [923, 1769, 2308]);
        assert_eq!(allocate(1000, &[1, 1, 1], Middle), [333, 334, 333]);
        assert_eq!(allocate(1001, &[1, 1, 1], Last), [333, 333, 335]);
    }

    #[test]
    fn lines_without_weight_get_nothing_beside_others() {
        for rule in [First, LargestRemainder, Last, Middle] {
            let shares = allocate(1000, &[0, 3, 0, 3, 1, 0], rule);
            assert_eq!((shares[0], shares[2], shares[5]), (0, 0, 0));
            assert_eq!(shares.iter().sum::<i64>(), 1000);
        }
        assert_eq!(allocate(10, &[0, 0], LargestRemainder), [5, 5]);
        assert_eq!(allocate(-20, &[100, 100], LargestRemainder), [-10, -10]);
    }

    #[test]
    fn what_a_line_cannot_hold_goes_to_the_others() {
        assert_eq!(allocate_within(1200, &[1000, 2000, 5000, 3000], &[1000, 100, 0, 400], LargestRemainder), [700, 100, 0, 400]);
        assert_eq!(allocate_within(2000, &[1000, 2000, 5000, 3000], &[1000, 100, 0, 400], LargestRemainder), [1000, 100, 0, 400]);
        assert_eq!(allocate_within(10, &[1, 0], &[3, 20], LargestRemainder), [3, 7]);
    }

    #[test]
    fn huge_weights_do_not_overflow() {
        assert_eq!(allocate(i64::MAX, &[i64::MAX, 1], First).iter().sum::<i64>(), i64::MAX);
    }
}
