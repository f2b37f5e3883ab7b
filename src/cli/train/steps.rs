//! The SQL files in their order, and the progress that is shown while they run.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

/// What each file makes, in words, and its SQL.
pub const STEPS: &[(&str, &str)] = &[
    ("choosing the lines that count", include_str!("sql/01_sold.sql")),
    ("numbering items", include_str!("sql/02_items.sql")),
    ("numbering baskets", include_str!("sql/03_baskets.sql")),
    ("reading what baskets hold", include_str!("sql/04_contents.sql")),
    ("finding first purchases", include_str!("sql/05_first_bought.sql")),
    ("measuring popularity and trend", include_str!("sql/06_popularity.sql")),
    ("measuring rhythms", include_str!("sql/07_rhythm.sql")),
    ("measuring repeat purchases", include_str!("sql/08_repeats.sql")),
    ("counting pairs in baskets", include_str!("sql/09_basket_pairs.sql")),
    ("ranking what is bought together", include_str!("sql/10_bought_together.sql")),
    ("ranking what is bought next", include_str!("sql/11_in_sequence.sql")),
    ("counting pairs of members' items", include_str!("sql/12_member_pairs.sql")),
    ("ranking what is similar", include_str!("sql/13_similar_items.sql")),
    ("finding present prices", include_str!("sql/14_prices.sql")),
];

/// A bar on a terminal; elsewhere one line a step.
pub struct Progress {
    bar: ProgressBar,
    on_terminal: bool,
    started: Instant,
}

impl Progress {
    /// Begins.
    #[allow(clippy::disallowed_methods)] // the command line may look at the clock
    pub fn new() -> Self {
        let on_terminal = stderr().is_terminal();
        let bar = if on_terminal { ProgressBar::new(STEPS.len() as u64 + 3) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress { bar, on_terminal, started: Instant::now() }
    }

    /// Does one step, and says what it is.
    #[allow(clippy::disallowed_methods)] // the command line may look at the clock
    pub fn step<T>(&self, what: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.bar.set_message(what);
        let started = Instant::now();
        let done = work();
        self.bar.inc(1);
        if !self.on_terminal {
            eprintln!("{what}: {:.1} s", started.elapsed().as_secs_f64());
        }
        done
    }

    /// Takes the bar away; how long it all took.
    pub fn finish(self) -> Duration {
        self.bar.finish_and_clear();
        self.started.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::STEPS;

    /// What DuckDB has and Spark lacks, or means otherwise there.
    #[test]
    fn the_sql_keeps_to_what_both_engines_know() {
        for (what, sql) in STEPS {
            let upper = sql.to_uppercase();
            for word in [
                " QUALIFY ",
                " EXCLUDE",
                "GROUP BY ALL",
                "::",
                " FILTER ",
                "LIST(",
                "QUANTILE_",
                "MEDIAN(",
                "EPOCH",
                "USING SAMPLE",
                "ASOF",
            ] {
                assert!(!upper.contains(word), "{what}: {word}");
            }
            assert_eq!(sql.matches("CREATE TABLE").count(), 1, "{what}");
            assert!(sql.starts_with("-- "), "{what}");
        }
    }
}
