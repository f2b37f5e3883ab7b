//! What to recommend to one member, and why.
//!
//! A request runs in three steps, each over plain columns:
//!
//! 1. [`candidates`]: what there is to say of items is gathered into a table of [`evidence`], source by source: the
//!    member's history, neighbours of the cart and of what was bought, classes of items, the visit.
//! 2. [`scoring`]: every item of the catalog gets a score, the sum of its [`Part`]s, each a value times a weight
//!    ([`Weights`]) times a factor of the [`Strategy`]; the best are kept ([`top_k`]).
//! 3. The retailer's rules bend scores ([`merchandising`]); from the best a list is picked, with its variety, caps and pins
//!    ([`rerank`]).
//!
//! The reasons of an item are the parts of its score that weigh most, in facts. Everything is deterministic: sums have a
//! fixed order, and equal scores are broken by ascending item, or by the request's seed.

mod appeal;
mod candidates;
mod content;
mod due;
mod eligibility;
mod evidence;
mod knowledge;
mod merchandising;
mod notes;
mod part;
mod pulls;
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

pub use appeal::{OFFER_FEATURES, OfferFacts, OfferGoods, OfferRow, Purchases, offer_rows};
pub use due::due;
pub use knowledge::{Knowledge, Nearness, Neighbours, Scales};
pub use merchandising::{Act, Class, ItemSet, MerchandisingRule, Ruling};
pub use part::{PARTS, Part, Parts};
pub use query::find;
pub use ranker::{COMPANION_FEATURES, COMPANIONS, FEATURES, Feature, Flyers, Forest, MOST_FEATURES, POOL, RankerSettings, Row};
pub use request::Request;
pub use signals::{Search, Signals, Touch};
pub use strategy::Strategy;
pub use top_k::{Scored, TopK};
pub use vectors::{MOST_DIMENSIONS, VectorQuery, Vectors};
pub use weights::Weights;

use crate::domain::{Catalog, Item, Listed, Reason};
use candidates::affinity::Affinity;
use candidates::{alike, history, neighbours, session};
use content::Interest;
use eligibility::{Eligibility, HeldBack};
use evidence::{Evidence, EvidenceTable};
use merchandising::{Bend, Caps, Pin};
use pulls::Bond;
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
    let companions = forest.is_some_and(Forest::asks_companions);
    if companions {
        scratch.ranking.gather_companions(catalog, knowledge);
    }
    let Scratch { table, affinity, top, pool, picked, ranking, .. } = scratch;
    let scorer = Scorer::new(catalog, knowledge, weights, table, affinity, strengths, request.now);
    let bend = Bend::new(request.rulings, weights, knowledge);
    let losses = rerank::Losses::new(weights, strategy);
    let preferred = if request.preference.is_some() { limit.saturating_mul(2) } else { 0 };
    let size = losses.pool(limit).max(bend.pool(limit)).max(preferred);
    top.reset(if forest.is_some() { size.max(POOL) } else { size });
    let interest = (strategy == Strategy::Content).then(|| Interest::new(catalog, table));
    let eligibility = Eligibility::new(catalog, request, &bend);
    let held_back = score_all(catalog, &scorer, request, interest.as_ref(), &eligibility, &bend, top);
    top.drain_into(pool);
    if companions {
        add_companions(&scorer, ranking, request, &eligibility, top, picked, pool);
    }
    let ranked = forest.map(|forest| Ranked::new(forest, ranking, &scorer, catalog, strategy, pool));
    if let Some(ranked) = &ranked {
        ranked.reorder(pool);
    }
    let pins = if bend.is_straight() { Vec::new() } else { pins(catalog, &scorer, request, interest.as_ref(), &eligibility, &bend) };
    pool.retain(|scored| pins.iter().all(|pin| pin.scored.item != scored.item));
    // What a forest says has yet to be bent.
    let bent = (ranked.is_some() && !bend.is_straight()).then_some(&bend);
    if bent.is_some() || request.preference.is_some() {
        for scored in pool.iter_mut() {
            scored.score *=
                bent.map_or(1.0, |bend| bend.factor(scored.item)) * request.preference.map_or(1.0, |preference| preference(scored.item));
        }
        pool.sort_unstable();
    }
    let mut caps = Caps::new(catalog, request.rulings);
    rerank::arrange(catalog, pool, limit, losses, &pins, &mut caps, picked);

    let recommended = |scored: &Scored| {
        let parts = ranked.as_ref().map_or_else(|| scorer.parts(scored.item), |ranked| ranked.parts(scored.item));
        let own = match &interest {
            Some(interest) => interest.reasons(scored.item, &scorer, catalog, request),
            None => reasons::reasons(scored.item, &parts, &scorer, catalog, signals, request),
        };
        let pin = pins.iter().find(|pin| pin.scored.item == scored.item).map(|pin| pin.rule);
        let (pinned, bent) = bend.reasons(scored.item, pin);
        let reasons = if bent.is_empty() && pinned.is_none() { own } else { pinned.into_iter().chain(own).chain(bent).listed() };
        Recommended { item: scored.item, score: scored.score, reasons }
    };
    let items: Vec<Recommended> = picked.iter().map(recommended).listed();
    let notes = notes::notes(request, &gathered, items.len(), &held_back, caps.passed_over);
    Recommendation { items, notes }
}

