//! A slow recommender, written independently of the fast one: plain loops over everything, no tables, no heap.

use regulars::domain::{Column, DAY, Item, Value};
use regulars::recommend::{Neighbours, Strategy as Kind, Weights};

use crate::world::{NOW, World};

/// The slow recommender: what each part says of each item.
pub struct Slow<'a> {
    world: &'a World,
    kind: Kind,
    weights: Weights,
    /// Baskets newest first, those to come left out, items ascending and none twice.
    baskets: Vec<(i64, Vec<usize>)>,
}

pub const PART_CODES: [&[&str]; 12] = [
    &["bought-often", "bought-before"],
    &["due-now"],
    &["goes-with"],
    &["bought-next"],
    &["similar-to"],
    &["from-your-category", "popular"],
    &["popular"],
    &["trending"],
    &["new"],
    &["viewed", "searched"],
    &["rated-well", "kind-rated-well"],
    &["answers-query"],
];

impl<'a> Slow<'a> {
    pub fn new(world: &'a World, kind: Kind) -> Self {
        let mut baskets: Vec<(i64, Vec<usize>)> = world.baskets.iter().filter(|(at, _)| *at <= NOW).cloned().collect();
        baskets.sort_by_key(|(at, _)| *at);
        baskets.reverse();
        // Of baskets at the same instant, the one added later is the newer: reversing a stable sort.
        for (_, items) in &mut baskets {
            items.sort_unstable();
            items.dedup();
        }
        Slow { world, kind, weights: world.knowledge.weights, baskets }
    }

    fn days(from: i64) -> f64 {
        (NOW - from).max(0) as f64 / DAY as f64
    }

    fn fade(age: f64, half_life: f64) -> f64 {
        if half_life > 0.0 { regulars::domain::exp2(-age / half_life) } else { 1.0 }
    }

    fn frequency(&self, item: usize) -> f64 {
        let (mut sum, mut decay) = (0.0, 1.0);
        for (at, items) in &self.baskets {
            if items.contains(&item) {
                sum += decay * Self::fade(Self::days(*at), self.weights.half_life_days);
            }
            decay *= self.weights.basket_decay;
        }
        sum
    }

    fn times(&self, item: usize) -> Vec<i64> {
        self.baskets.iter().filter(|(_, items)| items.contains(&item)).map(|(at, _)| *at).collect()
    }

    fn due(&self, item: usize) -> Option<f64> {
        let times = self.times(item);
        let (last, first) = (*times.first()?, *times.last()?);
        let rhythm = self.world.number(&self.world.knowledge.rhythm_days, item);
        let spread = self.world.number(&self.world.knowledge.rhythm_spread, item);
        let prior = if rhythm > 0.0 { 2.0 } else { 0.0 };
        let gaps = (times.len() - 1) as f64;
        if gaps + prior == 0.0 {
            return None;
        }
        let every = ((last - first) as f64 / DAY as f64 + prior * rhythm) / (gaps + prior);
        if every <= 0.0 {
            return None;
        }
        let width = if spread > 0.0 { spread.clamp(0.25, 2.0) } else { 0.7 };
        let distance = libm::log(Self::days(last).max(1.0 / 24.0) / every) / width;
        Some(libm::exp(-0.5 * distance * distance))
    }

    fn session(&self, item: usize) -> f64 {
        let worth = |at| Self::fade(Self::days(at) * 24.0, self.weights.session_half_life_hours);
        let mut sum = 0.0;
        for (at, touched, weight) in &self.world.touches {
            if *at <= NOW && *touched == item {
                sum += weight.clamp(0.0, 10.0) * worth(*at);
            }
        }
        for (at, found) in &self.world.searches {
            if *at <= NOW {
                let found = &found[..found.len().min(50)];
                for _ in found.iter().filter(|known| **known == item) {
                    sum += worth(*at) / libm::sqrt(found.len() as f64);
                }
            }
        }
        sum
    }

