//! What the retailer decides of lists, whatever members like: pinned, boosted, buried and hidden items, and how many of a class
//! are too many. This is the one place where lists are bent.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::top_k::Scored;
use super::{Knowledge, Strategy, Weights};
use crate::domain::{AddAll, Catalog, Column, Item, Listed, Reason, Terms, read_choice};
use crate::rules::Condition;

/// What a [`MerchandisingRule`] does with the items it names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// The best of them that can be shown stands at this place of the list, from 1 on.
    Pin(usize),
    /// Their scores are multiplied by this, in [0.001, 1000].
    Boost(f64),
    /// They come after all others.
    Bury,
    /// They are not shown.
    Hide,
    /// At most so many of them are in a list: of each class, where there is one, else together.
    Cap(usize, Option<Class>),
}

/// A class of items that a cap counts by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Items of the same brand.
    #[default]
    Brand,
    /// Items of the same category.
    Category,
    /// Items of the same kind.
    Kind,
    /// Items of the same department.
    Department,
}

read_choice!(Class: Brand, Category, Kind, Department);

/// A rule of the retailer, compiled.
#[derive(Clone, Debug)]
pub struct MerchandisingRule {
    /// Its id.
    pub id: Box<str>,
    /// What it does.
    pub act: Act,
    /// The items, by `item.*`; all where it is empty.
    pub goods: Condition,
    /// When and for whom, by everything but items.
    pub when: Condition,
    /// Whether `when` asks for the member: in neutral lists the rule then does not hold.
    pub personal: bool,
    /// From its first instant (inclusive) until its last (exclusive).
    pub window: (Option<i64>, Option<i64>),
    /// The lists it is for; all where there is none.
    pub strategies: Vec<Strategy>,
    /// The placements it is for; all where there is none.
    pub placements: Vec<String>,
}

impl MerchandisingRule {
    /// Whether it is about lists of `strategy` shown at `placement` at the instant `now`; `when` is not asked.
    pub fn is_for(&self, strategy: Strategy, placement: Option<&str>, now: i64) -> bool {
        let (from, until) = self.window;
        from.is_none_or(|from| from <= now)
            && until.is_none_or(|until| now < until)
            && (self.strategies.is_empty() || self.strategies.contains(&strategy))
            && (self.placements.is_empty() || placement.is_some_and(|placement| self.placements.iter().any(|known| known == placement)))
    }
}

/// A set of items.
#[derive(Clone, Debug, Default)]
pub struct ItemSet(Vec<u64>);

impl ItemSet {
    /// The items of `catalog` for which `holds` is true.
    pub fn of(catalog: &Catalog, mut holds: impl FnMut(Item) -> bool) -> Self {
        let mut words = alloc::vec![0; catalog.len().div_ceil(64)];
        for item in catalog.all() {
            if holds(item)
                && let Some(word) = words.get_mut(item.index() >> 6)
            {
                *word |= 1_u64 << (item.0 & 63);
            }
        }
        ItemSet(words)
    }

    /// Whether `item` is in it.
    pub fn has(&self, item: Item) -> bool {
        self.0.get(item.index() >> 6).is_some_and(|word| word & (1_u64 << (item.0 & 63)) != 0)
    }
}

/// A rule that holds for a request, with its items.
#[derive(Clone, Copy, Debug)]
pub struct Ruling<'a> {
    /// The rule's id.
    pub id: &'a str,
    /// What it does.
    pub act: Act,
    /// The items.
    pub items: &'a ItemSet,
}

/// What is left of the score of a buried item: less than any score comes to, and enough to keep the order among them.
const BURIED: f64 = 1e-150;

/// Rules and weights that bend the scores of one request.
pub(super) struct Bend<'a> {
    rulings: &'a [Ruling<'a>],
    long_tail: f64,
    popularity: &'a [f32],
    scale: f64,
}

