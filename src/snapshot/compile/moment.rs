//! Moments as they are written.

use jiff::civil::Date;

use crate::domain::{HOUR, MINUTE, Value, ValueError, Zone, date_from, whole_of};
use crate::offers::Window;
use crate::snapshot::wire::offer::Window as WindowWire;

/// The instant of a moment: milliseconds since 1970 UTC, or `2026-03-01` (midnight) or `2026-03-01T09:30` on the shop's
/// clock. `None` where it is null.
///
/// # Errors
///
/// Where it is neither.
pub fn moment(wire: &Value, zone: &Zone) -> Result<Option<i64>, ValueError> {
    match wire {
        Value::Null => Ok(None),
        Value::Number(number) if f64::trunc(*number) == *number && f64::abs(*number) <= 9e15 => {
            #[allow(clippy::cast_possible_truncation)] // a whole number in range by the guard
            Ok(Some(*number as i64))
        }
        Value::String(text) => match civil(text) {
            Some((date, millisecond)) => Ok(Some(zone.instant(date, millisecond))),
            None => Err(ValueError::invalid("must be a number of milliseconds, `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`")),
        },
        other => Err(ValueError::wrong_type("a number or a text", other)),
    }
}

/// Start and end of a window.
///
/// # Errors
///
/// Where one is no moment, or the end lies before the start.
pub fn window(wire: &WindowWire, zone: &Zone) -> Result<Window, ValueError> {
    let from = moment(&wire.from, zone).map_err(|error| error.in_field("from"))?;
    let until = moment(&wire.until, zone).map_err(|error| error.in_field("until"))?;
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return Err(ValueError::invalid("lies before `from`").in_field("until"));
    }
    Ok(Window { from, until })
}

/// A date, and milliseconds since its midnight on the clock's face.
fn civil(text: &str) -> Option<(Date, i64)> {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00"));
    let date = date_from(date).filter(|_| date.len() == "YYYY-MM-DD".len() && date.as_bytes().get(4) == Some(&b'-'))?;
    let minute = minute_of_day(time)?;
    (minute < 24 * 60).then(|| (date, i64::from(minute).saturating_mul(MINUTE)))
}

/// Minutes since midnight of `HH:MM`; `24:00` is the day's end.
pub fn minute_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| whole_of(digits).filter(|_| digits.len() == 2);
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let minute = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && i64::from(minute).saturating_mul(MINUTE) <= HOUR.saturating_mul(24)).then_some(minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> Zone {
        Zone { name: "Asia/Shanghai".into(), offsets: alloc::vec![(0, 28_800)] }
    }

    fn read(json: &str) -> Option<Option<i64>> {
        moment(&serde_json::from_str(json).unwrap(), &zone()).ok()
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for json in [
            "1.5",
            "true",
            "[]",
            r#""2026-13-01""#,
            r#""2026-02-30""#,
            r#""26-01-01""#,
            r#""2026-01-01T24:00""#,
            r#""2026-01-01T9:30""#,
            r#""""#,
            "1e300",
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn texts_are_on_the_shops_clock() {
        assert_eq!(read("null"), Some(None));
        assert_eq!(read("12"), Some(Some(12)));
        assert_eq!(read(r#""1970-01-02""#), Some(Some(16 * HOUR)));
        assert_eq!(read(r#""1970-01-02T00:30""#), Some(Some(16 * HOUR + 30 * MINUTE)));
    }

    #[test]
    fn hours_end_with_the_day() {
        assert_eq!(minute_of_day("24:00"), Some(1440));
        assert_eq!(minute_of_day("23:59"), Some(1439));
        for text in ["24:01", "12:60", "+1:00", "1:00", "12", ""] {
            assert_eq!(minute_of_day(text), None, "{text}");
        }
    }
}
