//! Titles for products that have none: made from their type and package size, in each language that words are given for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Text per locale.
type Texts = BTreeMap<String, String>;

/// The words titles are made from: `demo/words.json` is one such file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Words {
    /// Names of departments; read by the shop.
    #[allow(dead_code)] // checked when the file is read, so that a mistake in it is found here
    departments: BTreeMap<String, Texts>,
    /// Names of categories, by what the products call them.
    categories: BTreeMap<String, Texts>,
    /// What a product is, by its kind, or else by its type.
    types: BTreeMap<String, Texts>,
    /// How a package size is written, by its unit: `{n}` stands for the number.
    units: BTreeMap<String, Texts>,
    /// How a title is put together: `{type}` and `{size}`, by the product's brand; `""` is for all others.
    titles: BTreeMap<String, Texts>,
}

impl Words {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// A title for each locale; one for locale `und` (undetermined) where the words say nothing.
    pub fn titles(
        &self,
        kind: Option<&str>,
        kind_type: Option<&str>,
        category: Option<&str>,
        size: Option<&str>,
        brand: Option<&str>,
    ) -> Vec<(String, String)> {
        let known = kind.and_then(|kind| self.types.get(kind));
        let known = known.or_else(|| kind_type.and_then(|name| self.types.get(name)));
        let known = known.or_else(|| category.and_then(|name| self.categories.get(name)));
        let Some(names) = known else {
            let name = readable(kind_type.or(kind).or(category).unwrap_or_default());
            let title =
                [name.as_str(), size.unwrap_or_default().trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
            return if title.is_empty() { Vec::new() } else { vec![("und".into(), title)] };
        };
        names.iter().map(|(locale, name)| (locale.clone(), self.title(locale, name, size, brand))).collect()
    }

    fn title(&self, locale: &str, name: &str, size: Option<&str>, brand: Option<&str>) -> String {
        let size = size.and_then(|size| self.size(locale, size)).unwrap_or_default();
        let pattern = brand.and_then(|brand| self.titles.get(brand)).and_then(|texts| texts.get(locale));
        let pattern = pattern.or_else(|| self.titles.get("")?.get(locale)).map_or("{type} {size}", String::as_str);
        let title = pattern.replace("{type}", name).replace("{size}", &size);
        title.trim_end_matches([' ', ',', '，', '·']).to_owned()
    }

    /// `12 OZ` in the locale's words; nothing where its unit has none.
    fn size(&self, locale: &str, size: &str) -> Option<String> {
        let (number, unit) = size.trim().split_once(' ')?;
        if number.parse::<f64>().is_err() {
            return None;
        }
        Some(self.units.get(unit.trim())?.get(locale)?.replace("{n}", number))
    }
}

/// `FRZN MEAT/MEAT DINNERS` as `Frzn meat / meat dinners`.
fn readable(name: &str) -> String {
    let spaced = name.to_lowercase().replace('/', " / ");
    let mut letters = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        serde_json::from_str(
            r#"{"categories": {"ICE CREAM": {"en": "Ice cream", "zh-CN": "冰淇淋"}},
                "types": {"BANANAS": {"en": "Bananas", "zh-CN": "香蕉"}, "ICE CREAM: PREMIUM": {"en": "Premium ice cream", "zh-CN": "优质冰淇淋"},
                          "PREMIUM": {"en": "Premium", "zh-CN": "优质"}},
                "units": {"LB": {"en": "{n} lb", "zh-CN": "{n}磅"}},
                "titles": {"": {"en": "{type}, {size}", "zh-CN": "{type} {size}"}, "Private": {"en": "Store brand {type}, {size}"}}}"#,
        )
        .unwrap()
    }

    fn english(titles: &[(String, String)]) -> &str {
        &titles.iter().find(|(locale, _)| locale == "en").unwrap().1
    }

    #[test]
    fn without_words_the_retailers_own_are_cleaned() {
        assert_eq!(
            Words::default().titles(None, Some("ICE - CRUSHED/CUBED"), None, Some("22 LB"), None),
            [("und".into(), "Ice - crushed / cubed, 22 LB".into())]
        );
        assert!(Words::default().titles(None, None, None, None, None).is_empty());
    }

    #[test]
    fn unknown_sizes_are_left_out() {
        let titles = words().titles(None, Some("BANANAS"), None, Some("BIG"), None);
        assert_eq!(titles, [("en".into(), "Bananas".into()), ("zh-CN".into(), "香蕉".into())]);
        assert_eq!(english(&words().titles(None, Some("BANANAS"), None, Some("3 STONE"), None)), "Bananas");
    }

    #[test]
    fn the_kind_comes_before_the_type_and_the_category_last() {
        assert_eq!(
            english(&words().titles(Some("ICE CREAM: PREMIUM"), Some("PREMIUM"), Some("ICE CREAM"), None, None)),
            "Premium ice cream"
        );
        assert_eq!(english(&words().titles(Some("X: PREMIUM"), Some("PREMIUM"), Some("ICE CREAM"), None, None)), "Premium");
        assert_eq!(english(&words().titles(None, Some("NEW"), Some("ICE CREAM"), None, None)), "Ice cream");
    }

    #[test]
    fn size_and_brand_make_the_title() {
        let titles = words().titles(None, Some("BANANAS"), None, Some("40 LB"), Some("Private"));
        assert_eq!(titles, [("en".into(), "Store brand Bananas, 40 lb".into()), ("zh-CN".into(), "香蕉 40磅".into())]);
    }
}
