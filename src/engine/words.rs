//! Writing facts for people: numbers, amounts, dates and names in a locale.

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Engine;
use super::said::Said;
use crate::domain::{Reason, Texts, Words, Zone, date_text, digits, whole_text};
use crate::snapshot::Snapshot;

/// What a host knows about a locale (`Intl` of JavaScript). `None` where it does not know: then it is written plainly.
pub trait HostWords {
    /// A whole number.
    fn number(&self, locale: &str, number: i64) -> Option<String>;
    /// An amount in minor units of a currency (ISO 4217) with so many decimals.
    fn money(&self, locale: &str, minor: i64, currency: &str, decimals: u8) -> Option<String>;
    /// The day of an instant (milliseconds since 1970) in a zone (IANA), with the time or without.
    fn date(&self, locale: &str, at: i64, zone: &str, with_time: bool) -> Option<String>;
    /// Whether the locale uses the form for one thing.
    fn is_one(&self, locale: &str, count: i64) -> Option<bool>;
}

/// A snapshot's words in a locale: the host's, and where it has none these.
///
/// Amounts: `12.00元` and `12.00美元` in Chinese, else `¥12.00`, `$12.00`, `€12.00`, `£12.00`, `SEK 12.00`. Dates:
/// `Nov 23, 2026`, `2026年11月23日`, else `2026-11-23`; times `20:00`. For English and Chinese this is what hosts write.
pub(super) struct LocalWords<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) locale: &'a str,
    pub(super) host: Option<&'a dyn HostWords>,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Currencies whose sign and Chinese name are known here.
const CURRENCIES: [&str; 6] = ["CNY", "JPY", "USD", "EUR", "GBP", "HKD"];

impl LocalWords<'_> {
    /// The host, but for the two locales that are written here just as hosts do: asking it costs more than the rest of an
    /// answer.
    fn host(&self) -> Option<&dyn HostWords> {
        self.host.filter(|_| !["en", "en-US", "zh", "zh-CN"].iter().any(|known| known.eq_ignore_ascii_case(self.locale)))
    }

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
        let known = CURRENCIES.contains(&currency.code.as_str());
        let host = if known { self.host() } else { self.host };
        let host = host.and_then(|host| host.money(self.locale, minor, &currency.code, currency.minor_units));
        host.unwrap_or_else(|| amount(minor, &currency.code, currency.minor_units, self.is("zh")))
    }

    fn number(&self, number: i64) -> String {
        self.host().and_then(|host| host.number(self.locale, number)).unwrap_or_else(|| {
            let sign = if number < 0 { "-" } else { "" };
            [sign, &grouped(number.unsigned_abs())].concat()
        })
    }

    fn moment(&self, at: i64) -> String {
        let time = self.zone().local(at).minute_of_day();
        if time == 0 {
            return self.date(at);
        }
        self.host().and_then(|host| host.date(self.locale, at, &self.zone().name, true)).unwrap_or_else(|| {
            let between = if self.is("en") { ", " } else { " " };
            let two = |number: i64| [if number < 10 { "0" } else { "" }, &whole_text(number)].concat();
            [&self.date(at), between, &two(time.div_euclid(60)), ":", &two(time.rem_euclid(60))].concat()
        })
    }

    fn date(&self, at: i64) -> String {
        if let Some(date) = self.host().and_then(|host| host.date(self.locale, at, &self.zone().name, false)) {
            return date;
        }
        let date = self.zone().local(at).date;
        let (year, month, day) = (whole_text(date.year().into()), date.month(), whole_text(date.day().into()));
        if self.is("zh") || self.is("ja") {
            return [&year, "年", &whole_text(month.into()), "月", &day, "日"].concat();
        }
        let name = usize::from(month.unsigned_abs()).checked_sub(1).and_then(|place| MONTHS.get(place));
        match name {
            Some(name) if self.is("en") => [name, " ", &day, ", ", &year].concat(),
            _ => date_text(date),
        }
    }

    fn is_one(&self, count: i64) -> bool {
        if let Some(is_one) = self.host().and_then(|host| host.is_one(self.locale, count)) {
            return is_one;
        }
        count == 1 && !["zh", "ja", "ko", "th", "vi", "id"].iter().any(|language| self.is(language))
    }

    fn name(&self, kind: &str, id: &str) -> Option<String> {
        if kind == "item" {
            let item = self.snapshot.catalog.find(id)?;
            return self.snapshot.catalog.title(item, self.locale).map(ToString::to_string);
        }
        // Anything else a snapshot gives a name to, it does under `<kind>:<id>` of its texts.
        let code = [kind, ":", id].concat();
        self.snapshot.texts().plain(self.locale, &code).map(ToString::to_string)
    }
}