    fn anchors(&self) -> Vec<(usize, f64)> {
        let asks = matches!(self.kind, Kind::Similar | Kind::BoughtTogether);
        let mut anchors: Vec<(usize, f64)> = Vec::new();
        match self.world.asked {
            Some(item) if asks => anchors.push((item, 1.0)),
            _ => {
                for item in &self.world.cart {
                    if anchors.iter().all(|(known, _)| known != item) {
                        anchors.push((*item, 1.0));
                    }
                }
            }
        }
        if self.kind == Kind::Session {
            anchors.extend(self.visit().into_iter().filter(|(item, _)| !self.world.cart.contains(item)));
        }
        if asks || matches!(self.kind, Kind::NextBasket | Kind::Session) {
            return anchors;
        }
        let given = anchors.len();
        let touched = self.world.touches.iter().filter(|(at, ..)| *at <= NOW).map(|(_, item, _)| *item);
        let found = self.world.searches.iter().filter(|(at, _)| *at <= NOW).flat_map(|(_, found)| found.iter().take(50).copied());
        let bought = self.baskets.iter().flat_map(|(_, items)| items.iter().copied());
        for item in bought.chain(touched).chain(found) {
            let strength = self.frequency(item) + self.weights.session * self.session(item);
            if strength > 0.0 && anchors.iter().all(|(known, _)| *known != item) {
                anchors.push((item, strength));
            }
        }
        debug_assert!(anchors.len() >= given);
        anchors
    }

    /// What was looked at lately, the newest first, but for what is in the cart.
    fn visit(&self) -> Vec<(usize, f64)> {
        let mut visit: Vec<(usize, f64)> = Vec::new();
        for (at, item, weight) in self.world.touches.iter().rev().filter(|(at, _, weight)| *at <= NOW && *weight > 0.0) {
            let mut place = 1.0;
            for _ in &visit {
                place *= 0.8;
            }
            let strength = weight.min(10.0) * place * Self::fade(Self::days(*at) * 24.0, self.weights.session_half_life_hours);
            if strength < 0.01 || visit.len() == 20 {
                break;
            }
            if !visit.iter().any(|(known, _)| known == item) && !self.world.cart.contains(item) {
                visit.push((*item, strength));
            }
        }
        visit
    }

    fn pull(&self, neighbours: &Neighbours, item: usize) -> f64 {
        let mut sum = 0.0;
        for (anchor, strength) in self.anchors() {
            neighbours.read().each(Item(anchor as u32), |other, step| {
                if other.index() == item {
                    sum += strength * regulars::domain::exp2((f64::from(step) - 255.0) / 24.0);
                }
            });
        }
        sum
    }

    /// `said`, and what the catalog itself says in the strategy `similar`.
    fn alike(&self, item: usize, said: f64) -> f64 {
        let items = &self.world.catalog.items;
        let same = |column, one, other| {
            let term = self.world.of_term(column, one);
            term.is_some() && term == self.world.of_term(column, other)
        };
        let mut best = 0.0_f64;
        for (anchor, _) in self.anchors() {
            if anchor == item {
                return said;
            }
            let class = if same(&items.kind, anchor, item) {
                1.0
            } else if !same(&items.category, anchor, item) {
                continue;
            } else if self.world.of_term(&items.kind, anchor).is_none() {
                1.0
            } else {
                0.01
            };
            best = best.max(class * (1.0 + if same(&items.brand, anchor, item) { 0.5 } else { 0.0 } + 0.0));
        }
        let knowledge = &self.world.knowledge;
        let popularity = self.world.number(&knowledge.popularity, item) * Self::scale(&knowledge.popularity);
        if best > 0.0 { best * (popularity + 0.001) * (1.0 + 20.0 * said) } else { 0.02 * said }
    }

    fn levels(&self) -> [&Column<u32>; 3] {
        let items = &self.world.catalog.items;
        [&items.kind, &items.category, &items.department]
    }

    fn lift(&self, item: usize) -> f64 {
        if self.baskets.is_empty() {
            return 1.0;
        }
        let items = self.world.catalog.len();
        let (mut sum, mut count) = (0.0, 0.0);
        for level in self.levels() {
            let Some(term) = self.world.of_term(level, item) else { continue };
            let in_term = |other: &usize| self.world.of_term(level, *other) == Some(term);
            let popularity = |other: usize| self.world.number(&self.world.knowledge.popularity, other);
            let classed = |other: &usize| self.world.of_term(level, *other).is_some();
            let mut of_term = 0.0;
            (0..items).filter(in_term).for_each(|other| of_term += popularity(other));
            let mut of_all = 0.0;
            (0..items).filter(classed).for_each(|other| of_all += popularity(other));
            let expected = if of_all > 0.0 { of_term / of_all } else { 0.0 };
            // What was bought, in the order of the baskets.
            let mut order: Vec<usize> = Vec::new();
            for item in self.baskets.iter().flat_map(|(_, items)| items) {
                if !order.contains(item) {
                    order.push(*item);
                }
            }
            let (mut bought, mut total) = (0.0, 0.0);
            for other in order.iter().filter(|other| classed(other)) {
                let frequency = self.frequency(*other);
                total += frequency;
                if in_term(other) {
                    bought += frequency;
                }
            }
            sum += if expected > 0.0 { (bought + 10.0 * expected) / (total + 10.0) / expected } else { 0.0 };
            count += 1.0;
        }
        if count > 0.0 { sum / count } else { 1.0 }
    }

