//! What each signal counts for in a score.

use serde::Serialize;

use crate::domain::{Value, read_fields, read_into};

/// What each signal counts for. A score is a sum of parts, and most weights multiply one part, so they can be compared
/// with each other: the unit is one purchase of the item in the member's last basket, which counts 1.
///
/// Each weight states what raising it does, its range and its default. A weight outside its range is drawn to its
/// nearest end; one that is no number takes its default.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Weights {
    /// How much of a purchase is left with each later basket. Raising it makes lists follow old habits, lowering it
    /// follows what was bought last. In [0.5, 1], by default 0.96.
    pub basket_decay: f64,
    /// Days after which a purchase counts half, on top of `basket_decay`. Raising it lets purchases from long ago
    /// count; 0 switches it off. In [0, 10000], by default 0.
    pub half_life_days: f64,
    /// Popularity, 1 standing for the most popular item of the catalog. Raising it moves what everybody buys up the
    /// list, also for members with a history. In [0, 100], by default 0.3.
    pub popularity: f64,
    /// Whether an item bought before is due: its time has come by the member's own rhythm, or by the rhythm of all
    /// members where the member's own is not known. Raising it moves what is due up and what was just bought down.
    /// In [0, 10], by default 0.
    pub rhythm: f64,
    /// Items bought together with those in the cart and in recent baskets. Raising it makes lists follow the cart.
    /// In [0, 100], by default 1.
    pub together: f64,
    /// Items that others bought after those of recent baskets. Raising it brings what members like this one came to
    /// next. In [0, 100], by default 1.
    pub sequence: f64,
    /// Items that can stand for those viewed or bought. Raising it keeps lists close to what is known.
    /// In [0, 100], by default 0.3.
    pub similar: f64,
    /// The share of the member's purchases that fall into the item's category. Raising it makes lists follow the
    /// member's departments. In [0, 100], by default 0.5.
    pub category: f64,
    /// How much more than before an item is bought now. Raising it moves what is rising up. In [0, 100], by default 0.05.
    pub trend: f64,
    /// How new an item is, 1 on the day it came in. Raising it moves new arrivals up. In [0, 100], by default 0.05.
    pub novelty: f64,
    /// Days after which an item is half as new. Raising it makes 'new' last longer. In [1, 3650], by default 14.
    pub novelty_half_life_days: f64,
    /// What was viewed, clicked or searched on this device. Raising it makes lists follow the visit rather than the
    /// history. In [0, 100], by default 1.
    pub session: f64,
    /// Hours after which a view or a search counts half. Raising it makes a visit be remembered longer.
    /// In [0.1, 10000], by default 24.
    pub session_half_life_hours: f64,
    /// Ratings: an item rated best gains this, one rated worst loses it, and its kind half as much. Raising it makes
    /// ratings stronger against habits. In [0, 100], by default 0.5.
    pub rating: f64,
    /// Variety: how much of its score an item loses for each item of the same kind above it in the list (half as much
    /// for the same category). Raising it mixes lists more; 0 orders by score alone. In [0, 1], by default 0.
    pub diversity: f64,
    /// Variety of lists that follow single items: how much of its score an item loses for each item above it that a shopper takes
    /// for the same. In `session` and `bought-together` those are items of the same kind; in `similar`, where all are of a kind,
    /// those of the same title. Raising it spreads these lists over more kinds. In [0, 1], by default 0.25.
    pub variety: f64,
    /// The long tail: how much of its score an item loses for its popularity: the most popular loses this share, one a
    /// quarter as popular half of it. Raising it shows more of the catalog and less of what everybody knows anyway; lists
    /// are then less accurate. In [0, 1], by default 0.
    pub long_tail: f64,
}

read_fields!(Weights:
    basket_decay, half_life_days, popularity, rhythm, together, sequence, similar, category, trend, novelty, novelty_half_life_days,
    session, session_half_life_hours, rating, diversity, variety, long_tail
);

