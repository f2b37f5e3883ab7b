//! Runs public promotion and loyalty cases through the engine.
//!
//! `cargo test --test conformance -- [DIR]` prints one line a case, then a total. Each format has an adapter that turns a
//! case into a programme and a cart; what differs between the systems the cases come from is said by settings of the
//! programme, so that cases never seen before of the same formats run the same way. Without a folder the cases of
//! `tests/vectors/promotions` run, and the command fails where one differs that `differences.txt` does not explain.
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)] // a test may panic

mod best;
mod calculators;
mod case;
mod loyalty;
mod medusa;
mod record;
mod refunds;
mod shop;
mod sylius;
mod totals;
mod vendure;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use case::{Case, Outcome};

/// Tells the cases of a format, and runs one.
type Adapter = (fn(&Case) -> bool, fn(&Case) -> Outcome);

const ADAPTERS: [Adapter; 8] = [
    (refunds::is_one, refunds::run),
    (loyalty::is_one, loyalty::run),
    (sylius::is_one, sylius::run),
    (vendure::is_one, vendure::run),
    (medusa::is_one, medusa::run),
    (best::is_one, best::run),
    (calculators::is_one, calculators::run),
    (totals::is_one, totals::run),
];

fn main() -> ExitCode {
    // `make` hands down an empty CASES where none is asked for.
    let asked = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let asked = asked.or_else(|| std::env::var("CASES").ok().filter(|folder| !folder.is_empty()));
    let vendored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/promotions");
    let folder = asked.as_ref().map_or(vendored, PathBuf::from);
    let explained = include_str!("differences.txt");
    let explained: Vec<&str> = explained.lines().filter_map(|line| line.split_whitespace().next()).filter(|id| *id != "#").collect();
    let (mut counts, mut unexplained) = ([0_usize; 3], 0_usize);
    for case in case::read(&folder) {
        let adapter = ADAPTERS.iter().find(|(is_one, _)| is_one(&case));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            adapter.map_or_else(|| Outcome::not_representable("no adapter for this format"), |(_, run)| run(&case))
        }));
        let outcome = outcome.unwrap_or_else(|_| Outcome::Differ("the adapter or the engine stopped".into()));
        let (place, word, why) = match &outcome {
            Outcome::Agree => (0, "agree", ""),
            Outcome::Differ(why) => (1, "differ", why.as_str()),
            Outcome::NotRepresentable(why) => (2, "not representable", why.as_str()),
        };
        counts[place] += 1;
        unexplained += usize::from(place == 1 && !explained.contains(&case.id.as_str()));
        println!("{}  {word}{}{why}", case.id, if why.is_empty() { "" } else { ": " });
    }
    if asked.is_none() {
        record::write();
    }
    println!("agree={} differ={} not-representable={}", counts[0], counts[1], counts[2]);
    let failed = asked.is_none() && unexplained > 0;
    if failed {
        eprintln!("{unexplained} cases differ without being explained in tests/conformance/differences.txt");
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