    fn scale(column: &Column<f32>) -> f64 {
        let mut greatest = 0.0_f32;
        column.as_slice().iter().for_each(|number| greatest = greatest.max(*number));
        if greatest > 0.0 { 1.0 / f64::from(greatest) } else { 0.0 }
    }

    fn rising(&self, item: usize) -> f64 {
        let knowledge = &self.world.knowledge;
        let recent = self.world.number(&knowledge.recent, item) * Self::scale(&knowledge.recent);
        if recent > 0.0 { self.world.number(&knowledge.trend, item).clamp(-1.0, 3.0) * recent.sqrt() } else { 0.0 }
    }

    fn novelty(&self, item: usize) -> f64 {
        let added = self.world.catalog.items.added_at.get(item).unwrap_or(0);
        if added > 0 && added <= NOW { Self::fade(Self::days(added), self.weights.novelty_half_life_days) } else { 0.0 }
    }

    fn rating(&self, item: usize) -> f64 {
        let of = |item| self.world.ratings.iter().rev().find(|(rated, _)| *rated == item).map(|(_, rating)| rating.clamp(-1.0, 1.0));
        let kinds = &self.world.catalog.items.kind;
        let mut kind = 0.0_f64;
        if let Some(term) = self.world.of_term(kinds, item) {
            for other in (0..self.world.catalog.len()).filter(|other| self.world.of_term(kinds, *other) == Some(term)) {
                if let Some(rating) = of(other) {
                    kind = (kind + rating).clamp(-1.0, 1.0);
                }
            }
        }
        of(item).unwrap_or(0.0) + 0.5 * kind
    }

