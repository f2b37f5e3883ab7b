//! How long answers take natively, over the households of the demo: `cargo bench --bench answers --features bench`, after
//! `scripts/demo-data.sh` has made their data. One call is one household's answer, households in turns.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::{fs, process};

use criterion::{BatchSize, Criterion};
use regulars::domain::{AlignedBytes, FromValue, Value as Facts, from_value};
use regulars::engine::{CatalogSource, Engine};
use regulars::rules::NativeRegex;
use regulars::snapshot::PublicKey;
use serde_json::{Value, json};

/// Each has a catalogue of its own in memory.
const HOUSEHOLDS: usize = 20;

struct Demo {
    catalog: AlignedBytes,
    keys: [PublicKey; 1],
    now: i64,
    members: Vec<Facts>,
    cart: Value,
}

impl Demo {
    fn read(folder: &Path) -> Demo {
        let json = |path: PathBuf| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
        let index = json(folder.join("index.json"));
        let files = index["households"].as_array().unwrap().iter().take(HOUSEHOLDS);
        let profiles: Vec<Value> = files.map(|household| json(folder.join(household["file"].as_str().unwrap()))).collect();
        let bought = profiles[0]["history"].as_array().unwrap().iter().flat_map(|order| order["lines"].as_array().unwrap());
        let lines: Vec<Value> =
            bought.take(20).enumerate().map(|(place, line)| json!({"item": line["item"], "quantity": place % 3 + 1})).collect();
        Demo {
            catalog: AlignedBytes::copy_of(&fs::read(folder.join("catalog.rgl")).unwrap()),
            keys: [fs::read(folder.join("shop.pub")).unwrap()],
            now: index["now"].as_i64().unwrap(),
            members: profiles.into_iter().map(facts).collect(),
            cart: lines.into(),
        }
    }

    fn open(&self) -> Engine {
        let mut engine = Engine::new(0, Rc::new(NativeRegex));
        engine.load_catalog(CatalogSource::Binary(self.catalog.clone()), &self.keys, self.now).unwrap();
        engine
    }

    fn engines(&self) -> Vec<Engine> {
        let of = |member| {
            let mut engine = self.open();
            engine.load_member(member, self.now).unwrap();
            engine
        };
        self.members.iter().map(of).collect()
    }
}

fn facts(json: Value) -> Facts {
    serde_json::from_value(json).unwrap()
}

fn asked<Q: for<'v> FromValue<'v>>(request: Value) -> Q {
    from_value(&facts(request)).unwrap()
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/public/data");
    if !folder.join("index.json").exists() {
        eprintln!("there is no {}: run scripts/demo-data.sh first", folder.display());
        process::exit(1);
    }
    let demo = Demo::read(&folder);
    let now = demo.now;
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("open the snapshot", |bench| bench.iter_with_large_drop(|| demo.open()));
    let mut turn = 0;
    criterion.bench_function("load a member", |bench| {
        let next = || {
            turn += 1;
            demo.members[turn % HOUSEHOLDS].clone()
        };
        let mut engine = demo.open();
        bench.iter_batched(next, |member| engine.load_member(&member, now).unwrap(), BatchSize::SmallInput);
    });
    let mut engines = demo.engines();
    let mut ask = |name: &str, answer: &mut dyn FnMut(&mut Engine)| {
        let mut turn = 0;
        criterion.bench_function(name, |bench| {
            bench.iter(|| {
                turn += 1;
                answer(&mut engines[turn % HOUSEHOLDS]);
            });
        });
    };
    for strategy in ["for-you", "next-basket", "discover"] {
        let request = asked(json!({"strategy": strategy, "limit": 12}));
        ask(strategy, &mut |engine| drop(black_box(engine.recommend(&request, now).unwrap())));
    }
    let request = asked(json!({"lines": demo.cart}));
    ask("a quote of 20 lines", &mut |engine| drop(black_box(engine.quote(&request, now).unwrap())));
    let request = asked(json!({"cart": demo.cart}));
    ask("offers", &mut |engine| drop(black_box(engine.offers(&request, now).unwrap())));
    let request = asked(json!({}));
    ask("membership", &mut |engine| drop(black_box(engine.membership(&request, now).unwrap())));
    criterion.final_summary();
}
