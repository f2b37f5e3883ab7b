//! The parts that a score is the sum of.

use super::strategy::Factors;
use super::{Strategy, Weights};

/// A part of a score. A score is the sum of its parts in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Bought before, each purchase counted less the longer ago.
    Frequency,
    /// Bought before, and its time has come (or has not: then below 0).
    Due,
    /// In the same baskets as the anchors.
    Together,
    /// Bought by others after the anchors.
    Sequence,
    /// Can stand for the anchors.
    Similar,
    /// Popular in the classes from which this member buys more than others.
    Category,
    /// Popular with all.
    Popularity,
    /// Bought more than before.
    Trend,
    /// Came in lately.
    Novelty,
    /// Looked at or searched for in this visit.
    Session,
    /// Rated by the member, or of a kind that was.
    Rating,
    /// Answers the query.
    Query,
    /// In the flyer.
    Flyer,
    /// What the member buys on such a day.
    Moment,
    /// Bought by members who buy the same.
    Companions,
}

/// How many parts there are.
pub const PARTS: usize = 15;

/// One number a part.
pub type Parts = [f64; PARTS];

impl Part {
    /// All parts, in the order in which they are summed.
    pub const ALL: [Part; PARTS] = [
        Part::Frequency,
        Part::Due,
        Part::Together,
        Part::Sequence,
        Part::Similar,
        Part::Category,
        Part::Popularity,
        Part::Trend,
        Part::Novelty,
        Part::Session,
        Part::Rating,
        Part::Query,
        Part::Flyer,
        Part::Moment,
        Part::Companions,
    ];

    /// Whether only this visit or the member's own word says it, which no forest learned from.
    pub(super) fn is_of_the_visit(self) -> bool {
        matches!(self, Part::Session | Part::Rating | Part::Query)
    }

    /// Its number in `parts`.
    pub fn of(self, parts: &Parts) -> f64 {
        parts.get(self as usize).copied().unwrap_or(0.0)
    }
}

/// What each part counts for in `strategy`: its weight times the strategy's factor.
pub(super) fn strengths(weights: &Weights, strategy: Strategy) -> Parts {
    let Factors { frequency, due, together, sequence, similar, category, popularity, trend, novelty, session, rating, .. } =
        strategy.factors();
    [
        frequency,
        due * weights.rhythm,
        together * weights.together,
        sequence * weights.sequence,
        // Where being alike is what is asked for, its weight among other signals says nothing.
        similar * if strategy == Strategy::Similar { 1.0 } else { weights.similar },
        category * weights.category,
        popularity * weights.popularity,
        trend * weights.trend,
        novelty * weights.novelty,
        session * weights.session,
        rating * weights.rating,
        QUERY,
        0.0,
        0.0,
        0.0,
    ]
}

/// What answering the query fully counts: more than habits, so that a search is answered before it is personalised.
const QUERY: f64 = 10.0;
