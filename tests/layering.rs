//! Reads `src/` and fails where a module uses one that stands above or beside it, where a JavaScript type leaves
//! `src/bindings`, and where a file outgrows its line. The order is that of ARCHITECTURE.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::string_slice
)] // a test may panic

use std::{fmt, fs, path::Path};

/// What each module may use, besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("rules", &["domain"]),
    ("loyalty", &["domain", "rules"]),
    ("offers", &["domain", "rules"]),
    ("experiments", &["domain", "rules"]),
    ("recommend", &["domain", "rules"]),
    ("snapshot", &["domain", "rules", "loyalty", "offers", "experiments", "recommend"]),
    ("engine", &["domain", "rules", "loyalty", "offers", "experiments", "recommend", "snapshot"]),
    ("bindings", &["domain", "rules", "loyalty", "offers", "experiments", "recommend", "snapshot", "engine"]),
];

/// Crates that speak JavaScript.
const JAVASCRIPT: &[&str] = &["js_sys", "serde_wasm_bindgen", "wasm_bindgen", "wasm_bindgen_futures", "web_sys"];

/// Lines of a file before its tests.
const LINES: usize = 600;

#[derive(Debug, PartialEq, Eq)]
struct Violation {
    file: String,
    line: usize,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.file, self.line, self.what)
    }
}

