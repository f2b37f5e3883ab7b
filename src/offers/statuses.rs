//! Where every offer stands.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::apply::apply;
use super::eligibility::{ObstacleKind, Standing};
use super::prepare::Case;
use super::shortfall::shortfall;
use super::state::State;
use super::{OfferBook, QuoteInput};
use crate::domain::{Arrange, Listed, Reason};

/// Where an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It can be had with this cart.
    Eligible,
    /// It could be had by buying or adding something, or by rising a tier.
    Nearly,
    /// It opens later.
    Upcoming,
    /// It can't be had with this cart by this member.
    Ineligible,
    /// It is used up.
    Used,
    /// It is over.
    Expired,
}

/// One offer, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct OfferStatus {
    /// The offer's id.
    pub id: String,
    /// Where it stands.
    pub status: Status,
    /// For the order of the list: the higher, the sooner shown. What is saved as a share of what the cart costs; the engine
    /// adds what the member's purchases say.
    pub score: f64,
    /// What it saves on this cart alone, in minor units; `null` where it is not eligible.
    pub saving: Option<i64>,
    /// When it ends, where that is known.
    pub ends_at: Option<i64>,
    /// What would make it eligible.
    pub missing: Vec<Reason>,
    /// What else stands in its way.
    pub reasons: Vec<Reason>,
    /// What speaks for showing it: filled in by the engine.
    pub appeal: Vec<Reason>,
}

impl OfferStatus {
    /// Puts `statuses` in the order in which they are shown: eligible ones first, then those that could be; of equals the
    /// one with the higher score, then the one that ends sooner, then by id.
    pub fn sort(statuses: &mut [OfferStatus]) {
        let ends = |status: &OfferStatus| status.ends_at.unwrap_or(i64::MAX);
        statuses.arrange_by(|left, right| {
            let by_score = left.status.cmp(&right.status).then(right.score.total_cmp(&left.score));
            by_score.then(ends(left).cmp(&ends(right))).then(left.id.cmp(&right.id))
        });
    }
}

/// Where every offer of `book` stands for the cart of `input`: eligible ones first, then those that could be; of equals
/// the one that saves more, then the one that ends sooner, then by id.
pub fn statuses(book: &OfferBook, input: &QuoteInput<'_>) -> Vec<OfferStatus> {
    let case = Case::new(book, input);
    let mut statuses: Vec<OfferStatus> = Vec::new();
    for (place, (offer, standing)) in book.offers.iter().zip(&case.standings).enumerate() {
        let live = case.live.iter().find(|live| live.place == place);
        let mut saving = live.map(|live| apply(&case, live, &mut State::new(&case), None).saving);
        let (mut missing, reasons) = split(standing);
        if let Some(live) = live.filter(|_| saving == Some(0)) {
            missing = shortfall(&case, live);
            if !missing.is_empty() {
                saving = None;
            }
        }
        let fills_nothing = standing.is_eligible() && !missing.is_empty();
        statuses.push(OfferStatus {
            id: offer.id.clone(),
            status: if fills_nothing { Status::Nearly } else { status(standing) },
            score: score(&case, saving),
            saving,
            ends_at: standing.ends_at,
            missing,
            reasons,
            appeal: Vec::new(),
        });
    }
    OfferStatus::sort(&mut statuses);
    statuses
}

fn status(standing: &Standing) -> Status {
    let has = |kind: ObstacleKind| standing.obstacles.iter().any(|obstacle| obstacle.kind == kind);
    if has(ObstacleKind::Ended) {
        Status::Expired
    } else if has(ObstacleKind::Used) {
        Status::Used
    } else if has(ObstacleKind::Fixed) {
        Status::Ineligible
    } else if has(ObstacleKind::Later) {
        Status::Upcoming
    } else if has(ObstacleKind::Missing) {
        Status::Nearly
    } else {
        Status::Eligible
    }
}

/// What waiting or buying helps against, and the rest.
fn split(standing: &Standing) -> (Vec<Reason>, Vec<Reason>) {
    let helps = |kind: ObstacleKind| matches!(kind, ObstacleKind::Later | ObstacleKind::Missing);
    let (missing, rest): (Vec<_>, Vec<_>) = standing.obstacles.iter().partition(|obstacle| helps(obstacle.kind));
    let reasons = |obstacles: Vec<&super::eligibility::Obstacle>| obstacles.into_iter().map(|obstacle| obstacle.reason.clone()).listed();
    (reasons(missing), reasons(rest))
}

/// What is saved, as a share of what the cart costs.
#[allow(clippy::cast_precision_loss)] // a score
fn score(case: &Case<'_>, saving: Option<i64>) -> f64 {
    let total = State::new(case).total();
    saving.filter(|_| total > 0).map_or(0.0, |saving| saving as f64 / total as f64)
}
