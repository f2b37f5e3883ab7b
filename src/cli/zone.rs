//! The offsets that a shop's zone can meet, from its IANA name.

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

const YEAR: i64 = 366 * regulars::domain::DAY;
/// How far back offsets reach before the snapshot was made: members' histories are read on the shop's clock.
const BEFORE: i64 = 5 * YEAR;
/// How far they reach beyond its end, or its making where it never ends: points, tiers and offers end later.
const AFTER: i64 = 5 * YEAR;

/// `(from, offset in seconds)` of every change of the clock of the zone called `name` from 5 years before `issued_at` to 5
/// years after `expires_at`. The zone database is the one built into this program, so that the same name gives the same
/// offsets on every machine.
pub fn offsets(name: &str, issued_at: i64, expires_at: Option<i64>) -> Result<Vec<(i64, i32)>> {
    let zone = TimeZoneDatabase::bundled().get(name).with_context(|| format!("`{name}` is no IANA time zone such as Asia/Shanghai"))?;
    let start = Timestamp::from_millisecond(issued_at.saturating_sub(BEFORE)).context("issuedAt")?;
    let end = Timestamp::from_millisecond(expires_at.unwrap_or(issued_at).saturating_add(AFTER)).context("expiresAt")?;
    let mut offsets = vec![(start.as_millisecond(), zone.to_offset(start).seconds())];
    for transition in zone.following(start).take_while(|transition| transition.timestamp() <= end) {
        let seconds = transition.offset().seconds();
        if offsets.last().is_some_and(|(_, last)| *last != seconds) {
            offsets.push((transition.timestamp().as_millisecond(), seconds));
        }
    }
    Ok(offsets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_are_refused() {
        assert!(offsets("Mars/Olympus", 0, None).is_err());
    }

    #[test]
    fn a_zone_without_summer_time_has_one_offset() {
        assert_eq!(offsets("Asia/Shanghai", 1_767_225_600_000, None).unwrap().iter().map(|entry| entry.1).collect::<Vec<_>>(), [28_800]);
    }

    #[test]
    fn summer_time_changes_twice_a_year() {
        let found = offsets("America/New_York", 1_767_225_600_000, Some(1_767_225_600_000 + YEAR)).unwrap();
        assert!((22..=24).contains(&found.len()), "{}", found.len());
        assert!(found.contains(&(1_772_953_200_000, -14_400)), "8 March 2026, 07:00 UTC");
    }
}
