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

use super::leaves::{LANES, Lanes, MOST_FEATURES, MOST_LEAVES, Test};

const FORMAT: u8 = 1;
const LOWER_LEAF: u8 = 128;
const UPPER_LEAF: u8 = 64;
/// A tree as deep as this is refused.
const DEEPEST: u32 = 64;

/// Trees whose leaves are summed up.
#[derive(Clone, Debug, Default)]
pub struct Forest {
    bytes: Vec<u8>,
    bias: f64,
    trees: Vec<Tree>,
    /// The nodes of all trees, one tree after the other.
    nodes: Vec<Node>,
    /// For each node what a leaf adds; elsewhere the mean of the leaves below over the training rows.
    values: Vec<f64>,
    /// The trees of at most [`MOST_LEAVES`] once more, as [`add_leaves`] takes them.
    sizes: Vec<u32>,
    tests: Vec<Test>,
    leaves: Vec<f64>,
    /// A bit for each feature that is asked, by its number.
    asked: u64,
}

/// Everything else is made of the bytes.
impl PartialEq for Forest {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

#[derive(Clone, Copy, Debug)]
struct Tree {
    /// Places of its nodes, the root first.
    from: u32,
    to: u32,
    leaves: u32,
}

/// A place to turn, or a leaf: that turns to itself, whatever the row. The upper side follows on the lower one.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// No number for a leaf, as which nothing is greater.
    threshold: f32,
    feature: u16,
    /// Place of the lower side in its tree.
    lower: u16,
}

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
            let mut tree = Tree { from: forest.end()?, to: 0, leaves: 0 };
            let (tests, leaves) = (forest.tests.len(), forest.leaves.len());
            forest.make_room(1);
            forest.grow(&mut reader, &used, scale, &mut tree, 0, 0)?;
            tree.to = forest.end()?;
            forest.trees.push(tree);
            if tree.leaves <= MOST_LEAVES {
                forest.sizes.push(tree.leaves);
            } else {
                forest.tests.truncate(tests);
                forest.leaves.truncate(leaves);
            }
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
        let sides = reader.byte()?;
        let (feature, thresholds) = used.get(usize::from(sides & (UPPER_LEAF - 1)))?;
        let threshold = *thresholds.get(usize::from(reader.byte()?))?;
        let share = f64::from(reader.byte()?) / 255.0;
        let depth = above.checked_add(1).filter(|depth| *depth <= DEEPEST)?;
        let lower = u16::try_from(self.end()?.checked_sub(tree.from)?).ok()?;
        let upper = lower.checked_add(1)?;
        self.make_room(2);
        let before = tree.leaves;
        let mut side = |is_leaf: bool, place: u16| {
            let value = if is_leaf {
                let value = f64::from(reader.byte()?.cast_signed()) * scale;
                tree.leaves = tree.leaves.checked_add(1)?;
                self.leaves.push(value);
                self.put(tree, place, Node { threshold: f32::NAN, feature: 0, lower: place }, value)?
            } else {
                self.grow(reader, used, scale, tree, place, depth)?
            };
            Some((value, tree.leaves))
        };
        let (below, behind) = side(sides & LOWER_LEAF != 0, lower)?;
        let (beyond, _) = side(sides & UPPER_LEAF != 0, upper)?;
        self.tests.push(Test { threshold, feature: u32::from(*feature), lower: ones(behind) & !ones(before) });
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
        sums.fill(self.bias);
        let mut lanes = [[0.0; LANES]; MOST_FEATURES];
        add_leaves(&self.sizes, &self.tests, &self.leaves, rows, width, &mut lanes, sums);
        for tree in self.trees.iter().filter(|tree| tree.leaves > MOST_LEAVES) {
            for (sum, row) in sums.iter_mut().zip(rows.chunks(width.max(1))) {
                *sum += self.walk(tree, row, |_, _| ());
            }
        }
    }

    /// Tells `told` for each turn which feature was asked and by how much the answer moved what is to be expected. All of
    /// it, the bias and what is expected before anything is known add up to [`Forest::sum`].
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn contributions(&self, row: &[f32], mut told: impl FnMut(usize, f64)) {
        for tree in &self.trees {
            self.walk(tree, row, &mut told);
        }
    }

    /// The value of the leaf that `row` reaches in `tree`. Tells `told` of each turn as [`contributions`](Self::contributions).
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn walk(&self, tree: &Tree, row: &[f32], mut told: impl FnMut(usize, f64)) -> f64 {
        let range = tree.from as usize..tree.to as usize;
        let nodes = self.nodes.get(range.clone()).unwrap_or_default();
        let values = self.values.get(range).unwrap_or_default();
        let value = |place: usize| values.get(place).copied().unwrap_or(0.0);
        let mut place = 0;
        while let Some(node) = nodes.get(place) {
            let known = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
            let next = usize::from(node.lower).wrapping_add(usize::from(known >= node.threshold));
            if next == place {
                break;
            }
            told(usize::from(node.feature), value(next) - value(place));
            place = next;
        }
        value(place)
    }
}