impl<'a> Bend<'a> {
    pub fn new(rulings: &'a [Ruling<'a>], weights: &Weights, knowledge: &'a Knowledge) -> Self {
        let popularity = knowledge.popularity.as_slice();
        Bend { rulings, long_tail: weights.long_tail, popularity, scale: knowledge.popularity_scale() }
    }

    /// Whether it leaves all scores as they are.
    pub fn is_straight(&self) -> bool {
        self.long_tail <= 0.0 && self.rulings.is_empty()
    }

    /// What the score of `item` is multiplied with; above 0.
    pub fn factor(&self, item: Item) -> f64 {
        let mut factor = 1.0;
        if self.long_tail > 0.0 {
            let popularity = self.popularity.get(item.index()).map_or(0.0, |share| f64::from(*share) * self.scale);
            factor -= self.long_tail * f64::sqrt(popularity.min(1.0)) * LONG_TAIL_MOST;
        }
        for ruling in self.rulings {
            match ruling.act {
                Act::Boost(by) if ruling.items.has(item) => factor *= by,
                Act::Bury if ruling.items.has(item) => factor *= BURIED,
                _ => {}
            }
        }
        factor
    }

    /// What no [`factor`](Self::factor) is above.
    pub fn most(&self) -> f64 {
        self.rulings.iter().map(|ruling| if let Act::Boost(by) = ruling.act { by.max(1.0) } else { 1.0 }).product()
    }

    /// Whether a rule hides `item`.
    pub fn hides(&self, item: Item) -> bool {
        self.rulings.iter().any(|ruling| ruling.act == Act::Hide && ruling.items.has(item))
    }

    /// How many candidates a list of `limit` is picked from, so that caps leave enough.
    pub fn pool(&self, limit: usize) -> usize {
        let caps = self.rulings.iter().any(|ruling| matches!(ruling.act, Act::Cap(..)));
        if caps { limit.saturating_mul(8).saturating_add(200) } else { 0 }
    }

    /// What rules did to `item`: `pinned`, `boosted`, `buried`, each with the `rule`.
    pub fn reasons(&self, item: Item, pin: Option<usize>) -> (Option<Reason>, Vec<Reason>) {
        let pinned = pin.and_then(|place| self.rulings.get(place)).map(|ruling| Reason::new("pinned").with("rule", ruling.id));
        let mut others = Vec::new();
        for ruling in self.rulings.iter().filter(|ruling| ruling.items.has(item)) {
            match ruling.act {
                Act::Boost(by) if by > 1.0 => others.push(Reason::new("boosted").with("rule", ruling.id)),
                Act::Boost(_) | Act::Bury => others.push(Reason::new("buried").with("rule", ruling.id)),
                _ => {}
            }
        }
        (pinned, others)
    }

    /// The items that rules pin: for each such rule, in their order, its place in the rules, the place in the list, and the
    /// best of its items, of which `score` says how good they are and whether they can be shown.
    pub fn pins(&self, catalog: &Catalog, mut score: impl FnMut(Item) -> Option<Scored>) -> Vec<Pin> {
        let mut pins: Vec<Pin> = Vec::new();
        for (rule, ruling) in self.rulings.iter().enumerate() {
            let Act::Pin(place) = ruling.act else { continue };
            let mut best: Option<Scored> = None;
            for item in catalog.all().filter(|item| ruling.items.has(*item)) {
                if pins.iter().all(|pin| pin.scored.item != item)
                    && let Some(scored) = score(item)
                    && best.is_none_or(|best| scored < best)
                {
                    best = Some(scored);
                }
            }
            pins.add_all(best.map(|scored| Pin { rule, place, scored }));
        }
        pins
    }
}

/// The most popular item keeps a hundredth of its score whatever `long_tail` says: nothing falls to 0 by being liked.
const LONG_TAIL_MOST: f64 = 0.99;

/// A pinned item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pin {
    /// The place of the rule among the rulings.
    pub rule: usize,
    /// The place in the list, from 1 on.
    pub place: usize,
    /// The item with the score it would have.
    pub scored: Scored,
}

/// How many items of a list fall under each cap so far.
pub(super) struct Caps<'a> {
    catalog: &'a Catalog,
    rulings: &'a [Ruling<'a>],
    /// Rule, class, how many.
    counts: Vec<(usize, u32, usize)>,
    /// Candidates that were passed over.
    pub passed_over: u32,
}

