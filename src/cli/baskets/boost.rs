//! Gradient-boosted trees that learn to rank, for the compact forests of the snapshot.
//!
//! Trees grow leaf by leaf on histograms of binned features. The gradients are the mean of two: of the likelihood that
//! an item is bought (logistic), and of the order within a list (LambdaMART: pairs weighed by how much nDCG@10 their
//! exchange moves). Own code, since LightGBM, which has a ranking objective, needs a C++ build; everything follows
//! from a seed, sums have a fixed order, and so the same rows give the same bytes on one thread or many.

use super::forest::{Leaf, Split, Tree};

/// Settings of training.
#[derive(Clone, Copy, Debug)]
pub struct Boosting {
    /// Trees.
    pub trees: usize,
    /// Leaves of a tree.
    pub leaves: usize,
    /// How much of each tree is taken.
    pub rate: f64,
    /// Rows that a leaf needs.
    pub rows_in_leaf: u32,
    /// What is added to the second derivatives of a leaf.
    pub damping: f64,
    /// Share of the lists that each tree sees.
    pub lists: f64,
    /// Share of the features that each tree sees.
    pub features: f64,
    /// The weight of the order against the likelihood, in [0, 1].
    pub order: f64,
}

/// Rows of features, binned; lists of them follow each other.
#[derive(Default)]
pub struct Lists {
    /// For each feature the bin of each row.
    pub bins: Vec<Vec<u8>>,
    /// For each feature, how many bins.
    pub counts: Vec<usize>,
    /// Whether each row was bought.
    pub bought: Vec<bool>,
    /// First row of each list, and the end.
    pub starts: Vec<usize>,
    /// Items wanted in each list, also those that the list lacks.
    pub wanted: Vec<usize>,
}

/// Trees over bins, and what is added to all rows.
#[derive(Default)]
pub struct Boosted {
    /// What a row without any tree has.
    pub bias: f64,
    /// The trees.
    pub trees: Vec<Tree>,
}

/// Learns trees; `told` hears after each tree how many there are.
pub fn boost(lists: &Lists, how: Boosting, mut told: impl FnMut(usize)) -> Boosted {
    let rows = lists.bought.len();
    let bought = lists.bought.iter().filter(|bought| **bought).count() as f64;
    let share = ((bought + 1.0) / (rows as f64 + 2.0)).clamp(1e-6, 1.0 - 1e-6);
    let mut boosted = Boosted { bias: (share / (1.0 - share)).ln(), trees: Vec::new() };
    let mut scores = vec![boosted.bias; rows];
    let (mut gradients, mut curvatures) = (vec![0.0_f32; rows], vec![0.0_f32; rows]);
    let mut random = SplitMix(0x5EED);
    let discounts: Vec<f64> = (0..lists.longest()).map(|place| 1.0 / (place as f64 + 2.0).log2()).collect();
    for count in 1..=how.trees {
        let mut seen = Vec::new();
        for list in 0..lists.wanted.len() {
            if random.unit() < how.lists {
                let range = lists.starts[list]..lists.starts[list + 1];
                derive(lists, list, &scores, how.order, &discounts, &mut gradients, &mut curvatures);
                seen.extend(range.map(|row| row as u32));
            }
        }
        let features: Vec<usize> =
            (0..lists.bins.len()).filter(|feature| lists.counts[*feature] > 1 && random.unit() < how.features).collect();
        let tree = grow(lists, seen, &features, &gradients, &curvatures, how);
        for (row, score) in scores.iter_mut().enumerate() {
            *score += tree.value(|feature| lists.bins[feature][row]);
        }
        boosted.trees.push(tree);
        told(count);
    }
    boosted
}

impl Lists {
    fn longest(&self) -> usize {
        self.starts.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0)
    }
}

