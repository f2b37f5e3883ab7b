//! Each strategy measured apart, on the same cases, against what is simpler.

use indicatif::{ProgressBar, ProgressStyle};
use regulars::domain::{Catalog, Item};
use regulars::recommend::{Forest, Knowledge, Request, Scratch, Signals, Strategy, Weights, recommend};

use super::cases::Case;
use super::figures::{Cold, History, Measures, StrategyFigures, Trend};
use super::metrics::{found_at, quality};
use super::tasks::{self, Task};
use crate::baskets::learn::DAY;

/// Items in a list.
const LIST: usize = 20;
/// What sees only the last item of a visit.
const LAST_VIEW: &str = "only the last view";
/// The sessions of [`tasks::trip`].
pub const ONE_TRIP: &str = "session, one trip";
/// Baskets known in a cold start.
const COLD: [usize; 4] = [0, 1, 2, 5];

/// What lists are made from.
pub struct Study<'a> {
    pub catalog: &'a Catalog,
    pub knowledge: &'a Knowledge,
    pub cases: &'a [Case],
    scratch: Scratch,
    bar: ProgressBar,
}

/// A way to make lists.
#[derive(Clone)]
struct Maker {
    name: &'static str,
    knowledge: Knowledge,
    strategy: Strategy,
    /// Whether the household's baskets are known to it.
    personal: bool,
}

impl<'a> Study<'a> {
    pub fn new(catalog: &'a Catalog, knowledge: &'a Knowledge, cases: &'a [Case]) -> Self {
        let bar = ProgressBar::new(0).with_style(style());
        Study { catalog, knowledge, cases, scratch: Scratch::default(), bar }
    }

    /// All strategies that these cases can tell something of, and why not of the others.
    pub fn strategies(&mut self) -> (Vec<StrategyFigures>, Vec<(String, String)>) {
        let mut all = vec![self.next_basket(), self.buy_again(), self.discover(), self.together()];
        let mut silent = Vec::new();
        match self.similar() {
            Some(found) => all.push(found),
            None => silent.push(("similar".into(), "no item has a kind or a category".into())),
        }
        all.push(self.trending());
        all.push(self.session("session", tasks::session(self.catalog, self.cases)));
        all.push(self.session(ONE_TRIP, tasks::trip(self.catalog, self.cases)));
        silent.push(("new-arrivals".into(), "baskets don't say when items came in".into()));
        silent.push(("content".into(), "baskets hold no articles and videos".into()));
        (all, silent)
    }

    fn ours(&self, strategy: Strategy) -> Maker {
        Maker { name: "regulars", knowledge: self.knowledge.clone(), strategy, personal: true }
    }

    /// The model without its forests.
    fn by_weights(&self, strategy: Strategy) -> Maker {
        Maker { name: "weights alone", ..self.weighing(strategy, self.knowledge.weights) }
    }

    fn weighing(&self, strategy: Strategy, weights: Weights) -> Maker {
        let mut knowledge = Knowledge { weights, ..self.knowledge.clone() };
        (knowledge.ranker.next_basket, knowledge.ranker.discover) = (Forest::default(), Forest::default());
        Maker { name: "", knowledge, strategy, personal: true }
    }

    /// 0.96 for each basket ago, and popularity: what equals the tuned published methods.
    fn decay(&self, strategy: Strategy) -> Maker {
        Maker { name: "decay and popularity", ..self.weighing(strategy, Weights::default()) }
    }

    /// How often each item was bought, whenever.
    fn personal_top(&self, strategy: Strategy) -> Maker {
        Maker {
            name: "bought most often",
            ..self.weighing(strategy, Weights { basket_decay: 1.0, popularity: 0.001, ..Weights::default() })
        }
    }

    fn popular(&self, strategy: Strategy) -> Maker {
        let plain = Weights { together: 0.0, sequence: 0.0, similar: 0.0, category: 0.0, trend: 0.0, novelty: 0.0, ..Weights::default() };
        Maker { name: "popular", personal: strategy == Strategy::Discover, ..self.weighing(strategy, plain) }
    }

    /// The quality of the lists of each maker for what `wanted` says of each case, where it says anything.
    fn measured(&mut self, strategy: Strategy, makers: Vec<Maker>, wanted: impl Fn(&Case) -> Vec<u32>) -> StrategyFigures {
        let all: Vec<(&Case, Vec<u32>)> =
            self.cases.iter().map(|case| (case, wanted(case))).filter(|(_, wanted)| !wanted.is_empty()).collect();
        let mut rows = vec![Vec::new(); makers.len()];
        self.begin(strategy.name(), all.len() * makers.len());
        for (maker, rows) in makers.iter().zip(&mut rows) {
            for (case, wanted) in &all {
                let signals = if maker.personal { case.signals(usize::MAX) } else { Signals::default() };
                let list = self.list(maker, &signals, Request::new(maker.strategy, LIST, case.day * DAY));
                rows.push(quality(&places(&list), wanted).row());
                self.bar.inc(1);
            }
        }
        StrategyFigures::new(strategy.name(), Measures::OfBaskets, names(&makers).zip(rows).collect())
    }

