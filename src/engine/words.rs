//! Writing facts for people: amounts, dates and names in a locale.

use alloc::string::{String, ToString};

use super::Engine;
use crate::domain::{Reason, Words, Zone};
use crate::snapshot::Snapshot;

/// A snapshot's words in a locale.
///
/// Amounts: `¥12.00`, `$12.00`, `€12.00`, `£12.00`, else `12.00 SEK`. Dates: `Nov 23, 2026`, `2026年11月23日`, else
/// `2026-11-23`. The same on every target, so that the server's texts are the device's.
pub(super) struct LocalWords<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) locale: &'a str,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl LocalWords<'_> {
    fn is(&self, language: &str) -> bool {
        self.locale.get(..language.len()).is_some_and(|start| start.eq_ignore_ascii_case(language))
    }

    fn zone(&self) -> &Zone {
        &self.snapshot.info.zone
    }
}

impl Words for LocalWords<'_> {
    fn money(&self, minor: i64) -> String {
        let currency = &self.snapshot.info.currency;
        amount(minor, &currency.code, currency.minor_units)
    }

    fn date(&self, at: i64) -> String {
        let date = self.zone().local(at).date;
        let (year, month, day) = (date.year().to_string(), date.month(), date.day().to_string());
        if self.is("zh") || self.is("ja") {
            return [&year, "年", &month.to_string(), "月", &day, "日"].concat();
        }
        let name = usize::from(month.unsigned_abs()).checked_sub(1).and_then(|place| MONTHS.get(place));
        match name {
            Some(name) if self.is("en") => [name, " ", &day, ", ", &year].concat(),
            _ => date.to_string(),
        }
    }

    fn is_one(&self, count: i64) -> bool {
        count == 1 && !["zh", "ja", "ko", "th", "vi", "id"].iter().any(|language| self.is(language))
    }

    fn name(&self, kind: &str, id: &str) -> Option<String> {
        if kind == "item" {
            let item = self.snapshot.catalog.find(id)?;
            return self.snapshot.catalog.title(item, self.locale).map(ToString::to_string);
        }
        // Anything else a snapshot gives a name to, it does under `<kind>:<id>` of its texts.
        let code = [kind, ":", id].concat();
        self.snapshot.texts.plain(self.locale, &code).map(ToString::to_string)
    }
}

/// An amount with its currency: `¥12.00`, `12.00 SEK`.
fn amount(minor: i64, code: &str, decimals: u8) -> String {
    let unit = 10_u64.saturating_pow(decimals.into());
    let magnitude = minor.unsigned_abs();
    let mut number = (magnitude.checked_div(unit).unwrap_or(magnitude)).to_string();
    if decimals > 0 {
        let rest = magnitude.checked_rem(unit).unwrap_or(0).to_string();
        number.push('.');
        number.extend(core::iter::repeat_n('0', usize::from(decimals).saturating_sub(rest.len())));
        number.push_str(&rest);
    }
    let sign = if minor < 0 { "-" } else { "" };
    let symbol = match code {
        "CNY" | "JPY" => "¥",
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        _ => return [sign, &number, " ", code].concat(),
    };
    [sign, symbol, &number].concat()
}

impl Engine {
    /// The locale in which answers give texts with their reasons; none where `None`, which costs nothing.
    pub fn set_locale(&mut self, locale: Option<&str>) {
        self.locale = locale.map(ToString::to_string);
    }

    /// Gives reasons their texts, where a locale is set and the snapshot has a template.
    pub(super) fn put_into_words<'r>(&self, reasons: impl IntoIterator<Item = &'r mut Reason>) {
        let (Some(snapshot), Some(locale)) = (&self.snapshot, &self.locale) else { return };
        let words = LocalWords { snapshot, locale };
        for reason in reasons {
            reason.text = snapshot.texts.render(locale, reason, &words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_decimals() {
        assert_eq!(amount(1205, "USD", 2), "$12.05");
        assert_eq!(amount(-5, "CNY", 2), "-¥0.05");
        assert_eq!(amount(1205, "JPY", 0), "¥1205");
        assert_eq!(amount(1, "KWD", 3), "0.001 KWD");
        assert_eq!(amount(i64::MIN, "SEK", 2), "-92233720368547758.08 SEK");
    }
}
