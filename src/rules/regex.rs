//! Regular expressions with JavaScript's semantics.
//!
//! # What an engine must do
//!
//! [`RegexEngine::compile`] is `new RegExp(pattern, ignore_case ? 'i' : '')`: the syntax of ECMAScript with its Annex B,
//! **without** the `u` and `v` flags, so that texts are sequences of UTF-16 code units and `/^.$/` does not match `😀`.
//! It gives `None` where the constructor throws. [`Regex::is_match`] is `regexp.test(text)`, not anchored, and keeps no
//! state from one call to the next (no `g`, no `y`).
//!
//! In WebAssembly the host's own `RegExp` is used; natively the crate `regress`, which follows the same grammar.
//!
//! # What is guarded
//!
//! Patterns longer than [`LONGEST_PATTERN`] bytes or with groups nested deeper than [`DEEPEST_PATTERN`] are taken for
//! invalid before an engine sees them, and texts longer than [`LONGEST_SUBJECT`] UTF-8 bytes never match, on every
//! target alike. A repetition inside a repetition (`(a+)+`) is reported as a problem when a condition is compiled. Both
//! engines backtrack: such a pattern, written by whoever signs the snapshot, can still take exponential time on a text
//! made for it. That is not guarded.

use alloc::boxed::Box;

/// Texts longer than this, in UTF-8 bytes, match no regular expression.
pub const LONGEST_SUBJECT: usize = 4096;
/// Patterns longer than this, in UTF-8 bytes, are invalid.
pub(super) const LONGEST_PATTERN: usize = 16_384;
/// Groups nested deeper than this make a pattern invalid.
pub(super) const DEEPEST_PATTERN: usize = 64;

/// Makes regular expressions.
pub trait RegexEngine {
    /// `new RegExp(pattern, ignore_case ? 'i' : '')`; `None` where that throws.
    fn compile(&self, pattern: &str, ignore_case: bool) -> Option<Box<dyn Regex>>;
}

/// A regular expression.
pub trait Regex {
    /// `regexp.test(text)`.
    fn is_match(&self, text: &str) -> bool;
}

/// How a pattern looks before it is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing to say.
    Plain,
    /// A repetition without an upper bound inside another.
    NestedRepetition,
    /// Too long or too deep.
    TooBig,
}

/// Reads groups and repetitions of `pattern`, whatever else is in it.
pub(super) fn shape(pattern: &str) -> Shape {
    if pattern.len() > LONGEST_PATTERN {
        return Shape::TooBig;
    }
    let bytes = pattern.as_bytes();
    let byte = |place: usize| bytes.get(place).copied().unwrap_or(0);
    // For each open group: whether an unbounded repetition stands in it.
    let mut open = [false; DEEPEST_PATTERN];
    let (mut depth, mut place, mut in_class, mut nested) = (0_usize, 0_usize, false, false);
    // Whether what ended just before `place` holds an unbounded repetition.
    let mut held = false;
    while place < bytes.len() {
        let mut holds = false;
        match byte(place) {
            b'\\' => place = place.saturating_add(1),
            b']' if in_class => in_class = false,
            _ if in_class => {}
            b'[' => in_class = true,
            b'(' => {
                let Some(group) = open.get_mut(depth) else { return Shape::TooBig };
                *group = false;
                depth = depth.saturating_add(1);
            }
            b')' if depth > 0 => {
                depth = depth.saturating_sub(1);
                holds = open.get(depth).copied().unwrap_or(false);
                if let (true, Some(outer)) = (holds, depth.checked_sub(1).and_then(|outer| open.get_mut(outer))) {
                    *outer = true;
                }
            }
            b'*' | b'+' | b'{' if byte(place) != b'{' || is_unbounded(bytes.get(place..).unwrap_or_default()) => {
                nested |= held;
                if let Some(group) = depth.checked_sub(1).and_then(|group| open.get_mut(group)) {
                    *group = true;
                }
            }
            _ => {}
        }
        held = holds;
        place = place.saturating_add(1);
    }
    if nested { Shape::NestedRepetition } else { Shape::Plain }
}

