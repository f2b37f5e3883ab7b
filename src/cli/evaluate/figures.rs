//! What an evaluation finds, in the form of its JSON.

use std::fmt;

use serde::Serialize;

use super::lists::Likeness;
use super::metrics::{Mean, Quality};

/// Which measures a row of four numbers holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measures {
    /// Of a set that is to be found.
    OfBaskets,
    /// Of one item that is to be found.
    OfOne,
}

impl Measures {
    /// Their names. The second is the one that systems are compared by.
    pub fn names(self) -> [&'static str; 4] {
        match self {
            Measures::OfBaskets => ["recall@10", "nDCG@10", "PHR@10", "recall@20"],
            Measures::OfOne => ["HR@10", "MRR@10", "HR@20", "MRR@20"],
        }
    }
}

/// A row of measures.
pub type Row = [f64; 4];

/// A way to make lists, and how good they are.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct System {
    /// What it is called.
    pub name: &'static str,
    /// Each measure.
    pub measures: Vec<(&'static str, Mean)>,
    /// How much better or worse the first system of the list is by the second measure, as a share of this one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beaten_by: Option<Mean>,
    #[serde(skip)]
    rows: Vec<Row>,
}

impl System {
    /// The means of `rows`.
    pub fn new(name: &'static str, measures: Measures, rows: Vec<Row>) -> Self {
        let measures =
            measures.names().into_iter().enumerate().map(|(place, name)| (name, Mean::of(rows.iter().map(move |row| row[place]))));
        System { name, measures: measures.collect(), beaten_by: None, rows }
    }
}

/// Lists of one strategy against simpler ones, household by household.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// The strategy.
    pub strategy: String,
    /// Households.
    pub cases: usize,
    /// What the simpler lists are called.
    pub over: &'static str,
    /// Each measure.
    pub measures: Vec<ComparedMeasure>,
}

/// One measure of [`Compared`].
#[derive(Clone, Debug, Serialize)]
pub struct ComparedMeasure {
    /// Its name.
    pub name: &'static str,
    /// Of the lists.
    pub mean: Mean,
    /// Of the simpler lists.
    pub base: Mean,
    /// The paired difference.
    pub gain: Mean,
}

impl Compared {
    /// Of `qualities`, the lists' and the simpler ones', which are parallel.
    pub fn of(strategy: String, over: &'static str, [ours, theirs]: &[Vec<Quality>; 2]) -> Self {
        let measure = |(place, name): (usize, &'static str)| {
            let values = |of: &[Quality]| of.iter().map(|quality| quality.row()[place]).collect::<Vec<f64>>();
            let (ours, theirs) = (values(ours), values(theirs));
            let gain = Mean::of(ours.iter().zip(&theirs).map(|(one, other)| one - other));
            let [mean, base] = [&ours, &theirs].map(|values| Mean::of(values.iter().copied()));
            ComparedMeasure { name, mean, base, gain }
        };
        Compared { strategy, cases: ours.len(), over, measures: Measures::OfBaskets.names().into_iter().enumerate().map(measure).collect() }
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} households", self.cases)?;
        for ComparedMeasure { name, mean, base, gain } in &self.measures {
            write!(formatter, "\n  {name:<10} {mean}  {} {base}  gain {gain}", self.over)?;
        }
        Ok(())
    }
}

/// A strategy, measured.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StrategyFigures {
    /// Its name.
    pub strategy: &'static str,
    /// How many lists each system made.
    pub cases: usize,
    /// What is measured; then what it is compared with.
    pub systems: Vec<System>,
}

impl StrategyFigures {
    /// Of rows that are parallel from system to system, the first being what is measured.
    pub fn new(strategy: &'static str, measures: Measures, systems: Vec<(&'static str, Vec<Row>)>) -> Self {
        let cases = systems.first().map_or(0, |(_, rows)| rows.len());
        let mut systems: Vec<System> = systems.into_iter().map(|(name, rows)| System::new(name, measures, rows)).collect();
        if let Some((first, others)) = systems.split_first_mut() {
            for other in others {
                let base = other.measures[1].1.mean;
                let pairs = first.rows.iter().zip(&other.rows).map(|(one, other)| one[1] - other[1]);
                other.beaten_by = (base > 0.0).then(|| Mean::of(pairs.map(move |gain| gain / base)));
            }
        }
        StrategyFigures { strategy, cases, systems }
    }

    /// The rows of a system.
    pub fn rows(&self, name: &str) -> Option<&[Row]> {
        self.systems.iter().find(|system| system.name == name).map(|system| system.rows.as_slice())
    }
}

