//! What to recommend to one member, and why.
//!
//! A request runs in three steps, each over plain columns:
//!
//! 1. [`candidates`]: what there is to say of items is gathered into a table of [`evidence`], source by source: the
//!    member's history, neighbours of the cart and of what was bought, classes of items, the visit.
//! 2. [`scoring`]: every item of the catalog gets a score, the sum of its [`Part`]s, each a value times a weight
//!    ([`Weights`]) times a factor of the [`Strategy`]; the best are kept ([`top_k`]).
//! 3. Variety is seen to ([`rerank`]).
//!
//! The reasons of an item are the parts of its score that weigh most, in facts. Everything is deterministic: sums have a
//! fixed order, and equal scores are broken by ascending item, or by the request's seed.

mod candidates;
mod content;
mod due;
mod eligibility;
mod evidence;
mod knowledge;
mod notes;
mod part;
mod query;
mod ranked;
mod ranker;
mod reasons;
mod request;
mod rerank;
mod scoring;
mod signals;
mod strategy;
mod top_k;
mod vectors;
mod weights;

use alloc::vec::Vec;

pub use due::due;
pub use knowledge::{Knowledge, Nearness, Neighbours, Scales};
pub use part::{PARTS, Part, Parts};
pub use query::find;
pub use ranker::{FEATURES, Feature, Flyers, Forest, MOST_FEATURES, POOL, RankerSettings, Row};
pub use request::Request;
pub use signals::{Search, Signals, Touch};
pub use strategy::Strategy;
pub use top_k::{Scored, TopK};
pub use vectors::{MOST_DIMENSIONS, VectorQuery, Vectors};
pub use weights::Weights;

use crate::domain::{Catalog, Item, Reason};
use candidates::affinity::Affinity;
use candidates::{alike, history, neighbours, session};
use content::Interest;
use eligibility::{Eligibility, HeldBack};
use evidence::{Evidence, EvidenceTable};
use ranked::Ranked;
use ranker::Ranking;
use scoring::Scorer;
use strategy::{Anchors, Candidates};

/// A recommended item.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommended {
    /// The item.
    pub item: Item,
    /// Never rises along the list. Comparable within one list only.
    pub score: f64,
    /// What moved the score most, weightiest first.
    pub reasons: Vec<Reason>,
}

/// A list, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recommendation {
    /// The items.
    pub items: Vec<Recommended>,
    /// What there is to say of the list; at least why it is shorter than asked.
    pub notes: Vec<Reason>,
}

/// Memory used by requests, kept from one to the next. Any scratch serves any request.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    table: EvidenceTable,
    affinity: Affinity,
    anchors: Vec<(Item, f64)>,
    given: Vec<Item>,
    top: TopK,
    pool: Vec<Scored>,
    picked: Vec<Scored>,
    ranking: Ranking,
    query: VectorQuery,
}

/// The share of novelty below which an item is no new arrival any more: six half-lives.
const LEAST_NOVELTY: f64 = 1.0 / 64.0;

/// The list that `request` asks for. `knowledge` must have been [prepared](Knowledge::prepared) for `catalog`.
pub fn recommend(catalog: &Catalog, knowledge: &Knowledge, signals: &Signals, request: &Request, scratch: &mut Scratch) -> Recommendation {
    let weights = request.weights.unwrap_or(&knowledge.weights);
    let strategy = request.strategy;
    let limit = request.limit.min(catalog.len());
    let forest = strategy.forest(&knowledge.ranker).filter(|_| limit > 0 && weights.rank_as(&knowledge.weights));
    let strengths = part::strengths(weights, strategy);
    let gathered = gather(catalog, knowledge, signals, request, &strengths, forest.is_some(), scratch);
    let Scratch { table, affinity, top, pool, picked, ranking, .. } = scratch;
    let scorer = Scorer::new(catalog, knowledge, weights, table, affinity, strengths, request.now);
    let diversity = weights.diversity * strategy.factors().diversity;
    top.reset(rerank::pool(limit, diversity).max(if forest.is_some() { POOL } else { 0 }));
    let interest = (strategy == Strategy::Content).then(|| Interest::new(catalog, table));
    let held_back = score_all(catalog, &scorer, request, interest.as_ref(), top);
    top.drain_into(pool);
    let ranked = forest.map(|forest| Ranked::new(forest, ranking, &scorer, catalog, strategy, pool));
    if let Some(ranked) = &ranked {
        ranked.reorder(pool);
    }
    rerank::diversify(catalog, pool, limit, diversity, picked);

    let recommended = |scored: &Scored| {
        let parts = ranked.as_ref().map_or_else(|| scorer.parts(scored.item), |ranked| ranked.parts(scored.item));
        let reasons = match &interest {
            Some(interest) => interest.reasons(scored.item, &scorer, catalog, request),
            None => reasons::reasons(scored.item, &parts, &scorer, catalog, signals, request),
        };
        Recommended { item: scored.item, score: scored.score, reasons }
    };
    let items: Vec<Recommended> = picked.iter().map(recommended).collect();
    let notes = notes::notes(request, gathered.baskets, gathered.anchored, items.len(), &held_back);
    Recommendation { items, notes }
}

