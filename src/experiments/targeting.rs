//! Which pages an experiment runs on.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::url::Url;
use crate::domain::{Listed, Value, pieces, small};
use crate::rules::{Regex, RegexEngine};

/// Pages that an experiment includes and excludes.
#[derive(Clone, Debug)]
pub(super) struct UrlTargeting {
    targets: Box<[Target]>,
}

#[derive(Clone, Debug)]
struct Target {
    include: bool,
    pattern: Pattern,
}

#[derive(Clone)]
enum Pattern {
    Regex(Rc<dyn Regex>),
    Simple(Url, Vec<(String, String)>),
    /// Invalid, or of a type not known here: no page.
    Nothing,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Pattern::Regex(_) => "Regex",
            Pattern::Simple(..) => "Simple",
            Pattern::Nothing => "Nothing",
        })
    }
}

/// Stands for `*` in a URL that is parsed: a star is no character of a host.
const STAR: &str = "_____";

impl UrlTargeting {
    /// Reads `[{"type": "simple" | "regex", "pattern", "include"}, ...]`, and says how many patterns are invalid.
    pub(super) fn compile(targets: &[Value], regex: &dyn RegexEngine) -> (Self, usize) {
        let compile = |target: &Value| {
            let pattern = target.get("pattern").and_then(Value::as_str).unwrap_or_default();
            let pattern = match target.get("type").and_then(Value::as_str) {
                Some("regex") => regex.compile(pattern, false).map_or(Pattern::Nothing, |regex| Pattern::Regex(regex.into())),
                Some("simple") => simple(pattern).map_or(Pattern::Nothing, |url| {
                    let parameters = url.parameters();
                    Pattern::Simple(url, parameters)
                }),
                _ => Pattern::Nothing,
            };
            Target { include: target.get("include").and_then(Value::as_bool) != Some(false), pattern }
        };
        let targets: Box<[Target]> = targets.iter().map(compile).collect();
        let invalid = targets.iter().filter(|target| matches!(target.pattern, Pattern::Nothing)).count();
        (UrlTargeting { targets }, invalid)
    }

    /// Whether the page at `url` is included, or nothing has to be, and it is not excluded. Without any target no page is.
    pub(super) fn includes(&self, url: &str) -> bool {
        let page = Url::parse("https://_").and_then(|base| Url::parse_at(url, &base));
        let matches = |target: &&Target| page.as_ref().is_some_and(|page| target.pattern.matches(page));
        let (including, excluding): (Vec<&Target>, Vec<&Target>) = self.targets.iter().partition(|target| target.include);
        !self.targets.is_empty() && !excluding.iter().any(matches) && (including.is_empty() || including.iter().any(matches))
    }
}

/// A pattern as a URL: `https://` is put before a host without a scheme, and stars become letters.
fn simple(pattern: &str) -> Option<Url> {
    let host_end = pattern.find([':', '/', '?']).unwrap_or(pattern.len());
    let is_host = pattern.get(..host_end).is_some_and(|host| host.contains('.'));
    let pattern = pattern.replace('*', STAR);
    let pattern = if is_host { ["https://", &pattern].concat() } else { pattern };
    Url::parse_at(&pattern, &Url::parse("https://_____")?)
}

impl Pattern {
    fn matches(&self, page: &Url) -> bool {
        match self {
            Pattern::Nothing => false,
            Pattern::Regex(regex) => regex.is_match(&page.href()) || regex.is_match(&page.after_origin()),
            Pattern::Simple(pattern, wanted) => {
                let parameters = page.parameters();
                let actual = |name: &str| parameters.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value);
                is_like(&page.host, &pattern.host)
                    && is_path_like(&page.path, &pattern.path)
                    && (pattern.anchor().is_empty() || is_like(page.anchor(), pattern.anchor()))
                    && wanted.iter().all(|(name, value)| is_like(actual(name), value))
            }
        }
    }
}

/// Paths match with or without the slash at either end.
fn is_path_like(path: &str, pattern: &str) -> bool {
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    let starts = [Some(path), path.strip_prefix('/')];
    starts.into_iter().flatten().any(|path| is_like(path, pattern) || path.strip_suffix('/').is_some_and(|path| is_like(path, pattern)))
}

/// Whether `text` is `pattern`, in which [`STAR`] stands for anything, in whatever case. Takes time proportional to the
/// product of the lengths at most.
fn is_like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().map(small).listed();
    let parts: Vec<Vec<char>> = pieces(pattern, STAR).into_iter().map(|part| part.chars().map(small).listed()).listed();
    let Some((first, rest)) = parts.split_first() else { return false };
    let Some(text) = text.strip_prefix(first.as_slice()) else { return false };
    let Some((last, middle)) = rest.split_last() else { return text.is_empty() };
    let Some(mut text) = text.strip_suffix(last.as_slice()) else { return false };
    for part in middle.iter().filter(|part| !part.is_empty()) {
        let Some(place) = text.windows(part.len()).position(|window| window == part.as_slice()) else { return false };
        text = text.get(place.saturating_add(part.len())..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::rules::NativeRegex;

    fn includes(url: &str, targets: &[(&str, &str, bool)]) -> bool {
        let target = |(kind, pattern, include): &(&str, &str, bool)| {
            Value::Object(alloc::vec![
                ("type".into(), (*kind).into()),
                ("pattern".into(), (*pattern).into()),
                ("include".into(), (*include).into()),
            ])
        };
        UrlTargeting::compile(&targets.iter().map(target).listed(), &NativeRegex).0.includes(url)
    }

    #[test]
    fn pages_that_are_not_meant() {
        let page = "https://www.example.com/shop/item?id=5&lang=en#top";
        assert!(!includes(page, &[]));
        for pattern in
            ["www.other.com/*", "/shop", "*/item/x", "/shop/item?id=6", "/shop/item?id=5&x=1", "/shop/item#bottom", "example.com/shop/item"]
        {
            assert!(!includes(page, &[("simple", pattern, true)]), "{pattern}");
        }
        assert!(!includes(page, &[("regex", "^/item", true)]));
        assert!(!includes(page, &[("regex", "(", true)]));
        assert!(!includes(page, &[("glob", "*", true)]));
        assert!(!includes(page, &[("simple", "/shop/*", true), ("regex", "item", false)]));
    }

    #[test]
    fn pages_that_are_meant() {
        let page = "https://www.example.com/shop/item?id=5&lang=en#top";
        for pattern in [
            "*",
            "www.example.com/*",
            "*.example.com/shop/item",
            "/shop/item",
            "/Shop/Item/",
            "shop/*",
            "/shop/item?id=*",
            "/shop/item#top",
            "https://www.example.com/shop/item?lang=en",
            "http://www.example.com/shop/item",
        ] {
            assert!(includes(page, &[("simple", pattern, true)]), "{pattern}");
        }
        assert!(includes(page, &[("regex", "^/shop/i", true)]));
        assert!(includes(page, &[("regex", "example\\.com/shop", true)]));
        assert!(includes(page, &[("simple", "/cart", false)]));
        assert!(includes(page, &[("simple", "/cart", true), ("simple", "/shop/*", true)]));
    }
}