impl Default for Weights {
    fn default() -> Self {
        Weights {
            basket_decay: 0.96,
            half_life_days: 0.0,
            popularity: 0.3,
            rhythm: 0.0,
            together: 1.0,
            sequence: 1.0,
            similar: 0.3,
            category: 0.5,
            trend: 0.05,
            novelty: 0.05,
            novelty_half_life_days: 14.0,
            session: 1.0,
            session_half_life_hours: 24.0,
            rating: 0.5,
            diversity: 0.0,
            variety: 0.25,
            long_tail: 0.0,
        }
    }
}

impl Weights {
    /// Whether these differ from `trained` at most in what no forest learned from: the visit, ratings, variety, the long tail.
    pub(super) fn rank_as(&self, trained: &Weights) -> bool {
        let Weights { session, session_half_life_hours, rating, diversity, variety, long_tail, .. } = *trained;
        Weights { session, session_half_life_hours, rating, diversity, variety, long_tail, ..*self } == *trained
    }

    /// The same weights, but for those that `changes` names, by their names in JSON. Where it names one that is no number,
    /// none is changed.
    #[must_use]
    pub fn changed(self, changes: &Value) -> Self {
        let mut changed = self;
        match read_into(&mut changed, changes) {
            Ok(()) => changed.within_range(),
            Err(_) => self,
        }
    }

    /// The same weights, each within its range.
    #[must_use]
    pub fn within_range(self) -> Self {
        let default = Self::default();
        let held = |value: f64, low: f64, high: f64, default: f64| if value.is_nan() { default } else { value.clamp(low, high) };
        Weights {
            basket_decay: held(self.basket_decay, 0.5, 1.0, default.basket_decay),
            half_life_days: held(self.half_life_days, 0.0, 10_000.0, default.half_life_days),
            popularity: held(self.popularity, 0.0, 100.0, default.popularity),
            rhythm: held(self.rhythm, 0.0, 10.0, default.rhythm),
            together: held(self.together, 0.0, 100.0, default.together),
            sequence: held(self.sequence, 0.0, 100.0, default.sequence),
            similar: held(self.similar, 0.0, 100.0, default.similar),
            category: held(self.category, 0.0, 100.0, default.category),
            trend: held(self.trend, 0.0, 100.0, default.trend),
            novelty: held(self.novelty, 0.0, 100.0, default.novelty),
            novelty_half_life_days: held(self.novelty_half_life_days, 1.0, 3650.0, default.novelty_half_life_days),
            session: held(self.session, 0.0, 100.0, default.session),
            session_half_life_hours: held(self.session_half_life_hours, 0.1, 10_000.0, default.session_half_life_hours),
            rating: held(self.rating, 0.0, 100.0, default.rating),
            diversity: held(self.diversity, 0.0, 1.0, default.diversity),
            variety: held(self.variety, 0.0, 1.0, default.variety),
            long_tail: held(self.long_tail, 0.0, 1.0, default.long_tail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::from_value;

    #[test]
    fn weights_out_of_range_are_drawn_in() {
        let wild = Weights { basket_decay: 7.0, popularity: -1.0, diversity: f64::NAN, ..Weights::default() }.within_range();
        assert_eq!((wild.basket_decay, wild.popularity, wild.diversity), (1.0, 0.0, 0.0));
    }

    #[test]
    fn only_known_weights_are_changed_and_each_can_be() {
        let wire = serde_json::to_value(Weights::default()).unwrap();
        for name in wire.as_object().unwrap().keys() {
            let changes = serde_json::from_value(serde_json::json!({ name: 1.5 })).unwrap();
            assert_ne!(Weights::default().changed(&changes), Weights::default(), "{name}");
        }
        let nonsense = serde_json::from_str(r#"{"unheardOf": 3, "popularity": 2, "rhythm": "much"}"#).unwrap();
        assert_eq!(Weights::default().changed(&nonsense), Weights::default());
    }

    #[test]
    fn defaults_lie_in_range() {
        assert_eq!(Weights::default().within_range(), Weights::default());
    }

    #[test]
    fn absent_weights_take_their_defaults() {
        let weights: Weights = from_value(&serde_json::from_str(r#"{"basketDecay": 0.9, "unheardOf": 1}"#).unwrap()).unwrap();
        assert_eq!(weights, Weights { basket_decay: 0.9, ..Weights::default() });
    }
}
