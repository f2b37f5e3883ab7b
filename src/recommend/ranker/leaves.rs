//! Rows at the leaves of trees: a loop worth making for the processor. In WebAssembly `kernel.rs` has it.
//!
//! Nobody walks. Every test of a tree is put to sixteen rows at once, and takes away the leaves that a row which passes it
//! cannot reach; the first leaf that is left is the row's. More tests than walking asks, but none waits for another and
//! none is guessed wrong. (Lucchese et al., QuickScorer: a fast algorithm to rank documents with additive ensembles of
//! regression trees, SIGIR 2015.)

/// Most features that there can be.
pub const MOST_FEATURES: usize = 64;
/// Most leaves of a tree that can be done so: one a bit.
pub const MOST_LEAVES: u32 = u32::BITS;
/// How many rows are done side by side.
pub const LANES: usize = 16;

/// [`LANES`] rows side by side, feature by feature.
pub type Lanes = [[f32; LANES]; MOST_FEATURES];

/// A place where a tree turns.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Test {
    /// At and above it a row turns to the upper side.
    pub threshold: f32,
    pub feature: u32,
    /// A bit for each leaf of the tree that is on the lower side, the lowest first.
    pub lower: u32,
}

/// Adds to each of `sums` the leaves that its row of `rows`, which have `width` features each, reaches. `trees` says how many
/// leaves each has, and with that how many tests: one less. Tests and leaves lie tree after tree. What `lanes` holds before
/// and after means nothing. `reach` is [`reach`] or does the same.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub fn add_leaves(
    trees: &[u32],
    tests: &[Test],
    leaves: &[f64],
    rows: &[f32],
    width: usize,
    lanes: &mut Lanes,
    sums: &mut [f64],
    reach: impl Fn(&[Test], &Lanes) -> [u32; LANES],
) {
    let mut rows = rows;
    for sums in sums.chunks_mut(LANES) {
        for (feature, values) in lanes.iter_mut().take(width).enumerate() {
            let mut place = feature;
            for value in values {
                *value = rows.get(place).copied().unwrap_or(0.0);
                place = place.wrapping_add(width);
            }
        }
        rows = rows.get(width.wrapping_mul(LANES)..).unwrap_or_default();
        let (mut tests, mut leaves) = (tests, leaves);
        for tree in trees {
            let Some((of_tree, later)) = tests.split_at_checked(tree.saturating_sub(1) as usize) else { return };
            tests = later;
            let reached = reach(of_tree, lanes);
            // By number and not side by side with the sums: in `kernel.rs` there is no stack for a list.
            for (lane, left) in reached.iter().enumerate() {
                if let Some(sum) = sums.get_mut(lane) {
                    *sum += leaves.get(left.trailing_zeros() as usize).copied().unwrap_or(0.0);
                }
            }
            leaves = leaves.get(*tree as usize..).unwrap_or_default();
        }
    }
}

/// The leaves that rows may yet reach after `tests`, a bit each: of all that are left the lowest is reached.
#[inline(always)]
pub fn reach(tests: &[Test], lanes: &Lanes) -> [u32; LANES] {
    let mut reached = [u32::MAX; LANES];
    for test in tests {
        let Some(values) = lanes.get(test.feature as usize) else { continue };
        for (left, value) in reached.iter_mut().zip(values) {
            *left &= !(u32::from(*value >= test.threshold).wrapping_neg() & test.lower);
        }
    }
    reached
}
