//! A forest of regression trees in a few bytes a node.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | the format, 1 |
//! | 1 | how many features are used, at most 64 |
//! | each: 1, 1, 2 a threshold | the feature's number, how many thresholds, the upper halves of their `f32`, rising |
//! | 4 | the bias, `f32` |
//! | 2 | how many trees |
//! | each: 2, nodes | the upper half of the `f32` that leaves are multiplied with; the root and what hangs from it |
//!
//! A node is three bytes and its two sides, first the lower. First byte: the place of its feature among those used,
//! and whether the lower (128) and the upper side (64) is a leaf; then the place of the threshold, at and above which a
//! value goes to the upper side; then the share of training rows that went to the lower side, in 255ths. A leaf is one
//! byte, signed. All numbers are little-endian.

use alloc::vec::Vec;

const FORMAT: u8 = 1;
const LOWER_LEAF: u8 = 128;
const UPPER_LEAF: u8 = 64;
/// Most features that a forest can use.
pub const MOST_FEATURES: usize = 64;
/// A tree as deep as this is refused.
const DEEPEST: u32 = 64;

/// Trees whose leaves are summed up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    bytes: Vec<u8>,
    bias: f64,
    roots: Vec<u32>,
    nodes: Vec<Node>,
    /// A bit for each feature that is asked, by its number.
    asked: u64,
}

/// A place to turn, or a leaf: then both sides are itself.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Node {
    feature: u32,
    threshold: f32,
    lower: u32,
    upper: u32,
    /// What a leaf adds; elsewhere the mean of the leaves below over the training rows.
    value: f64,
}

impl Forest {
    /// Reads a forest over features with numbers below `features`; `None` where the bytes are none.
    pub fn read(bytes: &[u8], features: usize) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.byte()? != FORMAT {
            return None;
        }
        let mut used: Vec<(u32, Vec<f32>)> = Vec::new();
        for _ in 0..reader.byte()? {
            let feature = u32::from(reader.byte()?);
            let mut thresholds = Vec::new();
            for _ in 0..reader.byte()? {
                thresholds.push(reader.half()?);
            }
            if feature as usize >= features || used.len() >= MOST_FEATURES {
                return None;
            }
            used.push((feature, thresholds));
        }
        let bias = f64::from(f32::from_le_bytes([reader.byte()?, reader.byte()?, reader.byte()?, reader.byte()?]));
        let trees = u16::from_le_bytes([reader.byte()?, reader.byte()?]);
        let mut forest = Forest { bytes: bytes.into(), bias, ..Forest::default() };
        for _ in 0..trees {
            let scale = f64::from(reader.half()?);
            let root = forest.grow(&mut reader, &used, scale, DEEPEST)?;
            forest.roots.push(root);
        }
        (reader.0.is_empty() && bias.is_finite()).then_some(forest)
    }

    fn grow(&mut self, reader: &mut Reader, used: &[(u32, Vec<f32>)], scale: f64, deeper: u32) -> Option<u32> {
        let first = reader.byte()?;
        let (feature, thresholds) = used.get(usize::from(first & (UPPER_LEAF - 1)))?;
        let threshold = *thresholds.get(usize::from(reader.byte()?))?;
        let share = f64::from(reader.byte()?) / 255.0;
        let deeper = deeper.checked_sub(1)?;
        let place = self.push(Node { feature: *feature, threshold, lower: 0, upper: 0, value: 0.0 })?;
        let mut side = |leaf: bool| if leaf { self.leaf(reader, scale) } else { self.grow(reader, used, scale, deeper) };
        let (lower, upper) = (side(first & LOWER_LEAF != 0)?, side(first & UPPER_LEAF != 0)?);
        self.asked |= 1_u64.checked_shl(*feature).unwrap_or(0);
        let value = share * self.node(lower).value + (1.0 - share) * self.node(upper).value;
        let node = self.nodes.get_mut(place as usize)?;
        (node.lower, node.upper, node.value) = (lower, upper, value);
        Some(place)
    }

    fn leaf(&mut self, reader: &mut Reader, scale: f64) -> Option<u32> {
        let value = f64::from(reader.byte()?.cast_signed()) * scale;
        let place = u32::try_from(self.nodes.len()).ok()?;
        self.push(Node { feature: 0, threshold: 0.0, lower: place, upper: place, value })
    }

    fn push(&mut self, node: Node) -> Option<u32> {
        let place = u32::try_from(self.nodes.len()).ok()?;
        self.nodes.push(node);
        Some(place)
    }

    fn node(&self, place: u32) -> Node {
        self.nodes.get(place as usize).copied().unwrap_or(Node { feature: 0, threshold: 0.0, lower: place, upper: place, value: 0.0 })
    }

    /// What it was read from.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What every sum has, whatever the row.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// Whether some tree asks for `feature`.
    pub fn asks(&self, feature: usize) -> bool {
        u32::try_from(feature).ok().and_then(|feature| self.asked.checked_shr(feature)).unwrap_or(0) & 1 == 1
    }

    /// Whether there is no tree.
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// The sum of the leaves that `row` reaches, and the bias.
    pub fn sum(&self, row: &[f32]) -> f64 {
        let mut sum = self.bias;
        self.walk(row, |_, _| {}, |value| sum += value);
        sum
    }

    /// Tells `told` for each turn which feature was asked and by how much the answer moved what is to be expected. All of
    /// it, the bias and what is expected before anything is known add up to [`Forest::sum`].
    pub fn contributions(&self, row: &[f32], told: impl FnMut(usize, f64)) {
        self.walk(row, told, |_| {});
    }

    fn walk(&self, row: &[f32], mut turned: impl FnMut(usize, f64), mut reached: impl FnMut(f64)) {
        for root in &self.roots {
            let (mut place, mut node) = (*root, self.node(*root));
            loop {
                let value = row.get(node.feature as usize).copied().unwrap_or(0.0);
                let next = if value >= node.threshold { node.upper } else { node.lower };
                if next == place {
                    break;
                }
                let known = node;
                (place, node) = (next, self.node(next));
                turned(known.feature as usize, node.value - known.value);
            }
            reached(node.value);
        }
    }
}

