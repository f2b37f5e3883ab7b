//! Reasons in words: templates of a snapshot, filled in with a reason's facts.
//!
//! A template is text with places:
//!
//! | place | writes |
//! |---|---|
//! | `{fact}` | the fact; whole numbers as the locale groups them |
//! | `{fact\|money}` | an amount in minor units |
//! | `{fact\|date}` | the day of an instant |
//! | `{fact\|moment}` | the day and the time of an instant; the day alone where it is a midnight |
//! | `{fact\|last-day}` | the last day before an instant: what ends at midnight ends with the day before |
//! | `{fact\|percent}` | a rate in [0, 1] |
//! | `{fact\|name:item}` | the title of the item that the fact names; likewise `tier`, `offer`, `term`, ... |
//! | `{fact\|plural:day\|days}` | the first form for the category `one` of the locale, else the second; `#` in a form stands for the number |
//! | `{{` | a brace |
//!
//! Numbers, amounts, dates and plural categories are the host's business ([`Words`]): it knows the locale.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Arrange, Fact, Reason, Value, digits, whole_text};

/// What a locale and a shop know about writing facts.
pub trait Words {
    /// An amount in minor units of the shop's currency.
    fn money(&self, minor: i64) -> String;
    /// A whole number.
    fn number(&self, number: i64) -> String;
    /// The day of an instant, in milliseconds since 1970.
    fn date(&self, at: i64) -> String;
    /// The day and the time of an instant; the day alone where it is a midnight.
    fn moment(&self, at: i64) -> String;
    /// Whether the locale uses the form for one thing.
    fn is_one(&self, count: i64) -> bool;
    /// The title of what `id` names; `kind` is `item`, `tier`, `offer`, `term`, ...
    fn name(&self, kind: &str, id: &str) -> Option<String>;
}

/// Templates by locale and code.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    locales: Vec<Templates>,
}

/// A locale and its templates, ascending by code.
type Templates = (String, Vec<(String, Vec<Piece>)>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Fact { name: String, form: Form },
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    Plain,
    Money,
    Date,
    Moment,
    LastDay,
    Percent,
    Name(String),
    Plural(String, String),
}

impl Texts {
    /// Compiles `{locale: {code: template}}`. A template that cannot be read is left out and told of (`text-disabled`).
    pub fn compile(texts: &Value) -> (Self, Vec<Reason>) {
        let mut warnings = Vec::new();
        if texts.as_object().is_none() && !texts.is_null() {
            warnings.push(Reason::new("texts-disabled"));
        }
        let mut locales = Vec::new();
        for (locale, templates) in texts.as_object().unwrap_or_default() {
            let mut compiled: Vec<(String, Vec<Piece>)> = Vec::new();
            for (code, template) in templates.as_object().unwrap_or_default() {
                match template.as_str().and_then(pieces) {
                    Some(pieces) => compiled.push((code.clone(), pieces)),
                    None => warnings.push(Reason::new("text-disabled").with("locale", locale.as_str()).with("code", code.as_str())),
                }
            }
            if !compiled.is_sorted_by(|one, other| one.0 <= other.0) {
                compiled.arrange_by(|one, other| one.0.cmp(&other.0));
            }
            locales.push((locale.clone(), compiled));
        }
        (Texts { locales }, warnings)
    }

    /// The locales there are texts for, in the order they were written.
    pub fn locales(&self) -> impl Iterator<Item = &str> {
        self.locales.iter().map(|(locale, _)| locale.as_str())
    }

