//! Why an item is in the list: the parts that moved its score most.

use alloc::vec::Vec;

use super::evidence::Evidence;
use super::part::{Part, Parts};
use super::pulls::Bond;
use super::scoring::{Due, Scorer};
use super::{Request, Signals};
use crate::domain::{Arrange, Catalog, Item, Listed, Reason, Terms};

/// Most reasons given for an item.
const MOST: usize = 3;
/// A reason beside the first is given from this share of all that speaks for the item.
const LEAST_SHARE: f64 = 0.15;

/// The reasons for `item`, the weightiest first: of the parts of its score those that speak for it most, at most three,
/// and beside the first only those that make up 15 % of all that speaks for it.
///
/// | code | facts | the part |
/// |---|---|---|
/// | `bought-often` | `times`, `lastAt` | [`Part::Frequency`], bought in two baskets or more |
/// | `bought-before` | `lastAt` | [`Part::Frequency`], bought once |
/// | `due-now` | `everyDays`, `sinceDays` | [`Part::Due`] |
/// | `goes-with` | `item` | [`Part::Together`]: the anchor that counted most |
/// | `bought-next` | `item` | [`Part::Sequence`]: others bought this after that item |
/// | `similar-to` | `item` | [`Part::Similar`] |
/// | `from-your-category` | `category` | [`Part::Category`], where the member buys more from its classes than others |
/// | `popular` | `share` | [`Part::Popularity`], and [`Part::Category`] otherwise: share of all baskets that have it |
/// | `trending` | `change` | [`Part::Trend`]: sold this much more than before, 0.5 being half as much again |
/// | `new` | `addedAt` | [`Part::Novelty`] |
/// | `viewed` | `at` | [`Part::Session`] |
/// | `searched` | `query` | [`Part::Session`], found by a search and not looked at |
/// | `rated-well` | `rating` | [`Part::Rating`], the item's own |
/// | `kind-rated-well` | `kind` | [`Part::Rating`], another of its kind |
/// | `answers-query` | `query` | [`Part::Query`] |
/// | `on-flyer` | `lift` | [`Part::Flyer`]: it sells this many times as much while in the flyer |
/// | `usual-today` | | [`Part::Moment`]: bought on such days |
/// | `bought-by-alike` | | [`Part::Companions`]: members who buy the same items buy it |
pub(super) fn reasons(item: Item, parts: &Parts, scorer: &Scorer, catalog: &Catalog, signals: &Signals, request: &Request) -> Vec<Reason> {
    let speaking = parts.iter().filter(|part| **part > 0.0).fold(0.0, |sum, part| sum + part);
    let evidence = scorer.table.get(item).copied().unwrap_or_default();
    let mut reasons: Vec<Reason> = Vec::new();
    for (part, share) in heaviest(parts) {
        if !reasons.is_empty() && share < LEAST_SHARE * speaking {
            break;
        }
        let reason = reason(part, item, &evidence, scorer, catalog, signals, request);
        if let Some(reason) = reason
            && reasons.iter().all(|known| known.code != reason.code)
        {
            reasons.push(reason);
        }
        if reasons.len() == MOST {
            break;
        }
    }
    reasons
}

/// The parts that speak for the item, heaviest first, equal ones in their order.
fn heaviest(parts: &Parts) -> Vec<(Part, f64)> {
    let mut heavy: Vec<(Part, f64)> = Part::ALL.iter().map(|part| (*part, part.of(parts))).filter(|(_, share)| *share > 0.0).listed();
    heavy.arrange_by(|one, other| other.1.total_cmp(&one.1));
    heavy
}

/// Why it is time to buy an item again.
pub(super) fn of_habit(due: &Due, evidence: &Evidence) -> Vec<Reason> {
    let often = Reason::new("bought-often").with("times", evidence.times).with("lastAt", evidence.last_at);
    alloc::vec![due_now(due), often]
}

fn due_now(due: &Due) -> Reason {
    Reason::new("due-now").with("everyDays", whole(due.every_days)).with("sinceDays", whole(due.since_days))
}

fn reason(
    part: Part,
    item: Item,
    evidence: &Evidence,
    scorer: &Scorer,
    catalog: &Catalog,
    signals: &Signals,
    request: &Request,
) -> Option<Reason> {
    let index = item.index();
    let named = |code, anchor: Option<Item>| Some(Reason::new(code).with("item", catalog.id(anchor?)));
    let popular = || Reason::new("popular").with("share", f64::from(scorer.knowledge.popularity.get(index).unwrap_or(0.0)));
    match part {
        Part::Frequency if evidence.times >= 2 => {
            Some(Reason::new("bought-often").with("times", evidence.times).with("lastAt", evidence.last_at))
        }
        Part::Frequency => Some(Reason::new("bought-before").with("lastAt", evidence.last_at)),
        Part::Due => scorer.due(item, evidence).map(|due| due_now(&due)),
        Part::Together => named("goes-with", scorer.table.pulls.get(Bond::Together, item).anchor()),
        Part::Sequence => named("bought-next", scorer.table.pulls.get(Bond::Sequence, item).anchor()),
        Part::Similar => named("similar-to", scorer.table.pulls.get(Bond::Similar, item).anchor()),
        Part::Category => match scorer.favoured_class(item).and_then(|term| catalog.terms.name(term)) {
            Some(class) => Some(Reason::new("from-your-category").with("category", class)),
            None => Some(popular()),
        },
        Part::Popularity => Some(popular()),
        Part::Trend => Some(Reason::new("trending").with("change", f64::from(scorer.knowledge.trend.get(index)?))),
        Part::Novelty => Some(Reason::new("new").with("addedAt", catalog.items.added_at.get(index)?)),
        Part::Session => match evidence.viewed_at {
            Some(at) => Some(Reason::new("viewed").with("at", at)),
            None => Some(Reason::new("searched").with("query", signals.searches.get(evidence.search? as usize)?.query.as_str())),
        },
        Part::Rating if evidence.rating > 0.0 => Some(Reason::new("rated-well").with("rating", evidence.rating)),
        Part::Rating => {
            let kind = catalog.items.kind.get(index).unwrap_or(Terms::NONE);
            Some(Reason::new("kind-rated-well").with("kind", catalog.terms.name(kind)?))
        }
        Part::Flyer => Some(Reason::new("on-flyer").with("lift", f64::from(scorer.knowledge.flyer_lift.get(index).unwrap_or(1.0)))),
        Part::Moment => Some(Reason::new("usual-today")),
        Part::Companions => Some(Reason::new("bought-by-alike")),
        Part::Query => Some(Reason::new("answers-query").with("query", request.query?)),
    }
}

/// Days in whole numbers, for people.
#[allow(clippy::cast_possible_truncation)] // a cast of a double saturates
fn whole(days: f64) -> i64 {
    libm::round(days) as i64
}
