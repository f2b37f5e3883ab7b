//! Baskets as JSON: `{household: [[day, [item, ...]], ...]}`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// An item's id as the file writes it: a number or a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Id {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

impl Id {
    /// The id as text, by which items are sorted and known everywhere else.
    pub fn text(&self) -> String {
        match self {
            Id::Number(number) => number.to_string(),
            Id::Text(text) => text.clone(),
        }
    }
}

/// One household's baskets, oldest first.
pub struct Household {
    /// As the file calls it.
    pub key: String,
    /// Day, and places of items in [`Histories::items`], ascending.
    pub baskets: Vec<(i64, Vec<u32>)>,
}

/// All households' baskets.
pub struct Histories {
    /// All items, by ascending text.
    pub items: Vec<Id>,
    /// By ascending key.
    pub households: Vec<Household>,
    /// Days only count baskets: each household's are 0, 1, 2, ... or 1, 2, 3, ...
    pub mere_order: bool,
}

type File = BTreeMap<String, Vec<(i64, Vec<Id>)>>;

impl Histories {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong, with the file and the line.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let file: File = serde_json::from_str(&text)
            .with_context(|| format!("{}: wanted {{household: [[day, [item, ...]], ...]}} with days as whole numbers", path.display()))?;
        Self::of(file).with_context(|| path.display().to_string())
    }

    fn of(file: File) -> Result<Self> {
        let mut known: BTreeMap<String, Id> = BTreeMap::new();
        for id in file.values().flatten().flat_map(|(_, items)| items) {
            if let Some(other) = known.insert(id.text(), id.clone())
                && other != *id
            {
                bail!("item {} is written both as a number and as a text", id.text());
            }
        }
        let places: BTreeMap<&Id, u32> = known.values().zip(0..).collect();
        let mut households = Vec::new();
        for (key, baskets) in &file {
            let mut baskets: Vec<(i64, Vec<u32>)> = baskets
                .iter()
                .map(|(day, items)| {
                    let mut items: Vec<u32> = items.iter().map(|id| places[id]).collect();
                    items.sort_unstable();
                    items.dedup();
                    (*day, items)
                })
                .collect();
            baskets.sort_by_key(|(day, _)| *day);
            households.push(Household { key: key.clone(), baskets });
        }
        if households.iter().all(|household| household.baskets.is_empty()) {
            bail!("no baskets");
        }
        let counts = |household: &Household| {
            let first = household.baskets.first().map_or(0, |(day, _)| *day);
            (0..=1).contains(&first) && household.baskets.iter().zip(first..).all(|((day, _), count)| *day == count)
        };
        let mere_order = households.iter().all(counts);
        drop(places);
        Ok(Histories { items: known.into_values().collect(), households, mere_order })
    }

    /// The day after the last basket.
    pub fn end(&self) -> i64 {
        let days = self.households.iter().filter_map(|household| household.baskets.last()).map(|(day, _)| *day);
        days.max().map_or(0, |day| day + 1)
    }

    /// The same households without their baskets from `day` on.
    pub fn before(&self, day: i64) -> Histories {
        let before = |household: &Household| Household {
            key: household.key.clone(),
            baskets: household.baskets.iter().take_while(|(known, _)| *known < day).cloned().collect(),
        };
        Histories { items: self.items.clone(), households: self.households.iter().map(before).collect(), mere_order: self.mere_order }
    }

    /// The same households without the last `count` baskets of each.
    pub fn without_last(&self, count: usize) -> Histories {
        let mut known = self.before(i64::MAX);
        for household in &mut known.households {
            household.baskets.truncate(household.baskets.len().saturating_sub(count));
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histories(text: &str) -> Result<Histories> {
        Histories::of(serde_json::from_str(text)?)
    }

    #[test]
    fn what_is_no_history_is_refused() {
        assert!(histories("[]").is_err());
        assert!(histories("{}").is_err());
        assert!(histories(r#"{"a": [[1.5, [2]]]}"#).is_err());
        assert!(histories(r#"{"a": [[1, [2, "2"]]]}"#).is_err());
    }

    #[test]
    fn items_are_sorted_as_texts_and_counted_once_a_basket() {
        let read = histories(r#"{"a": [[7, [10, 9, 10]], [3, [9]]]}"#).unwrap();
        assert_eq!(read.items, [Id::Number(10), Id::Number(9)]);
        assert_eq!(read.households[0].baskets, [(3, vec![1]), (7, vec![0, 1])]);
        assert!(!read.mere_order);
        assert_eq!((read.end(), read.before(7).households[0].baskets.len()), (8, 1));
    }

    #[test]
    fn mere_order_is_recognised() {
        assert!(histories(r#"{"a": [[0, [1]], [1, [1]]], "b": [[1, [1]], [2, [1]]]}"#).unwrap().mere_order);
        assert!(!histories(r#"{"a": [[0, [1]], [2, [1]]]}"#).unwrap().mere_order);
    }
}
