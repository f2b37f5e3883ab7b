//! What people call tiers, benefits, tasks, offers, ...: their `titles`, as texts under `<kind>:<id>`.

use alloc::string::String;
use alloc::vec::Vec;

use crate::domain::{Listed, Value};
use crate::snapshot::open::section;

/// The lists whose entries have titles: the kind, and the way to the list.
const TITLED: [(&str, &[&str]); 16] = [
    ("fit", &["programme", "fit"]),
    ("merchandising", &["programme", "merchandising"]),
    ("tag", &["programme", "tags"]),
    ("tier", &["programme", "tiers"]),
    ("wallet", &["programme", "points", "wallets"]),
    ("rule", &["programme", "points", "earning"]),
    ("benefit", &["programme", "benefits"]),
    ("day", &["programme", "days"]),
    ("task", &["programme", "tasks"]),
    ("reward", &["programme", "rewards"]),
    ("draw", &["programme", "draws"]),
    ("partner", &["programme", "partners"]),
    ("message", &["programme", "contact", "messages"]),
    ("offer", &["offers"]),
    ("segment", &["segments"]),
    ("store", &["stores"]),
];

/// The section `texts` with what titles of the others add; a text that is written there goes before a title.
pub fn texts_with_titles(sections: &Value) -> Value {
    let texts = section(sections, "texts");
    let mut locales: Vec<(String, Vec<(String, Value)>)> = Vec::new();
    for (locale, written) in texts.as_object().unwrap_or_default() {
        locales.push((locale.clone(), written.as_object().unwrap_or_default().to_vec()));
    }
    if !texts.is_null() && texts.as_object().is_none() {
        return texts.clone();
    }
    let none: &[Value] = &[];
    for (kind, way) in TITLED {
        let list = way.iter().try_fold(sections, |value, name| value.get(name)).and_then(Value::as_array).unwrap_or(none);
        for entry in list {
            let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
            for (locale, title) in entry.get("titles").and_then(Value::as_object).unwrap_or_default() {
                if let Some(title) = title.as_str() {
                    add(&mut locales, locale, [kind, ":", id].concat(), title);
                }
            }
            // A prize is named within its draw.
            for prize in entry.get("prizes").and_then(Value::as_array).unwrap_or(none) {
                let id = prize.get("id").and_then(Value::as_str).unwrap_or_default();
                for (locale, title) in prize.get("titles").and_then(Value::as_object).unwrap_or_default() {
                    if let Some(title) = title.as_str() {
                        add(&mut locales, locale, ["prize:", id].concat(), title);
                    }
                }
            }
        }
    }
    Value::Object(locales.into_iter().map(|(locale, texts)| (locale, Value::Object(texts))).listed())
}

fn add(locales: &mut Vec<(String, Vec<(String, Value)>)>, locale: &str, code: String, title: &str) {
    let place = locales.iter().position(|(known, _)| known == locale).unwrap_or_else(|| {
        locales.push((locale.into(), Vec::new()));
        locales.len().saturating_sub(1)
    });
    if let Some((_, texts)) = locales.get_mut(place)
        && !texts.iter().any(|(known, _)| *known == code)
    {
        // Titles are no templates: their braces are braces.
        texts.push((code, Value::String(title.replace('{', "{{"))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_texts_unless_a_text_says_otherwise() {
        let sections: Value = serde_json::from_str(
            r#"{"texts": {"en": {"tier:gold": "Gold!"}},
                "programme": {"tiers": [{"id": "gold", "titles": {"en": "Gold", "zh-CN": "金卡"}}, {"id": "x"}, 3],
                              "draws": [{"id": "d", "prizes": [{"id": "p", "titles": {"en": "A {car}"}}]}]},
                "offers": [{"id": "o", "titles": {"en": "Sale"}}]}"#,
        )
        .unwrap();
        let texts = texts_with_titles(&sections);
        let text = |locale: &str, code: &str| texts.get(locale).and_then(|texts| texts.get(code)).and_then(Value::as_str);
        assert_eq!((text("en", "tier:gold"), text("zh-CN", "tier:gold")), (Some("Gold!"), Some("金卡")));
        assert_eq!((text("en", "offer:o"), text("en", "prize:p")), (Some("Sale"), Some("A {{car}")));
        assert_eq!(texts_with_titles(&Value::Null), Value::Object(Vec::new()));
    }
}
