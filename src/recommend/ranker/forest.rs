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
/// Most features that there can be.
pub const MOST_FEATURES: usize = 64;
/// A tree as deep as this is refused.
const DEEPEST: u32 = 64;

/// Trees whose leaves are summed up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    bytes: Vec<u8>,
    bias: f64,
    trees: Vec<Tree>,
    /// The nodes of all trees, one tree after the other.
    nodes: Vec<Node>,
    /// For each node what a leaf adds; elsewhere the mean of the leaves below over the training rows.
    values: Vec<f64>,
    /// A bit for each feature that is asked, by its number.
    asked: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Tree {
    /// Places of its nodes, the root first.
    from: u32,
    to: u32,
    /// After so many turns every row is at a leaf.
    depth: u32,
}

/// A place to turn, or a leaf: that turns to itself, whatever the row. The upper side follows on the lower one, so that
/// walking needs no branch that a processor could guess wrong.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// No number for a leaf, as which nothing is greater.
    threshold: f32,
    feature: u16,
    /// Place of the lower side in its tree.
    lower: u16,
}

/// Leaves have thresholds that are no numbers, which would make a forest unlike itself.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        (self.threshold.to_bits(), self.feature, self.lower) == (other.threshold.to_bits(), other.feature, other.lower)
    }
}

/// How many rows go through a tree side by side: while one waits for memory the others are worked at.
const LANES: usize = 4;

