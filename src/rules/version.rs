//! The order of version numbers.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// How two versions compare: parts between `.` and `-` one by one, those of digits as numbers (up to five digits; longer
/// ones as text), a release after its pre-releases; a leading `v` and build metadata don't count.
pub(super) fn compare_versions(left: &str, right: &str) -> Ordering {
    padded(left).cmp(&padded(right))
}

/// The text by which the specification orders versions: numeric parts padded to five places with spaces, `~` after
/// three parts, joined by `-`.
fn padded(version: &str) -> Vec<u16> {
    let core = without_build(if version.is_empty() { "0" } else { version });
    let mut text = Vec::new();
    let mut count = 0_usize;
    for part in core.split(['-', '.']) {
        if count > 0 {
            text.push(u16::from(b'-'));
        }
        if part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty() {
            for _ in part.len()..5 {
                text.push(u16::from(b' '));
            }
        }
        for unit in part.encode_utf16() {
            text.push(unit);
        }
        count = count.saturating_add(1);
    }
    if count == 3 {
        text.push(u16::from(b'-'));
        text.push(u16::from(b'~'));
    }
    text
}

fn without_build(version: &str) -> &str {
    let bare = version.strip_prefix('v').unwrap_or(version);
    // Build metadata runs to the end, and not over the end of a line.
    let breaks = |rest: &str| rest.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
    let mut starts = bare.match_indices('+').map(|(place, _)| place);
    let start = starts.find(|place| bare.get(*place..).is_some_and(|rest| !breaks(rest)));
    start.and_then(|start| bare.get(..start)).unwrap_or(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered() {
        let ascending =
            ["0.9.99", "0.10.0", "1.0.0-0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "10.0.0", "a.b.c"];
        for pair in ascending.windows(2) {
            assert_eq!(compare_versions(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
    }

    #[test]
    fn prefix_and_build_do_not_count() {
        assert_eq!(compare_versions("v1.2.3+build.5", "1.2.3"), Ordering::Equal);
        assert_eq!(compare_versions("1-2-3", "1.2.3"), Ordering::Equal);
        assert_eq!(compare_versions("", "0"), Ordering::Equal);
        assert_ne!(compare_versions("1.2.3+a\nb", "1.2.3"), Ordering::Equal);
    }
}