/// The `count` lowest bits.
fn ones(count: u32) -> u32 {
    u32::MAX.checked_shr(u32::BITS.saturating_sub(count)).unwrap_or(0)
}

/// [`leaves::add_leaves`], as `kernel.rs` has it in WebAssembly: in the module that is built for speed.
#[cfg(not(regulars_kernel))]
fn add_leaves(trees: &[u32], tests: &[Test], leaves: &[f64], rows: &[f32], width: usize, lanes: &mut Lanes, sums: &mut [f64]) {
    use super::leaves;
    leaves::add_leaves(trees, tests, leaves, rows, width, lanes, sums, leaves::reach);
}

#[cfg(regulars_kernel)]
#[allow(unsafe_code)] // the lengths go along
fn add_leaves(trees: &[u32], tests: &[Test], leaves: &[f64], rows: &[f32], width: usize, lanes: &mut Lanes, sums: &mut [f64]) {
    #[link(wasm_import_module = "kernel")]
    unsafe extern "C" {
        fn add_leaves(
            trees: *const u32,
            trees_length: usize,
            tests: *const Test,
            tests_length: usize,
            leaves: *const f64,
            leaves_length: usize,
            rows: *const f32,
            rows_length: usize,
            sums: *mut f64,
            sums_length: usize,
            width: usize,
            lanes: *mut Lanes,
        );
    }
    // SAFETY: each pointer is that of a slice, and its length stands behind it.
    unsafe {
        add_leaves(
            trees.as_ptr(),
            trees.len(),
            tests.as_ptr(),
            tests.len(),
            leaves.as_ptr(),
            leaves.len(),
            rows.as_ptr(),
            rows.len(),
            sums.as_mut_ptr(),
            sums.len(),
            width,
            lanes,
        );
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

    /// A tree of `leaves` leaves, the upper side of each turn the next turn: bytes of a node, and the leaf of a value.
    fn ladder(leaves: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        for rung in 1..leaves {
            let last = if rung + 1 == leaves { UPPER_LEAF } else { 0 };
            bytes.extend([LOWER_LEAF | last | (rung % 2), rung - 1, 0, rung]);
        }
        bytes.push(leaves);
        bytes
    }

    #[test]
    fn many_rows_reach_the_leaves_that_each_walks_to() {
        // Of 2 to 60 leaves: the tallest are walked, the others are not.
        let (sizes, half) = ([2_u8, 15, 32, 33, 60], |value: f32| ((value.to_bits() >> 16) as u16).to_le_bytes());
        let mut bytes = alloc::vec![1, 2];
        for feature in [0, 2] {
            bytes.extend([feature, 60]);
            (0_u8..60).for_each(|rung| bytes.extend(half(f32::from(rung))));
        }
        bytes.extend(0.5_f32.to_le_bytes());
        bytes.extend((sizes.len() as u16).to_le_bytes());
        for size in sizes {
            bytes.extend(half(0.5));
            bytes.extend(ladder(size));
        }
        let forest = Forest::read(&bytes, 3).unwrap();
        let rows: Vec<[f32; 3]> = (0..61_u8).map(|row| [f32::from(row % 13 * 5) - 0.5, 9.0, f32::from(row % 17 * 4)]).collect();
        for count in [0, 1, 15, 16, 17, 61] {
            let mut sums = alloc::vec![f64::NAN; count];
            forest.sums(rows[..count].as_flattened(), 3, &mut sums);
            let walked = |row: &[f32; 3]| forest.trees.iter().map(|tree| forest.walk(tree, row, |_, _| ())).sum::<f64>() + forest.bias;
            assert_eq!(sums, rows[..count].iter().map(walked).collect::<Vec<_>>());
        }
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
