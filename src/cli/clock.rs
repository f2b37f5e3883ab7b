//! The command line's clock; the engine has none.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, UTC.
#[allow(clippy::disallowed_methods)] // the command line is a host: it gives the time to the engine
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// An instant as people and scripts write it: milliseconds since 1970, or a date (`2026-03-01`, midnight UTC) or date
/// and time with its offset (`2026-03-01T09:30Z`).
pub fn instant(text: &str) -> Result<i64, String> {
    if let Ok(milliseconds) = text.parse() {
        return Ok(milliseconds);
    }
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Ok(timestamp.as_millisecond());
    }
    let date = text.parse::<jiff::civil::Date>().map_err(|_| "neither milliseconds since 1970 nor a date such as 2026-03-01".to_owned())?;
    date.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp().as_millisecond()).map_err(|error| error.to_string())
}

/// The instant for people: `2026-03-01T09:30:00Z`.
pub fn written(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |timestamp| timestamp.to_string())
}