/// The items that rules of the retailer pin: the best that can be shown, also where the strategy would not consider them. A
/// search shows only what answers it.
fn pins(
    catalog: &Catalog,
    scorer: &Scorer,
    request: &Request,
    interest: Option<&Interest>,
    eligibility: &Eligibility,
    bend: &Bend,
) -> Vec<Pin> {
    bend.pins(catalog, |item| {
        let evidence = scorer.table.get(item);
        let answers = request.query.is_none() || evidence.is_some_and(|evidence| evidence.relevance > 0.0);
        let shown = answers && eligibility.is_content(item) == interest.is_some() && eligibility.barrier(item, scorer.table).is_none();
        shown.then(|| Scored { score: base(item, scorer, interest, catalog).max(0.0), tie: request.tie(item), item })
    })
}

/// The score of `item` before anything bends it.
fn base(item: Item, scorer: &Scorer, interest: Option<&Interest>, catalog: &Catalog) -> f64 {
    interest.map_or_else(|| scorer.score(item, scorer.table.get(item)), |interest| interest.score(item, scorer, catalog))
}

/// What a forest would see for `request`: the best [`POOL`] by weights, best first, then the [`COMPANIONS`], with their
/// features. This is what forests are trained on; [`recommend`] makes the same rows.
#[cfg(not(target_arch = "wasm32"))]
pub fn rows(catalog: &Catalog, knowledge: &Knowledge, signals: &Signals, request: &Request, scratch: &mut Scratch) -> Vec<(Item, Row)> {
    let strengths = part::strengths(&knowledge.weights, request.strategy);
    gather(catalog, knowledge, signals, request, &strengths, true, scratch);
    scratch.ranking.gather_companions(catalog, knowledge);
    let Scratch { table, affinity, top, pool, picked, ranking, .. } = scratch;
    let scorer = Scorer::new(catalog, knowledge, &knowledge.weights, table, affinity, strengths, request.now);
    top.reset(POOL);
    let bend = Bend::new(&[], &knowledge.weights, knowledge);
    let eligibility = Eligibility::new(catalog, request, &bend);
    score_all(catalog, &scorer, request, None, &eligibility, &bend, top);
    top.drain_into(pool);
    add_companions(&scorer, ranking, request, &eligibility, top, picked, pool);
    let forest = Forest::default();
    let ranked = Ranked::new(&forest, ranking, &scorer, catalog, request.strategy, pool);
    ranked.rows().listed()
}