    fn list(&mut self, maker: &Maker, signals: &Signals, request: Request) -> Vec<Item> {
        listed(self.catalog, &maker.knowledge, signals, &request, &mut self.scratch)
    }

    fn begin(&self, what: &str, length: usize) {
        self.bar.set_message(what.to_owned());
        self.bar.set_length(length as u64);
        self.bar.set_position(0);
    }

    pub fn done(&self) {
        self.bar.finish_and_clear();
    }

    fn next_basket(&mut self) -> StrategyFigures {
        let of = Strategy::NextBasket;
        let makers = vec![self.ours(of), self.by_weights(of), self.decay(of), self.personal_top(of), self.popular(of)];
        self.measured(of, makers, |case| case.wanted.clone())
    }

    /// What of the basket was bought before.
    fn buy_again(&mut self) -> StrategyFigures {
        let of = Strategy::BuyAgain;
        let makers = vec![self.ours(of), self.by_weights(of), self.decay(of), self.personal_top(of)];
        self.measured(of, makers, Case::known)
    }

    /// What of the basket was not.
    fn discover(&mut self) -> StrategyFigures {
        let of = Strategy::Discover;
        let makers = vec![self.ours(of), self.by_weights(of), self.popular(of)];
        self.measured(of, makers, |case| case.new.clone())
    }

    fn together(&mut self) -> StrategyFigures {
        let makers = [self.ours(Strategy::BoughtTogether), self.popular(Strategy::NextBasket)];
        self.found(&tasks::together(self.catalog, self.cases), &makers)
    }

    fn similar(&mut self) -> Option<StrategyFigures> {
        let classes = tasks::classes(self.catalog)?;
        let tasks = tasks::similar(self.catalog, self.cases);
        let ours = self.found(&tasks, &[self.ours(Strategy::Similar)]);
        let popularity = |item: &u32| self.knowledge.popularity.get(*item as usize).unwrap_or(0.0);
        let peers = tasks.iter().map(|task| {
            let class = |item: u32| classes.get(item as usize);
            let anchor = task.given[0];
            let mut peers: Vec<u32> =
                (0..classes.len() as u32).filter(|item| class(*item) == class(task.wanted) && *item != anchor.0).collect();
            peers.sort_by(|one, other| popularity(other).total_cmp(&popularity(one)).then(one.cmp(other)));
            peers.truncate(LIST);
            found_at(&peers, task.wanted)
        });
        let rows = ours.rows("regulars").unwrap_or_default().to_vec();
        Some(StrategyFigures::new("similar", Measures::OfOne, vec![("regulars", rows), ("popular of its class", peers.collect())]))
    }

    /// Where each maker's lists hold the one item that is to be found.
    fn found(&mut self, tasks: &[Task], makers: &[Maker]) -> StrategyFigures {
        let name = makers[0].strategy.name();
        let mut rows = vec![Vec::new(); makers.len()];
        self.begin(name, tasks.len());
        for task in tasks {
            for (maker, rows) in makers.iter().zip(&mut rows) {
                let most = match maker.name {
                    LAST_VIEW => 1,
                    "popular" if task.strategy == Strategy::Session => 0,
                    _ => usize::MAX,
                };
                let list = task.list(self.catalog, &maker.knowledge, maker.strategy, most, LIST, &mut self.scratch);
                rows.push(found_at(&places(&list), task.wanted));
            }
            self.bar.inc(1);
        }
        StrategyFigures::new(name, Measures::OfOne, names(makers).zip(rows).collect())
    }

    /// What is bought more than before, against what is bought most anyway.
    fn trending(&mut self) -> StrategyFigures {
        let of = Strategy::Trending;
        let makers = vec![self.ours(of), self.popular(Strategy::NextBasket)];
        self.measured(of, makers, |case| case.wanted.clone())
    }

    /// How much more than expected the 20 items that rise most, and the 20 most popular, are bought in the baskets to be found:
    /// 1 is as in the weeks before the last four.
    pub fn trend(&mut self) -> Trend {
        let day = self.knowledge.until;
        let mut bought = vec![0.0; self.catalog.len()];
        for item in self.cases.iter().flat_map(|case| &case.wanted) {
            if let Some(share) = bought.get_mut(*item as usize) {
                *share += 1.0 / self.cases.len() as f64;
            }
        }
        let (ours, most) = (self.ours(Strategy::Trending), self.popular(Strategy::NextBasket));
        let mut growth = |maker: &Maker| {
            let list = self.list(maker, &Signals::default(), Request::new(maker.strategy, LIST, day));
            let before = |item: &Item| {
                let number = |column: &regulars::domain::Column<f32>| f64::from(column.get(item.index()).unwrap_or(0.0));
                number(&self.knowledge.recent) / (1.0 + number(&self.knowledge.trend)).max(0.05)
            };
            let expected: f64 = list.iter().map(before).sum();
            list.iter().map(|item| bought[item.index()]).sum::<f64>() / f64::max(expected, 1e-9)
        };
        Trend { rising: growth(&ours), popular: growth(&most) }
    }

