//! What was asked and answered, written down for `tests/js/promotions.test.mjs`: the same in WebAssembly.

use std::cell::RefCell;
use std::io::Write;
use std::path::Path;

use regulars::offers::Quote;
use serde_json::{Value, json};

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Does `run` without keeping its quotes.
pub fn without<T>(run: impl FnOnce() -> T) -> T {
    let kept = LINES.with_borrow(Vec::len);
    let result = run();
    LINES.with_borrow_mut(|lines| lines.truncate(kept));
    result
}

/// Keeps a quote with what it was made from.
pub fn quote(catalog: &Value, member: &Value, request: &Value, quote: &Quote) {
    let line = json!({"catalog": catalog, "member": member, "request": request, "answer": quote}).to_string();
    LINES.with_borrow_mut(|lines| lines.push(line));
}

/// Writes all that was kept, a line each, to `target/tmp/quotes.jsonl`.
pub fn write() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("quotes.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    LINES.with_borrow(|lines| lines.iter().for_each(|line| writeln!(file, "{line}").unwrap()));
    file.flush().unwrap();
}