    /// The text of `reason` for `locale`: of the locale itself, else of one with the same language (`zh` for `zh-CN`),
    /// else of the first locale that has one. A fact that the reason does not have is left empty.
    pub fn render(&self, locale: &str, reason: &Reason, words: &dyn Words) -> Option<String> {
        let mut text = String::new();
        for piece in self.nearest(locale, &reason.code)? {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Fact { name, form } => write_fact(&mut text, reason.fact(name), form, words),
            }
        }
        Some(text)
    }

    /// The text under `code` for `locale`, where it has no places: a name.
    pub fn plain(&self, locale: &str, code: &str) -> Option<&str> {
        match self.nearest(locale, code)? {
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    fn nearest(&self, locale: &str, code: &str) -> Option<&[Piece]> {
        let of = |(_, templates): &'_ Templates| templates.binary_search_by(|(known, _)| known.as_str().cmp(code)).ok();
        let exact = self.locales.iter().filter(|(tag, _)| tag.eq_ignore_ascii_case(locale));
        let alike = self.locales.iter().filter(|(tag, _)| language(tag).eq_ignore_ascii_case(language(locale)));
        let mut nearest = exact.chain(alike).chain(&self.locales);
        nearest.find_map(|templates| templates.1.get(of(templates)?)).map(|(_, pieces)| pieces.as_slice())
    }
}

/// The language of a tag: `zh` of `zh-CN`.
pub fn language(tag: &str) -> &str {
    tag.split('-').next().unwrap_or_default()
}

fn write_fact(text: &mut String, fact: Option<&Fact>, form: &Form, words: &dyn Words) {
    match (fact, form) {
        (None | Some(Fact::Null), _) => {}
        (Some(Fact::Integer(minor)), Form::Money) => text.push_str(&words.money(*minor)),
        (Some(Fact::Integer(at)), Form::Date) => text.push_str(&words.date(*at)),
        (Some(Fact::Integer(at)), Form::Moment) => text.push_str(&words.moment(*at)),
        (Some(Fact::Integer(at)), Form::LastDay) => text.push_str(&words.date(at.saturating_sub(1))),
        (Some(Fact::Integer(count)), Form::Plural(one, other)) => {
            let form = if words.is_one(*count) { one } else { other };
            text.push_str(&form.replace('#', &words.number(*count)));
        }
        (Some(Fact::Number(rate)), Form::Percent) => {
            #[allow(clippy::cast_possible_truncation)] // a cast of a double saturates, which is what is wanted here
            let percent = libm::round(rate * 100.0) as i64;
            text.push_str(&whole_text(percent));
            text.push('%');
        }
        (Some(Fact::Text(id)), Form::Name(kind)) => match words.name(kind, id) {
            Some(name) => text.push_str(&name),
            None => text.push_str(id),
        },
        (Some(Fact::Text(plain)), _) => text.push_str(plain),
        (Some(Fact::Integer(count)), _) => text.push_str(&words.number(*count)),
        (Some(Fact::Bool(flag)), _) => text.push_str(if *flag { "true" } else { "false" }),
        (Some(Fact::Number(number)), _) => {
            #[allow(clippy::cast_possible_truncation)] // as above
            let tenths = libm::round(number * 10.0) as i64;
            text.push_str(&whole_text(tenths.saturating_div(10)));
            if tenths % 10 != 0 {
                text.push('.');
                text.push_str(&digits((tenths % 10).unsigned_abs()));
            }
        }
    }
}

fn pieces(template: &str) -> Option<Vec<Piece>> {
    if !template.is_empty() && !template.as_bytes().contains(&b'{') {
        return Some(alloc::vec![Piece::Text(template.into())]);
    }
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut characters = template.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '{' {
            text.push(character);
            continue;
        }
        if characters.next_if_eq(&'{').is_some() {
            text.push('{');
            continue;
        }
        let mut inside = String::new();
        loop {
            match characters.next()? {
                '}' => break,
                '{' => return None,
                character => inside.push(character),
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(core::mem::take(&mut text)));
        }
        pieces.push(place(&inside)?);
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Some(pieces)
}

fn place(inside: &str) -> Option<Piece> {
    let (name, form) = inside.split_once('|').unwrap_or((inside, ""));
    let form = match form {
        "" => Form::Plain,
        "money" => Form::Money,
        "date" => Form::Date,
        "moment" => Form::Moment,
        "last-day" => Form::LastDay,
        "percent" => Form::Percent,
        _ => match form.split_once(':')? {
            ("name", kind) => Form::Name(kind.into()),
            ("plural", forms) => {
                let (one, other) = forms.split_once('|')?;
                Form::Plural(one.into(), other.into())
            }
            _ => return None,
        },
    };
    (!name.is_empty()).then(|| Piece::Fact { name: name.into(), form })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct English;

    impl Words for English {
        fn money(&self, minor: i64) -> String {
            alloc::format!("${}.{:02}", minor / 100, minor % 100)
        }
        fn number(&self, number: i64) -> String {
            alloc::format!("{number}")
        }
        fn date(&self, at: i64) -> String {
            alloc::format!("day {}", at / crate::domain::DAY)
        }
        fn moment(&self, at: i64) -> String {
            alloc::format!("day {} hour {}", at / crate::domain::DAY, at % crate::domain::DAY / 3_600_000)
        }
        fn is_one(&self, count: i64) -> bool {
            count == 1
        }
        fn name(&self, kind: &str, id: &str) -> Option<String> {
            (kind == "item" && id == "a").then(|| "Apples".into())
        }
    }

    fn texts(text: &str) -> (Texts, Vec<Reason>) {
        Texts::compile(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn unreadable_templates_are_left_out_and_named() {
        for template in ["{", "{a", "{}", "{a|b}", "{a|plural:x}", "{a{b}}"] {
            let (texts, warnings) = texts(&alloc::format!(r#"{{"en": {{"x": "{template}", "y": "fine"}}}}"#));
            assert_eq!(warnings.len(), 1, "{template}");
            assert_eq!(texts.render("en", &Reason::new("x"), &English), None);
            assert_eq!(texts.render("en", &Reason::new("y"), &English).as_deref(), Some("fine"));
        }
    }

    #[test]
    fn facts_are_written_in_their_form() {
        let (texts, warnings) = texts(
            r##"{"en": {"x": "{{{missing|money} more of {item|name:item} {other|name:item} until {at|date}, by {at|moment}, through {at|last-day}: {days|plural:# day|# days}, {rate|percent}, {score}"}}"##,
        );
        assert!(warnings.is_empty());
        let reason = Reason::new("x")
            .with("missing", 1205_i64)
            .with("item", "a")
            .with("other", "b")
            .with("at", crate::domain::DAY)
            .with("days", 1_i64)
            .with("rate", 0.255)
            .with("score", 2.25);
        assert_eq!(
            texts.render("en", &reason, &English).as_deref(),
            Some("{$12.05 more of Apples b until day 1, by day 1 hour 0, through day 0: 1 day, 26%, 2.3")
        );
    }

    #[test]
    fn a_locale_falls_back_to_its_language_then_to_the_first() {
        let (texts, _) = texts(r#"{"en": {"x": "yes"}, "zh-CN": {"x": "是"}}"#);
        let render = |locale| texts.render(locale, &Reason::new("x"), &English);
        assert_eq!(render("zh").as_deref(), Some("是"));
        assert_eq!(render("en-GB").as_deref(), Some("yes"));
        assert_eq!(render("fr").as_deref(), Some("yes"));
        assert_eq!(texts.render("en", &Reason::new("z"), &English), None);
    }

    #[test]
    fn a_code_that_a_locale_lacks_is_taken_from_the_next() {
        let (texts, _) = texts(r#"{"zh-CN": {"x": "甲", "term:milk": "牛奶"}, "en": {"y": "no {a}"}}"#);
        assert_eq!(texts.plain("en", "x"), Some("甲"));
        assert_eq!(texts.plain("en", "term:milk"), Some("牛奶"));
        assert_eq!((texts.plain("en", "y"), texts.plain("en", "z")), (None, None));
    }
}