/// First and second derivatives of the loss for the rows of `list`.
fn derive(lists: &Lists, list: usize, scores: &[f64], order: f64, discounts: &[f64], gradients: &mut [f32], curvatures: &mut [f32]) {
    let (start, end) = (lists.starts[list], lists.starts[list + 1]);
    let scores = &scores[start..end];
    let bought = &lists.bought[start..end];
    let mut first = vec![0.0; scores.len()];
    let mut second = vec![0.0; scores.len()];
    for (row, score) in scores.iter().enumerate() {
        let likelihood = 1.0 / (1.0 + (-score).exp());
        first[row] = (1.0 - order) * (likelihood - f64::from(u8::from(bought[row])));
        second[row] = (1.0 - order) * likelihood * (1.0 - likelihood);
    }
    if order > 0.0 {
        let mut ranked: Vec<usize> = (0..scores.len()).collect();
        ranked.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]).then(one.cmp(other)));
        let ideal: f64 = discounts.iter().take(lists.wanted[list].min(10)).sum();
        let worth = |place: usize| if place < CUT { discounts[place] } else { 0.0 };
        for (place, one) in ranked.iter().enumerate().filter(|(_, row)| bought[**row]) {
            for (other_place, other) in ranked.iter().enumerate().filter(|(_, row)| !bought[**row]) {
                if place >= CUT && other_place >= CUT {
                    break;
                }
                let moved = (worth(place) - worth(other_place)).abs() / ideal.max(1e-9);
                let doubt = 1.0 / (1.0 + (scores[*one] - scores[*other]).exp());
                let pull = order * ORDER_SCALE * moved * doubt;
                let curve = pull * (1.0 - doubt);
                first[*one] -= pull;
                first[*other] += pull;
                second[*one] += curve;
                second[*other] += curve;
            }
        }
    }
    for row in 0..scores.len() {
        gradients[start + row] = first[row] as f32;
        curvatures[start + row] = second[row] as f32;
    }
}

/// Places of a list whose order counts: twice those that are measured.
const CUT: usize = 20;
/// Brings the pulls of pairs to the size of the likelihood's.
const ORDER_SCALE: f64 = 1.0;

/// Sums of a bin: first and second derivatives, and rows.
#[derive(Clone, Copy, Default)]
struct Sums {
    first: f64,
    second: f64,
    rows: u32,
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.first += other.first;
        self.second += other.second;
        self.rows += other.rows;
    }

    fn less(&self, other: &Sums) -> Sums {
        Sums { first: self.first - other.first, second: self.second - other.second, rows: self.rows - other.rows }
    }

    fn gain(&self, damping: f64) -> f64 {
        self.first * self.first / (self.second + damping)
    }
}

type Histogram = Vec<Vec<Sums>>;

/// A leaf that may be split.
struct Open {
    rows: Vec<u32>,
    histogram: Histogram,
    sums: Sums,
    best: Option<Best>,
    /// Where it hangs: the split above, and whether on its upper side.
    above: Option<(usize, bool)>,
}

#[derive(Clone, Copy)]
struct Best {
    gain: f64,
    feature: usize,
    bin: u8,
}

fn grow(lists: &Lists, rows: Vec<u32>, features: &[usize], gradients: &[f32], curvatures: &[f32], how: Boosting) -> Tree {
    let open = |rows: Vec<u32>, histogram: Histogram, above| {
        let mut sums = Sums::default();
        for row in &rows {
            let row = *row as usize;
            sums.add(&Sums { first: f64::from(gradients[row]), second: f64::from(curvatures[row]), rows: 1 });
        }
        let best = best(&histogram, features, &sums, how);
        Open { rows, histogram, sums, best, above }
    };
    let histogram = count(lists, &rows, features, gradients, curvatures);
    let mut leaves = vec![open(rows, histogram, None)];
    let mut splits: Vec<Split> = Vec::new();
    while leaves.len() < how.leaves {
        let gains = leaves.iter().enumerate().filter_map(|(place, leaf)| Some((place, leaf.best?)));
        let Some((place, best)) = gains.max_by(|one, other| one.1.gain.total_cmp(&other.1.gain).then(other.0.cmp(&one.0))) else { break };
        let Open { rows, histogram, above, .. } = leaves.swap_remove(place);
        let all = rows.len();
        let bins = &lists.bins[best.feature];
        let (lower, upper): (Vec<u32>, Vec<u32>) = rows.into_iter().partition(|row| bins[*row as usize] < best.bin);
        let number = splits.len();
        let share = (255.0 * lower.len() as f64 / all as f64).round() as u8;
        splits.push(Split { feature: best.feature, bin: best.bin, share, gain: best.gain, sides: [None, None] });
        if let Some((above, is_upper)) = above {
            splits[above].sides[usize::from(is_upper)] = Some(number);
        }
        let smaller = if lower.len() <= upper.len() { &lower } else { &upper };
        let counted = count(lists, smaller, features, gradients, curvatures);
        let rest =
            histogram.iter().zip(&counted).map(|(all, part)| all.iter().zip(part).map(|(all, part)| all.less(part)).collect()).collect();
        let (of_lower, of_upper) = if lower.len() <= upper.len() { (counted, rest) } else { (rest, counted) };
        leaves.push(open(lower, of_lower, Some((number, false))));
        leaves.push(open(upper, of_upper, Some((number, true))));
    }
    let mut leaf_values = vec![[0.0; 2]; splits.len()];
    let mut alone = 0.0;
    for leaf in &leaves {
        let value = -how.rate * leaf.sums.first / (leaf.sums.second + how.damping);
        match leaf.above {
            Some((split, is_upper)) => leaf_values[split][usize::from(is_upper)] = value,
            None => alone = value,
        }
    }
    Tree { splits, leaves: leaf_values.into_iter().map(Leaf).collect(), alone }
}