    pub fn parts(&self, item: usize) -> [f64; 12] {
        let weights = &self.weights;
        let knowledge = &self.world.knowledge;
        let frequency = self.frequency(item);
        let popularity = self.world.number(&knowledge.popularity, item) * Self::scale(&knowledge.popularity);
        let due = self.due(item).map_or(0.0, |due| frequency * (2.0 * due - 1.0));
        let similar = if weights.similar > 0.0 || self.kind == Kind::Similar { self.pull(&knowledge.similar, item) } else { 0.0 };
        let similar = if self.kind == Kind::Similar { self.alike(item, similar) } else { similar };
        let values = [
            frequency,
            due,
            self.pull(&knowledge.bought_together, item),
            self.pull(&knowledge.in_sequence, item),
            similar,
            popularity * self.lift(item),
            popularity,
            self.rising(item),
            self.novelty(item),
            self.session(item),
            self.rating(item),
            0.0,
        ];
        let by_weight = [
            1.0,
            weights.rhythm,
            weights.together,
            weights.sequence,
            if matches!(self.kind, Kind::Similar) { 1.0 } else { weights.similar },
            weights.category,
            weights.popularity,
            weights.trend,
            weights.novelty,
            weights.session,
            weights.rating,
            10.0,
        ];
        let by_strategy: [f64; 12] = match self.kind {
            Kind::ForYou => [1.0, 1.0, 0.1, 0.1, 0.1, 0.1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
            Kind::NextBasket => [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0],
            Kind::BuyAgain => [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 1.0, 1.0, 1.0],
            Kind::Discover => [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
            Kind::BoughtTogether => [0.01, 0.0, 1.0, 0.0, 0.0, 0.0, 0.01, 0.0, 0.0, 0.0, 0.1, 1.0],
            Kind::Similar => [0.0002, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.01, 1.0],
            Kind::Trending => [0.0, 0.0, 0.0, 0.0, 0.0, 0.01, 0.0, 1.0, 0.0, 0.0, 0.1, 1.0],
            Kind::NewArrivals => [0.0, 0.0, 0.0, 0.0, 0.1, 0.1, 0.0, 0.0, 1.0, 0.0, 0.1, 1.0],
            Kind::Session => [0.01, 0.0, 1.0, 0.2, 0.2, 0.0, 1.0, 0.0, 0.0, 0.0, 0.1, 1.0],
            Kind::Content => [0.0; 12],
        };
        std::array::from_fn(|part| by_strategy[part] * by_weight[part] * values[part])
    }

    /// What is left of the score of `item` for its popularity.
    fn bent(&self, item: usize) -> f64 {
        let knowledge = &self.world.knowledge;
        let popularity = self.world.number(&knowledge.popularity, item) * Self::scale(&knowledge.popularity);
        1.0 - self.weights.long_tail * libm::sqrt(popularity.min(1.0)) * 0.99
    }

    fn is_shown(&self, item: usize) -> bool {
        let world = self.world;
        let bought = !self.times(item).is_empty();
        let strength = |part: usize| self.parts(item)[part];
        let candidate = match self.kind {
            Kind::ForYou | Kind::NextBasket => true,
            Kind::BuyAgain => bought,
            Kind::Discover => !bought,
            Kind::BoughtTogether => strength(2) > 0.0,
            Kind::Similar => self.parts(item)[4] > 0.0 || self.alike(item, 0.0) > 0.0,
            Kind::Trending => self.rising(item) > 0.0,
            Kind::NewArrivals => self.novelty(item) >= 1.0 / 64.0,
            Kind::Session => {
                let pulled = [&world.knowledge.bought_together, &world.knowledge.in_sequence, &world.knowledge.similar];
                let counts = [self.weights.together, self.weights.sequence, self.weights.similar];
                let any = pulled.iter().zip(counts).any(|(neighbours, weight)| weight > 0.0 && self.pull(neighbours, item) > 0.0);
                any && self.visit().iter().all(|(seen, _)| *seen != item)
            }
            Kind::Content => false, // there is none in this world
        };
        let asked = matches!(self.kind, Kind::Similar | Kind::BoughtTogether).then_some(world.asked).flatten();
        let durable = world.catalog.attribute(Item(item as u32), "durable") == Some(&Value::Bool(true));
        candidate
            && !world.cart.contains(&item)
            && asked != Some(item)
            && !world.excluded.contains(&item)
            && !(bought && durable)
            && world.catalog.in_stock(Item(item as u32))
            && world.keep.is_none_or(|keep| item.is_multiple_of(keep))
    }

    pub fn list(&self, limit: usize) -> Vec<(usize, f64)> {
        let limit = limit.min(self.world.catalog.len());
        let varied = !matches!(self.kind, Kind::NextBasket | Kind::BuyAgain | Kind::Similar | Kind::Session);
        let diversity = if varied { self.weights.diversity } else { 0.0 };
        let follows = matches!(self.kind, Kind::BoughtTogether | Kind::Session);
        let kind = if follows { diversity.max(self.weights.variety) } else { diversity };
        let title = if matches!(self.kind, Kind::Similar) { self.weights.variety } else { 0.0 };
        let mut pool: Vec<(usize, f64)> = (0..self.world.catalog.len())
            .filter(|item| self.is_shown(*item))
            .map(|item| (item, self.parts(item).iter().fold(0.0, |sum, part| sum + part)))
            .map(|(item, score)| (item, if self.weights.long_tail > 0.0 { score * self.bent(item) } else { score }))
            .filter(|(_, score)| *score > 0.0)
            .collect();
        pool.sort_by(|one, other| other.1.partial_cmp(&one.1).unwrap().then(one.0.cmp(&other.0)));
        pool.truncate(if kind + title > 0.0 { 4 * limit + 50 } else { limit });
        let mut picked: Vec<(usize, f64)> = Vec::new();
        while picked.len() < limit && !pool.is_empty() {
            let lost = |(item, score): &(usize, f64)| {
                let items = &self.world.catalog.items;
                let mut score = *score;
                for (other, _) in &picked {
                    let same = |column| {
                        let term = self.world.of_term(column, *item);
                        term.is_some() && term == self.world.of_term(column, *other)
                    };
                    if same(&items.kind) {
                        score *= 1.0 - kind;
                    } else if same(&items.category) {
                        score *= 1.0 - 0.5 * diversity;
                    }
                    let titled = |item: usize| self.world.catalog.title(Item(item as u32), "en").filter(|title| !title.is_empty());
                    if titled(*item).is_some() && titled(*item) == titled(*other) {
                        score *= 1.0 - title;
                    }
                }
                score
            };
            let mut best = 0;
            for place in 1..pool.len() {
                let (now, known) = (lost(&pool[place]), lost(&pool[best]));
                if now > known || (now == known && pool[place].0 < pool[best].0) {
                    best = place;
                }
            }
            let score = lost(&pool[best]);
            picked.push((pool.remove(best).0, score));
        }
        picked
    }
}
