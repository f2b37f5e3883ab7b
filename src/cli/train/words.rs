//! Titles for products that have none: made from their type and package size, in each language that words are given for.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::duckdb::{Database, identifier, text};

/// Text per locale.
type Texts = BTreeMap<String, String>;

/// The words titles are made from: a CSV with the columns `part` and `name` and one for each locale, such as
/// `demo/words.csv`. Parts:
///
/// * `type`: what a product is, by its kind, or else by its type;
/// * `category`: by the category, where the type has no words;
/// * `unit`: how a package size is written, by its unit; `{n}` stands for the number;
/// * `title`: how a title is put together from `{type}` and `{size}`, by the product's brand; an empty name is for all
///   others.
///
/// Other parts (`department`, `brand`) are for the shop.
#[derive(Debug, Default)]
pub struct Words {
    parts: BTreeMap<String, BTreeMap<String, Texts>>,
}

impl Words {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it can't be read, or lacks a column.
    pub fn read(database: &Database, path: &Path) -> Result<Self> {
        let file = path.to_str().context("--words: not a path in UTF-8")?;
        if !path.is_file() {
            bail!("{file}: no such file");
        }
        let reader = format!("read_csv({}, all_varchar = true, header = true)", text(file));
        let describe = format!("SELECT column_name FROM (DESCRIBE SELECT * FROM {reader})");
        let names = database.all(&describe, |row| Ok(row.text(0)?.unwrap_or_default().to_owned())).with_context(|| file.to_owned())?;
        let locales: Vec<_> = names.iter().filter(|name| *name != "part" && *name != "name").collect();
        if names.len() != locales.len() + 2 || locales.is_empty() {
            bail!("{file}: the columns `part`, `name` and one for each locale are needed; there are {}", names.join(", "));
        }
        let columns: Vec<_> = locales.iter().map(|locale| identifier(locale)).collect();
        let mut words = Words::default();
        database.each(&format!("SELECT part, coalesce(name, ''), {} FROM {reader}", columns.join(", ")), |row| {
            let part = words.parts.entry(row.text(0)?.unwrap_or_default().to_owned()).or_default();
            let texts = part.entry(row.text(1)?.unwrap_or_default().to_owned()).or_default();
            for (column, locale) in locales.iter().enumerate() {
                if let Some(word) = row.text(column + 2)? {
                    texts.insert((*locale).clone(), word.to_owned());
                }
            }
            Ok(())
        })?;
        Ok(words)
    }

    fn of(&self, part: &str, name: &str) -> Option<&Texts> {
        self.parts.get(part)?.get(name)
    }

    /// A title for each locale; one for locale `und` (undetermined) where the words say nothing.
    pub fn titles(&self, product: &Product) -> Vec<(String, String)> {
        let known = product.kind.and_then(|kind| self.of("type", kind));
        let known = known.or_else(|| product.type_name.and_then(|name| self.of("type", name)));
        let known = known.or_else(|| product.category.and_then(|name| self.of("category", name)));
        let Some(names) = known else {
            let name = readable(product.type_name.or(product.kind).or(product.category).unwrap_or_default());
            let parts = [name.as_str(), product.size.unwrap_or_default().trim()];
            let title = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
            return if title.is_empty() { Vec::new() } else { vec![("und".into(), title)] };
        };
        names.iter().map(|(locale, name)| (locale.clone(), self.title(locale, name, product))).collect()
    }

    fn title(&self, locale: &str, name: &str, product: &Product) -> String {
        let pattern = product.brand.and_then(|brand| self.of("title", brand)).and_then(|texts| texts.get(locale));
        let pattern = pattern.or_else(|| self.of("title", "")?.get(locale)).map_or("{type} {size}", String::as_str);
        let title = match product.size.and_then(|size| self.size(locale, size)) {
            Some(size) => pattern.replace("{size}", &size),
            // The separator goes with the size.
            None => [", {size}", " {size}", "{size}"].iter().fold(pattern.to_owned(), |pattern, size| pattern.replace(size, "")),
        };
        title.replace("{type}", name).trim().to_owned()
    }

    /// `12 OZ` in the locale's words, `6/12 OZ` and `6 PK/12 OZ` as six of them; nothing where its unit has none.
    fn size(&self, locale: &str, size: &str) -> Option<String> {
        let size = size.trim();
        let written = |number: &str, unit: &str| {
            let number: f64 = number.parse().ok()?;
            Some(self.of("unit", unit)?.get(locale)?.replace("{n}", &number.to_string()))
        };
        if let Some(one) = written("1", size) {
            return Some(one);
        }
        let (number, unit) = size.split_once('/').map_or_else(|| size.split_once(' '), |(_, each)| each.split_once(' '))?;
        let each = written(number, unit.trim())?;
        let Some((packs, _)) = size.split_once('/') else { return Some(each) };
        if FRACTIONS.contains(&format!("{packs}/{number}").as_str()) {
            return None; // three quarters, or three of four? The retailer's tables don't say
        }
        let packs: u32 = packs.trim_end_matches(" PK").parse().ok()?;
        Some(format!("{packs} × {each}"))
    }
}

