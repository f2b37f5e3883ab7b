//! Content beside goods: articles, videos, live sessions, salons. Items whose attribute `content` is true; they are only in
//! lists of the strategy `content`, and nothing else is.

use alloc::vec;
use alloc::vec::Vec;

use super::Request;
use super::evidence::EvidenceTable;
use super::scoring::Scorer;
use crate::domain::{Catalog, Item, Reason, Terms};

/// What content is worth that nothing speaks for.
const LEAST: f64 = 0.1;
/// What it is worth that it came in today, beside an interest of 1.
const NEW: f64 = 0.3;
/// What answering the query is worth: more than any interest.
const QUERY: f64 = 10.0;
/// The share of novelty below which nobody is told that it is new.
const TOLD_AS_NEW: f64 = 0.25;

/// In which classes of goods the member is interested: for each term of the catalog, its share of what was bought (the less
/// the longer ago) and looked at.
pub(super) struct Interest(Vec<f64>);

impl Interest {
    pub fn new(catalog: &Catalog, table: &EvidenceTable) -> Self {
        let mut shares = vec![0.0; catalog.terms.0.len()];
        let mut total = 0.0;
        for (item, evidence) in table.rows() {
            let weight = evidence.frequency + evidence.session;
            total += weight;
            for term in classes(catalog, *item) {
                if let Some(share) = shares.get_mut(term as usize) {
                    *share += weight;
                }
            }
        }
        if total > 0.0 {
            shares.iter_mut().for_each(|share| *share /= total);
        }
        Interest(shares)
    }

    /// The class of `item` that interests most, with how much, in (0, 1].
    fn of(&self, catalog: &Catalog, item: Item) -> Option<(u32, f64)> {
        let shares = classes(catalog, item).into_iter().filter_map(|term| Some((term, *self.0.get(term as usize)?)));
        shares.filter(|(_, share)| *share > 0.0).reduce(|best, other| if other.1 > best.1 { other } else { best })
    }

    /// The score of content: what interests first, then what is new.
    pub fn score(&self, item: Item, scorer: &Scorer, catalog: &Catalog) -> f64 {
        let interest = self.of(catalog, item).map_or(0.0, |(_, share)| share);
        let relevance = scorer.table.get(item).map_or(0.0, |evidence| evidence.relevance);
        LEAST + interest + NEW * scorer.novelty(item) + QUERY * relevance
    }

    /// Why it is in the list: `answers-query`, `from-your-category`, `new`, else `popular`.
    pub fn reasons(&self, item: Item, scorer: &Scorer, catalog: &Catalog, request: &Request) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if let Some(query) = request.query {
            reasons.push(Reason::new("answers-query").with("query", query));
        }
        if let Some(class) = self.of(catalog, item).and_then(|(term, _)| catalog.terms.name(term)) {
            reasons.push(Reason::new("from-your-category").with("category", class));
        }
        if let Some(added) = catalog.items.added_at.get(item.index()).filter(|_| scorer.novelty(item) >= TOLD_AS_NEW) {
            reasons.push(Reason::new("new").with("addedAt", added));
        }
        if reasons.is_empty() {
            let share = scorer.knowledge.popularity.get(item.index()).unwrap_or(0.0);
            reasons.push(Reason::new("popular").with("share", f64::from(share)));
        }
        reasons
    }
}

/// Kind and category, as far as it has them.
fn classes(catalog: &Catalog, item: Item) -> impl IntoIterator<Item = u32> {
    let items = &catalog.items;
    [&items.kind, &items.category].into_iter().filter_map(move |column| column.get(item.index()).filter(|term| *term != Terms::NONE))
}