impl<'a> Caps<'a> {
    pub fn new(catalog: &'a Catalog, rulings: &'a [Ruling<'a>]) -> Self {
        Caps { catalog, rulings, counts: Vec::new(), passed_over: 0 }
    }

    /// Counts `item`, unless a cap has no room for it. A pinned item is always counted.
    pub fn takes(&mut self, item: Item, pinned: bool) -> bool {
        let room = pinned || self.each(item).all(|(rule, term, most)| self.count(rule, term) < most);
        if !room {
            self.passed_over = self.passed_over.saturating_add(1);
            return false;
        }
        let all: Vec<(usize, u32, usize)> = self.each(item).listed();
        for (rule, term, _) in all {
            match self.counts.iter_mut().find(|(known, class, _)| (*known, *class) == (rule, term)) {
                Some((.., count)) => *count = count.saturating_add(1),
                None => self.counts.push((rule, term, 1)),
            }
        }
        true
    }

    fn count(&self, rule: usize, term: u32) -> usize {
        self.counts.iter().find(|(known, class, _)| (*known, *class) == (rule, term)).map_or(0, |(.., count)| *count)
    }

    /// The caps that `item` falls under: rule, class, how many at most. What has no brand falls under no cap by brand.
    fn each(&self, item: Item) -> impl Iterator<Item = (usize, u32, usize)> + use<'a> {
        let (catalog, rulings) = (self.catalog, self.rulings);
        rulings.iter().enumerate().filter_map(move |(rule, ruling)| match ruling.act {
            Act::Cap(most, class) if ruling.items.has(item) => match class {
                None => Some((rule, Terms::NONE, most)),
                Some(class) => column(catalog, class).get(item.index()).filter(|term| *term != Terms::NONE).map(|term| (rule, term, most)),
            },
            _ => None,
        })
    }
}

fn column(catalog: &Catalog, class: Class) -> &Column<u32> {
    match class {
        Class::Brand => &catalog.items.brand,
        Class::Category => &catalog.items.category,
        Class::Kind => &catalog.items.kind,
        Class::Department => &catalog.items.department,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemColumns, StringColumn};

    fn catalog() -> Catalog {
        let ids = (0..70).map(|place| alloc::format!("{place:02}"));
        let brands: Vec<u32> = (0..70).map(|place| if place == 69 { Terms::NONE } else { place % 2 }).collect();
        Catalog {
            items: ItemColumns { ids: StringColumn::owned(ids), brand: Column::owned(&brands), ..ItemColumns::default() },
            ..Catalog::default()
        }
    }

    #[test]
    fn what_is_outside_a_set_is_not_in_it() {
        let set = ItemSet::of(&catalog(), |item| item.0.is_multiple_of(23));
        assert!([0, 23, 46, 69].iter().all(|place| set.has(Item(*place))));
        assert!([1, 24, 63, 64, 70, 128, 4_000_000_000].iter().all(|place| !set.has(Item(*place))));
    }

    #[test]
    fn caps_count_by_class_and_leave_room_for_what_has_none() {
        let catalog = catalog();
        let all = ItemSet::of(&catalog, |_| true);
        let rulings = [Ruling { id: "two", act: Act::Cap(2, Some(Class::Brand)), items: &all }];
        let mut caps = Caps::new(&catalog, &rulings);
        let taken: Vec<bool> = [0, 1, 2, 4, 3, 5, 69, 69, 69].iter().map(|place| caps.takes(Item(*place), false)).collect();
        assert_eq!((taken, caps.passed_over), (alloc::vec![true, true, true, false, true, false, true, true, true], 2));
        assert!(caps.takes(Item(6), true));
    }

    #[test]
    fn the_most_popular_keeps_something() {
        let knowledge = Knowledge { popularity: Column::owned(&[0.5, 0.125]), ..Knowledge::default() }.prepared(&catalog());
        let bend = Bend::new(&[], &Weights { long_tail: 1.0, ..Weights::default() }, &knowledge);
        assert!((bend.factor(Item(0)) - 0.01).abs() < 1e-9 && (bend.factor(Item(1)) - 0.505).abs() < 1e-9);
        assert_eq!(bend.factor(Item(9)), 1.0);
    }
}