/// Whether this begins with `{n,}`.
fn is_unbounded(rest: &[u8]) -> bool {
    let mut digits = rest.iter().skip(1).skip_while(|byte| byte.is_ascii_digit());
    digits.next() == Some(&b',') && digits.next() == Some(&b'}')
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::NativeRegex;

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use alloc::boxed::Box;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::{Regex, RegexEngine};

    /// The regular expressions of the native build.
    ///
    /// Known to differ from a JavaScript engine: `ſ` matches `s` where case is ignored, and a repeated `\b` is valid.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct NativeRegex;

    /// A compiled pattern.
    struct Native {
        regex: regress::Regex,
        /// Whether the pattern names ASCII only, so that ASCII texts can be read byte by byte.
        is_ascii: bool,
    }

    impl RegexEngine for NativeRegex {
        fn compile(&self, pattern: &str, ignore_case: bool) -> Option<Box<dyn Regex>> {
            let pattern = without_unicode_escapes(pattern);
            let units = pattern.encode_utf16().map(u32::from);
            let regex = regress::Regex::from_unicode(units, if ignore_case { "i" } else { "" }).ok()?;
            let is_ascii = pattern.is_ascii() && !pattern.contains("\\u") && !pattern.contains("\\x");
            Some(Box::new(Native { regex, is_ascii }))
        }
    }

    /// The crate reads `\u{41}`, `\p{L}` and `\P{L}` in every mode; without the flag `u` they are the letter with
    /// what follows.
    fn without_unicode_escapes(pattern: &str) -> String {
        let mut plain = String::with_capacity(pattern.len());
        let mut characters = pattern.chars().peekable();
        while let Some(character) = characters.next() {
            match (character, characters.next_if(|_| character == '\\')) {
                ('\\', Some(escaped @ ('u' | 'p' | 'P'))) if characters.peek() == Some(&'{') => plain.push(escaped),
                (_, escaped) => plain.extend(core::iter::once(character).chain(escaped)),
            }
        }
        plain
    }

    impl Regex for Native {
        fn is_match(&self, text: &str) -> bool {
            if self.is_ascii && text.is_ascii() {
                return self.regex.find_ascii(text).is_some();
            }
            let units: Vec<u16> = text.encode_utf16().collect();
            self.regex.find_from_ucs2(&units, 0).next().is_some()
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    fn matches(pattern: &str, ignore_case: bool, text: &str) -> Option<bool> {
        NativeRegex.compile(pattern, ignore_case).map(|regex| regex.is_match(text))
    }

    #[test]
    fn invalid_patterns_are_refused() {
        for pattern in ["(", "[", "/???***[)", "a**", "(?<n>a)(?<n>b)", "[z-a]", "\\"] {
            assert_eq!(matches(pattern, false, "x"), None, "{pattern}");
        }
    }

    /// Expected results from Node.
    #[test]
    fn semantics_are_those_of_javascript() {
        let cases = [
            ("^.$", "😀", false),
            ("^..$", "😀", true),
            ("^.$", "é", true),
            ("\\d", "٣", false),
            ("\\w", "é", false),
            ("a$", "a\n", false),
            ("^a.c$", "a\nc", false),
            ("a{,2}", "a{,2}", true),
            ("x{", "x{", true),
            ("]", "]", true),
            ("\\-", "-", true),
            ("(?<=a)b", "ab", true),
            ("(?!a)b", "b", true),
            ("\\u{41}", "A", false),
            ("\\u{2}", "uu", true),
            ("\\\\u{2}", "\\uu", true),
            ("\\p{L}", "a", false),
            ("\\p{L}", "p{L}", true),
            ("\\/", "/", true),
            ("[^]", "\n", true),
            ("", "", true),
            ("(a)\\1", "aa", true),
            ("\\x41", "A", true),
            ("\\cA", "\u{1}", true),
            ("\\s", "\u{feff}", true),
            ("[😀]$", "😀", true),
            ("^[😀]$", "😀", false),
            ("é?-", "-", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, false, text), Some(expected), "{pattern} on {text}");
        }
        assert_eq!(matches("straße", true, "STRAßE"), Some(true));
        assert_eq!(matches("k", true, "\u{212a}"), Some(false)); // no folding across ASCII without `u`
    }

    #[test]
    fn nested_repetitions_are_seen() {
        for pattern in ["(a+)+", "((a*)b)*", "(a{2,}b){3,}", "(?:x|y+)*", "((?:a+))+"] {
            assert_eq!(shape(pattern), Shape::NestedRepetition, "{pattern}");
        }
        for pattern in ["a+b+", "(a+)", "(a+){2}", "([a+])+", "(a\\+)+", "(a)+(b)+", "[(+](a)+", "(a+)b+", "x{2,"] {
            assert_eq!(shape(pattern), Shape::Plain, "{pattern}");
        }
    }

    #[test]
    fn big_patterns_are_refused() {
        assert_eq!(shape(&"(".repeat(DEEPEST_PATTERN + 1)), Shape::TooBig);
        assert_eq!(shape(&"a".repeat(LONGEST_PATTERN + 1)), Shape::TooBig);
        let deepest = "(".repeat(DEEPEST_PATTERN) + &")".repeat(DEEPEST_PATTERN);
        assert_eq!(shape(&deepest), Shape::Plain);
        assert_eq!(matches(&deepest, false, ""), Some(true));
    }
}
