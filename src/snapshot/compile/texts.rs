//! Templates of texts, by locale and code.

use alloc::string::String;
use alloc::vec::Vec;

use crate::domain::{Value, ValueError, from_value};
use crate::snapshot::Warnings;

/// Templates of texts, by locale and code: `below-threshold` -> `Spend {missing|money} more`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    /// Ascending by locale, then by code.
    locales: Vec<(String, Vec<(String, String)>)>,
}

impl Texts {
    /// From `{locale: {code: template}}`. A locale that can't be read is left out with a warning.
    ///
    /// # Errors
    ///
    /// Where `texts` is no object.
    pub fn compile(texts: &Value, warnings: &mut Warnings) -> Result<Self, ValueError> {
        if texts.is_null() {
            return Ok(Texts::default());
        }
        let entries = texts.as_object().ok_or_else(|| ValueError::wrong_type("an object", texts))?;
        let mut locales = Vec::with_capacity(entries.len());
        for (locale, templates) in entries {
            match from_value::<alloc::collections::BTreeMap<String, String>>(templates) {
                Ok(templates) => locales.push((locale.clone(), templates.into_iter().collect())),
                Err(error) => warnings.push(error.in_field(locale).reason("texts-disabled").with("locale", locale.as_str())),
            }
        }
        locales.sort_by(|(one, _): &(String, Vec<_>), (other, _)| one.cmp(other));
        Ok(Texts { locales })
    }

    /// The template of `code` for `locale`, in exactly that locale.
    pub fn template(&self, locale: &str, code: &str) -> Option<&str> {
        let place = self.locales.binary_search_by(|(known, _)| known.as_str().cmp(locale)).ok()?;
        let (_, templates) = self.locales.get(place)?;
        let place = templates.binary_search_by(|(known, _)| known.as_str().cmp(code)).ok()?;
        templates.get(place).map(|(_, template)| template.as_str())
    }

    /// The template of `code` for `locale`; where there is none, for its language (`zh` for `zh-CN`), then for
    /// another locale of its language, then for the first of `fallbacks` that has one.
    pub fn nearest(&self, locale: &str, code: &str, fallbacks: &[String]) -> Option<&str> {
        let language = locale.split('-').next().unwrap_or_default();
        let of_language = || self.locales.iter().map(|(known, _)| known.as_str()).filter(|known| known.split('-').next() == Some(language));
        self.template(locale, code)
            .or_else(|| self.template(language, code))
            .or_else(|| of_language().find_map(|known| self.template(known, code)))
            .or_else(|| fallbacks.iter().find_map(|known| self.template(known, code)))
    }

    /// The locales that have templates, ascending.
    pub fn locales(&self) -> impl Iterator<Item = &str> {
        self.locales.iter().map(|(locale, _)| locale.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_locale_answers() {
        let value: Value =
            serde_json::from_str(r#"{"zh-CN": {"a": "甲", "b": "乙"}, "en": {"a": "A"}, "en-GB": {"c": "C"}, "de": {"a": 1}}"#).unwrap();
        let mut warnings = Warnings::default();
        let texts = Texts::compile(&value, &mut warnings).unwrap();
        assert_eq!(warnings.into_reasons().len(), 1);
        let fallbacks = ["zh-CN".into()];
        assert_eq!(texts.nearest("en-US", "none", &fallbacks), None);
        assert_eq!(texts.nearest("en-US", "a", &fallbacks), Some("A"));
        assert_eq!(texts.nearest("en-US", "c", &fallbacks), Some("C"));
        assert_eq!(texts.nearest("en-US", "b", &fallbacks), Some("乙"));
        assert_eq!(texts.nearest("zh-TW", "a", &[]), Some("甲"));
        assert_eq!(texts.nearest("de", "a", &[]), None);
    }
}