/// Histograms of `rows`, the features shared among two threads; each feature is summed in the order of the rows.
fn count(lists: &Lists, rows: &[u32], features: &[usize], gradients: &[f32], curvatures: &[f32]) -> Histogram {
    let one = |feature: &usize| {
        let bins = &lists.bins[*feature];
        let mut sums = vec![Sums::default(); lists.counts[*feature]];
        for row in rows {
            let row = *row as usize;
            let slot = &mut sums[usize::from(bins[row])];
            slot.first += f64::from(gradients[row]);
            slot.second += f64::from(curvatures[row]);
            slot.rows += 1;
        }
        sums
    };
    if rows.len() < 20_000 {
        return features.iter().map(one).collect();
    }
    let half = features.len() / 2;
    std::thread::scope(|scope| {
        let other = scope.spawn(|| features[half..].iter().map(one).collect::<Vec<_>>());
        let mut all: Histogram = features[..half].iter().map(one).collect();
        all.extend(other.join().unwrap_or_default());
        all
    })
}

fn best(histogram: &Histogram, features: &[usize], sums: &Sums, how: Boosting) -> Option<Best> {
    let mut best: Option<Best> = None;
    let whole = sums.gain(how.damping);
    for (feature, bins) in features.iter().zip(histogram) {
        let mut lower = Sums::default();
        for (bin, part) in bins.iter().enumerate().take(bins.len().saturating_sub(1)) {
            lower.add(part);
            let upper = sums.less(&lower);
            if lower.rows < how.rows_in_leaf || upper.rows < how.rows_in_leaf {
                continue;
            }
            let gain = lower.gain(how.damping) + upper.gain(how.damping) - whole;
            if gain > best.map_or(LEAST_GAIN, |best| best.gain) {
                best = Some(Best { gain, feature: *feature, bin: (bin + 1) as u8 });
            }
        }
    }
    best
}

const LEAST_GAIN: f64 = 1e-6;

/// SplitMix64.
struct SplitMix(u64);

impl SplitMix {
    /// In [0, 1).
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOW: Boosting =
        Boosting { trees: 20, leaves: 4, rate: 0.3, rows_in_leaf: 2, damping: 1.0, lists: 1.0, features: 1.0, order: 0.5 };

    /// Lists of eight rows; the row with feature 0 above 4 and feature 1 above 1 is bought.
    fn lists(count: usize) -> Lists {
        let mut lists = Lists { bins: vec![Vec::new(); 3], counts: vec![8, 4, 1], starts: vec![0], ..Lists::default() };
        for list in 0..count {
            for row in 0..8_usize {
                let (one, two) = (row, (row + list) % 4);
                lists.bins[0].push(one as u8);
                lists.bins[1].push(two as u8);
                lists.bins[2].push(0);
                lists.bought.push(one > 4 && two > 1);
            }
            lists.starts.push(lists.bought.len());
            lists.wanted.push(2);
        }
        lists
    }

    #[test]
    fn what_is_bought_comes_first() {
        let lists = lists(40);
        let boosted = boost(&lists, HOW, |_| {});
        let score = |one: u8, two: u8| boosted.trees.iter().map(|tree| tree.value(|feature| [one, two, 0][feature])).sum::<f64>();
        for (one, two) in [(0, 3), (4, 3), (7, 1), (3, 0)] {
            assert!(score(5, 2) > score(one, two) + 1.0, "{one} {two}");
        }
        assert!(boosted.trees.iter().flat_map(|tree| &tree.splits).all(|split| split.feature < 2));
    }

    #[test]
    fn the_same_rows_give_the_same_trees() {
        let trees = || boost(&lists(20), Boosting { lists: 0.7, features: 0.8, ..HOW }, |_| {}).trees;
        assert_eq!(trees(), trees());
    }

    #[test]
    fn no_rows_give_trees_that_say_nothing() {
        let boosted = boost(&Lists { starts: vec![0], ..Lists::default() }, HOW, |_| {});
        assert!(boosted.trees.iter().all(|tree| tree.splits.is_empty() && tree.alone == 0.0));
    }
}