/// What a forest would see for `request`: the best [`POOL`] by weights with their features, best first. This is what
/// forests are trained on; [`recommend`] makes the same rows.
#[cfg(not(target_arch = "wasm32"))]
pub fn rows(catalog: &Catalog, knowledge: &Knowledge, signals: &Signals, request: &Request, scratch: &mut Scratch) -> Vec<(Item, Row)> {
    let strengths = part::strengths(&knowledge.weights, request.strategy);
    gather(catalog, knowledge, signals, request, &strengths, true, scratch);
    let Scratch { table, affinity, top, pool, ranking, .. } = scratch;
    let scorer = Scorer::new(catalog, knowledge, &knowledge.weights, table, affinity, strengths, request.now);
    top.reset(POOL);
    score_all(catalog, &scorer, request, None, top);
    top.drain_into(pool);
    let forest = Forest::default();
    let ranked = Ranked::new(&forest, ranking, &scorer, catalog, request.strategy, pool);
    pool.iter().map(|scored| (scored.item, ranked.row(scored.item, &scorer.parts(scored.item)))).collect()
}

struct Gathered {
    /// Baskets of the member that count.
    baskets: u32,
    /// Whether the request names items to start from.
    anchored: bool,
}

/// Gathers what there is to say of items; for a forest, also what its features are made from.
fn gather(
    catalog: &Catalog,
    knowledge: &Knowledge,
    signals: &Signals,
    request: &Request,
    strengths: &Parts,
    for_forest: bool,
    scratch: &mut Scratch,
) -> Gathered {
    let Scratch { table, affinity, anchors, given, ranking, query, top, pool, .. } = scratch;
    let (weights, strategy) = (request.weights.unwrap_or(&knowledge.weights), request.strategy);
    table.reset(catalog.len());
    let baskets = history::gather(signals, weights, request.now, table);
    if (for_forest || Part::Category.of(strengths) > 0.0) && baskets > 0 {
        affinity.gather(catalog, knowledge, table);
    } else {
        affinity.clear();
    }
    affinity.gather_ratings(catalog, &signals.ratings);
    session::gather(signals, weights, request.now, table);
    given.clear();
    let asked = request.item.filter(|_| strategy.anchors() == Anchors::Asked);
    match asked {
        Some(item) => given.push(item),
        None => request.cart.iter().for_each(|item| {
            if !given.contains(item) {
                given.push(*item);
            }
        }),
    }
    neighbours::anchors(given, strategy.anchors() == Anchors::CartAndHistory, weights.session, table, anchors);
    neighbours::gather(anchors, knowledge, strengths, table);
    if Part::Similar.of(strengths) > 0.0 {
        vectors::gather(anchors, &knowledge.vectors, request.limit, query, top, pool, table);
    }
    if strategy.candidates() == Candidates::Substitutes {
        given.iter().for_each(|anchor| alike::gather(*anchor, catalog, table));
    }
    gather_marks(catalog, signals, request, asked, table);
    if for_forest {
        ranking.gather(catalog, knowledge, signals, request.now);
    }
    Gathered { baskets, anchored: !given.is_empty() }
}

/// What the request and the member's word say of single items.
fn gather_marks(catalog: &Catalog, signals: &Signals, request: &Request, asked: Option<Item>, table: &mut EvidenceTable) {
    for item in request.cart.iter().copied().chain(asked) {
        if let Some(evidence) = table.entry(item) {
            evidence.in_cart = true;
        }
    }
    for item in &signals.excluded {
        if let Some(evidence) = table.entry(*item) {
            evidence.excluded = true;
        }
    }
    for (item, rating) in &signals.ratings {
        if let Some(evidence) = table.entry(*item) {
            evidence.rating = *rating;
        }
    }
    if let Some(query) = request.query {
        for (item, relevance) in query::find(catalog, query) {
            if let Some(evidence) = table.entry(item) {
                evidence.relevance = relevance;
            }
        }
    }
}

/// Offers every candidate that may be shown to `top`. What was held back is counted completely only where `top` does not
/// fill: only then it is asked for.
fn score_all(catalog: &Catalog, scorer: &Scorer, request: &Request, interest: Option<&Interest>, top: &mut TopK) -> HeldBack {
    let candidates = request.strategy.candidates();
    let eligibility = Eligibility::new(catalog, request);
    let mut held_back = HeldBack::default();
    for item in catalog.all() {
        let evidence = scorer.table.get(item);
        if eligibility.is_content(item) != interest.is_some() || !is_candidate(candidates, item, evidence, scorer, request) {
            continue;
        }
        let score = interest.map_or_else(|| scorer.score(item, evidence), |interest| interest.score(item, scorer, catalog));
        let scored = Scored { score, tie: request.tie(item), item };
        if scored.score > 0.0 && top.takes(&scored) {
            match eligibility.barrier(item, scorer.table) {
                Some(barrier) => held_back.add(barrier),
                None => top.offer(scored),
            }
        }
    }
    held_back
}

fn is_candidate(candidates: Candidates, item: Item, evidence: Option<&Evidence>, scorer: &Scorer, request: &Request) -> bool {
    if request.query.is_some() && evidence.is_none_or(|evidence| evidence.relevance <= 0.0) {
        return false;
    }
    match candidates {
        Candidates::All => true,
        Candidates::Bought => evidence.is_some_and(|evidence| evidence.times > 0),
        Candidates::NeverBought => evidence.is_none_or(|evidence| evidence.times == 0),
        Candidates::Complements => evidence.is_some_and(|evidence| evidence.together.sum > 0.0),
        Candidates::Substitutes => evidence.is_some_and(|evidence| evidence.similar.sum > 0.0),
        Candidates::Rising => scorer.knowledge.rising(item) > 0.0,
        Candidates::New => scorer.novelty(item) >= LEAST_NOVELTY,
    }
}
