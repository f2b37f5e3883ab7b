//! Letters without the standard library's tables of all of Unicode, which are a twentieth of a small module.
//!
//! Known are the scripts with capitals that goods and coupons are named in: Latin with its accents, Greek, Cyrillic, Armenian.

use alloc::string::String;

/// First and last of capitals whose small letters are as far on as the third says.
const SHIFTED: [(u16, u16, u16); 14] = [
    (0x41, 0x5a, 32),
    (0xc0, 0xd6, 32),
    (0xd8, 0xde, 32),
    (0x386, 0x386, 38),
    (0x388, 0x38a, 37),
    (0x38c, 0x38c, 64),
    (0x38e, 0x38f, 63),
    (0x391, 0x3a1, 32),
    (0x3a3, 0x3ab, 32),
    (0x400, 0x40f, 80),
    (0x410, 0x42f, 32),
    (0x4c0, 0x4c0, 15),
    (0x531, 0x556, 48),
    (0xff21, 0xff3a, 32),
];

/// First and last of capitals that stand before their small letters each.
const PAIRED: [(u16, u16); 15] = [
    (0x100, 0x12e),
    (0x132, 0x136),
    (0x139, 0x147),
    (0x14a, 0x176),
    (0x179, 0x17d),
    (0x1cd, 0x1db),
    (0x1de, 0x1ee),
    (0x1f8, 0x21e),
    (0x222, 0x232),
    (0x460, 0x480),
    (0x48a, 0x4be),
    (0x4c1, 0x4cd),
    (0x4d0, 0x52e),
    (0x1e00, 0x1e94),
    (0x1ea0, 0x1efe),
];

/// First and last of what is neither letter nor digit, beyond ASCII.
const BETWEEN_WORDS: [(u32, u32); 44] = [
    (0x80, 0xa9),
    (0xab, 0xb1),
    (0xb4, 0xb4),
    (0xb6, 0xb8),
    (0xbb, 0xbb),
    (0xbf, 0xbf),
    (0xd7, 0xd7),
    (0xf7, 0xf7),
    (0x2c2, 0x2c5),
    (0x2d2, 0x2df),
    (0x37e, 0x37e),
    (0x384, 0x385),
    (0x387, 0x387),
    (0x482, 0x482),
    (0x55a, 0x55f),
    (0x589, 0x58f),
    (0x5be, 0x5be),
    (0x5c0, 0x5c0),
    (0x5c3, 0x5c3),
    (0x5c6, 0x5c6),
    (0x5f3, 0x60f),
    (0x61b, 0x61f),
    (0x66a, 0x66d),
    (0x6d4, 0x6d4),
    (0x964, 0x965),
    (0xe3f, 0xe3f),
    (0xe4f, 0xe4f),
    (0xe5a, 0xe5b),
    (0x2000, 0x206f),
    (0x20a0, 0x20cf),
    (0x2190, 0x245f),
    (0x2500, 0x2775),
    (0x2794, 0x2bff),
    (0x2e00, 0x2e7f),
    (0x3000, 0x3004),
    (0x3008, 0x3020),
    (0x3030, 0x3030),
    (0x303d, 0x3040),
    (0x30a0, 0x30a0),
    (0x30fb, 0x30fb),
    (0xe000, 0xf8ff),
    (0xfe10, 0xfe6f),
    (0xff00, 0xff0f),
    (0xff1a, 0xff20),
];

/// The same, full-width and beyond.
const FURTHER_BETWEEN_WORDS: [(u32, u32); 4] = [(0xff3b, 0xff40), (0xff5b, 0xff65), (0xffe0, 0xffff), (0x1_f000, 0x1_faff)];

/// The small letter of `character`, itself where it has none. The two small sigmas count as one, and so do `i` and the dotted
/// capital `I`.
///
/// ```
/// use regulars::domain::small;
/// assert_eq!(['É', 'Ж', 'Σ', 'ς', '奶'].map(small), ['é', 'ж', 'σ', 'σ', '奶']);
/// ```
pub fn small(character: char) -> char {
    let Ok(code) = u16::try_from(u32::from(character)) else { return character };
    let shifted = SHIFTED.iter().find(|(first, last, _)| (*first..=*last).contains(&code)).map(|(.., by)| code.wrapping_add(*by));
    let paired = || {
        let capital = PAIRED.iter().any(|(first, last)| (*first..=*last).contains(&code) && code.wrapping_sub(*first) & 1 == 0);
        capital.then(|| code.wrapping_add(1))
    };
    let found = match code {
        0x130 => 0x69,
        0x178 => 0xff,
        0x1e9e => 0xdf,
        0x3c2 => 0x3c3,
        _ => match shifted.or_else(paired) {
            Some(found) => found,
            None => return character,
        },
    };
    char::from_u32(found.into()).unwrap_or(character)
}

/// `text` in small letters, for comparing.
pub fn in_small(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        out.push(small(character));
    }
    out
}

/// Whether `character` is part of a word: a letter, a mark on one, or a digit.
pub fn is_of_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    let within = |(first, last): &(u32, u32)| (*first..=*last).contains(&u32::from(character));
    !BETWEEN_WORDS.iter().any(within) && !FURTHER_BETWEEN_WORDS.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Assigned characters of the scripts that are known.
    const BLOCKS: [(u32, u32); 28] = [
        (0x0, 0x24f),
        (0x386, 0x38a),
        (0x38c, 0x38c),
        (0x38e, 0x3a1),
        (0x3a3, 0x3ce),
        (0x400, 0x482),
        (0x48a, 0x52f),
        (0x531, 0x556),
        (0x55a, 0x588),
        (0x5d0, 0x5ea),
        (0x620, 0x64a),
        (0x660, 0x66d),
        (0x671, 0x6d5),
        (0x905, 0x939),
        (0xe01, 0xe30),
        (0xe3f, 0xe46),
        (0x1e00, 0x1eff),
        (0x2000, 0x206f),
        (0x20a0, 0x20c0),
        (0x2190, 0x23ff),
        (0x2500, 0x2775),
        (0x3000, 0x3029),
        (0x3041, 0x3096),
        (0x30a0, 0x30ff),
        (0x4e00, 0x9fff),
        (0xac00, 0xd7a3),
        (0xff01, 0xffbe),
        (0x1_f300, 0x1_f64f),
    ];

    fn known() -> impl Iterator<Item = char> {
        BLOCKS.iter().flat_map(|(first, last)| *first..=*last).filter_map(char::from_u32)
    }

    #[test]
    fn letters_are_as_the_standard_library_has_them() {
        // Digraphs and letters for phonetics.
        let rare = |character: char| {
            (0x181..=0x1cc).contains(&u32::from(character)) || "ǱǲǴǶǷȠȺȻȽȾɁɃɄɅɆɈɊɌɎ".chars().any(|rare| rare == character)
        };
        for character in known().filter(|character| !rare(*character)) {
            let lowered: Vec<char> = character.to_lowercase().collect();
            let expected = match character {
                'İ' => 'i',
                'ς' => 'σ',
                _ => lowered[0],
            };
            assert_eq!(small(character), expected, "{character} {:x}", u32::from(character));
        }
    }

    #[test]
    fn words_are_as_the_standard_library_has_them() {
        for character in known() {
            assert_eq!(is_of_word(character), character.is_alphanumeric(), "{character} {:x}", u32::from(character));
        }
    }
}
