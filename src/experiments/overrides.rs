//! Arms and values set by hand, for looking at them.

use alloc::string::String;

use crate::domain::{Map, Value};

/// What is set by hand. Nobody who is in an arm by override counts as exposed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Experiment key to the number of the arm. A number that no arm has takes the unit out of the experiment.
    pub variations: Map<String, i64>,
    /// Feature key to its value.
    pub features: Map<String, Value>,
}

/// The arm that the query of `url` sets for `experiment`: `?my-test=1`. Only the first pair of that name counts, names
/// and values are taken as they stand, and arms are numbered from 0 to `arms` (excluded).
///
/// ```
/// use regulars::experiments::query_override;
/// assert_eq!(query_override("my-test", "https://example.com/?my-test=1#top", 2), Some(1));
/// assert_eq!(query_override("my-test", "https://example.com/?my-test=2", 2), None);
/// ```
pub fn query_override(experiment: &str, url: &str, arms: usize) -> Option<usize> {
    query(url).and_then(|query| override_in(query, experiment, arms))
}

/// What stands between the first `?` and the next or the anchor.
pub(super) fn query(url: &str) -> Option<&str> {
    let query = url.split('?').nth(1)?;
    Some(query.split('#').next().unwrap_or(query)).filter(|query| !query.is_empty())
}

pub(super) fn override_in(query: &str, experiment: &str, arms: usize) -> Option<usize> {
    let mut pairs = query.split('&').map(|pair| {
        let mut parts = pair.split('=');
        (parts.next().unwrap_or_default(), parts.next())
    });
    let (_, value) = pairs.find(|(name, _)| *name == experiment)?;
    parse_int(value?).and_then(|arm| usize::try_from(arm).ok()).filter(|arm| *arm < arms)
}

/// `parseInt`: the number a text begins with.
fn parse_int(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => (16, digits),
        None => (10, digits),
    };
    let mut read = digits.chars().map_while(|digit| digit.to_digit(radix)).peekable();
    read.peek()?;
    let number = read.fold(0_i64, |number, digit| number.saturating_mul(radix.into()).saturating_add(digit.into()));
    Some(if negative { number.saturating_neg() } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sets_no_arm_is_ignored() {
        let urls =
            ["", "a", "?", "?t", "?t=", "?t=x", "?t=-1", "?t=3", "?T=1", "??t=1", "#?", "?x=1#?t=1", "?t=x&t=1", "?t=99999999999999999999"];
        for url in urls {
            assert_eq!(query_override("t", url, 3), None, "{url}");
        }
    }

    #[test]
    fn the_first_pair_sets_the_arm() {
        for (url, arm) in
            [("?t=2", 2), ("?a=b&t=0&t=1", 0), ("?t=1.9", 1), ("?t=0x2", 2), ("?t= +1", 1), ("?t=-0", 0), ("?t=1=2", 1), ("?t=2#x", 2)]
        {
            assert_eq!(query_override("t", url, 3), Some(arm), "{url}");
        }
    }
}
