//! Trees while they are learned, and their way into the bytes of `regulars::recommend::Forest`.

use super::boost::Boosted;

/// A tree over bins. Its root is split 0; without splits it is one leaf.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The splits.
    pub splits: Vec<Split>,
    /// What the sides of each split add where they are leaves.
    pub leaves: Vec<Leaf>,
    /// What a tree without splits adds.
    pub alone: f64,
}

/// Values of the lower and the upper side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Leaf(pub [f64; 2]);

/// A place to turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// The feature asked.
    pub feature: usize,
    /// Rows with this bin or a later one go to the upper side.
    pub bin: u8,
    /// The share of training rows on the lower side, in 255ths.
    pub share: u8,
    /// How much it helped.
    pub gain: f64,
    /// The splits on either side; none where that is a leaf.
    pub sides: [Option<usize>; 2],
}

impl Tree {
    /// What the tree adds to a row with such bins.
    pub fn value(&self, bin: impl Fn(usize) -> u8) -> f64 {
        let mut at = 0;
        let Some(mut split) = self.splits.first() else { return self.alone };
        loop {
            let side = usize::from(bin(split.feature) >= split.bin);
            match split.sides[side] {
                Some(next) => (at, split) = (next, &self.splits[next]),
                None => return self.leaves[at].0[side],
            }
        }
    }
}

/// Where the bins of a feature begin: bin `b` holds what is at or above `thresholds[b - 1]` and below `thresholds[b]`.
#[derive(Clone, Debug, Default)]
pub struct Bins(pub Vec<f32>);

impl Bins {
    /// At most `most` bins, half of the thresholds parting the one values into equal numbers, half the others: so both what was
    /// bought and what was not is told apart. Thresholds have the precision of the bytes.
    pub fn of(values: [Vec<f32>; 2], most: usize) -> Self {
        let mut thresholds: Vec<f32> = Vec::new();
        let mut least = f32::INFINITY;
        for mut values in values {
            values.sort_unstable_by(f32::total_cmp);
            least = values.first().map_or(least, |first| first.min(least));
            let parts = most.div_ceil(2);
            thresholds.extend((1..parts).filter_map(|part| values.get(values.len() * part / parts)).map(|value| shortened(*value)));
        }
        thresholds.retain(|threshold| *threshold > least);
        thresholds.sort_unstable_by(f32::total_cmp);
        thresholds.dedup();
        Bins(thresholds)
    }

    /// The bin of `value`.
    pub fn bin(&self, value: f32) -> u8 {
        self.0.partition_point(|threshold| *threshold <= value) as u8
    }
}

/// Without the lower half of its bits.
fn shortened(value: f32) -> f32 {
    f32::from_bits(value.to_bits() & 0xffff_0000)
}

const FORMAT: u8 = 1;
const LEAVES: [u8; 2] = [128, 64];

/// The bytes of `boosted`, whose features are binned by `bins`.
pub fn bytes(boosted: &Boosted, bins: &[Bins]) -> Vec<u8> {
    let splits = || boosted.trees.iter().flat_map(|tree| &tree.splits);
    let mut used: Vec<usize> = splits().map(|split| split.feature).collect();
    used.sort_unstable();
    used.dedup();
    let thresholds: Vec<Vec<u8>> = used
        .iter()
        .map(|feature| {
            let mut asked: Vec<u8> = splits().filter(|split| split.feature == *feature).map(|split| split.bin).collect();
            asked.sort_unstable();
            asked.dedup();
            asked
        })
        .collect();
    let mut bytes = vec![FORMAT, used.len() as u8];
    for (feature, asked) in used.iter().zip(&thresholds) {
        bytes.extend([*feature as u8, asked.len() as u8]);
        bytes.extend(asked.iter().flat_map(|bin| half(bins[*feature].0[usize::from(*bin) - 1])));
    }
    let alone: f64 = boosted.trees.iter().filter(|tree| tree.splits.is_empty()).map(|tree| tree.alone).sum();
    bytes.extend(((boosted.bias + alone) as f32).to_le_bytes());
    let trees: Vec<&Tree> = boosted.trees.iter().filter(|tree| !tree.splits.is_empty()).collect();
    bytes.extend((trees.len() as u16).to_le_bytes());
    for tree in trees {
        let leaves = || tree.splits.iter().zip(&tree.leaves).flat_map(|(split, leaf)| split.sides.iter().zip(leaf.0));
        let greatest = leaves().filter(|(side, _)| side.is_none()).fold(0.0_f64, |most, (_, value)| most.max(value.abs()));
        // Rounded up, so that the greatest leaf stays within a byte.
        let scale = shortened((greatest / 127.0) as f32);
        let scale = if f64::from(scale) * 127.0 < greatest { f32::from_bits(scale.to_bits() + 0x1_0000) } else { scale };
        bytes.extend(half(scale));
        write(tree, 0, f64::from(scale), &used, &thresholds, &mut bytes);
    }
    bytes
}

