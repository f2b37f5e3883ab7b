//! How much more items sell while they are in the flyer.

use regulars::snapshot::wire::knowledge::FlyerWire;

use super::Histories;

/// What an item that was never in the flyer may expect.
const USUAL_LIFT: f64 = 1.5;
/// Sales that evidence is drawn to the usual lift by.
const DAMPING: f64 = 5.0;

/// The lift of each of `items` items by the whole `flyers` before day `until`: sales while in the flyer over what would
/// be expected of so many baskets from the other days (those in the flyer counting half), in [0.3, 10].
pub fn lifts(histories: &Histories, items: usize, flyers: &[FlyerWire], until: i64) -> Vec<f32> {
    let whole: Vec<&FlyerWire> = flyers.iter().filter(|flyer| i64::from(flyer.until) <= until).collect();
    if flyers.is_empty() {
        return Vec::new();
    }
    // For each item: sales and baskets while in the flyer; sales in all; and all baskets.
    let mut on = vec![(0.0, 0.0); items];
    let mut sales = vec![0.0; items];
    let mut baskets = vec![0.0; whole.len()];
    for (day, basket) in histories.households.iter().flat_map(|household| &household.baskets).filter(|(day, _)| *day < until) {
        let Some(place) = whole.partition_point(|flyer| i64::from(flyer.from) <= *day).checked_sub(1) else { continue };
        if i64::from(whole[place].until) <= *day {
            continue;
        }
        baskets[place] += 1.0;
        for item in basket {
            sales[*item as usize] += 1.0;
            on[*item as usize].0 += f64::from(u8::from(whole[place].items.binary_search(item).is_ok()));
        }
    }
    for (flyer, baskets) in whole.iter().zip(&baskets) {
        flyer.items.iter().for_each(|item| on[*item as usize].1 += baskets);
    }
    let all: f64 = baskets.iter().sum();
    let lift = |((sold, offered), sales): (&(f64, f64), &f64)| {
        let others = (sales - sold) + 0.5 * sold;
        let rate = others / ((all - offered) + 0.5 * offered).max(1.0);
        let lift = if *offered > 0.0 { (sold + DAMPING * USUAL_LIFT) / (rate * offered + DAMPING) } else { USUAL_LIFT };
        lift.clamp(0.3, 10.0) as f32
    };
    on.iter().zip(&sales).map(lift).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baskets::{Household, Id};

    #[test]
    fn what_sells_only_in_the_flyer_is_lifted() {
        let baskets = (0..280_i64).map(|number| (number / 10, if (number / 70) % 2 == 0 { vec![0, 1] } else { vec![1] })).collect();
        let histories = Histories {
            items: (0..3).map(Id::Number).collect(),
            households: vec![Household { key: "a".into(), baskets }],
            mere_order: false,
        };
        let flyer = |from: i32| FlyerWire { from, until: from + 7, items: vec![0, 1], places: vec![1, 1] };
        let none = |from: i32| FlyerWire { from, until: from + 7, ..FlyerWire::default() };
        let flyers = [flyer(0), none(7), flyer(14), none(21), flyer(28)];
        let lifts = lifts(&histories, 3, &flyers, 28);
        assert!(lifts[0] > 2.0 && (lifts[1] - 1.0).abs() < 0.05, "{lifts:?}");
        assert_eq!(lifts[2], 1.5);
        assert!(super::lifts(&histories, 3, &[], 28).is_empty());
    }
}