#[test]
fn modules_use_only_what_stands_below_them() {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    assert!(files.len() > 10, "src/ was not found");
    for (layer, _) in LAYERS.iter().filter(|(layer, _)| *layer != "bindings") {
        assert!(files.iter().any(|(file, _)| module_path(file).first() == Some(layer)), "no file of `{layer}`: is the table out of date?");
    }
    let found: Vec<String> = files.iter().flat_map(|(file, text)| check(file, text)).map(|violation| violation.to_string()).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files);
        } else if name.ends_with(".rs") {
            files.push((format!("{prefix}{name}"), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The modules a file stands in, outermost first: `offers/quote.rs` is `[offers, quote]`, `lib.rs` is `[]`.
fn module_path(file: &str) -> Vec<&str> {
    let mut path: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    if matches!(path.last(), Some(&"mod" | &"lib" | &"main")) {
        path.pop();
    }
    path
}

fn check(file: &str, text: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut report = |line, what| found.push(Violation { file: file.to_owned(), line, what });

    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| pair[0].trim() == "#[cfg(test)]" && pair[1].starts_with("mod "));
    let before_tests = tests.unwrap_or(lines.len());
    let path = module_path(file);
    if before_tests > LINES && !file.ends_with("generated.rs") && path.last() != Some(&"tests") {
        report(LINES, format!("{before_tests} lines before its tests, more than {LINES}"));
    }

    let tokens = tokens(text);
    if path.first() != Some(&"bindings") {
        for token in tokens.iter().filter(|token| JAVASCRIPT.contains(&token.text)) {
            report(token.line, format!("`{}` outside src/bindings", token.text));
        }
    }
    // The command line is a crate of its own on top of everything; the root is the map of all.
    let Some(layer) = path.first().filter(|layer| **layer != "cli") else { return found };
    let Some((_, below)) = LAYERS.iter().find(|(name, _)| name == layer) else {
        report(1, format!("`{layer}` is not a module of ARCHITECTURE.md"));
        return found;
    };
    for (used, line) in root_names(&path, &tokens) {
        if used == *layer || below.contains(&used) {
            continue;
        }
        report(
            line,
            match LAYERS.iter().any(|(name, _)| *name == used) {
                true => format!("`{layer}` uses `{used}`"),
                false => format!("`{used}` by way of the crate's root: name the module it lives in"),
            },
        );
    }
    found
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// Identifiers, `::` and single signs; no comments, strings, characters or lifetimes.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let (mut at, mut line, mut tokens) = (0, 1, Vec::new());
    let word = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80;
    while at < bytes.len() {
        let rest = &text[at..];
        let length = match bytes[at] {
            b'/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => block_comment(rest),
            b'"' => quoted(rest, 1),
            b'b' | b'c' if rest[1..].starts_with('"') => quoted(rest, 2),
            b'r' | b'b' | b'c' if raw_string(rest).is_some() => raw_string(rest).unwrap(),
            b'\'' => character_or_lifetime(rest),
            b':' if rest.starts_with("::") => {
                tokens.push(Token { text: &rest[..2], line });
                2
            }
            byte if word(byte) => {
                let length = rest.bytes().take_while(|byte| word(*byte)).count();
                tokens.push(Token { text: &rest[..length], line });
                length
            }
            byte if byte.is_ascii_whitespace() => 1,
            _ => {
                tokens.push(Token { text: &rest[..1], line });
                1
            }
        };
        line += rest[..length].matches('\n').count();
        at += length;
    }
    tokens
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            [] => return at,
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
}

/// Length of a string whose opening quote ends before `at`.
fn quoted(rest: &str, mut at: usize) -> usize {
    let bytes = rest.as_bytes();
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// Length of `r"…"`, `r#"…"#`, `br"…"`; none if `rest` does not start with one.
fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.trim_start_matches(['b', 'c']).strip_prefix('r')?;
    let body = after.trim_start_matches('#');
    let hashes = &after[..after.len() - body.len()];
    let content = body.strip_prefix('"')?;
    let end = format!("\"{hashes}");
    let length = content.find(&end).map_or(content.len(), |found| found + end.len());
    Some(rest.len() - content.len() + length)
}

fn character_or_lifetime(rest: &str) -> usize {
    let mut inside = rest[1..].chars();
    match inside.next() {
        Some('\\') => rest[3..].find('\'').map_or(rest.len(), |end| end + 4),
        Some(character) if inside.next() == Some('\'') => character.len_utf8() + 2,
        _ => 1,
    }
}

/// Every name the file reaches at the crate's root, by `crate::`, or by `super::` from where it stands.
fn root_names<'a>(path: &[&str], tokens: &[Token<'a>]) -> Vec<(&'a str, usize)> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut names = Vec::new();
    // One entry an open brace: whether it is a module's.
    let mut braces: Vec<bool> = Vec::new();
    for at in 0..tokens.len() {
        match text(at) {
            "{" => braces.push(at >= 2 && text(at - 2) == "mod"),
            "}" => drop(braces.pop()),
            "crate" if at == 0 || text(at - 1) != "extern" => below(&tokens[at + 1..], &mut names),
            // `super::super` is counted from its first word.
            "super" if at < 2 || text(at - 1) != "::" || text(at - 2) != "super" => {
                let depth = path.len() + braces.iter().filter(|module| **module).count();
                let ups = 1 + (0..).take_while(|step| text(at + 2 * step + 1) == "::" && text(at + 2 * step + 2) == "super").count();
                if ups >= depth {
                    below(&tokens[at + 2 * ups - 1..], &mut names);
                }
            }
            _ => {}
        }
    }
    names
}

/// The names that follow a path to the crate's root: `::name`, `::{name, name::…}`, `::*`, `as alias`.
fn below<'a>(after: &[Token<'a>], names: &mut Vec<(&'a str, usize)>) {
    let mut name = |token: &Token<'a>| names.push((token.text, token.line));
    match after {
        [alias, ..] if alias.text == "as" => name(alias),
        [colons, open, rest @ ..] if colons.text == "::" && open.text == "{" => {
            let (mut depth, mut first) = (1, true);
            for token in rest {
                match token.text {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    "," if depth == 1 => first = true,
                    _ if first => {
                        name(token);
                        first = false;
                    }
                    _ => {}
                }
                if depth == 0 {
                    return;
                }
            }
        }
        [colons, one, ..] if colons.text == "::" => name(one),
        _ => {}
    }
}