struct Gathered {
    /// Baskets of the member that count.
    baskets: u32,
    /// Whether there are items to start from: of the request or, where that is asked, of the visit.
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
    if strategy.anchors() == Anchors::Visit {
        session::anchors(signals, weights, request.now, table, anchors);
    }
    neighbours::gather(anchors, knowledge, strengths, table);
    if Part::Similar.of(strengths) > 0.0 {
        vectors::gather(anchors, &knowledge.vectors, request.limit, query, top, pool, table);
    }
    if strategy.candidates() == Candidates::Substitutes {
        alike::gather(given, catalog, knowledge, table);
    }
    gather_marks(catalog, signals, request, asked, table);
    if for_forest {
        ranking.gather(catalog, knowledge, signals, request.now);
    }
    Gathered { baskets, anchored: !given.is_empty() || (strategy.anchors() == Anchors::Visit && !anchors.is_empty()) }
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
#[cfg_attr(regulars_fast, optimize(speed))]
fn score_all(
    catalog: &Catalog,
    scorer: &Scorer,
    request: &Request,
    interest: Option<&Interest>,
    eligibility: &Eligibility,
    bend: &Bend,
    top: &mut TopK,
) -> HeldBack {
    let candidates = request.strategy.candidates();
    let (straight, most) = (bend.is_straight(), bend.most());
    // Where few are candidates that is asked first, else the bound of the score.
    let few = !matches!(candidates, Candidates::All | Candidates::NeverBought | Candidates::Rising | Candidates::New);
    let mut held_back = HeldBack::default();
    for item in catalog.all() {
        let evidence = scorer.table.get(item);
        if few && !is_candidate(candidates, item, evidence, scorer, request) {
            continue;
        }
        // Most candidates are passed over by what their score is not above; nothing else is asked of them.
        let (mut bar, mut bound) = (None, 0.0);
        if evidence.is_none() && interest.is_none() {
            debug_assert!(scorer.score(item, None) <= scorer.bound(item), "the bound of {item:?} is below its score");
            bar = top.bar();
            bound = if bar.is_some() { scorer.bound(item) } else { 0.0 };
        }
        let passed_over = |factor: f64| bar.is_some_and(|bar| bound * factor < bar);
        if passed_over(most)
            || eligibility.is_content(item) != interest.is_some()
            || (!few && !is_candidate(candidates, item, evidence, scorer, request))
        {
            continue;
        }
        let factor = if straight { 1.0 } else { bend.factor(item) };
        if passed_over(factor) {
            continue;
        }
        let score = interest.map_or_else(|| scorer.score(item, evidence), |interest| interest.score(item, scorer, catalog)) * factor;
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

/// Adds to `pool` the [`COMPANIONS`] that most speaks for, of those that may be shown and are not in it. `buffer` is left empty.
fn add_companions(
    scorer: &Scorer,
    ranking: &Ranking,
    request: &Request,
    eligibility: &Eligibility,
    top: &mut TopK,
    buffer: &mut Vec<Scored>,
    pool: &mut Vec<Scored>,
) {
    top.reset(COMPANIONS);
    let candidates = request.strategy.candidates();
    for (item, near) in ranking.companions() {
        let scored = Scored { score: near, tie: request.tie(item), item };
        if top.takes(&scored)
            && is_candidate(candidates, item, scorer.table.get(item), scorer, request)
            && !eligibility.is_content(item)
            && pool.iter().all(|known| known.item != item)
            && eligibility.barrier(item, scorer.table).is_none()
        {
            top.offer(scored);
        }
    }
    top.drain_into(buffer);
    pool.append(buffer);
}

#[cfg_attr(regulars_fast, optimize(speed))]
fn is_candidate(candidates: Candidates, item: Item, evidence: Option<&Evidence>, scorer: &Scorer, request: &Request) -> bool {
    if request.query.is_some() && evidence.is_none_or(|evidence| evidence.relevance <= 0.0) {
        return false;
    }
    match candidates {
        Candidates::All => true,
        Candidates::Bought => evidence.is_some_and(|evidence| evidence.times > 0),
        Candidates::NeverBought => evidence.is_none_or(|evidence| evidence.times == 0),
        Candidates::Complements => scorer.table.pulls.get(Bond::Together, item).sum > 0.0,
        Candidates::Substitutes => scorer.table.pulls.get(Bond::Similar, item).sum > 0.0,
        Candidates::Rising => scorer.knowledge.rising(item) > 0.0,
        Candidates::New => scorer.novelty(item) >= LEAST_NOVELTY,
        Candidates::Following => {
            let followed = || scorer.table.pulls.sums(item).is_some_and(|sums| sums.iter().sum::<f64>() > 0.0);
            evidence.is_none_or(|evidence| !evidence.in_visit) && followed()
        }
    }
}