impl Forest {
    /// Reads a forest over features with numbers below `features`; `None` where the bytes are none.
    pub fn read(bytes: &[u8], features: usize) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.byte()? != FORMAT {
            return None;
        }
        let mut used: Vec<(u16, Vec<f32>)> = Vec::new();
        for _ in 0..reader.byte()? {
            let feature = u16::from(reader.byte()?);
            let mut thresholds = Vec::new();
            for _ in 0..reader.byte()? {
                thresholds.push(reader.half()?);
            }
            if usize::from(feature) >= features.min(MOST_FEATURES) || used.len() >= MOST_FEATURES {
                return None;
            }
            used.push((feature, thresholds));
        }
        let bias = f64::from(f32::from_le_bytes([reader.byte()?, reader.byte()?, reader.byte()?, reader.byte()?]));
        let trees = u16::from_le_bytes([reader.byte()?, reader.byte()?]);
        let mut forest = Forest { bytes: bytes.into(), bias, ..Forest::default() };
        for _ in 0..trees {
            let scale = f64::from(reader.half()?);
            let mut tree = Tree { from: forest.end()?, to: 0, depth: 0 };
            forest.make_room(1);
            forest.grow(&mut reader, &used, scale, &mut tree, 0, 0)?;
            tree.to = forest.end()?;
            forest.trees.push(tree);
        }
        (reader.0.is_empty() && bias.is_finite()).then_some(forest)
    }

    fn end(&self) -> Option<u32> {
        u32::try_from(self.nodes.len()).ok()
    }

    fn make_room(&mut self, nodes: usize) {
        for _ in 0..nodes {
            self.nodes.push(Node { threshold: f32::NAN, feature: 0, lower: 0 });
            self.values.push(0.0);
        }
    }

    /// Reads what stands at `place` of `tree`, which is no leaf, and all that hangs from it. Gives its value.
    fn grow(&mut self, reader: &mut Reader, used: &[(u16, Vec<f32>)], scale: f64, tree: &mut Tree, place: u16, above: u32) -> Option<f64> {
        let first = reader.byte()?;
        let (feature, thresholds) = used.get(usize::from(first & (UPPER_LEAF - 1)))?;
        let threshold = *thresholds.get(usize::from(reader.byte()?))?;
        let share = f64::from(reader.byte()?) / 255.0;
        let depth = above.checked_add(1).filter(|depth| *depth <= DEEPEST)?;
        tree.depth = tree.depth.max(depth);
        let lower = u16::try_from(self.end()?.checked_sub(tree.from)?).ok()?;
        let upper = lower.checked_add(1)?;
        self.make_room(2);
        let mut side = |leaf: bool, place: u16| {
            if !leaf {
                return self.grow(reader, used, scale, tree, place, depth);
            }
            let value = f64::from(reader.byte()?.cast_signed()) * scale;
            self.put(tree, place, Node { threshold: f32::NAN, feature: 0, lower: place }, value)
        };
        let (below, beyond) = (side(first & LOWER_LEAF != 0, lower)?, side(first & UPPER_LEAF != 0, upper)?);
        self.asked |= 1_u64.checked_shl(u32::from(*feature))?;
        self.put(tree, place, Node { threshold, feature: *feature, lower }, share * below + (1.0 - share) * beyond)
    }

    fn put(&mut self, tree: &Tree, place: u16, node: Node, value: f64) -> Option<f64> {
        let place = (tree.from as usize).checked_add(usize::from(place))?;
        *self.nodes.get_mut(place)? = node;
        *self.values.get_mut(place)? = value;
        Some(value)
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
        self.trees.is_empty()
    }

    /// The sum of the leaves that `row` reaches, and the bias.
    pub fn sum(&self, row: &[f32]) -> f64 {
        let mut sum = [0.0];
        self.sums(row, row.len(), &mut sum);
        let [sum] = sum;
        sum
    }

    /// [`sum`](Self::sum) of each of `rows`, which have `width` features each and lie one after the other.
    pub fn sums(&self, rows: &[f32], width: usize, sums: &mut [f64]) {
        let mut rows = rows.chunks(width.max(1));
        for sums in sums.chunks_mut(LANES) {
            let mut lanes = [[0.0; LANES]; MOST_FEATURES];
            for lane in 0..sums.len() {
                put(&mut lanes, lane, rows.next().unwrap_or_default());
            }
            let (mut one, mut two, mut three, mut four) = (self.bias, self.bias, self.bias, self.bias);
            for tree in &self.trees {
                let Some((nodes, values)) = self.parts_of(tree) else { continue };
                let (mut first, mut second, mut third, mut fourth) = (0, 0, 0, 0);
                for _ in 0..tree.depth {
                    first = turn(nodes, first, &lanes, 0);
                    second = turn(nodes, second, &lanes, 1);
                    third = turn(nodes, third, &lanes, 2);
                    fourth = turn(nodes, fourth, &lanes, 3);
                }
                one += value(values, first);
                two += value(values, second);
                three += value(values, third);
                four += value(values, fourth);
            }
            sums.copy_from_slice([one, two, three, four].get(..sums.len()).unwrap_or_default());
        }
    }

    /// Tells `told` for each turn which feature was asked and by how much the answer moved what is to be expected. All of
    /// it, the bias and what is expected before anything is known add up to [`Forest::sum`].
    pub fn contributions(&self, row: &[f32], mut told: impl FnMut(usize, f64)) {
        let mut lanes = [[0.0; LANES]; MOST_FEATURES];
        put(&mut lanes, 0, row);
        for tree in &self.trees {
            let Some((nodes, values)) = self.parts_of(tree) else { continue };
            let mut place = 0;
            while let Some(node) = nodes.get(place) {
                let next = turn(nodes, place, &lanes, 0);
                if next == place {
                    break;
                }
                told(usize::from(node.feature), value(values, next) - value(values, place));
                place = next;
            }
        }
    }

    #[inline(always)]
    fn parts_of(&self, tree: &Tree) -> Option<(&[Node], &[f64])> {
        let range = tree.from as usize..tree.to as usize;
        Some((self.nodes.get(range.clone())?, self.values.get(range)?))
    }
}

/// [`LANES`] rows side by side, feature by feature. A lane without a row is as good as any.
type Lanes = [[f32; LANES]; MOST_FEATURES];

fn put(lanes: &mut Lanes, lane: usize, row: &[f32]) {
    for (feature, value) in lanes.iter_mut().zip(row) {
        if let Some(slot) = feature.get_mut(lane) {
            *slot = *value;
        }
    }
}

/// Where the row in `lane` turns to at `place`.
#[inline(always)]
fn turn(nodes: &[Node], place: usize, lanes: &Lanes, lane: usize) -> usize {
    let Some(node) = nodes.get(place) else { return place };
    let feature = lanes.get(usize::from(node.feature) % MOST_FEATURES);
    let value = feature.and_then(|lanes| lanes.get(lane)).copied().unwrap_or(0.0);
    usize::from(node.lower).wrapping_add(usize::from(value >= node.threshold))
}

#[inline(always)]
fn value(values: &[f64], place: usize) -> f64 {
    values.get(place).copied().unwrap_or(0.0)
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
