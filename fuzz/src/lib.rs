//! What the fuzz targets share.

mod ask;

use std::{fs, path::Path, rc::Rc};

pub use ask::{answer, answer_usual};
use regulars::domain::{Catalog, Column, Lists, StringColumn, Value};
use regulars::engine::{CatalogSource, Engine, EngineError};
use regulars::rules::{NativeRegex, Regex, RegexEngine};
use regulars::snapshot::OpenOptions;

/// The host's clock in every target: 2018-01-03, 10:00 UTC.
pub const CLOCK: i64 = 1_514_973_600_000;

/// The input as JSON, where it is some.
pub fn json(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}

/// Regular expressions on short texts only: how long an engine backtracks on a hostile pattern is not what is tested.
pub struct Brief;

struct BriefRegex(Box<dyn Regex>);

impl RegexEngine for Brief {
    fn compile(&self, pattern: &str, ignore_case: bool) -> Option<Box<dyn Regex>> {
        Some(Box::new(BriefRegex(NativeRegex.compile(pattern, ignore_case)?)))
    }
}

impl Regex for BriefRegex {
    fn is_match(&self, text: &str) -> bool {
        text.len() <= 12 && self.0.is_match(text)
    }
}

/// An engine that knows nothing yet.
pub fn engine() -> Engine {
    Engine::new(7, Rc::new(Brief))
}

/// An engine with the first seed of the catalog.
pub fn stocked() -> Engine {
    thread_local! {
        static CATALOG: Value = json(&seeds("catalog_json")[0]).expect("a catalog");
    }
    let mut engine = engine();
    CATALOG.with(|catalog| engine.load_catalog(CatalogSource::Json(catalog), &[], CLOCK)).expect("the seed loads");
    engine
}

/// Loads the first seed of a member.
///
/// # Errors
/// Where the catalog is another shop's.
pub fn sign_in(engine: &mut Engine) -> Result<(), EngineError> {
    thread_local! {
        static MEMBER: Value = json(&seeds("member_json")[0]).expect("a member");
    }
    MEMBER.with(|member| engine.load_member(member, CLOCK)).map(|_| ())
}

/// Options that check nothing beyond the snapshot itself.
pub fn options() -> OpenOptions<'static> {
    OpenOptions::new(&Brief)
}

/// The seeds of a target, in the order of their names.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).expect("the target has seeds").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("a readable file")).collect()
}

/// Puts `inputs` into the corpus of a target whose inputs are binary, so that they are always of the form written today.
pub fn plant(target: &str, inputs: impl IntoIterator<Item = Vec<u8>>) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&corpus).expect("the corpus can be written");
    for (place, input) in inputs.into_iter().enumerate() {
        fs::write(corpus.join(format!("seed-{place}")), input).expect("the corpus can be written");
    }
}

/// All that a catalog says, wherever its columns lie in memory.
pub fn content(catalog: &Catalog) -> impl PartialEq + std::fmt::Debug {
    let texts = |column: &StringColumn| column.iter().map(str::to_owned).collect::<Vec<_>>();
    let terms = |column: &Column<u32>| column.as_slice().to_vec();
    let lists = |lists: &Lists| (terms(&lists.offsets), terms(&lists.values));
    let items = &catalog.items;
    (
        (texts(&catalog.terms.0), texts(&items.ids)),
        items.titles.iter().map(|(locale, titles)| (locale.clone(), texts(titles))).collect::<Vec<_>>(),
        (items.price.as_slice().to_vec(), items.base_price.as_slice().to_vec(), items.added_at.as_slice().to_vec()),
        (items.stock.as_slice().to_vec(), terms(&items.department), terms(&items.category), terms(&items.kind)),
        (terms(&items.brand), lists(&items.tags)),
        items.attributes.iter().map(|column| (column.name.clone(), terms(&column.places), column.values.clone())).collect::<Vec<_>>(),
    )
}