fn write(tree: &Tree, at: usize, scale: f64, used: &[usize], thresholds: &[Vec<u8>], bytes: &mut Vec<u8>) {
    let split = &tree.splits[at];
    let place = used.binary_search(&split.feature).unwrap_or(0);
    let flags: u8 = split.sides.iter().zip(LEAVES).filter(|(side, _)| side.is_none()).map(|(_, flag)| flag).sum();
    let threshold = thresholds[place].binary_search(&split.bin).unwrap_or(0);
    bytes.extend([place as u8 | flags, threshold as u8, split.share]);
    for (side, value) in split.sides.iter().zip(tree.leaves[at].0) {
        match side {
            Some(next) => write(tree, *next, scale, used, thresholds, bytes),
            None => bytes.push(((value / scale).round() as i8).cast_unsigned()),
        }
    }
}

fn half(value: f32) -> [u8; 2] {
    ((value.to_bits() >> 16) as u16).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulars::recommend::Forest;

    #[test]
    fn bins_share_the_values_and_equal_ones_stay_together() {
        let bins = Bins::of([(0..100).map(|value| value as f32).collect(), vec![80.0, 90.0, 96.0]], 8);
        assert_eq!(bins.0, [25.0, 50.0, 75.0, 80.0, 90.0, 96.0]);
        assert_eq!([0.0, 24.9, 25.0, 99.0].map(|value| bins.bin(value)), [0, 0, 1, 6]);
        assert!(Bins::of([vec![3.0; 50], vec![3.0]], 8).0.is_empty());
        assert!(Bins::of([Vec::new(), Vec::new()], 8).0.is_empty());
    }

    #[test]
    fn bytes_say_what_the_trees_say() {
        let split = |feature, bin, sides| Split { feature, bin, share: 100, gain: 1.0, sides };
        let tree = Tree {
            splits: vec![split(3, 2, [Some(1), None]), split(1, 1, [None, None])],
            leaves: vec![Leaf([0.0, 0.75]), Leaf([-1.0, 0.25])],
            alone: 0.0,
        };
        let single = Tree { alone: 0.5, ..Tree::default() };
        let boosted = Boosted { bias: -2.0, trees: vec![tree, single] };
        let bins = vec![Bins::default(), Bins(vec![1.0]), Bins::default(), Bins(vec![0.0, 4.0])];
        let bytes = bytes(&boosted, &bins);
        let forest = Forest::read(&bytes, 4).unwrap();
        for row in [[0.0, 0.0, 0.0, 3.0], [0.0, 2.0, 0.0, 3.0], [0.0, 0.0, 0.0, 5.0]] {
            let exact: f64 = boosted.trees.iter().map(|tree| tree.value(|feature| bins[feature].bin(row[feature]))).sum();
            assert!((forest.sum(&row) - (boosted.bias + exact)).abs() < 0.01, "{row:?}");
        }
    }
}
