//! Which items answer words that were searched for.

use alloc::string::String;
use alloc::vec::Vec;

use crate::domain::{Arrange, Catalog, Item, Listed, StringColumn, Terms, in_small, is_of_word, place_of, small};

/// Most words of a query that are looked for.
const MOST_WORDS: usize = 16;
/// Items below this relevance don't answer a query.
const LEAST_RELEVANCE: f64 = 0.5;

/// The items that answer `query`, each with how well, in [0.5, 1]; best first, ties by ascending item.
///
/// A query is cut into words: runs of letters and digits, and runs of characters of scripts that put no space between
/// words (Chinese, Japanese). A word counts 1 where a title, or the name of the item's kind, category, brand or a
/// tag, has it at the start of a word; 0.6 where it stands inside one; for a run without spaces the share of its
/// characters that occur, times 0.6, where it does not occur whole. The relevance is the mean over the words. Case
/// does not matter.
pub fn find(catalog: &Catalog, query: &str) -> Vec<(Item, f64)> {
    let words = words(query);
    if words.is_empty() {
        return Vec::new();
    }
    let in_terms: Vec<Vec<f64>> = words.iter().map(|word| catalog.terms.0.iter().map(|name| word.found_in(name)).listed()).listed();
    let items = &catalog.items;
    let mut found = Vec::new();
    for item in catalog.all() {
        let classes = [&items.kind, &items.category, &items.brand];
        let classes = classes.map(|column| column.get(item.index()).unwrap_or(Terms::NONE));
        let terms = || classes.iter().chain(items.tags.get(item.index()));
        let mut sum = 0.0;
        for (word, in_terms) in words.iter().zip(&in_terms) {
            let named = terms().filter_map(|term| in_terms.get(*term as usize)).copied().fold(0.0, f64::max);
            let title = |(_, titles): &(String, StringColumn)| titles.get(item.index()).map_or(0.0, |title| word.found_in(title));
            sum += if named < 1.0 { items.titles.iter().map(title).fold(named, f64::max) } else { named };
        }
        let relevance = sum / count(words.len());
        if relevance >= LEAST_RELEVANCE {
            found.push((item, relevance));
        }
    }
    found.arrange_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    found
}

/// A word of a query.
#[derive(Clone, Debug, PartialEq)]
struct Word {
    text: String,
    /// Written in a script without spaces between words.
    unspaced: bool,
}

fn words(query: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for character in query.chars().map(narrow) {
        if !is_of_word(character) {
            open = false;
            continue;
        }
        let unspaced = is_unspaced(character);
        let full = words.len() == MOST_WORDS;
        match words.last_mut() {
            Some(word) if open && word.unspaced == unspaced => word.text.push(small(character)),
            _ if full => break,
            _ => words.push(Word { text: small(character).into(), unspaced }),
        }
        open = true;
    }
    words
}

/// Full-width Latin letters and digits as ordinary ones.
fn narrow(character: char) -> char {
    match u32::from(character) {
        code @ 0xff01..=0xff5e => code.checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(character),
        _ => character,
    }
}

/// Han, Hiragana and Katakana.
fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character), 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

impl Word {
    /// How well `title` has this word, in [0, 1].
    fn found_in(&self, title: &str) -> f64 {
        if self.text.is_ascii() {
            return self.found_in_ascii(title.as_bytes());
        }
        if self.unspaced {
            if place_of(&self.text, title).is_some() {
                return 1.0;
            }
            let all = self.text.chars();
            let (mut occur, mut total) = (0.0, 0.0);
            for character in all {
                total += 1.0;
                occur += if title.chars().any(|other| other == character) { 1.0 } else { 0.0 };
            }
            return 0.6 * occur / total;
        }
        let lowered = in_small(title);
        let starts_a_word =
            |place: usize| lowered.get(..place).and_then(|before| before.chars().next_back()).is_none_or(|before| !is_of_word(before));
        let (mut best, mut from) = (0.0, 0);
        while let Some(place) = lowered.get(from..).and_then(|rest| place_of(&self.text, rest)) {
            let place = from.saturating_add(place);
            if starts_a_word(place) {
                return 1.0;
            }
            best = 0.6;
            from = place.saturating_add(self.text.len());
        }
        best
    }

    fn found_in_ascii(&self, title: &[u8]) -> f64 {
        let word = self.text.as_bytes();
        let mut best = 0.0;
        let mut before: Option<u8> = None;
        for window in title.windows(word.len()) {
            if window.eq_ignore_ascii_case(word) {
                // Bytes of other scripts end a word too: `有机milk` has the word `milk`.
                if before.is_none_or(|byte| !byte.is_ascii_alphanumeric()) {
                    return 1.0;
                }
                best = 0.6;
            }
            before = window.first().copied();
        }
        best
    }
}

fn count(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Column, ItemColumns};

    fn catalog() -> Catalog {
        Catalog {
            terms: Terms(StringColumn::owned(["Acme", "乳制品"])),
            items: ItemColumns {
                ids: StringColumn::owned(["0", "1", "2", "3", "4"]),
                titles: alloc::vec![
                    ("en".into(), StringColumn::owned(["Whole milk 1 GA", "Buttermilk", "Bread", "ÄPFEL rot", ""])),
                    ("zh-CN".into(), StringColumn::owned(["全脂牛奶", "酪乳", "面包", "苹果", "牛肉"])),
                ],
                category: Column::owned(&[1, 1, Terms::NONE, Terms::NONE, Terms::NONE]),
                brand: Column::owned(&[0, Terms::NONE, 0, Terms::NONE, Terms::NONE]),
                ..ItemColumns::default()
            },
        }
    }

    fn places(query: &str) -> Vec<u32> {
        find(&catalog(), query).iter().map(|(item, _)| item.0).collect()
    }

    #[test]
    fn nothing_answers_no_words_or_unknown_ones() {
        assert!(places("").is_empty());
        assert!(places(" -- ！").is_empty());
        assert!(places("caviar").is_empty());
        assert!(places("caviar in big glasses with milk").is_empty());
    }

    #[test]
    fn the_start_of_a_word_beats_its_inside() {
        assert_eq!(places("MILK"), [0, 1]);
        assert_eq!(find(&catalog(), "ｍｉｌｋ").first().map(|(_, relevance)| *relevance), Some(1.0));
    }

    #[test]
    fn brands_and_categories_answer_too() {
        assert_eq!(places("acme"), [0, 2]);
        assert_eq!(places("acme bread"), [2, 0]);
        assert_eq!(places("乳制品"), [0, 1]);
    }

    #[test]
    fn chinese_matches_by_characters() {
        assert_eq!(places("牛奶"), [0]);
        assert_eq!(places("奶牛"), [0]);
        assert_eq!(places("牛"), [0, 4]);
        assert_eq!(places("有机milk"), [0]);
    }

    #[test]
    fn other_scripts_fold_case() {
        assert_eq!(places("äpfel"), [3]);
    }
}