/// Bytes not read yet.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, left) = self.0.split_first()?;
        self.0 = left;
        Some(*byte)
    }

    /// An `f32` of which the lower half is 0.
    fn half(&mut self) -> Option<f32> {
        let upper = [self.byte()?, self.byte()?];
        let value = f32::from_bits(u32::from(u16::from_le_bytes(upper)) << 16);
        value.is_finite().then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feature 7 at 2.0 (a quarter below), then feature 3 at -1.0; leaves 10, -20 and 4 times 0.5; bias 1.
    fn bytes() -> Vec<u8> {
        let half = |value: f32| (value.to_bits() >> 16) as u16;
        let mut bytes = alloc::vec![1, 2, 7, 1];
        bytes.extend(half(2.0).to_le_bytes());
        bytes.extend([3, 1]);
        bytes.extend(half(-1.0).to_le_bytes());
        bytes.extend(1.0_f32.to_le_bytes());
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend(half(0.5).to_le_bytes());
        bytes.extend([LOWER_LEAF, 0, 51, 10, LOWER_LEAF | UPPER_LEAF | 1, 0, 255, (-20_i8) as u8, 4]);
        bytes
    }

    #[test]
    fn cut_or_wrong_bytes_are_refused() {
        let bytes = bytes();
        assert!((0..bytes.len()).all(|length| Forest::read(&bytes[..length], 8).is_none()));
        assert!(Forest::read(&[&bytes[..], &[0]].concat(), 8).is_none());
        assert!(Forest::read(&bytes, 7).is_none());
        let place = bytes.len() - 8;
        let mut wrong = bytes;
        wrong[place] = 1;
        assert!(Forest::read(&wrong, 8).is_none());
    }

    #[test]
    fn a_row_reaches_its_leaf() {
        let forest = Forest::read(&bytes(), 8).unwrap();
        let row = |seventh: f32, third: f32| [0.0, 0.0, 0.0, third, 0.0, 0.0, 0.0, seventh];
        assert_eq!((0..70).filter(|feature| forest.asks(*feature)).collect::<Vec<_>>(), [3, 7]);
        assert_eq!(forest.sum(&row(1.9, 0.0)), 6.0);
        assert_eq!(forest.sum(&row(2.0, -1.5)), -9.0);
        assert_eq!(forest.sum(&row(2.0, -1.0)), 3.0);
        assert_eq!(Forest::default().sum(&[]), 0.0);
    }

    #[test]
    fn contributions_add_up() {
        let forest = Forest::read(&bytes(), 8).unwrap();
        let row = [0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 3.0];
        let mut told = Vec::new();
        forest.contributions(&row, |feature, moved| told.push((feature, moved)));
        // Expected: 0.2 * 5 + 0.8 * -10 = -7, then -10, then 2.
        assert_eq!(told, [(7, -3.0), (3, 12.0)]);
        let expected = -7.0 + told.iter().map(|(_, moved)| moved).sum::<f64>();
        assert_eq!(1.0 + expected, forest.sum(&row));
    }
}
