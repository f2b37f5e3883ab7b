//! Stores of bricks: where they are, when they are open, what they have.

use alloc::string::String;
use alloc::vec::Vec;

use super::window::{Schedule, Timing};
use crate::domain::{Map, Zone};

/// The mean radius of the earth, in metres.
const EARTH: f64 = 6_371_008.8;

/// A place on earth, in degrees north and east.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    latitude: f64,
    longitude: f64,
}

/// A store of bricks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Store {
    /// Its id, as requests name it.
    pub id: String,
    /// Where it is.
    pub place: Option<Place>,
    /// When it is open: at one of these times; always where there is none.
    pub opening: Vec<Schedule>,
    /// Pieces at hand by item; an item that is not named is not there. Not known where `None`.
    pub stock: Option<Map<String, u32>>,
}

impl Store {
    /// Where `now` stands to its opening times.
    pub fn timing(&self, now: i64, zone: &Zone) -> Timing {
        let mut found: Option<Timing> = None;
        for schedule in &self.opening {
            let next = schedule.timing(now, zone);
            found = Some(found.map_or(next, |found| sooner(found, next)));
        }
        found.unwrap_or(Timing::Open(None))
    }

    /// Pieces of `item` at hand; `None` where that is not known.
    pub fn pieces(&self, item: &str) -> Option<u32> {
        Some(self.stock.as_ref()?.get(item).copied().unwrap_or(0))
    }
}

/// Of two times of which one must hold: the open one, of two open ones the one that lasts longer, else what opens first.
fn sooner(one: Timing, other: Timing) -> Timing {
    match (one, other) {
        (Timing::Open(left), Timing::Open(right)) => Timing::Open(left.zip(right).map(|(left, right)| left.max(right))),
        (Timing::Open(_), _) => one,
        (_, Timing::Open(_)) => other,
        (Timing::Opens(left), Timing::Opens(right)) => Timing::Opens([left, right].into_iter().flatten().min()),
        (Timing::Opens(_), _) => one,
        _ => other,
    }
}

impl Place {
    /// `None` where the degrees are no place on earth.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        on_earth.then_some(Place { latitude, longitude })
    }

    /// Metres along the earth's surface, taken for a ball (at most 0.6 % off), rounded.
    #[allow(clippy::cast_possible_truncation)] // at most half the way round the earth
    pub fn metres_to(self, other: Place) -> i64 {
        let half = |degrees: f64| sine(degrees.to_radians() / 2.0);
        let cosine = |latitude: f64| sine((90.0 - f64::abs(latitude)).to_radians());
        let apart = f64::abs(self.longitude - other.longitude);
        let (north, east) = (half(f64::abs(self.latitude - other.latitude)), half(if apart > 180.0 { 360.0 - apart } else { apart }));
        let haversine = north * north + cosine(self.latitude) * cosine(other.latitude) * east * east;
        libm::round(2.0 * EARTH * libm::asin(f64::sqrt(haversine.clamp(0.0, 1.0)))) as i64
    }
}

/// The sine of an angle from 0 to a right angle, by its series: off by less than 1e-13.
fn sine(angle: f64) -> f64 {
    let (mut sum, mut term, mut odd) = (0.0, angle, 1.0);
    for _ in 0..10 {
        sum += term;
        term *= -angle * angle / ((odd + 1.0) * (odd + 2.0));
        odd += 2.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::HOUR;

    fn place(latitude: f64, longitude: f64) -> Place {
        Place::new(latitude, longitude).unwrap()
    }

    #[test]
    fn what_is_not_on_earth_is_no_place() {
        assert_eq!(Place::new(90.1, 0.0), None);
        assert_eq!(Place::new(0.0, -180.5), None);
        assert_eq!(Place::new(f64::NAN, 0.0), None);
    }

    #[test]
    fn distances_are_those_of_the_earth() {
        // Half the meridian, half the equator over the date line, and the Bund from People's Square in Shanghai.
        assert_eq!(place(90.0, 0.0).metres_to(place(-90.0, 77.0)), 20_015_114);
        assert_eq!(place(0.0, 179.0).metres_to(place(0.0, -179.0)), 222_390);
        let bund = place(31.2400, 121.4900).metres_to(place(31.2304, 121.4737));
        assert!((1_850..1_900).contains(&bund), "{bund}");
    }

    proptest! {
        #[test]
        fn a_distance_is_the_same_both_ways_and_as_the_library_says(a in -90.0..90.0_f64, b in -180.0..180.0_f64, c in -90.0..90.0_f64, d in -180.0..180.0_f64) {
            let (one, other) = (place(a, b), place(c, d));
            prop_assert_eq!(one.metres_to(other), other.metres_to(one));
            prop_assert_eq!(one.metres_to(one), 0);
            let (phi, psi) = (a.to_radians(), c.to_radians());
            let hav = ((psi - phi) / 2.0).sin().powi(2) + phi.cos() * psi.cos() * ((d - b).to_radians() / 2.0).sin().powi(2);
            let expected = 2.0 * EARTH * hav.clamp(0.0, 1.0).sqrt().asin();
            prop_assert!((one.metres_to(other) as f64 - expected).abs() <= 1.0, "{} {}", one.metres_to(other), expected);
        }
    }

    #[test]
    fn one_of_the_opening_times_is_enough() {
        let hours =
            |weekdays: u8, from: u16, until: u16| Schedule { weekdays, hours: alloc::vec![(from * 60, until * 60)], ..Schedule::default() };
        // 1 January 1970 is a Thursday: 4.
        let store = Store { opening: alloc::vec![hours(1 << 4, 9, 12), hours(1 << 4, 14, 18), hours(1 << 5, 10, 11)], ..Store::default() };
        let at = |hour: i64| store.timing(hour * HOUR, &Zone::default());
        assert_eq!(at(8), Timing::Opens(Some(9 * HOUR)));
        assert_eq!(at(9), Timing::Open(Some(12 * HOUR)));
        assert_eq!(at(12), Timing::Opens(Some(14 * HOUR)));
        assert_eq!(at(19), Timing::Opens(Some(34 * HOUR)));
        assert_eq!(Store::default().timing(0, &Zone::default()), Timing::Open(None));
    }
}
