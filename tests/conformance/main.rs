//! Runs public promotion and loyalty cases through the engine.
//!
//! `cargo test --test conformance -- [DIR]` prints one line a case, then a total. Each format has an adapter that turns a
//! case into a programme and a cart; what differs between the systems the cases come from is said by settings of the
//! programme, so that cases never seen before of the same formats run the same way. Without a folder those of
//! `tests/vectors/promotions` and `tests/vectors/transcribed` run, and the command fails where one differs that
//! `differences.txt` does not explain, or can't be represented.
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)] // a test may panic

mod best;
mod calculators;
mod case;
mod loyalty;
mod medusa;
mod record;
mod refunds;
mod sets;
mod shop;
mod sylius;
mod totals;
mod variants;
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

/// What became of the cases of one file.
#[derive(Default)]
struct Counts([usize; 3]);

impl Counts {
    fn shown(&self) -> String {
        format!("agree={} differ={} not-representable={}", self.0[0], self.0[1], self.0[2])
    }
}

fn outcome(case: &Case) -> Outcome {
    let adapter = ADAPTERS.iter().find(|(is_one, _)| is_one(case));
    let run = || adapter.map_or_else(|| Outcome::not_representable("no adapter for this format"), |(_, run)| run(case));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let why = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        Outcome::Differ(format!("the adapter or the engine stopped: {}", why.unwrap_or_default()))
    })
}

fn main() -> ExitCode {
    // `make` hands down an empty CASES where none is asked for.
    let asked = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let asked = asked.or_else(|| std::env::var("CASES").ok().filter(|folder| !folder.is_empty()));
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let vendored = ["promotions", "transcribed"].map(|folder| vectors.join(folder)).to_vec();
    let folders = asked.as_ref().map_or(vendored, |folder| vec![PathBuf::from(folder)]);
    let explained = include_str!("differences.txt");
    let explained: Vec<&str> = explained.lines().filter_map(|line| line.split_whitespace().next()).filter(|id| *id != "#").collect();
    let mut files: Vec<(String, Counts)> = Vec::new();
    let (mut all, mut failures, mut variants) = (Counts::default(), Vec::new(), 0_usize);
    for case in folders.iter().flat_map(|folder| case::read(folder)) {
        let outcome = outcome(&case);
        let (place, word, why) = match &outcome {
            Outcome::Agree => (0, "agree", ""),
            Outcome::Differ(why) => (1, "differ", why.as_str()),
            Outcome::NotRepresentable(why) => (2, "not representable", why.as_str()),
        };
        if files.last().is_none_or(|(file, _)| *file != case.file) {
            files.push((case.file.clone(), Counts::default()));
        }
        files.last_mut().unwrap().1.0[place] += 1;
        all.0[place] += 1;
        println!("{}  {word}{}{why}", case.id, if why.is_empty() { "" } else { ": " });
        if place > 0 && !explained.contains(&case.id.as_str()) {
            failures.push(format!("{}: {why}", case.id));
        }
        if place == 0 && asked.is_none() {
            for (what, variant) in variants::of(&case) {
                variants += 1;
                if let Outcome::Differ(why) | Outcome::NotRepresentable(why) = record::without(|| self::outcome(&variant)) {
                    failures.push(format!("{} with {what}: {why}", case.id));
                }
            }
        }
    }
    println!();
    for (file, counts) in &files {
        println!("{file}  {}", counts.shown());
    }
    if asked.is_none() {
        record::write();
        println!("{variants} variants of agreeing cases run beside them");
    }
    println!("{}", all.shown());
    if asked.is_some() || failures.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("not explained in tests/conformance/differences.txt:\n{}", failures.join("\n"));
    ExitCode::FAILURE
}
