//! Numbers and dates as text, both ways, without the standard library's formatting.

use alloc::string::String;

use jiff::civil::Date;

/// The whole number that `text` writes in digits alone; `None` where it is empty or above 65,535.
pub fn whole_of(text: &str) -> Option<u16> {
    let mut number = 0_u16;
    for byte in text.bytes() {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number = number.checked_mul(10)?.checked_add(digit.into())?;
    }
    (!text.is_empty()).then_some(number)
}

/// The day that `text` writes as `YYYY-MM-DD`; other counts of digits are read too.
pub fn date_from(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    date_of_parts(whole_of(year)?, month, day)
}

/// Month and day that `text` writes as `MM-DD`, where it is a day of some year; other counts of digits are read too.
pub fn month_day_from(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    date_of_parts(2000, month, day).map(|date| (date.month(), date.day()))
}

#[inline(never)]
fn date_of_parts(year: u16, month: &str, day: &str) -> Option<Date> {
    let small = |text: &str| whole_of(text).and_then(|number| i8::try_from(number).ok());
    Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()
}

/// `date` as `YYYY-MM-DD`; a year below 0 with its sign and six digits.
pub fn date_text(date: Date) -> String {
    let year = date.year();
    let mut text = String::new();
    if year < 0 {
        text.push('-');
    }
    push_padded(&mut text, year.unsigned_abs(), if year < 0 { 6 } else { 4 });
    for part in [date.month(), date.day()] {
        text.push('-');
        push_padded(&mut text, part.unsigned_abs().into(), 2);
    }
    text
}

/// The most digits that a whole number of 64 bits has.
pub const MOST_DIGITS: usize = 20;

/// `number` in digits, written at the end of `place`.
#[inline(never)]
#[cfg_attr(regulars_fast, optimize(speed))]
pub fn digits_in(number: u64, place: &mut [u8; MOST_DIGITS]) -> &[u8] {
    let (mut first, mut rest) = (place.len(), number);
    for (at, digit) in place.iter_mut().enumerate().rev() {
        *digit = b'0'.wrapping_add((rest % 10) as u8);
        (first, rest) = (at, rest / 10);
        if rest == 0 {
            break;
        }
    }
    place.get(first..).unwrap_or_default()
}

/// Adds `number` in digits.
#[cfg_attr(regulars_fast, optimize(speed))]
pub fn push_digits(text: &mut String, number: u64) {
    text.push_str(core::str::from_utf8(digits_in(number, &mut [0; MOST_DIGITS])).unwrap_or_default());
}

/// `number` in digits.
pub fn digits(number: u64) -> String {
    let mut text = String::new();
    push_digits(&mut text, number);
    text
}

/// `number` in digits, behind a `-` where it is below 0.
pub fn whole_text(number: i64) -> String {
    let digits = digits(number.unsigned_abs());
    if number < 0 { ["-", &digits].concat() } else { digits }
}

/// Adds `number` with zeros before it, so that it has `width` digits at least.
pub fn push_padded(text: &mut String, number: u16, width: usize) {
    let digits = digits(number.into());
    for _ in digits.len()..width {
        text.push('0');
    }
    text.push_str(&digits);
}

/// `number` in 16 hexadecimal digits.
pub fn hex(number: u64) -> String {
    let mut text = String::new();
    let mut rest = number;
    for _ in 0..16 {
        rest = rest.rotate_left(4);
        let digit = (rest & 15) as u8;
        text.push(char::from(digit.wrapping_add(if digit < 10 { b'0' } else { b'a'.wrapping_sub(10) })));
    }
    text
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn digits_alone_are_a_number() {
        assert_eq!(["0", "007", "65535"].map(whole_of), [Some(0), Some(7), Some(65_535)]);
        assert_eq!(["", "+1", "-1", "1 ", "65536", "1.0", "\u{661}"].map(whole_of), [None; 7]);
    }

    #[test]
    fn whole_numbers_are_written_as_they_are_read() {
        for number in [0, 7, -7, 10, 99, -100, 1205, i64::MAX, i64::MIN] {
            assert_eq!(whole_text(number), number.to_string());
        }
        assert_eq!(digits(u64::MAX), u64::MAX.to_string());
    }

    #[test]
    fn dates_are_written_as_they_are_read() {
        for date in [Date::constant(2026, 3, 1), Date::constant(1, 12, 31), Date::MAX, Date::MIN, Date::constant(0, 2, 29)] {
            assert_eq!(date_text(date), date.to_string());
        }
        assert_eq!(date_from("2028-02-29"), Some(Date::constant(2028, 2, 29)));
        assert_eq!(["2026-02-29", "2026-13-01", "2026-1", "2026", "-1-01-01", "40000-01-01"].map(date_from), [None; 6]);
        assert_eq!(["02-29", "2-30", "02-31", "13-01", "0"].map(month_day_from), [Some((2, 29)), None, None, None, None]);
    }

    #[test]
    fn devices_have_sixteen_digits() {
        for number in [0, 1, 10, 0x0123_4567_89ab_cdef, u64::MAX] {
            assert_eq!(hex(number), alloc::format!("{number:016x}"));
        }
    }
}