#[cfg(test)]
mod the_check_itself {
    use super::*;

    fn found(file: &str, text: &str) -> Vec<String> {
        check(file, text).into_iter().map(|violation| format!("{}: {}", violation.line, violation.what)).collect()
    }

    #[test]
    fn lets_lower_layers_and_own_parts_pass() {
        let text = "use crate::{domain::{Item, Reason}, rules::Condition};\nuse super::stacking;\npub(crate) fn f() -> crate::offers::X { self::g() }";
        assert_eq!(found("offers/quote.rs", text), Vec::<String>::new());
        assert_eq!(found("engine/quote.rs", "use crate::offers; mod tests { use super::*; }"), Vec::<String>::new());
        assert_eq!(found("lib.rs", "pub mod domain; pub use crate::engine::Engine;"), Vec::<String>::new());
        assert_eq!(found("cli/train/mod.rs", "use crate::anything; use regulars::engine;"), Vec::<String>::new());
    }

    #[test]
    fn does_not_read_comments_and_texts() {
        let text = "/// [`crate::engine`] /* */\n/* crate::engine /* crate::snapshot */ crate::engine */\n\
                    const A: &str = \"crate::engine \\\" crate::engine\"; const B: &str = r#\"crate::engine \"\"#;\n\
                    fn f<'a>(x: &'a str) -> char { if x == \"\" { '\"' } else { '\\'' } }";
        assert_eq!(found("domain/value.rs", text), Vec::<String>::new());
    }

    #[test]
    fn catches_upward_use() {
        assert_eq!(found("domain/value.rs", "\nuse crate::rules::Condition;"), ["2: `domain` uses `rules`"]);
        assert_eq!(found("snapshot/open.rs", "fn f() {\n let x = crate::engine::Engine::new();\n}"), ["2: `snapshot` uses `engine`"]);
        assert_eq!(found("engine/mod.rs", "use super::bindings::x;"), ["1: `engine` uses `bindings`"]);
    }

    #[test]
    fn catches_sideways_use() {
        assert_eq!(found("offers/a.rs", "use super::super::{\n  domain::Item,\n  loyalty::{Tier, x},\n};"), ["3: `offers` uses `loyalty`"]);
        assert_eq!(found("offers/a.rs", "mod tests { use super::super::super::recommend::x; }"), ["1: `offers` uses `recommend`"]);
        assert_eq!(found("loyalty/a.rs", "const C: char = '\"'; fn f(x: crate::experiments::Y) {}"), ["1: `loyalty` uses `experiments`"]);
    }

    #[test]
    fn catches_ways_around_by_the_root() {
        for text in ["use crate::*;", "use crate as root;", "use crate::{self};", "use super::super::*;", "type E = crate::Engine;"] {
            assert_eq!(found("domain/value.rs", text).len(), 1, "{text}");
        }
    }

    #[test]
    fn catches_javascript_outside_bindings() {
        assert_eq!(found("engine/mod.rs", "fn f(x: &js_sys::Date) {}"), ["1: `js_sys` outside src/bindings"]);
        assert_eq!(found("offers/a.rs", "#[wasm_bindgen]\npub struct A;"), ["1: `wasm_bindgen` outside src/bindings"]);
        assert_eq!(found("bindings/regex.rs", "use js_sys::RegExp; use crate::rules::RegexEngine;"), Vec::<String>::new());
    }

    #[test]
    fn catches_long_files_and_unknown_modules() {
        assert_eq!(found("domain/long.rs", &"//\n".repeat(601)), ["600: 601 lines before its tests, more than 600"]);
        assert_eq!(found("domain/tested.rs", &format!("#[cfg(test)]\nmod tests {{\n{}}}", "//\n".repeat(700))), Vec::<String>::new());
        assert_eq!(found("utils/mod.rs", ""), ["1: `utils` is not a module of ARCHITECTURE.md"]);
    }
}