    fn session(&mut self, name: &'static str, tasks: Vec<Task>) -> StrategyFigures {
        let ours = self.ours(Strategy::Session);
        let last = Maker { name: LAST_VIEW, ..ours.clone() };
        let makers = [ours, last, self.popular(Strategy::NextBasket)];
        StrategyFigures { strategy: name, ..self.found(&tasks, &makers) }
    }

    /// Next baskets where only the last 0, 1, 2, 5 baskets are known, of households that have five.
    pub fn cold_start(&mut self) -> Vec<Cold> {
        let of = Strategy::NextBasket;
        let makers = [self.ours(of), self.decay(of), self.popular(of)];
        let most = COLD.into_iter().max().unwrap_or(0);
        let cases: Vec<&Case> = self.cases.iter().filter(|case| case.baskets.len() >= most && !case.wanted.is_empty()).collect();
        self.begin("cold start", cases.len() * COLD.len());
        COLD.iter()
            .map(|known| {
                let mut rows = vec![Vec::new(); makers.len()];
                for case in &cases {
                    for (maker, rows) in makers.iter().zip(&mut rows) {
                        let signals = if maker.personal { case.signals(*known) } else { Signals::default() };
                        let list = self.list(maker, &signals, Request::new(of, LIST, case.day * DAY));
                        rows.push(quality(&places(&list), &case.wanted).row());
                    }
                    self.bar.inc(1);
                }
                let compared = StrategyFigures::new(of.name(), Measures::OfBaskets, names(&makers).zip(rows).collect());
                Cold { baskets: *known, systems: compared.systems }
            })
            .collect()
    }

    /// The same measure as [`Study::strategies`] of next baskets, by how many baskets are known; fifths of the households.
    pub fn by_history(&self, next_basket: &StrategyFigures) -> Vec<History> {
        let cases: Vec<&Case> = self.cases.iter().filter(|case| !case.wanted.is_empty()).collect();
        let mut order: Vec<usize> = (0..cases.len()).collect();
        order.sort_by_key(|place| (cases[*place].baskets.len(), *place));
        let fifth = order.len().div_ceil(5).max(1);
        order
            .chunks(fifth)
            .map(|chunk| {
                let known: Vec<usize> = chunk.iter().map(|place| cases[*place].baskets.len()).collect();
                let of = |name: &str| {
                    let rows = next_basket.rows(name).unwrap_or_default();
                    chunk.iter().filter_map(|place| rows.get(*place).copied()).collect::<Vec<_>>()
                };
                let systems = ["regulars", "decay and popularity", "popular"].map(|name| (name, of(name)));
                let compared = StrategyFigures::new(next_basket.strategy, Measures::OfBaskets, systems.into());
                History { from: known.first().copied().unwrap_or(0), to: known.last().copied().unwrap_or(0), systems: compared.systems }
            })
            .collect()
    }
}

/// What lists of `strategy` are compared with, and its name: decayed counts and popularity, which equal the tuned published methods;
/// where only new items count, popularity.
pub fn simple(knowledge: &Knowledge, strategy: Strategy) -> (&'static str, Knowledge) {
    let plain = Weights { together: 0.0, sequence: 0.0, similar: 0.0, category: 0.0, trend: 0.0, novelty: 0.0, ..Weights::default() };
    let (name, weights) = if strategy == Strategy::Discover { ("popular", plain) } else { ("decay blend", Weights::default()) };
    let mut simple = Knowledge { weights, ..knowledge.clone() };
    (simple.ranker.next_basket, simple.ranker.discover) = (Forest::default(), Forest::default());
    (name, simple)
}

/// How progress is shown.
pub fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg} {bar:24} {pos}/{len} ({elapsed})").unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn names(makers: &[Maker]) -> impl Iterator<Item = &'static str> {
    makers.iter().map(|maker| maker.name)
}

/// The items of a list.
pub fn listed(catalog: &Catalog, knowledge: &Knowledge, signals: &Signals, request: &Request, scratch: &mut Scratch) -> Vec<Item> {
    recommend(catalog, knowledge, signals, request, scratch).items.into_iter().map(|found| found.item).collect()
}

/// Items as numbers.
pub fn places(list: &[Item]) -> Vec<u32> {
    list.iter().map(|item| item.0).collect()
}