/// Next baskets with so many baskets known.
#[derive(Clone, Debug, Serialize)]
pub struct Cold {
    /// How many.
    pub baskets: usize,
    /// How good each system is.
    pub systems: Vec<System>,
}

/// Next baskets of households with so many baskets.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// The fewest.
    pub from: usize,
    /// The most.
    pub to: usize,
    /// How good each system is.
    pub systems: Vec<System>,
}

/// Whether trends hold.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Trend {
    /// How much the items that rise most are bought, against before they rose.
    pub rising: f64,
    /// The same of the most popular.
    pub popular: f64,
}

/// What a weight or a rule gives for what it takes.
#[derive(Clone, Debug, Serialize)]
pub struct Trade {
    /// The setting.
    pub setting: String,
    /// Accuracy of next baskets by lists for you.
    pub ndcg: Mean,
    /// How much of a list is the same after one more basket.
    pub stability: f64,
    /// The lists.
    pub lists: Likeness,
}

/// What weights give and take in lists that follow single items.
#[derive(Clone, Debug, Serialize)]
pub struct Rail {
    /// The strategy.
    pub strategy: &'static str,
    /// Its settings.
    pub trades: Vec<RailTrade>,
}

/// One setting of a [`Rail`].
#[derive(Clone, Debug, Serialize)]
pub struct RailTrade {
    /// The setting.
    pub setting: String,
    /// HR@10.
    pub hit: Mean,
    /// MRR@10.
    pub reciprocal: Mean,
    /// The lists.
    pub lists: Likeness,
}

/// How likely the items of lists are bought: as told, and as it was.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Calibration {
    /// Tenths of the listed items by what is told: told, found, and how many.
    pub bins: Vec<(f64, f64, usize)>,
    /// The mean difference of told and found, by how many there are.
    pub expected_error: f64,
}

/// How steady lists are.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stability {
    /// Share of the lists that are the same when they are asked for again.
    pub asked_again: f64,
    /// How much of a list is the same on the next day, nothing having happened.
    pub next_day: f64,
    /// How much of it is the same after one more basket.
    pub next_basket: f64,
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Households.
    pub households: usize,
    /// Items of the model.
    pub items: usize,
    /// Bytes of the learned rankers: next basket, discover.
    pub ranker_bytes: [usize; 2],
    /// Each strategy apart.
    pub strategies: Vec<StrategyFigures>,
    /// Strategies that nothing can be told of, and why.
    pub not_measured: Vec<(String, String)>,
    /// Whether trends hold.
    pub trend: Trend,
    /// By how many baskets a household has.
    pub by_history: Vec<History>,
    /// With few baskets known.
    pub cold_start: Vec<Cold>,
    /// What lists are like, by strategy; then the most popular items alone.
    pub lists: Vec<(String, Likeness)>,
    /// Share of each brand among the items, and among what was bought.
    pub brands: Vec<(String, f64, f64)>,
    /// How often items are shown, most first, as shares of the lists: at 1, 2, 5, 10, ... items.
    pub shown: Vec<(usize, f64)>,
    /// How likely items are bought, told and found.
    pub calibration: Calibration,
    /// How steady lists are.
    pub stability: Stability,
    /// What weights and rules give and take.
    pub trades: Vec<Trade>,
    /// The same of lists that follow single items.
    pub rails: Vec<Rail>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_beaten_by_the_mean_of_pairs() {
        let rows = |of: [f64; 3]| of.map(|value| [0.0, value, 0.0, 0.0]).to_vec();
        let figures = StrategyFigures::new(
            "x",
            Measures::OfBaskets,
            vec![("a", rows([0.3, 0.6, 0.0])), ("b", rows([0.2, 0.4, 0.0])), ("c", rows([0.0; 3]))],
        );
        assert!((figures.systems[1].beaten_by.unwrap().mean - 0.5).abs() < 1e-12);
        assert!(figures.systems[0].beaten_by.is_none() && figures.systems[2].beaten_by.is_none());
        assert_eq!((figures.cases, figures.rows("b").unwrap()[1][1]), (3, 0.4));
    }
}
