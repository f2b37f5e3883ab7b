//! What the tests of answers start from.

use alloc::rc::Rc;

use super::{CatalogSource, Engine};
use crate::domain::Value;
use crate::rules::NativeRegex;

/// JSON that a test writes down.
pub(super) fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// An engine with the catalog of a shop, taken at 1970.
pub(super) fn shop(catalog: &str) -> Engine {
    let mut engine = Engine::new(1, Rc::new(NativeRegex));
    engine.load_catalog(CatalogSource::Json(&value(catalog)), &[], 0).unwrap();
    engine
}