/// What may be a fraction as well as so many of so much.
const FRACTIONS: [&str; 10] = ["1/2", "1/3", "2/3", "1/4", "3/4", "1/8", "3/8", "5/8", "7/8", "4/5"];

/// What a title is made from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Product<'a> {
    /// The finest class.
    pub kind: Option<&'a str>,
    /// What it is, as the retailer calls it.
    pub type_name: Option<&'a str>,
    /// The class in the middle.
    pub category: Option<&'a str>,
    /// Package size, such as `12 OZ`.
    pub size: Option<&'a str>,
    /// The brand, or its class.
    pub brand: Option<&'a str>,
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
    use std::fs;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::duckdb::Limits;

    static FILES: AtomicU32 = AtomicU32::new(0);

    fn read(csv: &str) -> Result<Words> {
        let database = Database::open(&Limits { memory: "200MB", threads: Some(1), spill: &std::env::temp_dir() }).unwrap();
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("regulars-words-{}-{number}.csv", std::process::id()));
        fs::write(&path, csv).unwrap();
        let words = Words::read(&database, &path);
        fs::remove_file(path).unwrap();
        words
    }

    fn words() -> Words {
        let csv = "part,name,en,zh-CN\ncategory,ICE CREAM,Ice cream,冰淇淋\ntype,BANANAS,Bananas,香蕉\n\
                   type,ICE CREAM: PREMIUM,Premium ice cream,优质冰淇淋\ntype,PREMIUM,Premium,优质\nunit,LB,{n} lb,{n}磅\n\
                   title,,\"{type}, {size}\",{type} {size}\ntitle,Private,\"{type}, {size} (store brand)\",\n";
        read(csv).unwrap()
    }

    fn english(product: Product) -> String {
        words().titles(&product).into_iter().find(|(locale, _)| locale == "en").unwrap().1
    }

    #[test]
    fn a_file_without_its_columns_is_refused() {
        let error = read("part,en\ntype,Milk\n").unwrap_err().to_string();
        assert!(error.ends_with("one for each locale are needed; there are part, en"), "{error}");
    }

    #[test]
    fn without_words_the_retailers_own_are_cleaned() {
        let product = Product { type_name: Some("ICE - CRUSHED/CUBED"), size: Some("22 LB"), ..Product::default() };
        assert_eq!(Words::default().titles(&product), [("und".into(), "Ice - crushed / cubed, 22 LB".into())]);
        assert!(Words::default().titles(&Product::default()).is_empty());
    }

    #[test]
    fn unknown_sizes_are_left_out() {
        let bananas = Product { type_name: Some("BANANAS"), size: Some("BIG"), ..Product::default() };
        assert_eq!(words().titles(&bananas), [("en".into(), "Bananas".into()), ("zh-CN".into(), "香蕉".into())]);
        assert_eq!(english(Product { size: Some("3 STONE"), brand: Some("Private"), ..bananas }), "Bananas (store brand)");
    }

    #[test]
    fn packs_are_so_many_of_so_much() {
        let size = |size: &str| words().size("en", size);
        assert_eq!(size("6/12 LB").as_deref(), Some("6 × 12 lb"));
        assert_eq!(size("12 PK/2.50 LB").as_deref(), Some("12 × 2.5 lb"));
        assert_eq!(size("LB").as_deref(), Some("1 lb"));
        for odd in ["3/4 LB", "10 CT/12 LB", "L    16 LB", "/", "6/ LB", "NaN LB x"] {
            assert_eq!(size(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_kind_comes_before_the_type_and_the_category_last() {
        let product =
            Product { kind: Some("ICE CREAM: PREMIUM"), type_name: Some("PREMIUM"), category: Some("ICE CREAM"), ..Product::default() };
        assert_eq!(english(product), "Premium ice cream");
        assert_eq!(english(Product { kind: Some("X: PREMIUM"), ..product }), "Premium");
        assert_eq!(english(Product { kind: None, type_name: Some("NEW"), ..product }), "Ice cream");
    }

    #[test]
    fn size_and_brand_make_the_title() {
        let product = Product { type_name: Some("BANANAS"), size: Some("40.0 LB"), brand: Some("Private"), ..Product::default() };
        let expected = [("en".into(), "Bananas, 40 lb (store brand)".into()), ("zh-CN".into(), "香蕉 40磅".into())];
        assert_eq!(words().titles(&product), expected);
    }
}
