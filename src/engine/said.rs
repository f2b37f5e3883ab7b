//! What the host wrote lately. Asking JavaScript's `Intl` for a date costs as much as working out the answer that holds it, and
//! a calendar tells the same dates again and again.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use super::HostWords;

/// So many texts are kept; the oldest goes first.
const MOST: usize = 128;

/// What is asked of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Number,
    Money,
    Date,
    Moment,
}

/// A host whose latest texts are kept.
pub(super) struct Said {
    host: Rc<dyn HostWords>,
    kept: RefCell<Kept>,
}

#[derive(Default)]
struct Kept {
    /// The locale, and the currency or zone of amounts and dates, of what is kept.
    scope: [String; 3],
    texts: Vec<(Form, i64, String)>,
    /// Where the next one goes.
    next: usize,
}

impl Said {
    pub fn new(host: Rc<dyn HostWords>) -> Self {
        Said { host, kept: RefCell::default() }
    }

    fn text(&self, form: Form, locale: &str, of: &str, number: i64, ask: &dyn Fn() -> Option<String>) -> Option<String> {
        // A host that calls back into the engine while it writes is asked, and not remembered.
        let Ok(mut kept) = self.kept.try_borrow_mut() else { return ask() };
        kept.keep_to(form, locale, of);
        if let Some((_, _, text)) = kept.texts.iter().find(|(known, at, _)| *known == form && *at == number) {
            return Some(text.clone());
        }
        let text = ask()?;
        let (place, entry) = (kept.next, (form, number, text.clone()));
        match kept.texts.get_mut(place) {
            Some(slot) => *slot = entry,
            None => kept.texts.push(entry),
        }
        kept.next = if place.wrapping_add(1) < MOST { place.wrapping_add(1) } else { 0 };
        Some(text)
    }
}

impl Kept {
    /// Forgets everything where it was written for another locale, currency or zone.
    fn keep_to(&mut self, form: Form, locale: &str, of: &str) {
        let place = match form {
            Form::Number => None,
            Form::Money => Some(1),
            Form::Date | Form::Moment => Some(2),
        };
        let wanted = [Some((0, locale)), place.map(|place| (place, of))];
        for (place, wanted) in wanted.into_iter().flatten() {
            let Some(known) = self.scope.get_mut(place).filter(|known| *known != wanted) else { continue };
            *known = wanted.into();
            self.texts.clear();
            self.next = 0;
        }
    }
}

impl HostWords for Said {
    fn number(&self, locale: &str, number: i64) -> Option<String> {
        self.text(Form::Number, locale, "", number, &|| self.host.number(locale, number))
    }

    fn money(&self, locale: &str, minor: i64, currency: &str, decimals: u8) -> Option<String> {
        self.text(Form::Money, locale, currency, minor, &|| self.host.money(locale, minor, currency, decimals))
    }

    fn date(&self, locale: &str, at: i64, zone: &str, with_time: bool) -> Option<String> {
        let form = if with_time { Form::Moment } else { Form::Date };
        self.text(form, locale, zone, at, &|| self.host.date(locale, at, zone, with_time))
    }

    fn is_one(&self, locale: &str, count: i64) -> Option<bool> {
        self.host.is_one(locale, count)
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;

    /// Writes what it was asked, and counts.
    #[derive(Default)]
    struct Clerk(Cell<u32>);

    impl Clerk {
        fn write(&self, parts: &[&str], number: i64) -> Option<String> {
            self.0.set(self.0.get() + 1);
            Some(alloc::format!("{} {number}", parts.join(" ")))
        }
    }

    impl HostWords for Clerk {
        fn number(&self, locale: &str, number: i64) -> Option<String> {
            self.write(&[locale], number)
        }
        fn money(&self, locale: &str, minor: i64, currency: &str, _: u8) -> Option<String> {
            self.write(&[locale, currency], minor)
        }
        fn date(&self, locale: &str, at: i64, zone: &str, with_time: bool) -> Option<String> {
            self.write(&[locale, zone, if with_time { "time" } else { "day" }], at)
        }
        fn is_one(&self, _: &str, _: i64) -> Option<bool> {
            None
        }
    }

    #[test]
    fn the_same_is_asked_once_and_never_given_for_something_else() {
        let clerk = Rc::new(Clerk::default());
        let said = Said::new(clerk.clone());
        for _ in 0..2 {
            assert_eq!(said.number("en", 7).unwrap(), "en 7");
            assert_eq!(said.money("en", 7, "USD", 2).unwrap(), "en USD 7");
            assert_eq!(said.date("en", 7, "UTC", false).unwrap(), "en UTC day 7");
            assert_eq!(said.date("en", 7, "UTC", true).unwrap(), "en UTC time 7");
        }
        assert_eq!(clerk.0.get(), 4 + 2, "the first currency and the first zone begin anew");
        assert_eq!(said.number("zh", 7).unwrap(), "zh 7");
        assert_eq!(said.money("zh", 7, "CNY", 2).unwrap(), "zh CNY 7");
        assert_eq!(said.date("zh", 7, "Asia/Tokyo", false).unwrap(), "zh Asia/Tokyo day 7");
    }

    #[test]
    fn no_more_than_so_many_are_kept() {
        let said = Said::new(Rc::new(Clerk::default()));
        for number in 0..1_000 {
            assert_eq!(said.number("en", number).unwrap(), alloc::format!("en {number}"));
        }
        assert_eq!(said.kept.borrow().texts.len(), MOST);
    }
}
