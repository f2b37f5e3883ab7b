//! Instants as people write them.

use jiff::Timestamp;
use jiff::civil::Date;
use regulars::domain::{DAY, day_number};

/// `2017-12-01` (midnight in UTC) or `2017-12-01T05:00:00Z`, in milliseconds since 1970.
pub fn parse(text: &str) -> Result<i64, String> {
    if let Ok(date) = text.parse::<Date>()
        && text.len() == 10
    {
        return Ok(day_number(date) * DAY);
    }
    let instant: Result<Timestamp, _> = text.parse();
    instant.map(Timestamp::as_millisecond).map_err(|_| "write a date such as 2017-12-01, or an instant such as 2017-12-01T05:00:00Z".into())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in ["", "yesterday", "2017-13-01", "2017-12-01T05:00"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_begin_at_midnight_in_utc() {
        assert_eq!(parse("1970-01-02"), Ok(86_400_000));
        assert_eq!(parse("2018-01-01T05:00:00Z"), Ok(1_514_782_800_000));
        assert_eq!(parse("2018-01-01T00:00:00-05:00"), Ok(1_514_782_800_000));
    }
}
