//! From a unit's id to a number in [0, 1).

use alloc::boxed::Box;

/// How ids become numbers. Changing anything here moves people between arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    /// One pass over the id and the seed, in thousandths; slightly biased, kept for running experiments.
    First,
    /// Two passes over the seed and the id, in ten-thousandths.
    Second,
    /// A version not known here: nobody is assigned.
    Unknown,
}

/// The number of a unit under a seed, the seed read beforehand.
#[derive(Clone, Debug)]
pub(super) struct Bucketing {
    version: Version,
    seed: Box<str>,
    /// What the hash has become after the seed.
    state: u32,
}

impl Bucketing {
    pub(super) fn new(seed: &str, version: f64) -> Self {
        let version = match version {
            1.0 => Version::First,
            2.0 => Version::Second,
            _ => Version::Unknown,
        };
        Bucketing { version, seed: seed.into(), state: fnv(BASIS, seed) }
    }

    /// The number of `unit` in [0, 1).
    pub(super) fn bucket(&self, unit: &str) -> Option<f64> {
        match self.version {
            Version::First => Some(f64::from(fnv(fnv(BASIS, unit), &self.seed) % 1000) / 1000.0),
            Version::Second => {
                let second = fnv_of_decimal(fnv(self.state, unit));
                Some(f64::from(second % 10_000) / 10_000.0)
            }
            Version::Unknown => None,
        }
    }
}

/// The number in [0, 1) that `value` has under `seed`; `None` for a version other than 1 and 2.
///
/// ```
/// use regulars::experiments::hash;
/// assert_eq!(hash("seed", "a", 2.0), Some(0.0505));
/// assert_eq!(hash("seed", "a", 3.0), None);
/// ```
pub fn hash(seed: &str, value: &str, version: f64) -> Option<f64> {
    Bucketing::new(seed, version).bucket(value)
}

const BASIS: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// FNV-1a over UTF-16 code units, each taken whole.
fn fnv(state: u32, text: &str) -> u32 {
    if text.is_ascii() {
        return text.bytes().fold(state, |state, byte| step(state, byte.into()));
    }
    text.encode_utf16().fold(state, |state, unit| step(state, unit.into()))
}

fn step(state: u32, unit: u32) -> u32 {
    (state ^ unit).wrapping_mul(PRIME)
}

/// The hash of a number's decimal digits.
fn fnv_of_decimal(number: u32) -> u32 {
    let mut digits = [0_u8; 10];
    let mut rest = number;
    let mut count = 0_usize;
    for digit in &mut digits {
        // A tenth by multiplication: exact for 32 bits, and where code is built for size far quicker than two divisions.
        let tenth = (u64::from(rest).wrapping_mul(0xcccc_cccd) >> 35) as u32;
        *digit = b'0' | rest.wrapping_sub(tenth.wrapping_mul(10)) as u8;
        rest = tenth;
        count = count.wrapping_add(1);
        if rest == 0 {
            break;
        }
    }
    let digits = digits.get(..count).unwrap_or_default();
    digits.iter().rev().fold(BASIS, |state, digit| step(state, u32::from(*digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_hashed_as_their_text() {
        for number in [0, 7, 10, 99, 100, 12_345, 999_999_999, 1_000_000_000, u32::MAX] {
            assert_eq!(fnv_of_decimal(number), fnv(BASIS, &alloc::format!("{number}")));
        }
    }

    /// Numbers computed with the reference SDK. They never change: who sees which arm depends on them.
    #[test]
    fn numbers_are_pinned() {
        assert_eq!(hash("abc", "def", 99.0), None);
        let pinned = [
            ("my-test", "1", 1.0, 0.969),
            ("my-test", "1", 2.0, 0.1871),
            ("实验", "用户😀", 1.0, 0.239),
            ("实验", "用户😀", 2.0, 0.604),
            ("", "", 1.0, 0.261),
            ("", "", 2.0, 0.2305),
            ("banner", "member-0001", 2.0, 0.2372),
            ("banner", "member-0002", 2.0, 0.7678),
        ];
        for (seed, value, version, number) in pinned {
            assert_eq!(hash(seed, value, version), Some(number), "{seed} {value} {version}");
        }
    }
}
