//! The strategies: which items each considers, and what each signal counts for in it.

/// What kind of list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// What this member may like best now: habits and new things together.
    ForYou,
    /// What will be in the next basket.
    NextBasket,
    /// What was bought before, the more the more it is due.
    BuyAgain,
    /// What was never bought by this member.
    Discover,
    /// What goes with an item, or with the cart.
    BoughtTogether,
    /// What can stand for an item.
    Similar,
    /// What is bought more now than before.
    Trending,
    /// What came in lately.
    NewArrivals,
    /// Articles, videos, activities: items whose attribute `content` is true, which no other strategy considers.
    Content,
    /// What follows from this visit: what others come to after what was just looked at and put into the cart.
    Session,
}

impl Strategy {
    /// All strategies with their names.
    pub const ALL: [(&'static str, Strategy); 10] = [
        ("for-you", Strategy::ForYou),
        ("next-basket", Strategy::NextBasket),
        ("buy-again", Strategy::BuyAgain),
        ("discover", Strategy::Discover),
        ("bought-together", Strategy::BoughtTogether),
        ("similar", Strategy::Similar),
        ("trending", Strategy::Trending),
        ("new-arrivals", Strategy::NewArrivals),
        ("content", Strategy::Content),
        ("session", Strategy::Session),
    ];

    /// The strategy called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, strategy)| *strategy)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, strategy)| *strategy == self).map_or("", |(name, _)| name)
    }

    /// Which items it considers.
    pub(super) fn candidates(self) -> Candidates {
        match self {
            Strategy::ForYou | Strategy::NextBasket | Strategy::Content => Candidates::All,
            Strategy::BuyAgain => Candidates::Bought,
            Strategy::Discover => Candidates::NeverBought,
            Strategy::BoughtTogether => Candidates::Complements,
            Strategy::Similar => Candidates::Substitutes,
            Strategy::Trending => Candidates::Rising,
            Strategy::NewArrivals => Candidates::New,
            Strategy::Session => Candidates::Following,
        }
    }

    /// From which items neighbours are taken.
    pub(super) fn anchors(self) -> Anchors {
        match self {
            Strategy::BoughtTogether | Strategy::Similar => Anchors::Asked,
            Strategy::NextBasket | Strategy::Content => Anchors::Cart,
            Strategy::Session => Anchors::Visit,
            _ => Anchors::CartAndHistory,
        }
    }

    /// The forest that ranks its lists, where there is one.
    pub(super) fn forest(self, ranker: &super::RankerSettings) -> Option<&super::Forest> {
        let forest = match self {
            Strategy::NextBasket | Strategy::BuyAgain | Strategy::ForYou => &ranker.next_basket,
            Strategy::Discover => &ranker.discover,
            _ => return None,
        };
        (!forest.is_empty()).then_some(forest)
    }

    /// Whether a forest speaks for `part` in its lists: then the part's own weight does not.
    pub(super) fn is_learned(self, part: super::Part) -> bool {
        use super::Part;
        match self {
            Strategy::Discover => !part.is_of_the_visit(),
            _ => matches!(part, Part::Frequency | Part::Due | Part::Popularity),
        }
    }

    /// What each part counts for, on top of its weight.
    pub(super) fn factors(self) -> Factors {
        let personal = Factors { frequency: 1.0, due: 1.0, popularity: 1.0, rating: 1.0, session: 1.0, ..Factors::NONE };
        match self {
            Strategy::NextBasket => Factors { together: 1.0, ..personal },
            Strategy::BuyAgain => Factors { popularity: 0.1, ..personal },
            Strategy::ForYou => {
                // What leads to new things must not drown habits: their weights are those that lists of new things are best with.
                Factors { together: 0.1, sequence: 0.1, similar: 0.1, category: 0.1, trend: 1.0, novelty: 1.0, diversity: 1.0, ..personal }
            }
            Strategy::Discover => Factors {
                frequency: 0.0,
                due: 0.0,
                together: 1.0,
                sequence: 1.0,
                similar: 1.0,
                category: 1.0,
                ..Strategy::ForYou.factors()
            },
            Strategy::BoughtTogether => {
                Factors { together: 1.0, popularity: 0.01, frequency: 0.01, rating: 0.1, diversity: 1.0, ..Factors::NONE }
            }
            // What sells is part of how well it can stand for another.
            Strategy::Similar => Factors { similar: 1.0, frequency: 0.0002, rating: 0.01, ..Factors::NONE },
            Strategy::Trending => Factors { trend: 1.0, category: 0.01, rating: 0.1, diversity: 1.0, ..Factors::NONE },
            // Scored by `Interest`.
            Strategy::Content => Factors { diversity: 1.0, ..Factors::NONE },
            // Of one visit, what goes together says most; what came after in later visits says little more than what sells.
            Strategy::Session => {
                Factors { together: 1.0, sequence: 0.2, similar: 0.2, popularity: 1.0, frequency: 0.01, rating: 0.1, ..Factors::NONE }
            }
            Strategy::NewArrivals => Factors { novelty: 1.0, category: 0.1, similar: 0.1, rating: 0.1, diversity: 1.0, ..Factors::NONE },
        }
    }
}

/// Which items a strategy considers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Candidates {
    /// All that score above nothing.
    All,
    /// Bought by the member.
    Bought,
    /// Not bought by the member.
    NeverBought,
    /// Bought together with an anchor.
    Complements,
    /// Learned to be like an anchor, or of its kind or category.
    Substitutes,
    /// Bought more than before.
    Rising,
    /// Came in lately.
    New,
    /// Bought with, after or in place of an anchor, and not looked at itself in this visit.
    Following,
}

/// From which items neighbours are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchors {
    /// The item asked about; without one, the cart.
    Asked,
    /// The cart.
    Cart,
    /// The cart, what was looked at, and what was bought, the less the longer ago.
    CartAndHistory,
    /// What was looked at and put into the cart in this visit, the less the longer ago.
    Visit,
}

/// What each part counts for in a strategy, on top of its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)] // the names are those of the parts
pub(super) struct Factors {
    pub frequency: f64,
    pub due: f64,
    pub together: f64,
    pub sequence: f64,
    pub similar: f64,
    pub category: f64,
    pub popularity: f64,
    pub trend: f64,
    pub novelty: f64,
    pub session: f64,
    pub rating: f64,
    pub diversity: f64,
}

impl Factors {
    const NONE: Factors = Factors {
        frequency: 0.0,
        due: 0.0,
        together: 0.0,
        sequence: 0.0,
        similar: 0.0,
        category: 0.0,
        popularity: 0.0,
        trend: 0.0,
        novelty: 0.0,
        session: 0.0,
        rating: 0.0,
        diversity: 0.0,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways_and_others_are_unknown() {
        for (name, strategy) in Strategy::ALL {
            assert_eq!((Strategy::named(name), strategy.name()), (Some(strategy), name));
        }
        assert_eq!(Strategy::named("For-You"), None);
    }
}