/// A number in groups of three digits: `1,205`.
fn grouped(number: u64) -> String {
    let digits = digits(number);
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && digits.len().saturating_sub(place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An amount with its currency: `¥1,205.00`, `SEK 12.00`; in Chinese `1,205.00元`.
fn amount(minor: i64, code: &str, decimals: u8, chinese: bool) -> String {
    let unit = 10_u64.saturating_pow(decimals.into());
    let magnitude = minor.unsigned_abs();
    let mut number = grouped(magnitude.checked_div(unit).unwrap_or(magnitude));
    if decimals > 0 {
        let rest = digits(magnitude.checked_rem(unit).unwrap_or(0));
        number.push('.');
        number.extend(core::iter::repeat_n('0', usize::from(decimals).saturating_sub(rest.len())));
        number.push_str(&rest);
    }
    let sign = if minor < 0 { "-" } else { "" };
    if chinese {
        let name = match code {
            "CNY" => "元",
            "JPY" => "日元",
            "USD" => "美元",
            "EUR" => "欧元",
            "GBP" => "英镑",
            "HKD" => "港元",
            _ => code,
        };
        return [sign, &number, name].concat();
    }
    let symbol = match code {
        "CNY" | "JPY" => "¥",
        "USD" | "HKD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        _ => return [sign, code, " ", &number].concat(),
    };
    [sign, symbol, &number].concat()
}

impl Engine {
    /// The locale in which answers give texts with their reasons; none where `None`, which costs nothing.
    pub fn set_locale(&mut self, locale: Option<&str>) {
        self.locale = locale.map(ToString::to_string);
        self.kept.phrases.forget();
    }

    /// Lets `words` write numbers, amounts and dates; without it they are written plainly.
    pub fn set_host_words(&mut self, words: Option<Rc<dyn HostWords>>) {
        self.kept.phrases.forget();
        self.host_words = words.map(|words| Rc::new(Said::new(words)) as Rc<dyn HostWords>);
    }

    /// Gives reasons their texts, where a locale is set and the snapshot has a template.
    pub(super) fn put_into_words<'r>(&self, reasons: impl IntoIterator<Item = &'r mut Reason>) {
        self.put_into_words_of(None, reasons);
    }

    /// The same for an answer that is mostly asked for again as it was: texts are kept up to the next.
    pub(super) fn put_into_kept_words(&self, reasons: Vec<&mut Reason>) {
        let (Some(snapshot), Some(locale)) = (&self.snapshot, &self.locale) else { return };
        let words = LocalWords { snapshot, locale, host: self.host_words.as_deref() };
        self.kept.phrases.put(reasons, &|reason| snapshot.texts().render(locale, reason, &words));
    }

    /// The same with templates over the snapshot's.
    pub(super) fn put_into_words_of<'r>(&self, over: Option<&Texts>, reasons: impl IntoIterator<Item = &'r mut Reason>) {
        let (Some(snapshot), Some(locale)) = (&self.snapshot, &self.locale) else { return };
        let words = LocalWords { snapshot, locale, host: self.host_words.as_deref() };
        for reason in reasons {
            let text = over.and_then(|texts| texts.render(locale, reason, &words));
            reason.text = text.or_else(|| snapshot.texts().render(locale, reason, &words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Value;
    use crate::engine::CatalogSource;
    use crate::rules::NativeRegex;

    #[test]
    fn amounts_keep_their_decimals() {
        assert_eq!(amount(120_500, "USD", 2, false), "$1,205.00");
        assert_eq!(amount(-5, "CNY", 2, false), "-¥0.05");
        assert_eq!(amount(1205, "JPY", 0, false), "¥1,205");
        assert_eq!(amount(1, "KWD", 3, false), "KWD 0.001");
        assert_eq!(amount(i64::MIN, "SEK", 2, false), "-SEK 92,233,720,368,547,758.08");
    }

    #[test]
    fn chinese_names_the_currency() {
        assert_eq!(amount(1200, "CNY", 2, true), "12.00元");
        assert_eq!(amount(-1205, "JPY", 0, true), "-1,205日元");
        assert_eq!(amount(999, "SEK", 2, true), "9.99SEK");
    }

    /// Knows one number, and nothing else.
    struct Seven;

    impl HostWords for Seven {
        fn number(&self, _: &str, number: i64) -> Option<String> {
            (number == 7).then(|| "seven".into())
        }
        fn money(&self, _: &str, _: i64, _: &str, _: u8) -> Option<String> {
            None
        }
        fn date(&self, _: &str, _: i64, _: &str, _: bool) -> Option<String> {
            None
        }
        fn is_one(&self, _: &str, _: i64) -> Option<bool> {
            None
        }
    }

    #[test]
    fn what_the_host_does_not_know_is_written_plainly() {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let catalog: Value = serde_json::from_str(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "zone": {"name": "Asia/Shanghai", "offsets": [[0, 28800]]},
                "texts": {"en": {"x": "{n} {m|money} {at|moment} {at|date} {end|last-day}"}}}"#,
        )
        .unwrap();
        engine.load_catalog(CatalogSource::Json(&catalog), &[], 0).unwrap();
        engine.set_host_words(Some(Rc::new(Seven)));
        let mut text = |locale, n: i64| {
            engine.set_locale(Some(locale));
            let facts = [("n", n), ("m", 123_456), ("at", 1_781_784_000_000), ("end", 1_781_798_400_000)];
            let mut reason = facts.into_iter().fold(Reason::new("x"), |reason, (name, fact)| reason.with(name, fact));
            engine.put_into_words([&mut reason]);
            reason.text.unwrap()
        };
        assert_eq!(text("en-GB", 7), "seven ¥1,234.56 Jun 18, 2026, 20:00 Jun 18, 2026 Jun 18, 2026");
        // The host is not asked what is known here.
        assert_eq!(text("en", 7), "7 ¥1,234.56 Jun 18, 2026, 20:00 Jun 18, 2026 Jun 18, 2026");
        assert_eq!(text("zh-CN", 7000), "7,000 1,234.56元 2026年6月18日 20:00 2026年6月18日 2026年6月18日");
    }
}
