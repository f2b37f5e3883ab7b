//! Texts in texts. The standard library's search is made for texts longer than names, and large.

use alloc::vec::Vec;

use super::Listed;

/// Where `part`, which is not empty, first stands in `text`: in bytes.
pub fn place_of(part: &str, text: &str) -> Option<usize> {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let (first, last) = (part.first()?, text.len().checked_sub(part.len())?);
    (0..=last).find(|place| text.get(*place) == Some(first) && text.get(*place..).is_some_and(|rest| rest.starts_with(part)))
}

/// What stands before, between and behind the places of `mark`, which is not empty, in `text`.
pub fn pieces<'t>(text: &'t str, mark: &str) -> Vec<&'t str> {
    let mut rest = Some(text);
    core::iter::from_fn(|| {
        let text = rest?;
        let parts = place_of(mark, text).and_then(|place| Some((text.get(..place)?, text.get(place.checked_add(mark.len())?..)?)));
        rest = parts.map(|(_, behind)| behind);
        Some(parts.map_or(text, |(before, _)| before))
    })
    .listed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_where_the_standard_library_finds_them() {
        for text in ["", "a", "abab", "奶茶和茶", "aab", "茶"] {
            for part in ["a", "ab", "茶", "和茶", "b", "aaab"] {
                assert_eq!(place_of(part, text), text.find(part), "{part} in {text}");
                assert_eq!(pieces(text, part), text.split(part).collect::<Vec<_>>(), "{text} by {part}");
            }
        }
    }
}
